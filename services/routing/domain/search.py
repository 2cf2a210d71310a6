"""Whom a waiting contact is looked for among, and in which order, by its queue's rules and its steps so far."""

from services.routing.domain.expressions import ContactFacts
from services.routing.domain.settings import Attribute, QueueRules, SkillLevel
from services.routing.domain.stays import Waiting
from services.routing.domain.values import dataclass
from services.routing.domain.widening import joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Contacts whose searches are equal wait in one lane.

    `queues` are the contact's own and those added; `sites` empty for all; `agents` are asked whatever their queues,
    sites and skills; with `kept_for` only that agent is asked. `agent_rule` is an expression that must hold for the
    agent and for `contact`, which is empty without one: so contacts that differ in nothing that matters share a lane.
    """

    queue_id: str
    channel: str
    required: tuple[SkillLevel, ...]
    queues: tuple[str, ...]
    sites: tuple[str, ...]
    agents: tuple[str, ...]
    kept_for: str
    choice: str
    preferred: tuple[SkillLevel, ...]
    agent_rule: str = ""
    priority: int = 0
    attributes: tuple[Attribute, ...] = ()

    @property
    def contact(self) -> ContactFacts:
        """What the agent rule may know of the contact; it has waited for 0 seconds, for a lane does not change."""
        return ContactFacts(
            channel=self.channel,
            queue=self.queue_id,
            priority=self.priority,
            attributes={attribute.name: attribute.value for attribute in self.attributes},
            skills={skill.skill_id: skill.level for skill in self.required},
        )


def search_of(stay: Waiting, rules: QueueRules) -> Search:
    """Make the search of a contact under its queue's rules and what widened them."""
    widening = stay.widening
    return Search(
        queue_id=rules.queue_id,
        channel=stay.entry.channel,
        required=stay.required_skills,
        queues=joined((rules.queue_id,), widening.queues),
        sites=joined(rules.sites, widening.sites) if rules.sites else (),
        agents=widening.agents,
        kept_for=stay.kept_for,
        choice=rules.choice,
        preferred=rules.preferred_skills,
        agent_rule=rules.agent_rule,
        priority=-stay.rank[0] if rules.agent_rule else 0,
        attributes=stay.attributes if rules.agent_rule else (),
    )
