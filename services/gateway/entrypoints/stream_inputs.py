"""What a client of the stream may say: one JSON object a frame, in its limits."""

import json
from typing import Any, Final

from services.gateway.application.door.stream_desk import StreamRefused

_MOST_CHARACTERS: Final = 16_384


def read_frame(text: str) -> dict[str, Any]:
    """Raises StreamRefused."""
    if len(text) > _MOST_CHARACTERS:
        raise StreamRefused("frame-too-large", f"A frame has at most {_MOST_CHARACTERS} characters.")
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StreamRefused("malformed-json", "A frame is one JSON object.") from error
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        raise StreamRefused("frame-invalid", "A frame is a JSON object with a type.")
    return frame


def names_in(frame: dict[str, Any]) -> list[str]:
    """List the subscriptions that a frame names, each once. Raises StreamRefused."""
    to = frame.get("to")
    names = to if isinstance(to, list) else [to]
    if not names or not all(isinstance(name, str) and len(name) <= 80 for name in names):
        raise StreamRefused("frame-invalid", "`to` names one subscription, or several in a list.")
    return list(dict.fromkeys(str(name) for name in names))
