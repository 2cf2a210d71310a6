"""The rules of matching written down as a person would apply them, with no index and no memory of what changed.

Knows nothing of the engine: the engine's public events are checked against it, one after another.
"""

from dataclasses import dataclass, field

from services.routing.domain import events as e
from services.routing.domain.settings import AgentProfile, QueueRules, SkillLevel


@dataclass
class NaiveAgent:
    profile: AgentProfile
    set_state: str = "offline"
    idle_since: int = 0
    leaving: bool = False
    #: Offer id -> (channel, ringing | talking | wrapping, contact id)
    holds: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def room_for(self, channel: str) -> bool:
        """Recount what is held against the capacity."""
        units = {c.channel: c.units for c in self.profile.channels}
        most = {c.channel: c.most for c in self.profile.channels}
        held = [channel for channel, _, _ in self.holds.values()]
        total = sum(units[c] for c in held)
        return (
            held.count(channel) < most.get(channel, 0) and total + units.get(channel, 1) <= self.profile.capacity_units
        )

    def shown(self) -> str:
        states = {state for _, state, _ in self.holds.values()}
        for state, word in (("talking", "busy"), ("wrapping", "wrap_up"), ("ringing", "ringing")):
            if state in states:
                return word
        return self.set_state


@dataclass
class NaiveContact:
    queue_id: str
    channel: str
    queued_at: int
    own_priority: int
    own_skills: tuple[SkillLevel, ...]
    declined: set[str]
    state: str = "waiting"


class NaivePool:
    def __init__(self) -> None:
        self.queues: dict[str, QueueRules] = {}
        self.agents: dict[str, NaiveAgent] = {}
        self.contacts: dict[str, NaiveContact] = {}
        self.counters: dict[str, int] = {}

    def apply(self, event: e.Event) -> None:
        """Take one event as true."""
        name = type(event).__name__
        self.counters[name] = self.counters.get(name, 0) + 1
        getattr(self, f"on_{name}", lambda _: None)(event)

    def best_pair(self) -> tuple[str, str] | None:
        """Find the next contact and agent by the rule, or None where nobody may be offered anything."""
        waiting = sorted(
            (self.rank(contact_id), contact_id) for contact_id, c in self.contacts.items() if c.state == "waiting"
        )
        for _, contact_id in waiting:
            fresh = self.takers(contact_id, of_declined=False)
            if fresh:
                return contact_id, fresh[0]
        for _, contact_id in waiting:
            able = self.takers(contact_id, of_declined=True)
            if able and not self.others_available(contact_id):
                return contact_id, able[0]
        return None

    def rank(self, contact_id: str) -> tuple[int, int]:
        contact = self.contacts[contact_id]
        return -(self.queues[contact.queue_id].priority + contact.own_priority), contact.queued_at

    def takers(self, contact_id: str, *, of_declined: bool) -> list[str]:
        contact = self.contacts[contact_id]
        able = [
            agent_id
            for agent_id, agent in self.agents.items()
            if self.available(agent_id)
            and self.qualified(agent_id, contact)
            and agent.room_for(contact.channel)
            and (of_declined or agent_id not in contact.declined)
        ]
        return sorted(able, key=lambda a: (bool(self.agents[a].holds), self.agents[a].idle_since, a))

    def others_available(self, contact_id: str) -> bool:
        contact = self.contacts[contact_id]
        return any(
            self.available(agent_id) and self.qualified(agent_id, contact) and agent_id not in contact.declined
            for agent_id in self.agents
        )

    def available(self, agent_id: str) -> bool:
        return self.agents[agent_id].set_state == "available" and not self.agents[agent_id].leaving

    def qualified(self, agent_id: str, contact: NaiveContact) -> bool:
        profile = self.agents[agent_id].profile
        levels = {skill.skill_id: skill.level for skill in profile.skills}
        required = (*self.queues[contact.queue_id].required_skills, *contact.own_skills)
        return (
            contact.queue_id in profile.queue_ids
            and any(c.channel == contact.channel and c.most > 0 for c in profile.channels)
            and all(levels.get(skill.skill_id, 0) >= skill.level for skill in required)
        )

    def on_QueueRuled(self, event: e.QueueRuled) -> None:  # noqa: N802 - named like the event
        self.queues[event.rules.queue_id] = event.rules

    def on_AgentProfiled(self, event: e.AgentProfiled) -> None:  # noqa: N802
        agent = self.agents.setdefault(event.profile.agent_id, NaiveAgent(event.profile, idle_since=event.at))
        agent.profile, agent.leaving = event.profile, False

    def on_AgentLeaving(self, event: e.AgentLeaving) -> None:  # noqa: N802
        self.agents[event.agent_id].leaving = True

    def on_AgentLeftPool(self, event: e.AgentLeftPool) -> None:  # noqa: N802
        assert not self.agents.pop(event.agent_id).holds, "left with contacts in hand"

    def on_AgentStateChanged(self, event: e.AgentStateChanged) -> None:  # noqa: N802
        agent = self.agents[event.holder.agent_id]
        if event.set_state == "available" and agent.set_state != "available":
            agent.idle_since = event.at
        agent.set_state = event.set_state

    def on_ContactQueued(self, event: e.ContactQueued) -> None:  # noqa: N802
        entry = event.entry
        assert entry.contact_id not in self.contacts, "queued twice"
        self.contacts[entry.contact_id] = NaiveContact(
            entry.queue_id,
            entry.channel,
            entry.queued_at,
            event.own_priority,
            event.own_skills,
            set(event.declined),
        )

    def on_OfferMade(self, event: e.OfferMade) -> None:  # noqa: N802
        contact, agent = self.contacts[event.entry.contact_id], self.agents[event.holder.agent_id]
        assert contact.state == "waiting", "two live offers of one contact"
        assert agent.room_for(contact.channel), "over capacity"
        contact.state = "offered"
        agent.holds[event.offer_id] = (contact.channel, "ringing", event.entry.contact_id)

    def on_OfferAccepted(self, event: e.OfferAccepted) -> None:  # noqa: N802
        self.contacts[event.entry.contact_id].state = "connected"
        agent = self.agents[event.holder.agent_id]
        channel, _, contact_id = agent.holds[event.offer_id]
        agent.holds[event.offer_id] = (channel, "talking", contact_id)
        agent.idle_since = event.at

    def on_OfferRejected(self, event: e.OfferRejected) -> None:  # noqa: N802
        self._declined(event.entry.contact_id, event.holder.agent_id, event.offer_id)
        self.agents[event.holder.agent_id].idle_since = event.at

    def on_OfferTimedOut(self, event: e.OfferTimedOut) -> None:  # noqa: N802
        self._declined(event.entry.contact_id, event.holder.agent_id, event.offer_id)
        self.agents[event.holder.agent_id].set_state = "not_ready"

    def on_OfferWithdrawn(self, event: e.OfferWithdrawn) -> None:  # noqa: N802
        del self.agents[event.holder.agent_id].holds[event.offer_id]
        self.contacts[event.entry.contact_id].state = "waiting"

    def on_ContactAbandoned(self, event: e.ContactAbandoned) -> None:  # noqa: N802
        assert self.contacts.pop(event.entry.contact_id).state == "waiting"

    def on_ContactFlowedOut(self, event: e.ContactFlowedOut) -> None:  # noqa: N802
        assert self.contacts.pop(event.entry.contact_id).state == "waiting"

    def on_ContactEnded(self, event: e.ContactEnded) -> None:  # noqa: N802
        self._wrapping(event.entry.contact_id, event.holder.agent_id, event.offer_id)

    def on_ContactTransferred(self, event: e.ContactTransferred) -> None:  # noqa: N802
        self._wrapping(event.entry.contact_id, event.holder.agent_id, event.offer_id)

    def on_WrapUpCompleted(self, event: e.WrapUpCompleted) -> None:  # noqa: N802
        agent = self.agents[event.holder.agent_id]
        assert agent.holds.pop(event.offer_id)[1] == "wrapping"
        agent.idle_since = event.at

    def _declined(self, contact_id: str, agent_id: str, offer_id: str) -> None:
        contact = self.contacts[contact_id]
        contact.state = "waiting"
        contact.declined.add(agent_id)
        del self.agents[agent_id].holds[offer_id]

    def _wrapping(self, contact_id: str, agent_id: str, offer_id: str) -> None:
        assert self.contacts.pop(contact_id).state == "connected"
        agent = self.agents[agent_id]
        agent.holds[offer_id] = (agent.holds[offer_id][0], "wrapping", contact_id)
