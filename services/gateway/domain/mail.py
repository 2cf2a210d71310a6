"""What a received mail is once it is read: no bytes, no charsets, no MIME; and why one can be refused."""

from dataclasses import dataclass
from enum import StrEnum


class MailNature(StrEnum):
    """Who wrote a mail, as far as an answer is concerned (RFC 3834)."""

    PERSONAL = "personal"
    #: Sent by a machine on its own account, or through a list: handled by people, never answered automatically.
    AUTOMATIC = "automatic"
    #: An automatic answer to a mail of ours, or a report that it did not arrive: belongs to that mail's contact.
    AUTO_REPLY = "auto-reply"
    BOUNCE = "bounce"

    @property
    def answers_only(self) -> bool:
        """Whether such a mail can only continue a contact: opening one for it would start a loop."""
        return self in {MailNature.AUTO_REPLY, MailNature.BOUNCE}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAttachment:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedMail:
    """A mail as people read it.

    `text` is what its writer wrote now, `quoted` the older mails below it, `html` sanitised. `message_id` is
    without brackets and empty where the mail has none; `references` are oldest first and end with In-Reply-To.
    """

    message_id: str
    references: tuple[str, ...]
    from_address: str
    from_name: str
    subject: str
    text: str
    quoted: str
    html: str
    attachments: tuple[MailAttachment, ...]
    nature: MailNature


class MailRefused(Exception):
    """This mail can never be taken as it is; `code` says why: mail-too-many-parts, mail-too-deep, mail-too-costly,
    mail-too-large, mail-looping, mail-without-sender or mail-unreadable."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class MailReaderBusy(Exception):
    """The mail could not be read now; the same mail may be taken later."""
