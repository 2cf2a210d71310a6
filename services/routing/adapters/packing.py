"""Plain values packed small: JSON, deflated with a dictionary of what journals repeat.

A journal entry mostly holds one step, too short for a compressor to learn from it; the dictionary tells it
beforehand. A dictionary is frozen for ever, since what was packed with it is read with it: a better one gets the
next number.
"""

import json
import zlib
from typing import Any, Final

from services.routing.adapters.packing_dictionary import DICTIONARY_1

#: What is written now; stored beside what it packed.
DICTIONARY: Final = 1
_DICTIONARIES: Final = {1: DICTIONARY_1}
_LEVEL: Final = 6


def packed(plain: Any) -> bytes:
    """Pack plain values: lists, dicts with text as keys, and scalars."""
    deflating = zlib.compressobj(_LEVEL, zdict=_DICTIONARIES[DICTIONARY])
    written = json.dumps(plain, separators=(",", ":"), ensure_ascii=False)
    return deflating.compress(written.encode()) + deflating.flush()


def unpacked(data: bytes, dictionary: int) -> Any:
    """Give what was packed with a dictionary. Raises KeyError for one of a newer version, zlib.error for garbage."""
    inflating = zlib.decompressobj(zdict=_DICTIONARIES[dictionary])
    return json.loads(inflating.decompress(data) + inflating.flush())
