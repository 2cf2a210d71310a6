"""The machine in one line: what decides about speed, and no name."""

import os
import platform
from pathlib import Path


def machine() -> str:
    return (
        f"{len(os.sched_getaffinity(0))} cores{_model()}, {_memory_gib():.0f} GiB, "
        f"{platform.system()}, Python {platform.python_version()}"
    )


def business() -> str:
    """Say whether others used the machine when the run began; empty where it was quiet."""
    load, cores = os.getloadavg()[0], len(os.sched_getaffinity(0))
    if load < cores:
        return ""
    return (
        f"**The machine was not quiet: {load:.1f} processes wanted its {cores} cores when the run began.** Times and "
        "rates are worse for that, peaks most of all; ratios of CPU, counts and memory hold."
    )


def _model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return f" ({line.partition(':')[2].strip()})"
    return ""


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
