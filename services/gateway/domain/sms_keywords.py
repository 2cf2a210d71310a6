"""Words by which a customer stops and starts messages: the whole SMS, nothing beside it.

STOP and its kin are what carriers require (CTIA, Twilio's default list); 退订, TD and T are the usage in China.
"""

import unicodedata
from enum import StrEnum


class SmsKeyword(StrEnum):
    STOP = "stop"
    START = "start"


_STOP = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke", "退订", "退訂", "td", "t"}
)
_START = frozenset({"start", "unstop", "恢复订阅", "恢复", "取消退订"})


def keyword_of(text: str) -> SmsKeyword | None:
    """The keyword that the text is, whatever its case and width; a sentence that has the word in it is a message."""
    word = unicodedata.normalize("NFKC", text).strip().strip(".!。").strip().lower()
    if word in _STOP:
        return SmsKeyword.STOP
    return SmsKeyword.START if word in _START else None
