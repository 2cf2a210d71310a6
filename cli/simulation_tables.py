"""The results of a simulation as tables for people: means, and half of the 95 % confidence interval."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table

Plain = Mapping[str, Any]

_QUEUE_COLUMNS = ("offered", "answered", "abandoned", "service level", "ASA s", "AHT s", "wait p95 s")
_GROUP_COLUMNS = ("answered", "occupancy", "utilisation", "AHT s")


def tables(results: Plain, real: Plain | None = None) -> Iterator[Table]:
    """Make the tables of queues, of service-level variants and of groups; what really happened stands beside."""
    yield _queues(results, real)
    yield _levels(results)
    yield _groups(results)


def _queues(results: Plain, real: Plain | None) -> Table:
    table = Table(title=f"{results['name']}: {results['replications']} replications, seed {results['seed']}")
    _columns(table, "queue", _QUEUE_COLUMNS)
    there = {(row["queue"], row["channel"]): row for row in (real or {}).get("queues", ())}
    for row in results["queues"]:
        table.add_row(row["queue"], *_queue_cells(row))
        happened = there.get((row["queue"], row["channel"]))
        if happened is not None:
            table.add_row("  really", *_queue_cells(happened), style="dim")
    return table


def _queue_cells(row: Plain) -> list[str]:
    counters, rates = row["counters"], row["rates"]
    return [
        *(_number(counters[name]) for name in ("offered", "answered", "abandoned")),
        _percent(row["service_level"]["answered_over_offered"]),
        *(_number(rates[name], 1) for name in ("asa_seconds", "aht_seconds", "wait_p95_seconds")),
    ]


def _levels(results: Plain) -> Table:
    table = Table(title="Service level, every variant")
    names = list(results["queues"][0]["service_level"])
    _columns(table, "variant", [row["queue"] for row in results["queues"]])
    for name in names:
        table.add_row(name, *(_percent(row["service_level"][name]).replace("\n", " ") for row in results["queues"]))
    return table


def _groups(results: Plain) -> Table:
    table = Table(title="Agents")
    _columns(table, "group", _GROUP_COLUMNS)
    for row in results["groups"]:
        rates = row["rates"]
        shares = (_percent(rates[name]) for name in ("occupancy", "utilisation"))
        table.add_row(row["group"], _number(row["counters"]["answered"]), *shares, _number(rates["aht_seconds"], 1))
    return table


def _columns(table: Table, first: str, others: Sequence[str]) -> None:
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")


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
