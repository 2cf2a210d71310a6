"""The table of docs/performance.md: one row a figure, each with its aim, what was seen, and how it was seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["met", "short", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured figure; `short` tells in a sentence by how much and why it falls short, where it does."""

    id: str
    what: str
    aim: str
    measured: str
    ratio: str
    how: str
    verdict: Verdict
    short: str = ""


def judged(good: bool) -> Verdict:
    return "met" if good else "short"


def failed(name: str, error: BaseException) -> Figure:
    """A figure that could not be taken says so rather than vanish from the table."""
    reason = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    return Figure(
        id=name, what="not measured", aim="", measured="", ratio="", how="", verdict="failed", short=f"{name}: {reason}"
    )


def page(figures: Sequence[Figure], *, machine: str, busy: str, quick: bool) -> str:
    """Write the whole page."""
    return "\n".join([*_head(machine, busy, quick=quick), *_table(figures), *_shortfalls(figures), *_method()]) + "\n"


def _head(machine: str, busy: str, *, quick: bool) -> list[str]:
    lines = [
        "# Performance",
        "",
        "Written by `make bench`. Every figure is a ratio, or is set beside a floor or a peer, measured in the same",
        "run: on another machine the milliseconds differ, the ratios should not.",
        "",
        f"Machine: {machine}.",
        "",
    ]
    if busy:
        lines += [busy, ""]
    if quick:
        lines += ["**A quick run (`--quick`): too few rounds to mean anything.**", ""]
    return lines


def _table(figures: Sequence[Figure]) -> list[str]:
    lines = ["| figure | what | aim | measured | ratio | met | how |", "|---|---|---|---|---|---|---|"]
    for each in figures:
        cells = (each.id, each.what, each.aim, each.measured, each.ratio, _mark(each), each.how)
        lines.append("| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |")
    return lines


def _mark(figure: Figure) -> str:
    return {"met": "yes", "short": "**no**", "failed": "**failed**"}[figure.verdict]


def _shortfalls(figures: Sequence[Figure]) -> list[str]:
    missed = [each for each in figures if each.verdict != "met"]
    if not missed:
        return ["", "## What falls short", "", "Nothing in this run."]
    lines = ["", "## What falls short, and why", ""]
    return lines + [f"- **{each.id}** {each.short or 'falls short of its aim.'}" for each in missed]


def _method() -> list[str]:
    return [
        "",
        "## Reading the table",
        "",
        "- p50 and p99 are of single passages, first to last byte, seen by the client.",
        "- CPU is what the kernel charged to a process, so a busy machine does not show in it.",
        "- The load generator, Kafka, the database and all six services share the machine's cores; what the generator",
        "  takes is told where it matters.",
        "- Nothing here is a test: `make test` asserts no time. The count of database commands is one",
        "  (`tests/integration/stack/test_database_commands.py`).",
    ]
