"""Messages as channels bring and take them, free of any provider's shape."""

from dataclasses import dataclass
from datetime import datetime

from services.gateway.domain.attachment import Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """A customer's message from a provider; `(channel, provider_message_id)` names it at every repeat.

    `follows_contact` is a contact proven by the channel itself, such as a signed Message-ID; `references` are the raw
    ids of earlier messages, to be looked up. An `automatic` message joins a contact but never opens one; so does a
    `bounce`. What `never_auto_answer` marks, a list's or a form's mail, may open one, which then gets no automatic
    message. `quoted` holds older mails folded away below a reply.
    """

    tenant: str
    channel: str
    provider_message_id: str
    customer_address: str
    entry_address: str
    text: str
    received_at: datetime
    customer_name: str = ""
    subject: str = ""
    html: str = ""
    quoted: str = ""
    attachments: tuple[Attachment, ...] = ()
    references: tuple[str, ...] = ()
    follows_contact: str | None = None
    automatic: bool = False
    bounce: bool = False
    never_auto_answer: bool = False
    traceparent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMessage:
    """What became of an inbound message.

    `contact_id` is None where nothing was stored as a line: an automatic message that no contact waits for, or a
    rating, which answered the delivery `answered_delivery`.
    """

    contact_id: str | None
    line: int | None
    duplicate: bool
    answered_delivery: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedAnswer:
    """A rating from 1 to `scale_max`, before `until`, answers the survey."""

    survey_id: str
    scale_max: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A message for a customer: a line of a contact (`line`) or another service's delivery (`delivery_id`).

    `in_reply_to` and `references` are provider message ids of the contact's earlier messages, newest last.
    """

    tenant: str
    contact_id: str
    channel: str
    from_address: str
    to_address: str
    text: str
    line: int | None = None
    delivery_id: str | None = None
    subject: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    automatic: bool = False
    expects: ExpectedAnswer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The provider took the message.

    `channel` and `customer_address` are set where it left otherwise than asked, such as a survey of a call that had
    ended and left as SMS: an answer is then expected from there.
    """

    provider_message_id: str
    channel: str = ""
    customer_address: str = ""


class SendRefused(Exception):
    """The message will never be taken; `code` is stable and kebab-case: opted-out, customer-gone, provider-refused."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class SendUnavailable(Exception):
    """The provider cannot be asked now, or its answer was lost; look the message up before sending it again."""
