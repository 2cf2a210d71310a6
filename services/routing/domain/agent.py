"""An agent in a pool: what is set, what is held, what is shown.

Mutable, for the engine alone: it changes only in `evolve`, by events, so it is as deterministic as they are.
"""

from dataclasses import field, replace
from typing import TYPE_CHECKING

from services.routing.domain.entry import Holder
from services.routing.domain.expressions import AgentFacts
from services.routing.domain.moments import Moment
from services.routing.domain.settings import AgentProfile, ChannelCapacity
from services.routing.domain.stays import Connected, Hold, Offered, WrappingUp
from services.routing.domain.values import dataclass

if TYPE_CHECKING:
    from services.routing.domain.lane import Lane

#: What a person, or the engine, can set.
SET_STATES = ("offline", "available", "not_ready")
#: The reasons of `not_ready`; empty for none given, `system` where the engine set it.
NOT_READY_REASONS = ("", "break", "meal", "training", "meeting", "coaching", "system")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An agent's state as announced: what is shown, beneath it what is set, and the units held.

    `capacity_units` are those of who is signed in, 0 for anybody else.
    """

    state: str = "offline"
    reason: str = ""
    set_state: str = "offline"
    set_reason: str = ""
    held_units: int = 0
    capacity_units: int = 0


@dataclass(slots=True, kw_only=True)
class Agent:
    """`idle_since` moves forward only: when the agent last became available, or answered, declined or finished a
    contact. An offer that the customer left does not move it: nobody loses their turn by another's hang-up.
    """

    profile: AgentProfile
    since: Moment
    idle_since: Moment
    set_state: str = "offline"
    set_reason: str = ""
    #: Whether somebody else than the agent set that.
    sent: bool = False
    announced: Shown = field(default_factory=Shown)
    leaving: bool = False
    #: What an emergency makes of the agent: asked for every queue, or for none.
    everywhere: bool = False
    barred: bool = False
    #: Where the agent has signed in; empty for where the profile says.
    at_site: str = ""
    seat: str = ""
    #: When the grace ends in which an agent whose connection is lost may come back; None for nobody missed.
    presence_due: Moment | None = None
    holds: dict[str, Hold] = field(default_factory=dict)
    held_units: int = 0
    held: dict[str, int] = field(default_factory=dict)
    #: How many of the holds are set aside.
    interrupted: int = 0
    #: The lanes that the agent suits, each with the agent's own rank for it.
    lanes: "list[tuple[int, Lane]]" = field(default_factory=list)
    #: Milliseconds of handling, from answer to the end of wrap-up, since sign-in.
    handled_ms: int = 0
    #: The number of the last offer; 0 for none.
    last_offer: int = 0
    id: str = field(init=False)
    holder: Holder = field(init=False)
    capacities: dict[str, ChannelCapacity] = field(init=False)
    levels: dict[str, int] = field(init=False)
    queue_ids: frozenset[str] = field(init=False)
    ranks: dict[str, int] = field(init=False)
    #: By channel, the channels whose contacts set its work aside; empty where nothing does.
    interrupters: dict[str, frozenset[str]] = field(init=False)
    #: What expressions may know of the agent.
    facts: AgentFacts = field(init=False)
    #: Units above which no contact of any channel fits any more.
    most_units: int = field(init=False)

    def __post_init__(self) -> None:
        self.configure(self.profile)

    def configure(self, profile: AgentProfile) -> None:
        """Take a profile; what is held already stays held, even above a smaller capacity."""
        self.profile, self.id = profile, profile.agent_id
        self.holder = self._holder()
        self.capacities = {capacity.channel: capacity for capacity in profile.channels}
        self.queue_ids = frozenset(profile.queue_ids)
        self.ranks = {rank.queue_id: rank.rank for rank in profile.queue_ranks}
        self.levels = {skill.skill_id: skill.level for skill in profile.skills}
        self.interrupters = {
            capacity.channel: frozenset(capacity.interruptible_by)
            for capacity in profile.channels
            if capacity.interruptible_by
        }
        self.facts = AgentFacts(
            id=profile.agent_id,
            team=profile.team_id,
            site=profile.site_id,
            skills=self.levels,
            attributes={attribute.name: attribute.value for attribute in profile.attributes},
        )
        smallest = min((capacity.units for capacity in profile.channels if capacity.most > 0), default=0)
        self.most_units = profile.capacity_units - smallest

    def signed_in(self) -> bool:
        return self.set_state != "offline" and not self.leaving

    def available(self) -> bool:
        """Say whether the agent wants contacts; whether there is capacity for one is another question."""
        return self.set_state == "available" and not (self.leaving or self.barred or self.presence_due is not None)

    def rank_among(self, queue_ids: tuple[str, ...]) -> int:
        """Give the agent's own rank for the best of these queues, 1 where it names none."""
        if not self.ranks:
            return 1
        return min((self.ranks.get(queue_id, 1) for queue_id in queue_ids if queue_id in self.queue_ids), default=1)

    def seeks(self) -> bool:
        """Say whether the agent is available and not full; a quick answer before the channels are asked."""
        may_fit = self.held_units <= self.most_units or bool(self.interrupters)
        return may_fit and self.available()

    def sit(self, at_site: str, seat: str) -> None:
        """Take a place for as long as the agent is signed in; what is offered from here on is held there."""
        self.at_site, self.seat = at_site, seat
        self.holder = self._holder()

    def fits(self, channel: str) -> bool:
        """Say whether one more contact of the channel fits beside what is held."""
        capacity = self.capacities.get(channel)
        if capacity is None or self.held.get(channel, 0) >= capacity.most:
            return False
        if self.held_units + capacity.units <= self.profile.capacity_units:
            return True
        given_way = sum(work.units for work in self.interruptible_by(channel)) if self.interrupters else 0
        return bool(given_way) and self.held_units - given_way + capacity.units <= self.profile.capacity_units

    def fits_beside(self, channel: str) -> bool:
        """Say whether there is room for one more contact of the channel with nothing set aside."""
        return self.held_units + self.capacities[channel].units <= self.profile.capacity_units

    def interruptible_by(self, channel: str) -> list[Connected]:
        """List the conversations that a contact of this channel sets aside."""
        return [
            hold
            for hold in self.holds.values()
            if isinstance(hold, Connected)
            and not hold.interrupted_by
            and channel in self.interrupters.get(hold.entry.channel, ())
        ]

    def resumable(self) -> list[Connected | WrappingUp]:
        """List the work set aside that can be taken up again, oldest first: its interruption is over, and it fits."""
        over = [
            hold
            for hold in self.holds.values()
            if not isinstance(hold, Offered) and hold.interrupted_by and hold.interrupted_by not in self.holds
        ]
        found, room = [], self.profile.capacity_units - self.held_units
        for work in sorted(over, key=lambda work: work.number):
            if work.units <= room:
                found.append(work)
                room -= work.units
        return found

    def hold(self, hold: Hold) -> None:
        """Take a hold, or put the next state of one in its place."""
        if hold.offer_id not in self.holds:
            channel = hold.entry.channel
            self.held[channel] = self.held.get(channel, 0) + 1
            self._count(hold, 1)
        self.holds[hold.offer_id] = hold

    def release(self, offer_id: str) -> None:
        hold = self.holds.pop(offer_id)
        self.held[hold.entry.channel] -= 1
        self._count(hold, -1)

    def set_aside(self, offer_id: str, by: str) -> Hold:
        """Let work wait for an offer, or with an empty one take it up again; gives the work as it is now."""
        work = self.holds[offer_id]
        if isinstance(work, Offered):
            raise TypeError(f"offer {offer_id} is not connected")
        changed = replace(work, interrupted_by=by)
        self._count(work, -1)
        self._count(changed, 1)
        self.holds[offer_id] = changed
        return changed

    def set(self, state: str, reason: str, at: Moment, *, sent: bool = False) -> None:
        """Take a state; the one that is set already stays whose it was, for a seat or a load alone has changed."""
        if (state, reason) != (self.set_state, self.set_reason):
            self.sent = sent
        if state == "available" and self.set_state != "available":
            self.idle_since = at
        if self.set_state == "offline" != state:
            self.handled_ms = 0
        self.set_state, self.set_reason = state, reason

    def shown(self) -> Shown:
        """Derive what is shown: busy before wrap-up before ringing before the state set."""
        derived = self._derived()
        return Shown(
            state=derived or self.set_state,
            reason="" if derived else self.set_reason,
            set_state=self.set_state,
            set_reason=self.set_reason,
            held_units=self.held_units,
            capacity_units=self.capacity_in(self.set_state),
        )

    def capacity_in(self, set_state: str) -> int:
        """Say what capacity is announced for a state that somebody sets."""
        return 0 if set_state == "offline" else self.profile.capacity_units

    def _holder(self) -> Holder:
        site_id = self.at_site or self.profile.site_id
        return Holder(agent_id=self.profile.agent_id, team_id=self.profile.team_id, site_id=site_id)

    def _count(self, hold: Hold, by: int) -> None:
        """Count a hold in or out: it takes no capacity while it is set aside."""
        if _is_aside(hold):
            self.interrupted += by
        else:
            self.held_units += by * hold.units

    def _derived(self) -> str | None:
        state = None
        for hold in self.holds.values():
            if not hold.units or (self.interrupted and _is_aside(hold)):
                continue
            if isinstance(hold, Connected):
                return "busy"
            if isinstance(hold, WrappingUp):
                state = "wrap_up"
        return state or ("ringing" if self.holds else None)


def _is_aside(hold: Hold) -> bool:
    return not isinstance(hold, Offered) and bool(hold.interrupted_by)
