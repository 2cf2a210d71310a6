"""Subjects of answers: one `Re:`, whatever the customer's mail program put before it."""

import re

# Prefixes of Outlook, Foxmail, QQ and Gmail in English and Chinese, German and the Nordic languages.
_REPLY_PREFIX = re.compile(r"^\s*(?:(?:re|aw|sv|回复|回覆|答复|答覆)\s*(?:\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE)
_LONGEST = 200


def reply_subject(subject: str) -> str:
    """The subject of an answer; line breaks of a forged subject never reach a header."""
    bare = _REPLY_PREFIX.sub("", one_line(subject))
    return f"Re: {bare}" if bare else "Re:"


def one_line(text: str) -> str:
    """The text on one line and of a length that mail programs show."""
    return " ".join(text.split())[:_LONGEST]
