"""Adding a line to a conversation, and telling this replica's readers."""

from services.gateway.application.feed_items import FeedItem, LineAdded
from services.gateway.application.live_feed import LiveFeed
from services.gateway.application.ports import AppendedLine, Lines
from services.gateway.domain.contact import Contact
from services.gateway.domain.errors import Invalid
from services.gateway.domain.line import CLOSING, MOST_CHARACTERS, NewLine


class AppendLine:
    """Stores a line once; what is returned is durable."""

    def __init__(self, lines: Lines, feed: LiveFeed[FeedItem]) -> None:
        self._lines = lines
        self._feed = feed

    def begin(self, contact: Contact) -> None:
        """Know a contact just opened to have no lines."""
        self._lines.begin(contact.tenant, contact.id)

    async def __call__(self, line: NewLine) -> AppendedLine:
        """Raises TranscriptClosed, Invalid (text-too-long, line-empty), StoreUnavailable."""
        _check(line)
        appended = await self._lines.append(line)
        if not appended.duplicate:
            self._feed.publish(line.tenant, f"contact:{line.contact_id}", LineAdded(line=appended.line))
        return appended


def _check(line: NewLine) -> None:
    if len(line.text) > MOST_CHARACTERS:
        raise Invalid("text-too-long", f"A line has at most {MOST_CHARACTERS} characters.", pointer="/text")
    if line.kind != CLOSING and not (line.text.strip() or line.attachments or line.quoted):
        raise Invalid("line-empty", "A line needs words or an attachment.", pointer="/text")
