"""What is judged: a finished conversation, its holder, its times and, where it has text, its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`automatic` lines were sent by no person."""

    number: int
    author: str
    agent_id: str
    text: str
    at: datetime
    automatic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """`agent_id` is the last holder, who is judged. `lines` is None where the channel has no text."""

    contact_id: str
    channel: str
    queue_id: str
    agent_id: str
    team_id: str
    site_id: str
    opened_at: datetime
    answered_at: datetime | None
    lines: tuple[Line, ...] | None

    def own_lines(self) -> Sequence[Line]:
        """Return what the judged agent wrote; nobody answers for a colleague's words."""
        return [line for line in self._agents_lines() if line.agent_id in {"", self.agent_id}]

    def first_response(self) -> Line | None:
        """Return the first line that any agent wrote after acceptance."""
        if self.answered_at is None:
            return None
        return next((line for line in self._agents_lines() if line.at >= self.answered_at), None)

    def first_response_seconds(self) -> float | None:
        """Return the time from acceptance to the first own line of an agent; None where none was written."""
        first = self.first_response()
        return None if first is None or self.answered_at is None else (first.at - self.answered_at).total_seconds()

    def answer_wait_seconds(self) -> float | None:
        """Return the time from the customer's arrival to acceptance."""
        return None if self.answered_at is None else (self.answered_at - self.opened_at).total_seconds()

    def _agents_lines(self) -> Sequence[Line]:
        return [line for line in self.lines or () if line.author == "agent" and not line.automatic]
