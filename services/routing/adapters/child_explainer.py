"""Explains contacts in child processes, so that the routing loop never waits for a pool to be folded again."""

import asyncio
import json
from dataclasses import asdict, dataclass
from typing import Final

from services.routing.adapters.child_processes import child
from services.routing.adapters.simulation_player import JournalPlace
from services.routing.application.explaining import NotExplained

_MODULE: Final = "services.routing.explaining_child"
#: What the child says of a contact that nothing is known of.
_UNKNOWN: Final = b"null"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainerLimits:
    """`seconds` an answer may take, waiting for its turn included: less than the gateway waits."""

    seconds: float = 20.0
    at_once: int = 2
    cpu_seconds: int = 15
    memory_bytes: int = 1024 * 1024 * 1024
    nice: int = 5


class ChildExplainer:
    """One child for each contact asked for, ended with it or with whoever waits for it."""

    def __init__(self, journal: JournalPlace, limits: ExplainerLimits, module: str = _MODULE) -> None:
        self._journal = journal
        self._limits = limits
        self._module = module
        self._turns = asyncio.Semaphore(limits.at_once)

    async def answer_about(self, tenant: str, contact_id: str) -> bytes | None:
        """Give the body of the answer as JSON, None where nothing is known of the contact. Raises NotExplained."""
        job = {
            "tenant": tenant,
            "contact": contact_id,
            "journal": asdict(self._journal),
            "limits": {
                "nice": self._limits.nice,
                "cpu_seconds": self._limits.cpu_seconds,
                "memory_bytes": self._limits.memory_bytes,
            },
        }
        try:
            async with asyncio.timeout(self._limits.seconds), self._turns, child(self._module) as process:
                answer, _ = await process.communicate(json.dumps(job).encode() + b"\n")
                code = process.returncode
        except (TimeoutError, OSError) as error:
            raise NotExplained(f"{type(error).__name__} {error}") from error
        if code or not answer:
            raise NotExplained(f"the child ended with {code}")
        return None if answer == _UNKNOWN else answer
