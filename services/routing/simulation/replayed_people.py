"""What the customers of one queue and channel were like on a recorded day, and how agents took their offers.

All is drawn from the day's own, by estimates (`kaplan_meier`) that take into account what was not seen to its end.
Where a queue and channel has too little to draw from, the whole day's is taken.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.routing.simulation.kaplan_meier import Seen, duration, survival
from services.routing.simulation.recorded_day import RecordedDay, RecordedOffers, RecordedQueue
from services.routing.simulation.scenario import BACK_AFTER, NO_TIME, Acceptance, Callbacks, Handling, OfChannel
from services.routing.simulation.spreads import Samples, Spread

#: Of fewer offers a share says little, so that of the whole day is taken.
ENOUGH_OFFERS = 10
#: An agent who rejects everything would never let the day end.
_MOST_REJECTED = 0.95


def people(day: RecordedDay, recorded: RecordedQueue) -> OfChannel:
    """Say how those who were recorded at one queue and channel are to be played."""
    return OfChannel(
        handling=_handling(day, recorded),
        patience=survival((seconds, ending == "left") for seconds, ending in recorded.waits),
        callback=_callback(recorded),
        acceptance=_acceptance(day, recorded.offers),
    )


def _handling(day: RecordedDay, recorded: RecordedQueue) -> Handling:
    talks = recorded.talks or [talk for queue in day.queues.values() for talk in queue.talks]
    wrap_ups = recorded.wrap_ups or [span for queue in day.queues.values() for span in queue.wrap_ups]
    return Handling(talk=_lasting(talks), wrap_up=_lasting(wrap_ups))


def _lasting(spans: Sequence[Seen]) -> Spread:
    return duration(spans) or NO_TIME


def _callback(recorded: RecordedQueue) -> Callbacks:
    """The share that asks, had nothing else come before it, and when; and how many were reached when called."""
    asking = survival((seconds, ending == "asked") for seconds, ending in recorded.waits)
    answers = 1 - recorded.not_reached / recorded.called if recorded.called else 1.0
    if asking is None:
        return Callbacks(answers=answers)
    after = Samples(samples_seconds=asking.samples_seconds, weights=asking.weights)
    return Callbacks(asks=1 - asking.never, after_seconds=after, answers=answers)


def _acceptance(day: RecordedDay, offers: RecordedOffers) -> Acceptance:
    """Who let an offer ring, or lost it to a customer who left, might have answered later: nobody knows when."""
    if len(offers.rang) < ENOUGH_OFFERS:
        offers = RecordedOffers()
        for queue in day.queues.values():
            offers.add(queue.offers)
    back = duration(day.presence.away) or BACK_AFTER
    answering = survival(offers.rang)
    if answering is None:
        return Acceptance(lets_ring=1.0, back_after_seconds=back)
    lets_ring = answering.never
    answered = sum(seen for _, seen in offers.rang)
    return Acceptance(
        delay=replace(answering, never=0.0),
        rejects=min(offers.rejected / answered * (1 - lets_ring), _MOST_REJECTED),
        lets_ring=lets_ring,
        back_after_seconds=back,
    )
