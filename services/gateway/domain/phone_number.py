"""Telephone numbers that can be called: E.164, as every provider takes them."""

import re
from typing import Final

#: A plus, the country and the subscriber; shorter ones are service and emergency numbers.
PATTERN: Final = r"^\+[1-9][0-9]{6,14}$"
_NUMBER = re.compile(PATTERN)
_PUNCTUATION = re.compile(r"[\s().-]+")
#: Why a caller shows no number, as providers spell it on a telephone's keys: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN,
#: UNAVAILABLE.
_WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})


def dialable(text: str) -> str:
    """Give the number as it is dialled, without punctuation; empty where the text is none that can be called."""
    number = _PUNCTUATION.sub("", text)
    return number if _NUMBER.fullmatch(number) and number not in _WITHHELD else ""
