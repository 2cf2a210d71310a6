"""The formulas of docs/figures.md, as far as a simulation has what they need; None where there is nothing to divide by.

Restated here because services share no code; a test holds them to the figures' own worked example.
"""

from collections.abc import Mapping, Sequence

#: Names the version of the definitions.
DEFINITION = "switchyard-figures-1"

QUEUE_COUNTERS = (
    "offered",
    "answered",
    "answered_in_target",
    "abandoned",
    "abandoned_in_target",
    "short_abandoned",
    "flowed_out",
    "callback_requested",
    "callback_requested_in_target",
    "callback_attempts",
    "callback_not_reached",
    "callback_given_up",
    "offers",
    "offers_rejected",
    "offers_timed_out",
    "offers_withdrawn",
    "handled",
    "transferred_out",
    "transferred_in",
    "blocked",
)
QUEUE_TIMES = ("wait_answered", "wait_abandoned", "ring", "talk", "wrap_up")
GROUP_COUNTERS = (
    "offers",
    "offers_rejected",
    "offers_timed_out",
    "offers_withdrawn",
    "answered",
    "handled",
    "transferred_out",
)
GROUP_TIMES = ("offline", "available", "ringing", "busy", "wrap_up", "ring", "talk", "assignment_wrap_up")
_PERCENTILES = (50, 90, 95)

Counters = Mapping[str, int]
Rates = dict[str, float | None]


def service_level(counters: Counters) -> Rates:
    """Compute every variant of service level from the counters of one queue."""

    def c(name: str) -> int:
        return counters.get(name, 0)

    answered, abandoned = c("answered_in_target"), c("abandoned_in_target")
    removed = answered + abandoned + c("callback_requested_in_target")
    return {
        "answered_over_offered": ratio(answered, c("offered")),
        "abandons_ignored": ratio(answered, c("offered") - abandoned),
        "abandons_positive": ratio(answered + abandoned, c("offered")),
        "removed_in_target": ratio(removed, c("offered")),
        "short_abandons_excluded": ratio(answered, c("offered") - c("short_abandoned")),
        "answered_only": ratio(answered, c("answered")),
        "with_flow_out": ratio(answered, c("answered") + c("abandoned") + c("flowed_out")),
        "without_flow_out": ratio(answered, c("answered") + c("abandoned")),
    }


def queue_rates(counters: Counters, time: Counters) -> Rates:
    offered, short = counters.get("offered", 0), counters.get("short_abandoned", 0)
    abandoned, blocked = counters.get("abandoned", 0), counters.get("blocked", 0)
    waited = time.get("wait_answered", 0) + time.get("wait_abandoned", 0)
    return {
        "asa_seconds": _seconds(time.get("wait_answered", 0), counters.get("answered", 0)),
        "mean_wait_seconds": _seconds(waited, counters.get("answered", 0) + abandoned),
        "abandonment": ratio(abandoned, offered),
        "abandonment_without_short": ratio(abandoned - short, offered - short),
        "blocked_share": ratio(blocked, blocked + offered),
        **_work_rates(counters, talk=time.get("talk", 0), wrap_up=time.get("wrap_up", 0)),
    }


def group_rates(counters: Counters, time: Counters) -> Rates:
    active = sum(time.get(state, 0) for state in ("busy", "wrap_up", "ringing"))
    ready = active + time.get("available", 0)
    signed_in = ready + sum(amount for name, amount in time.items() if name.startswith("not_ready."))
    return {
        "occupancy": ratio(active, ready),
        "occupancy_weighted": ratio(time.get("held_units", 0), time.get("capacity_units", 0)),
        "utilisation": ratio(ready, signed_in),
        **_work_rates(counters, talk=time.get("talk", 0), wrap_up=time.get("assignment_wrap_up", 0)),
    }


def waiting(counters: Counters) -> int:
    """Give how many still wait: whoever was offered and has not left the queue in one of the known ways."""
    left = ("answered", "abandoned", "flowed_out", "callback_requested")
    return counters.get("offered", 0) - sum(counters.get(name, 0) for name in left)


def wait_percentiles(waits: Sequence[int]) -> Rates:
    """Give the nearest-rank percentiles of the waits of all who were answered, in seconds."""
    ordered = sorted(waits)
    return {
        f"wait_p{p}_seconds": ordered[-(-len(ordered) * p // 100) - 1] / 1000 if ordered else None for p in _PERCENTILES
    }


def ratio(numerator: int, denominator: int) -> float | None:
    return numerator / denominator if denominator > 0 else None


def _work_rates(counters: Counters, *, talk: int, wrap_up: int) -> Rates:
    handled = counters.get("handled", 0)
    return {
        "aht_seconds": _seconds(talk + wrap_up, handled),
        "transfer_rate": ratio(counters.get("transferred_out", 0), handled),
        "non_response": ratio(counters.get("offers_timed_out", 0), counters.get("offers", 0)),
    }


def _seconds(milliseconds: int, count: int) -> float | None:
    return ratio(milliseconds, 1000 * count)
