"""A template as versioned data, and what becomes of it."""

from dataclasses import dataclass

#: One list shows them all, beside the built-in ones.
MOST_TEMPLATES = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One version, which never changes. `subject` and `html` are for channels that have them, else empty."""

    id: str
    version: int
    channel: str
    language: str
    text: str
    subject: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What a customer gets to read or hear."""

    text: str
    subject: str = ""
    html: str = ""


def joined(parts: tuple[Rendered, ...]) -> Rendered:
    """Join the same message in several languages into one."""
    return Rendered(
        text="\n\n".join(part.text for part in parts),
        subject=" / ".join(part.subject for part in parts if part.subject),
        html="<hr>".join(part.html for part in parts if part.html),
    )
