"""How a mail goes to the child that reads it and comes back: JSON and bytes with lengths, nothing that runs code."""

import json
import struct
from dataclasses import asdict
from typing import Any

from services.gateway.domain.mail import MailAttachment, MailNature, MailRefused, ParsedMail

LENGTH = struct.Struct("!I")


def pack_request(raw: bytes, envelope_sender: str) -> bytes:
    sender = envelope_sender.encode("utf-8", "replace")
    return b"".join((LENGTH.pack(len(sender)), sender, LENGTH.pack(len(raw)), raw))


def pack_mail(mail: ParsedMail) -> bytes:
    """A header in JSON with the attachments' sizes, then their bytes one after the other."""
    header = asdict(mail) | {
        "attachments": [{"name": a.name, "media_type": a.media_type, "size": len(a.content)} for a in mail.attachments]
    }
    return _frame({"mail": header}, b"".join(attachment.content for attachment in mail.attachments))


def pack_refusal(refusal: MailRefused) -> bytes:
    return _frame({"refused": {"code": refusal.code, "detail": refusal.detail}}, b"")


def unpack_reply(header: bytes, content: bytes) -> ParsedMail:
    """Raises MailRefused where the child refused, ValueError where the frame is none of ours."""
    reply = json.loads(header)
    if refused := reply.get("refused"):
        raise MailRefused(refused["code"], refused["detail"])
    return _mail(reply["mail"], content)


def _mail(fields: dict[str, Any], content: bytes) -> ParsedMail:
    attachments, start = [], 0
    for entry in fields.pop("attachments"):
        end = start + entry["size"]
        attachments.append(
            MailAttachment(name=entry["name"], media_type=entry["media_type"], content=content[start:end])
        )
        start = end
    references = tuple(fields.pop("references"))
    nature = MailNature(fields.pop("nature"))
    return ParsedMail(**fields, references=references, nature=nature, attachments=tuple(attachments))


def _frame(header: dict[str, Any], content: bytes) -> bytes:
    # Lone surrogates of broken mails cannot travel as UTF-8 and mean nothing to a reader.
    packed = json.dumps(header, ensure_ascii=False).encode("utf-8", "replace")
    return b"".join((LENGTH.pack(len(packed)), packed, LENGTH.pack(len(content)), content))
