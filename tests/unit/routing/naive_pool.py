"""The rules of matching written down as a person would apply them, with no index and no memory of what changed.

Knows nothing of the engine: the engine's public events are checked against it, one after another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.routing.domain import events as e
from services.routing.domain.settings import AgentProfile, QueueRules, SkillLevel
from services.routing.domain.widening import NOT_WIDENED, Widening


@dataclass
class NaiveAgent:
    profile: AgentProfile
    set_state: str = "offline"
    idle_since: int = 0
    handled_ms: int = 0
    last_offer: int = 0
    leaving: bool = False
    #: Offer id -> (channel, ringing | talking | wrapping, contact id)
    holds: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    #: Offers of the work that is set aside.
    aside: set[str] = field(default_factory=set)

    def room_for(self, channel: str) -> bool:
        """Recount what is held against the capacity."""
        units = {c.channel: c.units for c in self.profile.channels}
        most = {c.channel: c.most for c in self.profile.channels}
        held = [channel for channel, _, _ in self.holds.values()]
        total = sum(units[c] for offer_id, (c, _, _) in self.holds.items() if offer_id not in self.aside)
        if held.count(channel) >= most.get(channel, 0):
            return False
        if total + units.get(channel, 1) <= self.profile.capacity_units:
            return True
        given_way = sum(units[self.holds[offer_id][0]] for offer_id in self.gives_way_to(channel))
        return given_way > 0 and total - given_way + units[channel] <= self.profile.capacity_units

    def fits_now(self, channel: str) -> bool:
        units = {c.channel: c.units for c in self.profile.channels}
        total = sum(units[c] for offer_id, (c, _, _) in self.holds.items() if offer_id not in self.aside)
        return total + units[channel] <= self.profile.capacity_units

    def gives_way_to(self, channel: str) -> list[str]:
        """Name the conversations that a contact of this channel would set aside."""
        urgent = {c.channel for c in self.profile.channels if channel in c.interruptible_by}
        return [
            offer_id
            for offer_id, (c, state, _) in self.holds.items()
            if c in urgent and state == "talking" and offer_id not in self.aside
        ]

    def shown(self) -> str:
        states = {state for offer_id, (_, state, _) in self.holds.items() if offer_id not in self.aside}
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
    declined: list[str]
    kept_for: str = ""
    widening: Widening = NOT_WIDENED
    state: str = "waiting"
    callback_attempt: int = 0


class NaivePool:
    def __init__(self) -> None:
        self.queues: dict[str, QueueRules] = {}
        self.agents: dict[str, NaiveAgent] = {}
        self.contacts: dict[str, NaiveContact] = {}
        self.counters: dict[str, int] = {}
        #: Callbacks whose time has not come.
        self.scheduled: set[str] = set()
        #: Agents whom this step has given or taken something, and contacts that came to wait in it.
        self.freed: set[str] = set()
        #: The contact that is being offered to several agents at once, until an event of another kind.
        self.batch = ""
        self.newcomers: set[str] = set()

    def begin_step(self) -> None:
        self.freed.clear()
        self.newcomers.clear()
        self.batch = ""

    def apply(self, event: e.Event) -> None:
        """Take one event as true."""
        name = type(event).__name__
        self.counters[name] = self.counters.get(name, 0) + 1
        self.batch = ""
        getattr(self, f"on_{name}", lambda _: None)(event)
        if not isinstance(event, e.OfferMade) and (holder := getattr(event, "holder", None)) is not None:
            self.freed.add(holder.agent_id)

    def best_pair(self) -> tuple[str, str] | None:
        """Find the next contact and agent by the rule, or None where nobody may be offered anything."""
        free = self.free_agents()
        if self.batch and (more := self.more_takers(self.batch, free)):
            return self.batch, more[0]
        waiting = sorted(
            (self.rank(contact_id), contact_id) for contact_id, c in self.contacts.items() if c.state == "waiting"
        )
        fresh = {contact_id: takers for _, contact_id in waiting if (takers := self.takers(contact_id, free))}
        asked = [
            contact_id for contact_id in fresh if contact_id in self.newcomers or self.is_wanted(contact_id, fresh)
        ]
        if asked:
            return asked[0], fresh[asked[0]][0]
        assert not fresh, "somebody could be offered a contact, and nothing of this step is the reason"
        for contact_id in (contact_id for _, contact_id in waiting if self.contacts[contact_id].declined):
            able = self.takers(contact_id, free, of_declined=True)
            if able and not self.others_available(contact_id):
                return contact_id, min(able, key=self.contacts[contact_id].declined.index)
        return None

    def free_agents(self) -> dict[str, list[str]]:
        """List who is available and has room, by channel: nobody else need be looked at, whatever waits."""
        return {
            channel: [id_ for id_, agent in self.agents.items() if self.available(id_) and agent.room_for(channel)]
            for channel in {contact.channel for contact in self.contacts.values()}
        }

    def rank(self, contact_id: str) -> tuple[int, int]:
        contact = self.contacts[contact_id]
        priority = self.queues[contact.queue_id].priority + contact.own_priority + contact.widening.raised
        return -priority, contact.queued_at

    def more_takers(self, contact_id: str, free: Mapping[str, list[str]]) -> list[str]:
        """List who else is asked at once, while fewer than the queue says are asked."""
        contact = self.contacts[contact_id]
        ringing = self.ringing_at(contact_id)
        if len(ringing) >= self.queues[contact.queue_id].offers_for(contact.channel).at_once:
            return []
        return [agent_id for agent_id in self.takers(contact_id, free) if agent_id not in ringing]

    def ringing_at(self, contact_id: str) -> set[str]:
        return {
            agent_id
            for agent_id, agent in self.agents.items()
            if any((state, c) == ("ringing", contact_id) for _, state, c in agent.holds.values())
        }

    def is_wanted(self, contact_id: str, fresh: dict[str, list[str]]) -> bool:
        """Say whether a freed agent would have this contact before all others: best queue first, then rank."""
        for agent_id in self.freed & set(fresh[contact_id]):
            theirs = [other for other, takers in fresh.items() if agent_id in takers]
            if min(theirs, key=lambda c: (self.queue_rank(agent_id, c), self.rank(c), c)) == contact_id:
                return True
        return False

    def queue_rank(self, agent_id: str, contact_id: str) -> int:
        profile = self.agents[agent_id].profile
        ranks = {rank.queue_id: rank.rank for rank in profile.queue_ranks}
        return min((ranks.get(q, 1) for q in self.queues_of(contact_id) if q in profile.queue_ids), default=1)

    def queues_of(self, contact_id: str) -> set[str]:
        contact = self.contacts[contact_id]
        return {contact.queue_id, *contact.widening.queues}

    def measure(self, agent_id: str, contact: NaiveContact) -> int:
        """Say what the queue's choice compares, lowest first."""
        agent, rules = self.agents[agent_id], self.queues[contact.queue_id]
        levels = {skill.skill_id: skill.level for skill in agent.profile.skills}
        wanted = {s.skill_id for s in rules.preferred_skills} | set(self.required(contact))
        return {
            "longest-idle": 0,
            "most-skilled": -sum(levels.get(skill_id, 0) for skill_id in wanted),
            "least-occupied": agent.handled_ms,
            "round-robin": agent.last_offer,
        }[rules.choice]

    def required(self, contact: NaiveContact) -> dict[str, int]:
        """List what is required still, by skill."""
        levels: dict[str, int] = {}
        for skill in (*self.queues[contact.queue_id].required_skills, *contact.own_skills):
            levels[skill.skill_id] = max(levels.get(skill.skill_id, 0), skill.level)
        relaxed = {skill_id: level - contact.widening.relaxed for skill_id, level in levels.items()}
        return {skill_id: level for skill_id, level in relaxed.items() if level > 0}

    def takers(self, contact_id: str, free: Mapping[str, list[str]], *, of_declined: bool = False) -> list[str]:
        contact = self.contacts[contact_id]
        able = [
            agent_id
            for agent_id in free[contact.channel]
            if self.qualified(agent_id, contact) and (of_declined or agent_id not in contact.declined)
        ]
        return sorted(able, key=lambda a: self.turn(a, contact_id))

    def turn(self, agent_id: str, contact_id: str) -> tuple[bool, int, int, int, str]:
        agent, measure = self.agents[agent_id], self.measure(agent_id, self.contacts[contact_id])
        return bool(agent.holds), self.queue_rank(agent_id, contact_id), measure, agent.idle_since, agent_id

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
        named = agent_id in contact.widening.agents
        sites = self.queues[contact.queue_id].sites
        return (
            contact.kept_for in ("", agent_id)
            and any(c.channel == contact.channel and c.most > 0 for c in profile.channels)
            and (named or bool({contact.queue_id, *contact.widening.queues} & set(profile.queue_ids)))
            and (named or not sites or profile.site_id in {*sites, *contact.widening.sites})
            and (named or all(levels.get(skill, 0) >= level for skill, level in self.required(contact).items()))
        )

    def on_QueueRuled(self, event: e.QueueRuled) -> None:  # noqa: N802 - named like the event
        self.queues[event.rules.queue_id] = event.rules
        waiting = (id_ for id_, c in self.contacts.items() if c.state == "waiting")
        self.newcomers.update(id_ for id_ in waiting if self.contacts[id_].queue_id == event.rules.queue_id)

    def on_AgentProfiled(self, event: e.AgentProfiled) -> None:  # noqa: N802
        agent = self.agents.setdefault(event.profile.agent_id, NaiveAgent(event.profile, idle_since=event.at))
        # Who declined may be asked again where one of the others is no longer among those who could have it.
        declined = (id_ for id_, c in self.contacts.items() if c.declined and c.state == "waiting")
        self.newcomers.update(id_ for id_ in declined if self.qualified(event.profile.agent_id, self.contacts[id_]))
        agent.profile, agent.leaving = event.profile, False
        self.freed.add(event.profile.agent_id)

    def on_AgentLeaving(self, event: e.AgentLeaving) -> None:  # noqa: N802
        self.agents[event.agent_id].leaving = True

    def on_AgentLeftPool(self, event: e.AgentLeftPool) -> None:  # noqa: N802
        assert not self.agents.pop(event.agent_id).holds, "left with contacts in hand"

    def on_AgentStateChanged(self, event: e.AgentStateChanged) -> None:  # noqa: N802
        agent = self.agents[event.holder.agent_id]
        if event.set_state == "available" and agent.set_state != "available":
            agent.idle_since = event.at
        if agent.set_state == "offline" != event.set_state:
            agent.handled_ms = 0
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
            list(event.declined),
            event.kept_for,
            callback_attempt=entry.callback_attempt,
        )
        self.scheduled.discard(entry.contact_id)
        self.newcomers.add(entry.contact_id)

    def on_SearchWidened(self, event: e.SearchWidened) -> None:  # noqa: N802
        contact = self.contacts[event.entry.contact_id]
        assert contact.state == "waiting", "widened while offered"
        contact.widening, contact.kept_for = event.widening, ""
        self.newcomers.add(event.entry.contact_id)

    def on_OfferMade(self, event: e.OfferMade) -> None:  # noqa: N802
        contact, agent = self.contacts[event.entry.contact_id], self.agents[event.holder.agent_id]
        at_once = self.queues[contact.queue_id].offers_for(contact.channel).at_once
        ringing = len(self.ringing_at(event.entry.contact_id))
        assert ringing < at_once, "more live offers of one contact than its queue makes"
        self.batch = event.entry.contact_id
        assert agent.room_for(contact.channel), "over capacity"
        assert not agent.gives_way_to(contact.channel) or agent.fits_now(contact.channel), "work is not set aside"
        contact.state = "offered"
        agent.holds[event.offer_id] = (contact.channel, "ringing", event.entry.contact_id)
        agent.last_offer = event.number

    def on_WorkInterrupted(self, event: e.WorkInterrupted) -> None:  # noqa: N802
        agent = self.agents[event.holder.agent_id]
        assert agent.holds[event.offer_id][1] == "talking"
        agent.aside.add(event.offer_id)

    def on_WorkResumed(self, event: e.WorkResumed) -> None:  # noqa: N802
        self.agents[event.holder.agent_id].aside.remove(event.offer_id)

    def on_OfferAccepted(self, event: e.OfferAccepted) -> None:  # noqa: N802
        ringing = len(self.ringing_at(event.entry.contact_id))
        assert ringing == 1, "accepted while others are asked"
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
        self._rings_no_more(event.entry.contact_id)

    def on_ContactAbandoned(self, event: e.ContactAbandoned) -> None:  # noqa: N802
        assert self.contacts.pop(event.entry.contact_id).state == "waiting"

    def on_ContactFlowedOut(self, event: e.ContactFlowedOut) -> None:  # noqa: N802
        assert self.contacts.pop(event.entry.contact_id).state == "waiting"

    def on_CallbackRequested(self, event: e.CallbackRequested) -> None:  # noqa: N802
        assert self.contacts.pop(event.entry.contact_id).state == "waiting"

    def on_CallbackScheduled(self, event: e.CallbackScheduled) -> None:  # noqa: N802
        self._waits_no_longer(event.entry.contact_id)
        self.scheduled.add(event.entry.contact_id)

    def on_CallbackGivenUp(self, event: e.CallbackGivenUp) -> None:  # noqa: N802
        self._waits_no_longer(event.entry.contact_id)
        self.scheduled.discard(event.entry.contact_id)

    def on_CallbackNotReached(self, event: e.CallbackNotReached) -> None:  # noqa: N802
        assert self.contacts.pop(event.entry.contact_id).state == "connected"
        agent = self.agents[event.holder.agent_id]
        assert agent.holds.pop(event.offer_id)[1] == "talking"
        agent.aside.discard(event.offer_id)
        agent.idle_since = event.at
        agent.handled_ms += event.at - event.answered_at

    def _waits_no_longer(self, contact_id: str) -> None:
        """Take a callback from its queue, if it waits there."""
        contact = self.contacts.pop(contact_id, None)
        if contact is not None:
            assert contact.state == "waiting"
            self.counters["put-off"] = self.counters.get("put-off", 0) + 1

    def on_ContactEnded(self, event: e.ContactEnded) -> None:  # noqa: N802
        self._wrapping(event.entry.contact_id, event.holder.agent_id, event.offer_id)

    def on_ContactTransferred(self, event: e.ContactTransferred) -> None:  # noqa: N802
        self._wrapping(event.entry.contact_id, event.holder.agent_id, event.offer_id)

    def on_WrapUpCompleted(self, event: e.WrapUpCompleted) -> None:  # noqa: N802
        agent = self.agents[event.holder.agent_id]
        assert agent.holds.pop(event.offer_id)[1] == "wrapping"
        agent.aside.discard(event.offer_id)
        agent.idle_since = event.at
        agent.handled_ms += event.at - event.answered_at

    def _declined(self, contact_id: str, agent_id: str, offer_id: str) -> None:
        contact = self.contacts[contact_id]
        contact.declined = [*(other for other in contact.declined if other != agent_id), agent_id]
        del self.agents[agent_id].holds[offer_id]
        self._rings_no_more(contact_id)

    def _rings_no_more(self, contact_id: str) -> None:
        """Wait again, unless others are asked still."""
        if not self.ringing_at(contact_id):
            self.contacts[contact_id].state = "waiting"
            self.newcomers.add(contact_id)

    def _wrapping(self, contact_id: str, agent_id: str, offer_id: str) -> None:
        assert self.contacts.pop(contact_id).state == "connected"
        agent = self.agents[agent_id]
        agent.holds[offer_id] = (agent.holds[offer_id][0], "wrapping", contact_id)
