"""The results of a simulation as tables for people: means, and half of the 95 % confidence interval.

Narrow enough for a terminal of 80 columns: a channel stands below its queue, an interval below its mean.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

Plain = Mapping[str, Any]

#: What offered is the sum of; who heard the busy tone entered no queue and stands elsewhere.
_COUNTERS = {
    "offered": "offered",
    "answered": "answered",
    "abandoned": "abandoned",
    "flowed_out": "flowed_out",
    "callback_requested": "to call_back",
    "waiting": "waiting",
}
_RATES = {"asa_seconds": "ASA s", "wait_p95_seconds": "wait p95 s", "aht_seconds": "AHT s"}
_GROUP_COLUMNS = ("answered", "occupancy", "utilisation", "AHT s")
#: Variants of service level side by side.
_VARIANTS_ACROSS = 4

Cells = Callable[[Plain], Sequence[str]]


def tables(results: Plain, real: Plain | None = None) -> Iterator[Table]:
    """Make the tables of queues, of service-level variants and of groups; what really happened stands beside."""
    title = f"{results['name']}: {results['replications']} replications, seed {results['seed']}"
    yield _of_queues(title, tuple(_COUNTERS.values()), _counter_cells, results, real)
    yield _of_queues("Waits and work", ("service_level", *_RATES.values(), "blocked"), _rate_cells, results, real)
    variants = list(results["queues"][0]["service_level"])
    for start in range(0, len(variants), _VARIANTS_ACROSS):
        names = variants[start : start + _VARIANTS_ACROSS]
        yield _of_queues("Service level, by variant", names, _level_cells(names), results, real)
    yield _groups(results)


def _of_queues(title: str, columns: Sequence[str], cells: Cells, results: Plain, real: Plain | None) -> Table:
    table = _table(title, "queue\nchannel", columns)
    there = {(row["queue"], row["channel"]): row for row in (real or {}).get("queues", ())}
    for row in results["queues"]:
        table.add_row(f"{row['queue']}\n{row['channel']}", *cells(row))
        happened = there.get((row["queue"], row["channel"]))
        if happened is not None:
            table.add_row("  really", *cells(happened), style="dim")
    return table


def _counter_cells(row: Plain) -> list[str]:
    return [_number(row["counters"][name]) for name in _COUNTERS]


def _rate_cells(row: Plain) -> list[str]:
    level = _percent(row["service_level"]["answered_over_offered"])
    rates = (_number(row["rates"][name], 1) for name in _RATES)
    return [level, *rates, _number(row["counters"]["blocked"])]


def _level_cells(names: Sequence[str]) -> Cells:
    return lambda row: [_percent(row["service_level"][name]) for name in names]


def _groups(results: Plain) -> Table:
    table = _table("Agents", "group", _GROUP_COLUMNS)
    for row in results["groups"]:
        rates = row["rates"]
        shares = (_percent(rates[name]) for name in ("occupancy", "utilisation"))
        table.add_row(row["group"], _number(row["counters"]["answered"]), *shares, _number(rates["aht_seconds"], 1))
    return table


def _table(title: str, first: str, others: Sequence[str]) -> Table:
    table = Table(title=title, box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(first, overflow="fold")
    for name in others:
        table.add_column(name.replace("_", "\n"), justify="right")
    return table


def _number(found: Plain | None, digits: int = 0) -> str:
    return _shown(found, 1.0, f",.{digits}f", "")


def _percent(found: Plain | None) -> str:
    return _shown(found, 100.0, ".1f", " %")


def _shown(found: Plain | None, scale: float, form: str, unit: str) -> str:
    if found is None:
        return "-"
    mean = f"{found['mean'] * scale:{form}}"
    half = "" if found["high"] is None else f"\n± {(found['high'] - found['mean']) * scale:{form}}"
    return f"{mean}{unit}{half}"
