"""A customer: the addresses they are reached at, and the channels they asked to be left alone on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.gateway.domain.identifiers import derived

#: Voice and SMS share the phone number, so that a caller and a texter are one customer.
_KINDS = {"voice": "phone", "sms": "phone", "email": "email"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChanged:
    channel: str
    opted_out: bool


CustomerFact = ConsentChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """`addresses` are keys such as `phone:+8613800000000` and `email:li@example.cn`; each leads to one customer."""

    tenant: str
    id: str
    name: str
    addresses: tuple[str, ...]
    created_at: datetime
    tags: tuple[str, ...] = ()
    opted_out: tuple[str, ...] = ()


def address_key(channel: str, address: str) -> str:
    """Name an address by its kind: the same phone number on two channels is one key."""
    kind = _KINDS.get(channel) or ("email" if "@" in address else channel)
    plain = address.strip()
    return f"{kind}:{plain.lower() if kind == 'email' else plain}"


def newcomer(*, tenant: str, key: str, name: str, at: datetime) -> Customer:
    """Make the customer that an unknown address leads to; two at once make the same one."""
    return Customer(tenant=tenant, id=derived("cus_", tenant, key), name=name, addresses=(key,), created_at=at)


def change_consent(customer: Customer, *, channel: str, opted_out: bool) -> tuple[Customer, Sequence[CustomerFact]]:
    """Take or give back the right to be written to on a channel; saying it again changes nothing."""
    if (channel in customer.opted_out) == opted_out:
        return customer, ()
    others = tuple(name for name in customer.opted_out if name != channel)
    changed = replace(customer, opted_out=(*others, channel) if opted_out else others)
    return changed, (ConsentChanged(channel=channel, opted_out=opted_out),)
