"""Whether a customer's words are a rating: one number, as people write it under a survey."""

import re
import unicodedata

#: A number, then at most a unit: `5`, `５分`, `4 stars`, `5/5`, `4!`.
_RATING = re.compile(r"(\d{1,2})\s*(?:/\s*\d{1,2}|stars?|points?|分|星)?\s*[.!。]?", re.IGNORECASE)


def rating_in(text: str) -> int | None:
    """Return the number where the first line with words is nothing but a rating, else None."""
    folded = unicodedata.normalize("NFKC", text)
    first = next((line.strip() for line in folded.splitlines() if line.strip()), "")
    match = _RATING.fullmatch(first)
    return int(match.group(1)) if match else None
