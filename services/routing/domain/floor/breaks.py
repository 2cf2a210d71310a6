"""Whether an agent may go on break now, and who is next when somebody comes back."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.routing.domain.agent import Agent
from services.routing.domain.announcing import Wanted
from services.routing.domain.floor.breaches import BreakRequest
from services.routing.domain.floor.events import BreakGranted, BreakRequested, BreakRequestEnded
from services.routing.domain.floor.rules import BREAKS_AT_ONCE, applying
from services.routing.domain.floor.spans import BREAK, NOT_READY_STATE
from services.routing.domain.moments import Moment
from services.routing.domain.pool import PoolState
from services.routing.domain.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many of a team may be on break, how many are, and how many wait for it."""

    most: int
    on_break: int
    waiting: int

    @property
    def full(self) -> bool:
        return self.on_break >= self.most


def room_for(state: PoolState, agent: Agent) -> Room | None:
    """Say how the breaks of an agent's team stand, the agent aside; None where no rule limits them.

    Counted is the state set: who finishes a conversation first is on break too, for the floor has lost them.
    """
    team_id = agent.holder.team_id
    limits = [rule for rule in applying(state.floor.rules, agent.holder) if rule.kind == BREAKS_AT_ONCE]
    if not limits or not team_id:
        return None
    team = state.floor.teams[team_id]
    mates = (state.agents[mate] for mate in team if mate != agent.id)
    return Room(
        most=min(rule.most_of(len(team)) for rule in limits),
        on_break=sum(on_break(mate) and not mate.leaving for mate in mates),
        waiting=sum(r.holder.team_id == team_id for r in state.floor.requests.values()),
    )


def on_break(agent: Agent) -> bool:
    return (agent.set_state, agent.set_reason) == (NOT_READY_STATE, BREAK)


def instead_of_break(
    state: PoolState, agent: Agent, *, queue: bool, now: Moment
) -> tuple[BreakRequested, ...] | Refusal | None:
    """Answer who asks for a break that cannot be now: their place in line, or why not; None where it can be.

    Nobody waits for a break who is not there.
    """
    room = room_for(state, agent)
    if room is None or not room.full:
        return None
    if not queue or agent.set_state == "offline":
        return too_many(agent, room)
    return () if agent.id in state.floor.requests else (_requested(state, agent, room, now),)


def too_many(agent: Agent, room: Room) -> Refusal:
    detail = (
        f"{room.on_break} of team {agent.holder.team_id} are on break and {room.most} may be; "
        f"{room.waiting} wait for theirs."
    )
    return Refusal("too-many-on-break", detail)


def next_grant(state: PoolState, now: Moment) -> BreakGranted | None:
    """Find the first request that there is room for."""
    for request in state.floor.requests.values():
        agent = state.agents.get(request.holder.agent_id)
        if agent is None or _request_over(agent):
            continue
        room = room_for(state, agent)
        if room is None or not room.full:
            return _granted(state, request, now)
    return None


def void_request(state: PoolState, agent_id: str, now: Moment) -> Iterator[BreakRequestEnded]:
    """End the request of an agent who has left, signed out, or is on break by other means."""
    request, agent = state.floor.requests.get(agent_id), state.agents.get(agent_id)
    reason = "agent-left" if agent is None else _request_over(agent)
    if request is not None and reason:
        yield request_ended(state, request, reason, now)


def pointless_request(state: PoolState, agent: Agent, wanted: Wanted, now: Moment) -> tuple[BreakRequestEnded, ...]:
    """End the request of an agent whom somebody sets not ready for another reason: a break must not end that.

    By the act, not by the state: who is in a meeting may ask for the break after it, and whom the engine set not ready
    for an offer that timed out still waits.
    """
    request = state.floor.requests.get(agent.id)
    stays = (agent.set_state, agent.set_reason) == (wanted.state, wanted.reason)
    if request is None or stays or wanted.state != NOT_READY_STATE or wanted.reason == BREAK:
        return ()
    return (request_ended(state, request, "not-ready", now),)


def request_ended(state: PoolState, request: BreakRequest, reason: str, now: Moment) -> BreakRequestEnded:
    return BreakRequestEnded(
        at=now,
        request_id=request.request_id,
        holder=request.holder,
        pool_id=state.pool_id,
        asked_at=request.asked_at,
        reason=reason,
    )


def _request_over(agent: Agent) -> str:
    if agent.leaving:
        return "agent-left"
    if agent.set_state == "offline":
        return "signed-out"
    return "on-break" if on_break(agent) else ""


def _requested(state: PoolState, agent: Agent, room: Room, now: Moment) -> BreakRequested:
    number = state.floor.requests_made + 1
    return BreakRequested(
        at=now,
        request_id=f"brk_{state.pool_id}.{number}",
        number=number,
        holder=agent.holder,
        pool_id=state.pool_id,
        position=room.waiting + 1,
    )


def _granted(state: PoolState, request: BreakRequest, now: Moment) -> BreakGranted:
    return BreakGranted(
        at=now,
        request_id=request.request_id,
        holder=request.holder,
        pool_id=state.pool_id,
        asked_at=request.asked_at,
    )
