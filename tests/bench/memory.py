"""Resident memory: each service idle, and the whole embedded stack."""

from collections.abc import Mapping

from cli.ports import SERVICES
from tests.bench.report import Figure, judged
from tests.bench.timing import descendants, resident_mib

AIM_SERVICE_MIB, AIM_STACK_MIB = 120.0, 1024.0


def measure(parent: int, pids: Mapping[str, int]) -> list[Figure]:
    """Look at an idle embedded stack; `parent` is its `switchyard up`."""
    services = {name: resident_mib(pids[name]) for name in SERVICES}
    whole = sum(resident_mib(pid) for pid in descendants(parent))
    return [_services(services), _stack(whole, len(descendants(parent)))]


def _services(services: Mapping[str, float]) -> Figure:
    name, most = max(services.items(), key=lambda item: item[1])
    shown = ", ".join(f"{each} {mib:.0f}" for each, mib in services.items())
    return Figure(
        id="memory",
        what="resident memory of each service, idle",
        aim=f"<= {AIM_SERVICE_MIB:.0f} MiB",
        measured=f"{shown} MiB",
        ratio=f"{most / AIM_SERVICE_MIB:.2f} ({name})",
        how="resident pages after the start, shared ones counted in full",
        verdict=judged(most <= AIM_SERVICE_MIB),
        short=f"{name} holds {most:.0f} MiB when idle; most of it is the libraries it imports.",
    )


def _stack(whole: float, processes: int) -> Figure:
    return Figure(
        id="memory",
        what="resident memory of the whole embedded stack, idle",
        aim=f"<= {AIM_STACK_MIB:.0f} MiB",
        measured=f"{whole:.0f} MiB",
        ratio=f"{whole / AIM_STACK_MIB:.2f}",
        how=f"sum over its {processes} processes: services, broker, database, mail readers, `switchyard up`",
        verdict=judged(whole <= AIM_STACK_MIB),
        short=f"{processes} processes hold {whole:.0f} MiB together, pages they share counted once for each.",
    )
