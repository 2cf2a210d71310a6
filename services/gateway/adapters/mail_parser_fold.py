"""Splits a reply from the mails quoted below it: the library's rules for the West, ours for China."""

from mailparser_reply import EmailReplyParser

from services.gateway.domain.mail_quotes import quote_start

_READER = EmailReplyParser(languages=["en", "zh", "de", "fr"])
# No reply is longer than this before the first quotation; and the library's patterns take quadratic time on a line.
_LONGEST_READ = 20_000
_LONGEST_LINE = 1_000


def fold(text: str) -> tuple[str, str]:
    """What was written now, and what is quoted. A mail that is all quotation is shown as it is."""
    text = text.replace("\r\n", "\n").strip()
    start = min(quote_start(text), _start_by_library(text))
    written = text[:start].strip()
    return (written, text[start:].strip()) if written else (text, "")


def _start_by_library(text: str) -> int:
    head = text[:_LONGEST_READ]
    if any(len(line) > _LONGEST_LINE for line in head.splitlines()):
        return len(text)
    replies = _READER.read(head).replies
    if len(replies) < 2 or not replies[1].headers:
        return len(text)
    position = text.find(replies[1].headers.split("\n", maxsplit=1)[0])
    return position if position > 0 else len(text)
