"""A line of a conversation: said once, never changed."""

from dataclasses import dataclass
from datetime import datetime

from services.gateway.domain.attachment import Attachment

CUSTOMER, AGENT, SYSTEM = "customer", "agent", "system"
#: Kinds: `text`, and `closing`, the last line of a transcript, which nobody sees.
TEXT, CLOSING = "text", "closing"
#: The longest text of one line, in characters; a mail longer than this is cut by its channel and kept as attachment.
MOST_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """A line about to be added; `(author, client_id)` names it in its contact at every repeat.

    `provider_message_id` is the channel's own id of an inbound message. `deliver` asks for sending it to the customer
    through the channel's provider.
    """

    tenant: str
    contact_id: str
    channel: str
    author: str
    client_id: str
    text: str
    at: datetime
    agent_id: str = ""
    kind: str = TEXT
    html: str = ""
    quoted: str = ""
    subject: str = ""
    attachments: tuple[Attachment, ...] = ()
    automatic: bool = False
    provider_message_id: str = ""
    deliver: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A stored line; `number` counts from 1 in its contact, without gaps."""

    tenant: str
    contact_id: str
    number: int
    channel: str
    author: str
    client_id: str
    text: str
    at: datetime
    agent_id: str = ""
    kind: str = TEXT
    html: str = ""
    quoted: str = ""
    subject: str = ""
    attachments: tuple[Attachment, ...] = ()
    automatic: bool = False
    provider_message_id: str = ""
    #: For a line that leaves through a provider: pending, sent, delivered or failed; empty for all others.
    delivery: str = ""
    delivery_code: str = ""
