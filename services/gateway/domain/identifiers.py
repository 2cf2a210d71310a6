"""Ids that follow from their cause, so that a repeat makes the same thing and not another."""

import hashlib

_HEX = 32


def derived(prefix: str, *parts: str) -> str:
    """Hash the parts, in order, into `<prefix>` and 32 hex; no part can run into the next."""
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    return prefix + digest.hexdigest()[:_HEX]


def contact_of_chat(tenant: str, entry_point: str, client_id: str) -> str:
    """Name the contact of a chat's start: the same client id starts the same contact."""
    return derived("cnt_", tenant, "chat", entry_point, client_id)


def contact_of_message(tenant: str, channel: str, provider_message_id: str) -> str:
    """Name the contact that an inbound message opens, if it opens one."""
    return derived("cnt_", tenant, channel, provider_message_id)


def service_request_of(contact_id: str) -> str:
    """Name the service request that a contact begins."""
    return "srq_" + contact_id.removeprefix("cnt_")


def routing_command(pool: str, *parts: str) -> str:
    """Name a command to a pool's engine by its cause."""
    return derived(f"cmd_{pool}.", *parts)


def enqueue_command(pool: str, tenant: str, contact_id: str, entry: int) -> str:
    """Name the request for an entry, so that its refusal is known again."""
    return routing_command(pool, tenant, contact_id, "enqueue", str(entry))
