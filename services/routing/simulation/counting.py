"""What events add to which figure, by the definitions of docs/figures.md; made-up days and recorded ones alike.

Only what entered a queue from `since` on is counted, and agents' time from then on. Who is called back was offered
before, and is not again: of callbacks only the agents' work counts.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from services.routing.domain import events as e
from services.routing.domain.entry import Entry
from services.routing.domain.moments import Moment
from services.routing.simulation.standing import Standing
from services.routing.simulation.tally import Tally

#: A queue and a channel.
QueueKey = tuple[str, str]


class Counting:
    """Queues by id and channel, groups by the name that `group_of` gives an agent of some team."""

    def __init__(self, *, since: Moment, group_of: Callable[[str, str], str]) -> None:
        self.queues: dict[QueueKey, Tally] = defaultdict(Tally)
        self.groups: dict[str, Tally] = defaultdict(Tally)
        self._since = since
        self._group_of = group_of
        self._standing = Standing(since)

    @property
    def reactions(self) -> Mapping[type, Callable[[Any], None]]:
        """Give what counts each kind of event."""
        return {
            e.ContactQueued: self._queued,
            e.OfferAccepted: self._accepted,
            e.OfferRejected: self._rejected,
            e.OfferTimedOut: self._timed_out,
            e.OfferWithdrawn: self._withdrawn,
            e.ContactAbandoned: self._abandoned,
            e.ContactFlowedOut: self._flowed_out,
            e.CallbackRequested: self._callback_requested,
            e.CallbackNotReached: self._callback_not_reached,
            e.CallbackGivenUp: self._callback_given_up,
            e.ContactEnded: self._talked,
            e.ContactTransferred: self._transferred,
            e.WrapUpCompleted: self._wrapped_up,
            e.AgentStateChanged: self._agent_changed,
        }

    def blocked(self, queue_id: str, channel: str, at: Moment) -> None:
        """Count a customer who found no line free, and so entered no queue."""
        if at >= self._since:
            self.queues[queue_id, channel].count("blocked", at)

    def close(self, at: Moment) -> None:
        """Count the states that agents are in, up to an instant."""
        self._standing.close(at)

    def _counted(self, entry: Entry) -> Tally | None:
        return self.queues[entry.queue_id, entry.channel] if entry.queued_at >= self._since else None

    def _queued(self, event: e.ContactQueued) -> None:
        tally = self._counted(event.entry)
        if tally is not None and not event.entry.callback_attempt:
            tally.count("offered", event.entry.queued_at)
            if event.transferred_from:
                tally.count("transferred_in", event.entry.queued_at)

    def _accepted(self, event: e.OfferAccepted) -> None:
        tally = self._offer_ended(event, "")
        if tally is None:
            return
        entry, at = event.entry, event.at
        self._group(event).count("answered", at)
        if entry.callback_attempt:
            tally.count("callback_attempts", at)
            return
        wait = at - entry.queued_at
        tally.count("answered", at)
        if wait <= entry.target_seconds * 1000:
            tally.count("answered_in_target", at)
        tally.spend("wait_answered", entry.queued_at, at)
        tally.waits.append(wait)

    def _rejected(self, event: e.OfferRejected) -> None:
        self._offer_ended(event, "offers_rejected")

    def _timed_out(self, event: e.OfferTimedOut) -> None:
        self._offer_ended(event, "offers_timed_out")

    def _withdrawn(self, event: e.OfferWithdrawn) -> None:
        self._offer_ended(event, "offers_withdrawn")

    def _offer_ended(
        self, event: e.OfferAccepted | e.OfferRejected | e.OfferTimedOut | e.OfferWithdrawn, how: str
    ) -> Tally | None:
        tally = self._counted(event.entry)
        if tally is None:
            return None
        for each in (tally, self._group(event)):
            each.count("offers", event.at)
            if how:
                each.count(how, event.at)
            each.spend("ring", event.offered_at, event.at)
        return tally

    def _abandoned(self, event: e.ContactAbandoned) -> None:
        entry, at = event.entry, event.at
        tally = self._counted(entry)
        if tally is None:
            return
        wait, target = at - entry.queued_at, entry.target_seconds * 1000
        tally.count("abandoned", at)
        if wait <= target:
            tally.count("abandoned_in_target", at)
            if wait < entry.short_abandon_seconds * 1000:
                tally.count("short_abandoned", at)
        tally.spend("wait_abandoned", entry.queued_at, at)

    def _flowed_out(self, event: e.ContactFlowedOut) -> None:
        tally = self._counted(event.entry)
        if tally is not None and not event.entry.callback_attempt:
            tally.count("flowed_out", event.at)

    def _callback_requested(self, event: e.CallbackRequested) -> None:
        entry, tally = event.entry, self._counted(event.entry)
        if tally is None:
            return
        tally.count("callback_requested", event.at)
        if event.at - entry.queued_at <= entry.target_seconds * 1000:
            tally.count("callback_requested_in_target", event.at)

    def _callback_not_reached(self, event: e.CallbackNotReached) -> None:
        tally = self._counted(event.entry)
        if tally is not None:
            tally.count("callback_not_reached", event.at)

    def _callback_given_up(self, event: e.CallbackGivenUp) -> None:
        tally = self._counted(event.entry)
        if tally is not None:
            tally.count("callback_given_up", event.at)

    def _talked(self, event: e.ContactEnded | e.ContactTransferred) -> None:
        tally = self._counted(event.entry)
        if tally is not None:
            tally.spend("talk", event.answered_at, event.at)
            self._group(event).spend("talk", event.answered_at, event.at)

    def _transferred(self, event: e.ContactTransferred) -> None:
        self._talked(event)
        tally = self._counted(event.entry)
        if tally is not None:
            tally.count("transferred_out", event.at)
            self._group(event).count("transferred_out", event.at)

    def _wrapped_up(self, event: e.WrapUpCompleted) -> None:
        tally = self._counted(event.entry)
        if tally is None:
            return
        tally.count("handled", event.at)
        tally.spend("wrap_up", event.ended_at, event.at)
        group = self._group(event)
        group.count("handled", event.at)
        group.spend("assignment_wrap_up", event.ended_at, event.at)

    def _agent_changed(self, event: e.AgentStateChanged) -> None:
        group = self._group_of(event.holder.agent_id, event.holder.team_id)
        self._standing.changed(event, self.groups[group])

    def _group(self, event: Any) -> Tally:
        """`Any`: whatever has a holder."""
        holder = event.holder
        return self.groups[self._group_of(holder.agent_id, holder.team_id)]
