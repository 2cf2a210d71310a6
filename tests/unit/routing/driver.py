"""A pool on a clock that the test turns: commands in, events out, in words as short as the trade's."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from services.routing.adapters.cel_expressions import CelExpressions
from services.routing.application.snapshots import restored, snapshot
from services.routing.domain import commands as c
from services.routing.domain.callback_commands import ReportNotReached, RequestCallback, RescheduleCallback
from services.routing.domain.callback_rules import CallbackPlan
from services.routing.domain.commands import Command
from services.routing.domain.engine import Step, begin, fire_due, handle
from services.routing.domain.events import Event
from services.routing.domain.moments import after
from services.routing.domain.pool import PoolState
from services.routing.domain.settings import AgentProfile, Attribute, ChannelCapacity, QueueRank, QueueRules, SkillLevel

EventT = TypeVar("EventT")

BLENDED = (
    ChannelCapacity(channel="voice", units=100, most=1),
    ChannelCapacity(channel="chat", units=30, most=3),
    ChannelCapacity(channel="sms", units=20, most=5),
    ChannelCapacity(channel="email", units=20, most=5),
)


def skills(**levels: int) -> tuple[SkillLevel, ...]:
    return tuple(SkillLevel(skill_id=name, level=level) for name, level in levels.items())


class Driver:
    """Every method gives what the engine did; `now` is in milliseconds and starts at one million."""

    def __init__(self, pool_id: str = "front") -> None:
        self.state = PoolState(pool_id=pool_id, expressions=CelExpressions())
        self.now = 1_000_000
        self.steps: list[tuple[int, Step]] = []
        self._commands = 0

    def later(self, seconds: float) -> list[Event]:
        """Turn the clock on and fire what is due."""
        self.now += round(seconds * 1000)
        begin(self.state, self.now)
        return self._due()

    def do(self, command: Command) -> Step:
        begin(self.state, self.now)
        step = handle(self.state, command, self.now)
        self.steps.append((self.now, step))
        return step

    def id(self) -> str:
        self._commands += 1
        return f"cmd_{self._commands}"

    def queue(self, queue_id: str, **rules: object) -> Step:
        queue = QueueRules(queue_id=queue_id, version=self._next_version(f"queue/{queue_id}"), **rules)  # type: ignore[arg-type]
        return self.do(c.ConfigureQueue(id=self.id(), issued_at=self.now, rules=queue))

    def agent(
        self,
        agent_id: str,
        *queues: str,
        skills: tuple[SkillLevel, ...] = (),
        channels: tuple[ChannelCapacity, ...] = BLENDED,
        available: bool = True,
        ranks: Mapping[str, int] | None = None,
        site: str = "",
        attributes: Mapping[str, str] | None = None,
    ) -> Step:
        profile = AgentProfile(
            agent_id=agent_id,
            queue_ids=queues,
            skills=skills,
            channels=channels,
            version=self._next_version(f"agent/{agent_id}"),
            queue_ranks=tuple(QueueRank(queue_id=queue, rank=rank) for queue, rank in (ranks or {}).items()),
            site_id=site,
            attributes=_attributes(attributes),
        )
        step = self.configure(profile)
        return self.set(agent_id, "available") if available else step

    def configure(self, profile: AgentProfile) -> Step:
        return self.do(c.ConfigureAgent(id=self.id(), issued_at=self.now, profile=profile))

    def set(self, agent_id: str, state: str, reason: str = "") -> Step:
        return self.do(c.SetAgentState(id=self.id(), issued_at=self.now, agent_id=agent_id, state=state, reason=reason))

    def enqueue(
        self,
        contact_id: str,
        queue_id: str = "billing",
        channel: str = "voice",
        *,
        entry: int = 1,
        priority: int = 0,
        required: tuple[SkillLevel, ...] = (),
        queued_at: int | None = None,
        last_agent: str = "",
        attributes: Mapping[str, str] | None = None,
        callable: bool = False,  # noqa: A002 - the field's own name
        callback: CallbackPlan | None = None,
    ) -> Step:
        return self.do(
            c.EnqueueContact(
                id=self.id(),
                issued_at=self.now,
                contact_id=contact_id,
                entry=entry,
                queue_id=queue_id,
                channel=channel,
                queued_at=self.now if queued_at is None else queued_at,
                priority=priority,
                required_skills=required,
                last_agent_id=last_agent,
                attributes=_attributes(attributes),
                callable=callable,
                callback=callback,
            )
        )

    def request_callback(self, contact_id: str, *, in_seconds: float = 0, within: float = 0) -> Step:
        plan = self.plan(in_seconds, within)
        return self.do(RequestCallback(id=self.id(), issued_at=self.now, contact_id=contact_id, plan=plan))

    def reschedule(self, contact_id: str, *, in_seconds: float = 0, within: float = 0) -> Step:
        plan = self.plan(in_seconds, within)
        return self.do(RescheduleCallback(id=self.id(), issued_at=self.now, contact_id=contact_id, plan=plan))

    def plan(self, in_seconds: float = 0, within: float = 0) -> CallbackPlan:
        """Ask for a call after so many seconds, and within so many from now; 0 for at once, and for as ever."""
        due_at = after(self.now, in_seconds) if in_seconds else 0
        return CallbackPlan(due_at=due_at, not_after=after(self.now, within) if within else 0)

    def not_reached(
        self, contact_id: str, reason: str = "no-answer", *, agent_id: str = "", offer_id: str = ""
    ) -> Step:
        return self.do(
            ReportNotReached(
                id=self.id(),
                issued_at=self.now,
                contact_id=contact_id,
                offer_id=offer_id or self.offer_of(contact_id)[0],
                reason=reason,
                agent_id=agent_id,
            )
        )

    def end(self, contact_id: str, by: str = "customer", agent_id: str = "") -> Step:
        return self.do(
            c.EndContact(id=self.id(), issued_at=self.now, contact_id=contact_id, ended_by=by, agent_id=agent_id)
        )

    def accept(self, contact_id: str) -> Step:
        offer_id, agent_id = self.offer_of(contact_id)
        return self.do(c.AcceptOffer(id=self.id(), issued_at=self.now, offer_id=offer_id, agent_id=agent_id))

    def accept_as(self, offer_id: str, agent_id: str) -> Step:
        return self.do(c.AcceptOffer(id=self.id(), issued_at=self.now, offer_id=offer_id, agent_id=agent_id))

    def accept_unknown(self) -> Step:
        """Be refused."""
        return self.do(c.AcceptOffer(id=self.id(), issued_at=self.now, offer_id="off_nowhere.1", agent_id="ann"))

    def reject(self, contact_id: str, reason: str = "") -> Step:
        offer_id, agent_id = self.offer_of(contact_id)
        return self.do(
            c.RejectOffer(id=self.id(), issued_at=self.now, offer_id=offer_id, agent_id=agent_id, reason=reason)
        )

    def transfer(self, contact_id: str, to_queue: str, *, agent_id: str = "", to_pool: str = "") -> Step:
        return self.do(
            c.TransferContact(
                id=self.id(),
                issued_at=self.now,
                contact_id=contact_id,
                to_queue=to_queue,
                to_pool=to_pool,
                agent_id=agent_id,
            )
        )

    def wrap_up(self, contact_id: str, agent_id: str, disposition: str = "resolved") -> Step:
        return self.do(
            c.CompleteWrapUp(
                id=self.id(), issued_at=self.now, contact_id=contact_id, agent_id=agent_id, disposition=disposition
            )
        )

    def remove_agent(self, agent_id: str) -> Step:
        version = self._next_version(f"agent/{agent_id}")
        return self.do(c.RemoveAgent(id=self.id(), issued_at=self.now, agent_id=agent_id, version=version))

    def remove_queue(self, queue_id: str) -> Step:
        version = self._next_version(f"queue/{queue_id}")
        return self.do(c.RemoveQueue(id=self.id(), issued_at=self.now, queue_id=queue_id, version=version))

    def offer_of(self, contact_id: str) -> tuple[str, str]:
        """Give the offer and the agent that a contact rings at, or talks with."""
        for hold in self.state.holds.values():
            if hold.entry.contact_id == contact_id and hold is self.state.contacts.get(contact_id):
                return hold.offer_id, hold.holder.agent_id
        raise AssertionError(f"{contact_id} is with nobody")

    def with_whom(self, contact_id: str) -> str | None:
        stay = self.state.contacts.get(contact_id)
        return getattr(getattr(stay, "holder", None), "agent_id", None)

    def shown(self, agent_id: str) -> str:
        return self.state.agents[agent_id].announced.state

    def restart(self) -> None:
        """Go on from a snapshot of the pool."""
        self.state = restored(list(snapshot(self.state)), self.state.expressions)

    def _due(self) -> list[Event]:
        steps = list(fire_due(self.state, self.now, self.now))
        self.steps += ((self.now, step) for step in steps)
        return [event for step in steps for event in step.events]

    def _next_version(self, key: str) -> int:
        return self.state.versions.get(key, 0) + 1


def _attributes(values: Mapping[str, str] | None) -> tuple[Attribute, ...]:
    return tuple(Attribute(name=name, value=value) for name, value in (values or {}).items())


def names(done: Step | Sequence[Event]) -> list[str]:
    """Name the events in order."""
    return [type(event).__name__ for event in (done.events if isinstance(done, Step) else done)]


def the(kind: type[EventT], done: Step | Sequence[Event]) -> EventT:
    """Give the only event of a kind."""
    (event,) = [event for event in (done.events if isinstance(done, Step) else done) if isinstance(event, kind)]
    return event


def code(step: Step) -> str | None:
    return None if step.refusal is None else step.refusal.code
