"""The comparison at the end: acts and recount on one side, the platform's figures on the other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from cli.demo.figures import PlatformFigures
from cli.demo.ledger import Ledger
from cli.demo.recount import Recount

#: Figures that the participants themselves can count, without any event.
ACTS = (
    "offered",
    "answered",
    "abandoned",
    "offers",
    "offers_rejected",
    "offers_timed_out",
    "offers_withdrawn",
    "handled",
    "transferred_out",
    "transferred_in",
    "callback_requested",
    "callback_attempts",
    "callback_not_reached",
    "callback_given_up",
    "csat_answers",
    "csat_satisfied",
    "opened",
)
#: What takes a threshold or a clock, recomputed from events, beside everything above once more.
COUNTED_AGAIN = (
    *ACTS,
    "answered_in_target",
    "abandoned_in_target",
    "short_abandoned",
    "flowed_out",
    "callback_requested_in_target",
    "evaluations",
)
TIMES = ("wait_answered", "wait_abandoned", "ring", "talk", "wrap_up")
#: Offline is open at both ends of a run, so it has no closed span to compare.
AGENT_STATES = ("available", "ringing", "busy", "wrap_up", "not_ready.break", "not_ready.system")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    figure: str
    about: str
    expected: int
    platform: int


def differences(ledger: Ledger, recount: Recount, platform: PlatformFigures) -> list[Difference]:
    """Every figure that is not equal, to the last contact and the last millisecond."""
    return [
        *_compare("acts", ACTS, ledger.counted(), platform.counts),
        *_compare("events", COUNTED_AGAIN, recount.counts, platform.counts),
        *_compare("events, ms", TIMES, recount.milliseconds, platform.milliseconds),
        *_compare_agents(recount, platform),
    ]


def _compare(
    side: str, names: tuple[str, ...], expected: Mapping[Any, int], platform: Mapping[Any, int]
) -> Iterator[Difference]:
    for figure in sorted({*expected, *platform}):
        name, *about = figure
        ours, theirs = expected.get(figure, 0), platform.get(figure, 0)
        if name in names and ours != theirs:
            yield Difference(figure=f"{name} ({side})", about=" ".join(about), expected=ours, platform=theirs)


def _compare_agents(recount: Recount, platform: PlatformFigures) -> Iterator[Difference]:
    ours, theirs = recount.agent_milliseconds, platform.agent_milliseconds
    for agent, state in sorted({*ours, *theirs}):
        if state in AGENT_STATES and ours[(agent, state)] != theirs[(agent, state)]:
            yield Difference(
                figure=f"{state} (events, ms)",
                about=agent,
                expected=ours[(agent, state)],
                platform=theirs[(agent, state)],
            )


def show(console: Console, ledger: Ledger, recount: Recount, platform: PlatformFigures) -> bool:
    """Print totals side by side and every difference; returns whether all is equal."""
    table = Table(title="The platform's figures beside the demo's own", title_justify="left")
    table.add_column("figure")
    for column in ("acts", "events", "platform"):
        table.add_column(column, justify="right")
    acts = ledger.counted()
    for name in COUNTED_AGAIN:
        act = str(_total(acts, name)) if name in ACTS else ""
        table.add_row(name, act, str(_total(recount.counts, name)), str(_total(platform.counts, name)))
    for name in TIMES:
        ours, theirs = _total(recount.milliseconds, name), _total(platform.milliseconds, name)
        table.add_row(f"{name}, s", "", f"{ours / 1000:.3f}", f"{theirs / 1000:.3f}")
    for state in AGENT_STATES:
        spent = [_agent_total(side, state) / 1000 for side in (recount, platform)]
        table.add_row(f"agents {state}, s", "", *(f"{seconds:.3f}" for seconds in spent))
    console.print(table)
    return _show_differences(console, ledger, recount, platform)


def _show_differences(console: Console, ledger: Ledger, recount: Recount, platform: PlatformFigures) -> bool:
    wrong = differences(ledger, recount, platform)
    for difference in wrong[:40]:
        console.print(
            f"[red]differs[/red] {difference.figure} {difference.about}: "
            f"expected {difference.expected}, platform {difference.platform}"
        )
    for text in (*platform.wrong_shares[:20], *recount.gaps[:20]):
        console.print(f"[red]wrong[/red] {text}")
    return not wrong and not platform.wrong_shares and not recount.gaps


def _total(figures: Mapping[Any, int], name: str) -> int:
    return sum(amount for (figure, *_), amount in figures.items() if figure == name)


def _agent_total(side: Recount | PlatformFigures, state: str) -> int:
    return sum(amount for (_, shown), amount in side.agent_milliseconds.items() if shown == state)
