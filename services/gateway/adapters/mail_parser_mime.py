"""Reads one mail: MIME tree, bodies, attachments, thread. Runs in the child process, for strangers wrote the bytes."""

import re
from collections.abc import Iterable, Iterator
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses
from typing import TypeAlias

from services.gateway.adapters.mail_parser_fold import fold
from services.gateway.adapters.mail_parser_html import as_text, sanitise
from services.gateway.adapters.mail_parser_limits import MailLimits, refuse_bombs
from services.gateway.adapters.mail_parser_text import decode, file_name, header_text
from services.gateway.domain.mail import MailAttachment, MailRefused, ParsedMail
from services.gateway.domain.mail_nature import Headers, is_looping, nature_of
from services.gateway.domain.mail_subjects import one_line
from services.gateway.domain.mail_threads import message_ids

Part: TypeAlias = "Message[str, str]"
_ADDRESS = re.compile(r"[^\s<>,;:\"'@()]{1,64}@[^\s<>,;:\"'@()]{1,253}")
_LONGEST_SENDER = 2_000


def parse_mail(raw: bytes, envelope_sender: str, limits: MailLimits) -> ParsedMail:
    """Read a mail within the limits on bytes, parts and depth; time and memory are the process's.

    Raises MailRefused.
    """
    refuse_bombs(raw, limits)
    try:
        return _read(message_from_bytes(raw, policy=policy.compat32), envelope_sender, limits)
    except RecursionError:
        raise MailRefused("mail-too-deep", f"A mail may nest {limits.depth} levels.") from None
    except MemoryError:
        raise MailRefused("mail-too-costly", "The mail takes too much memory to read.") from None


def _read(mail: Part, envelope_sender: str, limits: MailLimits) -> ParsedMail:
    headers = _headers(mail)
    if is_looping(headers):
        raise MailRefused("mail-looping", "The mail has passed too many servers.")
    name, address = _sender(mail, envelope_sender)
    parts = [part for part in _leaves(mail, limits) if part is not mail or not mail.is_multipart()]
    text, html, attachments = _bodies(parts, limits)
    written, quoted = fold(text or as_text(html))
    return ParsedMail(
        message_id=next(iter(_ids(headers.get("message-id", ()))), ""),
        references=_references(headers, parts),
        from_address=address,
        from_name=name,
        subject=one_line(header_text(str(mail.get("Subject", "")))),
        text=written,
        quoted=quoted,
        html=sanitise(html) if html else "",
        attachments=tuple(attachments),
        nature=nature_of(headers, envelope_sender),
    )


def _headers(mail: Part) -> Headers:
    found: dict[str, list[str]] = {}
    for name, value in mail.items():
        found.setdefault(name.lower(), []).append(str(value))
    return found


def _sender(mail: Part, envelope_sender: str) -> tuple[str, str]:
    """Name and address of who wrote the mail.

    From, not Reply-To, is who they are; where answers go is another matter. A bounce may name nobody but a server.
    """
    shown = " ".join(str(value) for value in mail.get_all("From", []))[:_LONGEST_SENDER]
    for name, address in getaddresses([shown]):
        if _ADDRESS.fullmatch(address):
            return header_text(name), address.lower()
    if found := _ADDRESS.search(shown) or _ADDRESS.search(envelope_sender):
        return "", found[0].lower()
    raise MailRefused("mail-without-sender", "The mail names no sender.")


def _leaves(mail: Part, limits: MailLimits) -> Iterator[Part]:
    """Parts that hold content, in order, by a stack of our own: a deep tree must not exhaust Python's."""
    stack: list[tuple[Part, int]] = [(mail, 0)]
    seen = 0
    while stack:
        part, depth = stack.pop()
        seen += 1
        _within(seen, depth, limits)
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            stack.extend((child, depth + 1) for child in reversed(_children(part)))
        else:
            yield part


def _within(seen: int, depth: int, limits: MailLimits) -> None:
    if depth > limits.depth:
        raise MailRefused("mail-too-deep", f"A mail may nest {limits.depth} levels.")
    if seen > limits.parts:
        raise MailRefused("mail-too-many-parts", f"A mail may have {limits.parts} parts.")


def _children(part: Part) -> list[Part]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _bodies(parts: list[Part], limits: MailLimits) -> tuple[str, str, list[MailAttachment]]:
    texts: list[str] = []
    htmls: list[str] = []
    attachments: list[MailAttachment] = []
    for part in parts:
        if not _is_body(part):
            attachments.append(_attachment(part, len(attachments) + 1))
        elif part.get_content_subtype() == "html":
            htmls.append(_text_of(part))
        else:
            texts.append(_text_of(part))
    text = _bounded("\n\n".join(texts).strip(), limits.text_characters, "message.txt", "text/plain", attachments)
    html = _bounded("\n".join(htmls).strip(), limits.html_characters, "message.html", "text/html", attachments)
    return text, html, attachments


def _is_body(part: Part) -> bool:
    if part.get_content_type() not in {"text/plain", "text/html"}:
        return False
    return part.get_content_disposition() != "attachment" and not part.get_filename()


def _text_of(part: Part) -> str:
    return decode(_content(part), part.get_content_charset()).replace("\r\n", "\n").replace("\x00", "")


def _content(part: Part) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _attachment(part: Part, number: int) -> MailAttachment:
    if part.get_content_type() == "message/rfc822" and (inner := _children(part)):
        name = file_name(str(inner[0].get("Subject", "")), f"message-{number}")
        return MailAttachment(name=f"{name}.eml", media_type="message/rfc822", content=inner[0].as_bytes())
    extension = part.get_content_subtype().rpartition("+")[0] or part.get_content_subtype()
    name = file_name(part.get_filename(), f"attachment-{number}.{extension[:20]}")
    return MailAttachment(name=name, media_type=part.get_content_type()[:127], content=_content(part))


def _bounded(text: str, most: int, name: str, media_type: str, attachments: list[MailAttachment]) -> str:
    if len(text) <= most:
        return text
    attachments.append(MailAttachment(name=name, media_type=media_type, content=text.encode()))
    return text[:most]


def _references(headers: Headers, parts: list[Part]) -> tuple[str, ...]:
    """Ids this mail answers; a delivery report answers the mail whose headers it brings as a part."""
    values = [*headers.get("references", ()), *headers.get("in-reply-to", ())]
    for part in parts:
        if part.get_content_type() == "message/rfc822":
            values.extend(str(child.get("Message-ID", "")) for child in _children(part))
        elif part.get_content_type() == "text/rfc822-headers":
            reported = message_from_bytes(_content(part)[:65_536], policy=policy.compat32)
            values.append(str(reported.get("Message-ID", "")))
    return _ids(values)


def _ids(values: Iterable[str]) -> tuple[str, ...]:
    """Some programs write long ids as encoded words, which the standard does not allow."""
    return message_ids(header_text(value) if "=?" in value else value for value in values)
