"""HTML of strangers: sanitised for showing, and as text where the mail brings none."""

from html.parser import HTMLParser

import nh3

_BLOCKS = frozenset(
    {"p", "div", "br", "tr", "li", "ul", "ol", "table", "blockquote", "h1", "h2", "h3", "h4", "hr", "pre"}
)
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}
_SILENT_TAGS = {"script", "style", "title", "head"}


def sanitise(html: str) -> str:
    """Only what is safe to show inside our page: no scripts, styles or forms, and no image that is fetched from
    elsewhere, for fetching it tells the sender that and where the mail was read."""
    attributes = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
    attributes["img"] = {"src", "alt", "width", "height"}
    return nh3.clean(
        html,
        attributes=attributes,
        attribute_filter=_keep_attribute,
        url_schemes=_SCHEMES,
        clean_content_tags=_SILENT_TAGS - {"head"},
        link_rel="noopener noreferrer nofollow",
    )


def as_text(html: str) -> str:
    """The words of an HTML body, a line for each block."""
    reader = _TextReader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))
    return _without_blank_runs(list(lines))


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src" and not value.lower().startswith("cid:"):
        return None
    return value


def _without_blank_runs(lines: list[str]) -> str:
    kept = [line for index, line in enumerate(lines) if line or (index and lines[index - 1])]
    return "\n".join(kept).strip()


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 the parser's form
        if tag in _SILENT_TAGS:
            self._silent += 1
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT_TAGS:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS - {"br"}:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data.replace("\n", " "))
