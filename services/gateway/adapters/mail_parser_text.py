"""Bytes and headers to text: charsets as they are really used, encoded words, and names of files."""

import codecs
import re
from email.errors import HeaderParseError
from email.header import decode_header

# Mail that says GB2312 or GBK is written by programs that use all of GB18030, which contains both.
_CHINESE = frozenset({"gb2312", "gbk", "gb-2312", "gb_2312-80", "x-gbk", "cp936", "ms936", "hz", "euc-cn", "gb18030"})
# Codecs that are no charset of any mail, and of which some take quadratic time.
_NO_CHARSETS = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "utf_7"})
_LONGEST_NAME = 200
_UNSAFE_IN_NAMES = re.compile(r"[\x00-\x1f\x7f/\\<>:\"|?*\u202a-\u202e\u2066-\u2069]")


def decode(data: bytes, charset: str | None) -> str:
    """Decode by the charset the mail names; where it names none or a wrong one, by the likeliest that fits."""
    named = _codec(charset)
    if named:
        return data.decode(named, errors="replace")
    for guess in ("utf-8", "gb18030"):
        try:
            return data.decode(guess)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def header_text(value: str) -> str:
    """A header's value with its encoded words (RFC 2047) read; raw 8-bit headers are taken as a body would be."""
    try:
        pieces = decode_header(_unescaped(value)) if value.isascii() or "=?" in value else [(_unescaped(value), None)]
    except (HeaderParseError, ValueError):
        pieces = [(_unescaped(value), None)]
    text = "".join(piece if isinstance(piece, str) else decode(piece, charset) for piece, charset in pieces)
    return " ".join(text.split())


def file_name(value: str | None, fallback: str) -> str:
    """A file's name as shown and offered for download: no path, no control or direction characters."""
    name = _UNSAFE_IN_NAMES.sub("_", header_text(value or "")).strip(". ")
    return name[-_LONGEST_NAME:] or fallback


def _codec(charset: str | None) -> str | None:
    name = (charset or "").strip().strip("\"'").lower()
    if name in _CHINESE:
        return "gb18030"
    if not name or name in {"us-ascii", "ascii", "unknown-8bit"}:
        return None
    try:
        info = codecs.lookup(name)
        b"a".decode(name)
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if info.name.replace("-", "_") in _NO_CHARSETS else info.name


def _unescaped(value: str) -> str:
    """Bytes that the parser kept as surrogates, read as text."""
    if value.isascii():
        return value
    try:
        return decode(value.encode("ascii", "surrogateescape"), None)
    except UnicodeEncodeError:
        return value
