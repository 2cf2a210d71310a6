"""Queues with a closed form, to check staffing and simulations against.

Erlang B (M/M/c/c), Erlang C (M/M/c) and Erlang A (M/M/c+M).

Loads in erlangs, times in seconds. Sources: A. K. Erlang (1917); C. Palm (1957); A. Mandelbaum and S. Zeltyn,
"Service engineering in action: the Palm/Erlang-A queue" (2007), whose J(t) is summed here as a series.
"""

from dataclasses import dataclass
from math import exp, log


@dataclass(frozen=True, slots=True, kw_only=True)
class ErlangC:
    """M/M/c, stable: `delayed` is the share that waits at all."""

    load: float
    servers: int
    service_seconds: float
    delayed: float

    def within(self, seconds: float) -> float:
        """Give the share answered within a time: 1 - Pw exp(-(N - A) T / AHT)."""
        return 1 - self.delayed * exp(-(self.servers - self.load) * seconds / self.service_seconds)

    @property
    def asa_seconds(self) -> float:
        """Give the mean wait of all: Pw AHT / (N - A)."""
        return self.delayed * self.service_seconds / (self.servers - self.load)

    @property
    def occupancy(self) -> float:
        return self.load / self.servers


def erlang_b(load: float, servers: int) -> float:
    """Give the share that finds all servers busy where nobody waits: B0 = 1, Bk = A Bk-1 / (k + A Bk-1)."""
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


def erlang_c(*, load: float, servers: int, service_seconds: float) -> ErlangC:
    """Solve M/M/c: Pw = N B / (N - A (1 - B)). Raises ValueError where the load is not below the servers."""
    if not 0 < load < servers:
        raise ValueError(f"a load of {load:g} erlangs needs more than {servers} servers: without end the queue grows")
    blocked = erlang_b(load, servers)
    delayed = servers * blocked / (servers - load * (1 - blocked))
    return ErlangC(load=load, servers=servers, service_seconds=service_seconds, delayed=delayed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErlangA:
    """M/M/c+M: customers leave after an exponential patience; stable at any load.

    An arriving customer who would wait V finds V > t with probability lambda J(t) / (eps + lambda J(0)), where
    J(t) = integral from t of exp(lambda/theta (1 - exp(-theta y)) - n mu y) dy and 1/eps is Erlang B with n - 1
    servers, up to a factor.
    """

    load: float
    servers: int
    service_seconds: float
    patience_seconds: float

    @property
    def delayed(self) -> float:
        """Give the share that does not get a server at once."""
        waiting = self._rate * self._j(0.0)
        return waiting / (self._epsilon + waiting)

    @property
    def abandoned(self) -> float:
        """Give the share that leaves unanswered: theta times the mean wait."""
        j = self._j(0.0)
        return (1 + (self._rate - self.servers / self.service_seconds) * j) / (self._epsilon + self._rate * j)

    @property
    def wait_seconds(self) -> float:
        """Give the mean wait of all, whether answered or gone."""
        return self.abandoned * self.patience_seconds

    def answered_within(self, seconds: float) -> float:
        """Give the share of all customers who are answered within a time: P(V <= T, patience > V)."""
        patient = self._rate * (self._j(0.0, 1.0) - self._j(seconds, 1.0))
        return (self._epsilon + patient) / (self._epsilon + self._rate * self._j(0.0))

    @property
    def occupancy(self) -> float:
        return self.load * (1 - self.abandoned) / self.servers

    @property
    def _rate(self) -> float:
        return self.load / self.service_seconds

    @property
    def _epsilon(self) -> float:
        """Give the sum over j < n of (A^j / j!) / (A^(n-1) / (n-1)!)."""
        return 1 / erlang_b(self.load, self.servers - 1)

    def _j(self, seconds: float, more: float = 0.0) -> float:
        """Give J(t), or with `more` = 1 the same under exp(-theta y).

        With a = n mu / theta + more and x = lambda/theta exp(-theta t) it is
        exp(lambda/theta - x - a theta t) / theta * sum over k of x^k / (a (a + 1) ... (a + k)).
        """
        theta = 1 / self.patience_seconds
        a = self.servers / self.service_seconds / theta + more
        most = self._rate / theta
        x = most * exp(-theta * seconds)
        term = total = 1 / a
        k = 0
        while term > total * 1e-17:
            k += 1
            term *= x / (a + k)
            total += term
        return exp(most - x - a * theta * seconds + log(total / theta))


def erlang_a(*, load: float, servers: int, service_seconds: float, patience_seconds: float) -> ErlangA:
    """Solve M/M/c+M. Raises ValueError where something is not positive."""
    if min(load, servers, service_seconds, patience_seconds) <= 0:
        raise ValueError("load, servers, service and patience must be positive")
    return ErlangA(load=load, servers=servers, service_seconds=service_seconds, patience_seconds=patience_seconds)
