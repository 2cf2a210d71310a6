"""Child processes for what takes too long to be done beside the routing loop, confined by the kernel's limits."""

import asyncio
import os
import resource
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path


@asynccontextmanager
async def child(module: str, *, longest_line: int = 2**16) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start a module as a process with pipes, and end it with whoever waits for it."""
    # An environment without the service's secrets.
    environment = {name: os.environ[name] for name in ("PATH", "LANG", "VIRTUAL_ENV") if name in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(entry for entry in sys.path if entry) or os.curdir
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=environment,
        limit=longest_line,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def confine(*, nice: int, cpu_seconds: int, memory_bytes: int) -> None:
    """Confine this process from here on; `memory_bytes` is what it may take beyond the program itself."""
    os.nice(nice)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    most = _address_space_bytes() + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _address_space_bytes() -> int:
    """What the program itself has, before it does anything; 0 where the system does not tell."""
    told = Path("/proc/self/statm")
    return int(told.read_text().split()[0]) * resource.getpagesize() if told.exists() else 0
