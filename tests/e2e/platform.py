"""The whole platform as a child process, reached from outside only."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cli import keys
from cli.background_stack import BackgroundStack

#: Where the services write their spans, one JSON object a line.
TRACES = "traces.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A running stack; `endpoints` is what it wrote for whoever wants to use it."""

    folder: Path
    endpoints: Mapping[str, Any]

    @property
    def api(self) -> str:
        return str(self.endpoints["api"])

    @property
    def tenant(self) -> str:
        return str(self.endpoints["tenant"])

    @property
    def traces(self) -> Path:
        return self.folder / TRACES

    def token(self, subject: str, *roles: str, tenant: str | None = None, hours: float = 1.0) -> str:
        """A token as the tenant's identity provider would give it."""
        made = keys.load_or_make(self.folder)
        return made.token(
            tenant=tenant or self.tenant,
            subject=subject,
            roles=list(roles),
            now=datetime.now(UTC),
            lifetime=timedelta(hours=hours),
        )


@contextmanager
def running_platform(folder: Path, *, broker: str) -> Iterator[Platform]:
    """`switchyard up` on free ports until the block is left. Raises StackError with what it said."""
    environment = {"SWITCHYARD_TRACE_FILE": str(folder / TRACES)}
    stack = BackgroundStack(folder, ["--broker", broker], environment)
    try:
        stack.start()
        yield Platform(folder=folder, endpoints=stack.endpoints)
    finally:
        # Nobody will want what it holds: that it ends in order is proven where it is asked for.
        stack.kill()
