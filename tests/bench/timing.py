"""Quantiles of passages, and what the kernel says a process has used."""

import os
from collections.abc import Sequence
from pathlib import Path

_TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
_MIB = 1024 * 1024
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def quantile(values: Sequence[float], share: float) -> float:
    """The nearest-rank quantile; `values` is not empty."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def cpu_seconds(pid: int) -> float:
    """User and system time of a process since it began, its living children aside."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) * _TICK_SECONDS


def resident_mib(pid: int) -> float:
    """Resident memory, shared pages included."""
    return int((Path("/proc") / str(pid) / "statm").read_text().split()[1]) * _PAGE_BYTES / _MIB


def descendants(pid: int) -> list[int]:
    """The process and all below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            children.setdefault(_parent(int(entry.name)), []).append(int(entry.name))
    found = [pid]
    for each in found:
        found.extend(children.get(each, ()))
    return found


def _parent(pid: int) -> int:
    try:
        return int(_stat(pid)[1])
    except OSError:
        # It ended while we looked.
        return -1


def _stat(pid: int) -> list[str]:
    """The fields after the name, which may hold spaces."""
    return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
