"""What a pool remembers of the past, and for how long: answers to commands, and contacts that have ended."""

from collections import deque

from services.routing.domain.moments import Moment, after
from services.routing.domain.pool import Kept, PoolState
from services.routing.domain.refusals import Refusal

#: A repeat within this time gets the first answer; an older command is not done, for nobody knows whether it was.
ANSWERS_KEPT_SECONDS = 600.0
#: Twice the above: whatever an end has to meet is refused for its age long before the end is forgotten.
ENDS_KEPT_SECONDS = 1_200.0


def remember_answer(state: PoolState, command_id: str, refusal: Refusal | None, at: Moment) -> None:
    """Keep a command's first answer; None where it was done."""
    kept = state.answers[command_id] = Kept(at, command_id, refusal)
    state.fading_answers.append(kept)


def remember_end(state: PoolState, contact_id: str, ended_by: str, at: Moment) -> None:
    """Keep who ended a contact first; later ends change nothing."""
    if contact_id not in state.ends:
        kept = state.ends[contact_id] = Kept(at, contact_id, ended_by)
        state.fading_ends.append(kept)


def forget(state: PoolState, now: Moment) -> None:
    """Drop what is too old to be kept."""
    _drop_older(state.answers, state.fading_answers, after(now, -ANSWERS_KEPT_SECONDS))
    _drop_older(state.ends, state.fading_ends, after(now, -ENDS_KEPT_SECONDS))


def _drop_older(kept: dict[str, Kept], fading: deque[Kept], bound: Moment) -> None:
    while fading and fading[0].at < bound:
        del kept[fading.popleft().id]
