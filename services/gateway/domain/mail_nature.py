"""Tells people's mail from machines' mail by RFC 3834 and what the large senders do beside it.

An automatic mail never gets an automatic answer. Of the automatic ones, replies and bounces continue the contact
they answer and open none; a form's or a list's mail may open a contact, for a person must read it.
"""

from collections.abc import Callable, Mapping, Sequence

from services.gateway.domain.mail import MailNature

#: Header names in lower case, each with all its values.
Headers = Mapping[str, Sequence[str]]

_BOUNCERS = frozenset({"mailer-daemon", "postmaster", "mail-daemon"})
#: Every relay adds one Received header; real paths have fewer than 20 (RFC 5321, 6.3 asks for at least 100 as
#: limit in relays, but a final recipient that sees this many sees a loop).
MOST_HOPS = 50


def has_null_sender(_headers: Headers, envelope_sender: str) -> bool:
    return envelope_sender.strip() in {"", "<>"}


def is_from_a_mail_server(headers: Headers, envelope_sender: str) -> bool:
    senders = [envelope_sender, *headers.get("from", ())]
    return any(_local_part(sender) in _BOUNCERS for sender in senders)


def is_a_delivery_report(headers: Headers, _envelope_sender: str) -> bool:
    return any(value.lower().lstrip().startswith("multipart/report") for value in headers.get("content-type", ()))


def says_auto_submitted(headers: Headers, _envelope_sender: str) -> bool:
    return any(_word(value) not in {"", "no"} for value in headers.get("auto-submitted", ()))


def says_auto_reply(headers: Headers, _envelope_sender: str) -> bool:
    return any(name in headers for name in ("x-autoreply", "x-autorespond", "x-autoresponse"))


def has_bulk_precedence(headers: Headers, _envelope_sender: str) -> bool:
    return any(_word(value) in {"bulk", "junk", "list", "auto_reply"} for value in headers.get("precedence", ()))


def asks_for_no_auto_response(headers: Headers, _envelope_sender: str) -> bool:
    return any(_word(value) not in {"", "none"} for value in headers.get("x-auto-response-suppress", ()))


def came_through_a_list(headers: Headers, _envelope_sender: str) -> bool:
    return "list-id" in headers or "list-unsubscribe" in headers


Rule = Callable[[Headers, str], bool]
BOUNCE_RULES: tuple[Rule, ...] = (has_null_sender, is_from_a_mail_server, is_a_delivery_report)
AUTOMATIC_RULES: tuple[Rule, ...] = (
    says_auto_submitted,
    says_auto_reply,
    has_bulk_precedence,
    asks_for_no_auto_response,
    came_through_a_list,
)


def nature_of(headers: Headers, envelope_sender: str) -> MailNature:
    """Classify a mail. An automatic mail that answers another is an auto-reply: Exchange marks its absence notes
    `auto-generated`, so that word alone does not tell; an auto-submitted mail of a web form answers nothing.
    """
    if any(rule(headers, envelope_sender) for rule in BOUNCE_RULES):
        return MailNature.AUTO_REPLY if says_auto_reply(headers, "") or _is_replied(headers) else MailNature.BOUNCE
    if _is_replied(headers) or says_auto_reply(headers, envelope_sender):
        return MailNature.AUTO_REPLY
    if says_auto_submitted(headers, envelope_sender) and _answers_something(headers):
        return MailNature.AUTO_REPLY
    if any(rule(headers, envelope_sender) for rule in AUTOMATIC_RULES):
        return MailNature.AUTOMATIC
    return MailNature.PERSONAL


def is_looping(headers: Headers) -> bool:
    """Whether the mail has passed so many servers that it must be going round."""
    return len(headers.get("received", ())) > MOST_HOPS


def _is_replied(headers: Headers) -> bool:
    return any(_word(value) == "auto-replied" for value in headers.get("auto-submitted", ()))


def _answers_something(headers: Headers) -> bool:
    return bool(headers.get("in-reply-to") or headers.get("references"))


def _word(value: str) -> str:
    """The value without its parameters and comments."""
    return value.split(";", maxsplit=1)[0].split("(", maxsplit=1)[0].strip().lower()


def _local_part(address: str) -> str:
    return address.rpartition("<")[2].partition("@")[0].strip().strip('"').lower()
