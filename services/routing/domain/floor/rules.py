"""What agents are held to, as data; the default set has the numbers of call-centre handbooks."""

from dataclasses import dataclass

from services.routing.domain.entry import Holder

#: Signed in by the start of a shift and by the end of each of its meals.
SIGN_IN = "sign-in"
#: Not signed out before the shift is over, meals aside.
SIGN_OUT = "sign-out"
#: Not ready for some of the reasons, no longer than the limit.
NOT_READY = "not-ready"
#: So many of a team on break at once.
BREAKS_AT_ONCE = "breaks-at-once"
FLOOR_RULE_KINDS = (SIGN_IN, SIGN_OUT, NOT_READY, BREAKS_AT_ONCE)

#: The rungs of a ladder in their order; each is climbed once at most.
REMINDER, WARNING, REPORTED = "reminder", "warning", "reported"
RUNGS = (REMINDER, WARNING, REPORTED)
#: A breach is a repeat where the agent broke the same rule within so long before.
REPEAT_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """Climbed when a breach has lasted `after_seconds`, or as it begins where it is the `on_repeat`th in a day.

    `on_repeat` 0 stands for never.
    """

    name: str
    after_seconds: float
    on_repeat: int = 0


HANDBOOK_LADDER = (
    Rung(name=REMINDER, after_seconds=0.0),
    Rung(name=WARNING, after_seconds=120.0, on_repeat=3),
    Rung(name=REPORTED, after_seconds=600.0, on_repeat=5),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRule:
    """One rule; it holds for a site, for a team, or where it names neither for everybody.

    `limit_seconds` is the grace of sign-in and sign-out, and how long not-ready may last. Before a night shift the
    agent is there `night_early_seconds` ahead. `reasons` are those of not-ready that count; the empty one is none
    given. On break at once may be `most`, or where that is 0 a `share` of the team, rounded, one in any case.
    """

    rule_id: str
    kind: str
    enabled: bool = True
    site_id: str = ""
    team_id: str = ""
    limit_seconds: float = 0.0
    night_early_seconds: float = 0.0
    reasons: tuple[str, ...] = ()
    most: int = 0
    share: float = 0.0
    ladder: tuple[Rung, ...] = HANDBOOK_LADDER
    version: int = 0

    def covers(self, holder: Holder) -> bool:
        return self.site_id in {"", holder.site_id} and self.team_id in {"", holder.team_id}

    @property
    def narrowness(self) -> int:
        """Order by scope: a team's rule before a site's, a site's before everybody's."""
        return 2 if self.team_id else 1 if self.site_id else 0

    def most_of(self, team_size: int) -> int:
        """Say how many of a team of this size may be on break at once."""
        return self.most or max(1, int(self.share * team_size + 0.5))


#: What holds for every tenant that says nothing else, under the same ids.
DEFAULT_RULES = (
    FloorRule(rule_id="sign-in-on-time", kind=SIGN_IN, limit_seconds=180.0, night_early_seconds=300.0),
    FloorRule(rule_id="no-early-sign-out", kind=SIGN_OUT, night_early_seconds=300.0),
    FloorRule(rule_id="break-10-minutes", kind=NOT_READY, reasons=("break",), limit_seconds=600.0),
    FloorRule(rule_id="breaks-at-once", kind=BREAKS_AT_ONCE, share=0.2),
    FloorRule(rule_id="no-unexplained-not-ready", kind=NOT_READY, reasons=("",), limit_seconds=60.0),
)


def default_rule(rule_id: str) -> FloorRule | None:
    return next((rule for rule in DEFAULT_RULES if rule.rule_id == rule_id), None)


def applying(rules: dict[str, FloorRule], holder: Holder) -> list[FloorRule]:
    """Choose an agent's rules, by id: of one kind and the same reasons the narrowest scope's hold, and no others.

    So a team's rule replaces everybody's, and one that is not enabled lets the team off.
    """
    covering = [rule for _, rule in sorted(rules.items()) if rule.covers(holder)]
    narrowest: dict[tuple[str, tuple[str, ...]], int] = {}
    for rule in covering:
        topic = (rule.kind, rule.reasons)
        narrowest[topic] = max(rule.narrowness, narrowest.get(topic, 0))
    return [r for r in covering if r.enabled and r.narrowness == narrowest[r.kind, r.reasons]]
