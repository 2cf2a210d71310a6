"""What a person may do about a blocked subject; the group itself then handles it, in order, where it runs."""

from dataclasses import replace
from datetime import datetime

from switchyard.eventing.parking import ParkedMessage, ParkedSubjects, SubjectKey


class NotBlocked(Exception):
    """Nothing of this subject waits."""

    code = "subject-not-blocked"


async def request_replay(parked: ParkedSubjects, key: SubjectKey, now: datetime) -> None:
    """Have the first message tried again, and then those behind it. Raises NotBlocked, StoreUnavailable."""
    first = await _first(parked, key)
    await parked.change(replace(first, due=now, attempts=0, poisoned=False))


async def discard_first(parked: ParkedSubjects, key: SubjectKey, now: datetime) -> ParkedMessage:
    """Give the first message up and go on with those behind it; returns what was given up.

    Raises NotBlocked, StoreUnavailable.
    """
    first = await _first(parked, key)
    await parked.release(first)
    following = await parked.first(key)
    if following is not None:
        await parked.change(replace(following, due=now))
    return first


async def _first(parked: ParkedSubjects, key: SubjectKey) -> ParkedMessage:
    first = await parked.first(key)
    if first is None:
        raise NotBlocked(f"nothing of {key.subject} of {key.source} waits in {key.group}")
    return first
