"""Place in a queue and estimated wait: given when a contact begins to wait, judged when it is answered.

The formula is in `expecting`.
"""

from services.routing.domain.events import OfferAccepted, WaitEstimated
from services.routing.domain.expecting import Expected, deviate, expected
from services.routing.domain.forecaster import Forecaster
from services.routing.domain.forecasts import Forecast, GivenEstimate
from services.routing.domain.moments import Moment, seconds_between
from services.routing.domain.pool import PoolState
from services.routing.domain.stays import Waiting
from services.routing.domain.values import dataclass

#: Up to so many who wait a place is counted by rank; in a longer queue whoever comes is taken to be the last.
_COUNTED = 200
#: Whoever is offered to somebody within so long has found somebody free; the way through the log takes time too.
_AT_ONCE_MS = 1_000
#: How far the share that a band leaves outside moves by a wait inside, and by one outside: in balance at one of five.
_STEP_INSIDE, _STEP_OUTSIDE = 40, -160
_LEAST_OUTSIDE, _MOST_OUTSIDE = 200, 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a waiting contact stands; what is `expected` counts from now, and is None until somebody was answered."""

    waiting: Waiting
    position: int
    waited_seconds: float
    expected: Expected | None


def places(state: PoolState, queue_id: str, now: Moment) -> list[Place]:
    """List who waits in a queue, next first, from position 1."""
    waiting = state.waiting_in(queue_id)
    forecast = state.forecasts.get(queue_id) or Forecaster(Forecast(queue_id=queue_id))
    open_gap_ms = _open_gap(forecast, min((w.entry.queued_at for w in waiting), default=now), now)
    return [
        Place(
            waiting=each,
            position=position,
            waited_seconds=seconds_between(each.entry.queued_at, now),
            expected=expected(forecast, position, open_gap_ms=open_gap_ms),
        )
        for position, each in enumerate(waiting, start=1)
    ]


def expected_of_newcomer(state: PoolState, queue_id: str, now: Moment) -> Expected | None:
    """Estimate the wait of who would come now and be the last; None until somebody was answered."""
    waiting = state.waiting_in(queue_id)
    forecast = state.forecasts.get(queue_id) or Forecaster(Forecast(queue_id=queue_id))
    open_gap_ms = _open_gap(forecast, min((w.entry.queued_at for w in waiting), default=now), now)
    return expected(forecast, len(waiting) + 1, open_gap_ms=open_gap_ms)


def estimate_newcomers(state: PoolState, now: Moment) -> list[WaitEstimated]:
    """Give an estimate to who has begun to wait and found nobody free; nobody is told of it twice."""
    found = []
    for contact_id in state.touched_contacts:
        waiting, given = state.contacts.get(contact_id), state.given.get(contact_id)
        if not isinstance(waiting, Waiting) or (given is not None and given.entry == waiting.entry.number):
            continue
        forecast = state.forecasts.get(waiting.entry.queue_id)
        if forecast is not None and (estimated := _estimated(state, forecast, waiting, now)) is not None:
            found.append(estimated)
    return found


def judge(state: PoolState, event: OfferAccepted) -> None:
    """Fold an answer into its queue's forecast: the gap that it ended, and how good the estimate was."""
    entry = event.entry
    forecast = state.forecasts.get(entry.queue_id)
    if forecast is None:
        forecast = state.forecasts[entry.queue_id] = Forecaster(Forecast(queue_id=entry.queue_id))
    _add_gap(forecast, event)
    forecast.last_answer = event.at
    given = state.given.pop(entry.contact_id, None)
    if given is not None and given.entry == entry.number:
        _add_judged(forecast, given, seconds_between(given.at, event.at))


def _add_gap(forecast: Forecaster, event: OfferAccepted) -> None:
    waited = event.offered_at - event.entry.queued_at > _AT_ONCE_MS
    if forecast.waited and not waited:
        return
    if waited and not forecast.waited:
        forecast.forget_gaps()
        forecast.waited = True
    forecast.add_gap(max(0, event.at - max(forecast.last_answer, event.entry.queued_at)))


def _estimated(state: PoolState, forecast: Forecaster, waiting: Waiting, now: Moment) -> WaitEstimated | None:
    position = _position(state, waiting)
    open_gap_ms = _open_gap(forecast, waiting.entry.queued_at, now) if position == 1 else 0
    found = expected(forecast, position, open_gap_ms=open_gap_ms)
    if found is None:
        return None
    given = GivenEstimate(
        contact_id=waiting.entry.contact_id,
        entry=waiting.entry.number,
        queue_id=waiting.entry.queue_id,
        at=now,
        position=position,
        estimated_seconds=found.estimated_seconds,
        low_seconds=found.low_seconds,
        high_seconds=found.high_seconds,
        mean_seconds=found.mean_seconds,
        shape=found.shape,
    )
    return WaitEstimated(at=now, given=given)


def _position(state: PoolState, waiting: Waiting) -> int:
    lines = [lane.line for lane in state.lanes_in.get(waiting.entry.queue_id, ())]
    length = sum([len(line) for line in lines])
    if length > _COUNTED or max([line.last for line in lines]) <= waiting.rank:
        return length
    return 1 + sum(other.rank < waiting.rank for line in lines for other in line.members.values())


def _open_gap(forecast: Forecaster, waiting_since: Moment, now: Moment) -> int:
    """Say for how long somebody has waited since the last answer, in milliseconds."""
    return max(0, now - max(forecast.last_answer, waiting_since))


def _add_judged(forecast: Forecaster, given: GivenEstimate, waited_seconds: float) -> None:
    inside = given.low_seconds <= waited_seconds <= given.high_seconds
    outside = forecast.outside + (_STEP_INSIDE if inside else _STEP_OUTSIDE)
    forecast.outside = min(max(outside, _LEAST_OUTSIDE), _MOST_OUTSIDE)
    forecast.add_judged(
        error_ms=round(abs(waited_seconds - given.estimated_seconds) * 1000),
        z_milli=round(deviate(given, waited_seconds) * 1000),
        inside=inside,
    )
