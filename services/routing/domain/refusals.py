"""Why a command was not done: stable codes, as problem+json shows them, with the current state in the detail."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    code: str
    detail: str


def offer_unknown(offer_id: str) -> Refusal:
    return Refusal("offer-unknown", f"There is no offer {offer_id}.")


def offer_closed(offer_id: str) -> Refusal:
    return Refusal("offer-closed", f"Offer {offer_id} is no longer open.")


def offer_of_another_agent(offer_id: str) -> Refusal:
    return Refusal("offer-of-another-agent", f"Offer {offer_id} was made to another agent.")


def contact_unknown(contact_id: str) -> Refusal:
    return Refusal("contact-unknown", f"Contact {contact_id} neither waits nor talks in this pool.")


def contact_is(state: str, contact_id: str) -> Refusal:
    """Refuse because of the state that the contact is in: scheduled, waiting, parked, offered or connected."""
    return Refusal(f"contact-{state}", f"Contact {contact_id} is {state}.")


def not_the_holder(contact_id: str) -> Refusal:
    return Refusal("not-the-holder", f"Another agent, or none, holds contact {contact_id}.")


def not_in_wrap_up(contact_id: str) -> Refusal:
    return Refusal("not-in-wrap-up", f"There is no open wrap-up of contact {contact_id}, or another agent has it.")


def already_queued(contact_id: str, number: int) -> Refusal:
    return Refusal("already-queued", f"Contact {contact_id} is in this pool with entry {number}.")


def already_a_callback(contact_id: str) -> Refusal:
    return Refusal("already-a-callback", f"Contact {contact_id} is the calling back of a customer itself.")


def not_a_callback(contact_id: str) -> Refusal:
    return Refusal("not-a-callback", f"Contact {contact_id} is not the calling back of a customer.")


def never_in_hours(queue_id: str) -> Refusal:
    return Refusal("never-in-hours", f"Queue {queue_id} does not call customers before this one is given up.")


def queue_unknown(queue_id: str) -> Refusal:
    return Refusal("queue-unknown", f"This pool has no queue {queue_id}.")


def agent_unknown(agent_id: str) -> Refusal:
    return Refusal("agent-unknown", f"This pool has no agent {agent_id}.")


def agent_holds_contacts(agent_id: str, held: int) -> Refusal:
    return Refusal("agent-holds-contacts", f"Agent {agent_id} has {held} contacts to finish before signing out.")


def state_unknown(state: str) -> Refusal:
    return Refusal("state-unknown", f"{state!r} is none of offline, available, not_ready with its reasons.")


def signed_in_elsewhere(agent_id: str, site: str, seat: str) -> Refusal:
    where = " ".join(part for part in (f"site {site}" if site else "", f"seat {seat}" if seat else "") if part)
    return Refusal("signed-in-elsewhere", f"Agent {agent_id} is signed in at {where}, and signs out there first.")


def seat_taken(site: str, seat: str) -> Refusal:
    return Refusal("seat-taken", f"Another agent is signed in at seat {seat} of site {site or '(none)'}.")


def extension_too_long(longest_seconds: float) -> Refusal:
    return Refusal("extension-too-long", f"One extension is above 0 s and at most {longest_seconds:g} s in this queue.")


def no_extension_left(contact_id: str, most: int) -> Refusal:
    return Refusal("no-extension-left", f"The wrap-up of contact {contact_id} was extended {most} times already.")


def agent_not_available(agent_id: str, state: str) -> Refusal:
    return Refusal("agent-not-available", f"Agent {agent_id} takes nothing now: it is {state}.")


def agent_at_capacity(agent_id: str, channel: str) -> Refusal:
    return Refusal("agent-at-capacity", f"Agent {agent_id} has no room for one more {channel} contact.")


def channel_not_served(agent_id: str, channel: str) -> Refusal:
    return Refusal("channel-not-served", f"Agent {agent_id} takes no {channel} contacts at all.")


def already_the_holder(contact_id: str) -> Refusal:
    return Refusal("already-the-holder", f"This agent holds contact {contact_id} already.")


def command_expired(age_seconds: float) -> Refusal:
    return Refusal("command-expired", f"The command is {age_seconds:.0f} s old; it may have been done before.")


def command_failed() -> Refusal:
    return Refusal("command-failed", "The command met a fault of the routing service; it was set aside.")
