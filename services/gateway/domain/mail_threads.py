"""Message-IDs that carry their contact, so that a reply names its thread and no search is needed.

`<contact>.<what>.<signature>@<tenant>.<mail domain>`: the signature keeps strangers from writing into a contact whose
id they saw somewhere, and the id is the same at every try, so a mail sent twice is recognised by whoever gets it. It
is short, for some programs break header lines of more than 78 characters, ids or not.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence

_ID = re.compile(r"<([^<>\s]{1,400})>")
_OURS = re.compile(r"^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{1,80})\.([A-Za-z0-9_-]{12})@(.+)$")
#: RFC 5322 sets no bound; beyond some twenty a header only grows, so the first and the latest are kept.
_MOST_REFERENCES = 20


def make_message_id(*, tenant: str, contact_id: str, what: str, mail_domain: str, key: bytes) -> str:
    """The id, without brackets, of the mail that brings `what`: `l7` for line 7, or a delivery's id.

    Raises ValueError where the contact's id is none of ours.
    """
    contact = _text(bytes.fromhex(contact_id.removeprefix("cnt_")))
    short = what if len(what) <= 8 else _text(hashlib.sha256(what.encode()).digest()[:8])
    return f"{contact}.{short}.{_sign(tenant, contact, short, key)}@{tenant}.{mail_domain}"


def contact_named_by(references: Sequence[str], *, tenant: str, mail_domain: str, key: bytes) -> str | None:
    """The contact that the latest genuine id of ours among the references belongs to."""
    for reference in reversed(references):
        if contact_id := _contact_of(reference, tenant, mail_domain, key):
            return contact_id
    return None


def message_ids(header_values: Iterable[str]) -> tuple[str, ...]:
    """The ids in Message-ID, References or In-Reply-To values, without brackets, in order, each once."""
    found = (found for value in header_values for found in _ID.findall(value))
    return tuple(dict.fromkeys(found))


def references_of_reply(references: Sequence[str], answered: str) -> tuple[str, ...]:
    """The References of an answer to `answered`: its own chain, then itself (RFC 5322, 3.6.4)."""
    chain = tuple(dict.fromkeys([*(each for each in references if each != answered), answered]))
    if len(chain) <= _MOST_REFERENCES:
        return chain
    return (chain[0], *chain[-(_MOST_REFERENCES - 1) :])


def _contact_of(message_id: str, tenant: str, mail_domain: str, key: bytes) -> str | None:
    match = _OURS.match(message_id)
    if match is None or match[4].lower() != f"{tenant}.{mail_domain}".lower():
        return None
    genuine = hmac.compare_digest(_sign(tenant, match[1], match[2], key), match[3])
    return "cnt_" + base64.urlsafe_b64decode(match[1] + "==").hex() if genuine else None


def _sign(tenant: str, contact: str, what: str, key: bytes) -> str:
    """72 bits: enough, as a guess is one mail."""
    return _text(hmac.new(key, f"{tenant}\n{contact}\n{what}".encode(), hashlib.sha256).digest()[:9])


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
