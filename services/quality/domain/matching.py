"""Finding a phrase in what somebody wrote, in languages with spaces and in Chinese, where no word has an edge."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
#: Scripts written without spaces between words: CJK ideographs, kana, and their extensions; after NFKC.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
_GAP_IN_UNSPACED = re.compile(f"(?<={_UNSPACED.pattern}) (?={_UNSPACED.pattern})")


def normalised(text: str) -> str:
    """Fold what only looks different: width, case, invisible characters, spaces inside Chinese."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    visible = "".join(character for character in folded if unicodedata.category(character) != "Cf")
    return _GAP_IN_UNSPACED.sub("", _SPACES.sub(" ", visible)).strip()


def contains(text: str, phrase: str) -> bool:
    """Tell whether the normalised `text` says the normalised `phrase`, as words where the script has words."""
    start = text.find(phrase) if phrase else -1
    while start >= 0:
        if _has_edges(text, start, start + len(phrase)):
            return True
        start = text.find(phrase, start + 1)
    return False


def _has_edges(text: str, start: int, end: int) -> bool:
    """`hi` is not said in `this`, but 你好 is said in 你好吗."""
    return not (_joined(text[start - 1 : start], text[start]) or _joined(text[end - 1], text[end : end + 1]))


def _joined(left: str, right: str) -> bool:
    return _is_letter(left) and _is_letter(right)


def _is_letter(character: str) -> bool:
    return character.isalnum() and not _UNSPACED.match(character)
