"""Agents extend their wrap-up, sit at seats, and are missed when their connection is gone."""

import pytest

from services.routing.application.snapshots import restored, snapshot
from services.routing.domain.desk_events import AgentPresenceLost, WrapUpExtended
from services.routing.domain.engine import begin, replay
from services.routing.domain.events import AgentStateChanged, OfferWithdrawn, WrapUpCompleted
from services.routing.domain.pool import PoolState
from tests.unit.routing.desk import Desk
from tests.unit.routing.driver import code, names, the


@pytest.fixture
def pool() -> Desk:
    return Desk()


def wrapping_up(pool: Desk) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    pool.accept("c1")
    pool.end("c1")


def test_an_extension_moves_the_limit(pool: Desk) -> None:
    wrapping_up(pool)
    pool.later(25)
    extended = the(WrapUpExtended, pool.extend("c1", "ann", 20))
    assert (extended.wrap_up_until, extended.extensions) == (pool.now + 25_000, 1)
    assert pool.later(10) == []
    assert the(WrapUpCompleted, pool.later(15)).timed_out


def test_an_extension_is_as_long_as_the_limit_at_most(pool: Desk) -> None:
    wrapping_up(pool)
    assert code(pool.extend("c1", "ann", 31)) == "extension-too-long"
    assert code(pool.extend("c1", "ann", 0)) == "extension-too-long"
    assert code(pool.extend("c1", "ann", 30)) is None


def test_a_wrap_up_is_extended_twice(pool: Desk) -> None:
    wrapping_up(pool)
    assert [code(pool.extend("c1", "ann", 10)) for _ in range(3)] == [None, None, "no-extension-left"]
    assert pool.later(49) == []
    assert names(pool.later(1))[0] == "WrapUpCompleted"


def test_only_an_open_wrap_up_is_extended(pool: Desk) -> None:
    assert code(pool.extend("c1", "ann", 10)) == "not-in-wrap-up"
    wrapping_up(pool)
    assert code(pool.extend("c1", "bob", 10)) == "not-in-wrap-up"
    pool.wrap_up("c1", "ann")
    assert code(pool.extend("c1", "ann", 10)) == "not-in-wrap-up"


def test_where_no_agent_is_named_the_oldest_open_wrap_up_is_meant(pool: Desk) -> None:
    wrapping_up(pool)
    assert code(pool.wrap_up("c9", "")) == code(pool.extend("c9", "", 10)) == "not-in-wrap-up"
    assert the(WrapUpExtended, pool.extend("c1", "", 10)).holder.agent_id == "ann"
    assert the(WrapUpCompleted, pool.wrap_up("c1", "")).holder.agent_id == "ann"
    assert code(pool.wrap_up("c1", "")) == code(pool.extend("c1", "", 10)) == "not-in-wrap-up"


def test_after_a_take_over_the_relieved_agents_wrap_up_is_extended_and_completed(pool: Desk) -> None:
    pool.agent("ann", "billing")
    pool.agent("cid", "sales")
    pool.enqueue("c1")
    pool.accept("c1")
    assert code(pool.wrap_up("c1", "")) == "contact-connected"
    pool.take_over("c1", "cid")
    assert the(WrapUpExtended, pool.extend("c1", "", 10)).holder.agent_id == "ann"
    assert the(WrapUpCompleted, pool.wrap_up("c1", "")).holder.agent_id == "ann"
    assert code(pool.wrap_up("c1", "")) == "contact-connected"


def test_an_agent_holds_contacts_at_the_site_where_it_signed_in(pool: Desk) -> None:
    pool.agent_of_site("ann", "north")
    changed = the(AgentStateChanged, pool.sit("ann", site="south", seat="A12"))
    assert (changed.holder.site_id, changed.seat) == ("south", "A12")
    pool.enqueue("c1")
    assert pool.state.holds[pool.offer_of("c1")[0]].holder.site_id == "south"


def test_signing_out_gives_the_seat_free(pool: Desk) -> None:
    for agent in ("ann", "bob"):
        pool.agent_of_site(agent, "north")
    pool.sit("ann", seat="A12")
    assert code(pool.sit("bob", seat="A12")) == "seat-taken"
    left = the(AgentStateChanged, pool.set("ann", "offline"))
    assert (left.seat, left.holder.site_id) == ("", "north")
    assert code(pool.sit("bob", seat="A12")) is None


def test_equal_seats_of_two_sites_are_two_seats(pool: Desk) -> None:
    for agent, site in (("ann", "north"), ("bob", "south")):
        pool.agent_of_site(agent, site)
        assert code(pool.sit(agent, seat="A12")) is None


def test_an_agent_is_signed_in_at_one_place_at_a_time(pool: Desk) -> None:
    pool.agent_of_site("ann", "north")
    pool.sit("ann", seat="A12")
    assert code(pool.sit("ann", seat="B7")) == "signed-in-elsewhere"
    assert code(pool.sit("ann", site="south")) == "signed-in-elsewhere"
    assert pool.sit("ann", seat="A12").events == ()
    moved = the(AgentStateChanged, pool.set("ann", "not_ready", "meal"))
    assert moved.seat == "A12"


def test_who_is_signed_in_may_still_say_at_which_seat(pool: Desk) -> None:
    pool.agent_of_site("ann", "north")
    pool.set("ann", "available")
    assert the(AgentStateChanged, pool.sit("ann", seat="A12")).seat == "A12"


def test_an_agent_forced_out_of_a_conversation_keeps_the_seat_until_it_is_over(pool: Desk) -> None:
    for agent in ("ann", "bob"):
        pool.agent_of_site(agent, "north")
    pool.sit("ann", seat="A12")
    pool.enqueue("c1")
    pool.accept("c1")
    pool.force("ann", "offline", force=True)
    assert code(pool.sit("bob", seat="A12")) == "seat-taken"
    pool.end("c1")
    pool.wrap_up("c1", "ann")
    assert code(pool.sit("bob", seat="A12")) is None


def test_a_removed_agent_leaves_its_seat(pool: Desk) -> None:
    for agent in ("ann", "bob"):
        pool.agent_of_site(agent, "north")
    pool.sit("ann", seat="A12")
    pool.remove_agent("ann")
    assert code(pool.sit("bob", seat="A12")) is None


def test_who_does_not_return_in_time_is_not_ready_and_its_offers_wait_in_their_places(pool: Desk) -> None:
    pool.agent("ann", "billing")
    for contact in ("first", "second"):
        pool.enqueue(contact, channel="chat")
        pool.later(1)
    pool.later(5)
    pool.enqueue("third", channel="chat")
    ranks = [getattr(pool.state.contacts[name], "waiting", None) for name in ("first", "second")]
    lost = the(AgentPresenceLost, pool.report("ann", 1, present=False, grace_seconds=10))
    assert lost.grace_until == pool.now + 10_000
    assert pool.later(9.9) == []
    lapsed = pool.later(0.1)
    withdrawn = [event for event in lapsed if isinstance(event, OfferWithdrawn)]
    assert [event.reason for event in withdrawn] == ["presence-lost"] * 3
    changed = the(AgentStateChanged, lapsed)
    assert (changed.state, changed.reason, changed.held_units) == ("not_ready", "system", 0)
    assert [pool.state.contacts[name] for name in ("first", "second")] == ranks
    pool.agent("bob", "billing")
    assert [pool.offer_of(name)[1] for name in ("first", "second", "third")] == ["bob"] * 3
    numbers = [int(pool.offer_of(name)[0].rpartition(".")[2]) for name in ("first", "second", "third")]
    assert numbers == sorted(numbers)


def test_who_returns_in_time_keeps_its_offers_and_is_asked_again(pool: Desk) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("rings", channel="chat")
    pool.report("ann", 1, present=False, grace_seconds=10)
    assert names(pool.enqueue("waits", channel="chat")) == ["ContactQueued"]
    back = pool.report("ann", 2, present=True)
    assert names(back) == ["AgentPresenceRegained", "OfferMade", "AgentStateChanged"]
    assert pool.with_whom("rings") == pool.with_whom("waits") == "ann"
    assert pool.later(10) == []


def test_a_conversation_goes_on_without_the_agents_connection(pool: Desk) -> None:
    pool.agent("ann", "billing")
    pool.enqueue("c1")
    pool.accept("c1")
    pool.report("ann", 1, present=False)
    changed = the(AgentStateChanged, pool.later(30))
    assert (changed.state, changed.set_state) == ("busy", "not_ready")
    pool.agent("sue")
    assert code(pool.take_over("c1", "sue")) is None


def test_a_report_that_was_overtaken_says_nothing(pool: Desk) -> None:
    pool.agent("ann", "billing")
    pool.report("ann", 2, present=True)
    assert pool.report("ann", 1, present=False).events == ()
    assert pool.later(60) == []
    assert pool.shown("ann") == "available"


def test_being_lost_twice_does_not_lengthen_the_grace(pool: Desk) -> None:
    pool.agent("ann", "billing")
    pool.report("ann", 1, present=False, grace_seconds=10)
    pool.later(8)
    pool.report("ann", 2, present=False, grace_seconds=10)
    assert the(AgentStateChanged, pool.later(2)).state == "not_ready"


def test_an_agent_who_acts_is_not_missed(pool: Desk) -> None:
    pool.agent("ann", "billing")
    pool.report("ann", 1, present=False, grace_seconds=10)
    assert names(pool.set("ann", "available")) == ["AgentPresenceRegained"]
    assert pool.later(10) == []


def test_a_supervisors_act_is_not_the_agents(pool: Desk) -> None:
    pool.agent("ann", "billing")
    pool.report("ann", 1, present=False, grace_seconds=10)
    pool.force("ann", "not_ready", "meeting")
    pool.force("ann", "available")
    assert the(AgentStateChanged, pool.later(10)).set_reason == "system"


def test_who_has_signed_out_is_not_missed(pool: Desk) -> None:
    pool.agent("ann", "billing", available=False)
    assert names(pool.report("ann", 1, present=False)) == ["PresenceNoted"]
    pool.set("ann", "available")
    pool.report("ann", 3, present=False)
    pool.set("ann", "offline")
    assert pool.later(60) == []


def test_a_reason_given_before_is_not_overwritten_when_the_grace_lapses(pool: Desk) -> None:
    pool.agent("ann", "billing")
    pool.set("ann", "not_ready", "meal")
    pool.report("ann", 1, present=False, grace_seconds=10)
    assert names(pool.later(10)) == ["AgentPresenceLapsed"]
    assert pool.state.agents["ann"].set_reason == "meal"


def test_desks_outlive_a_restart_from_journal_and_snapshot(pool: Desk) -> None:
    for agent in ("ann", "bob", "cid"):
        pool.agent_of_site(agent, "north")
        pool.sit(agent, seat=f"A-{agent}")
    for contact in ("c1", "c2", "c3"):
        pool.enqueue(contact)
    pool.accept("c1")
    pool.end("c1")
    pool.extend("c1", "ann", 10)
    pool.prioritise("c2", 3)
    pool.report("cid", 4, present=False, grace_seconds=15)
    replayed = PoolState(pool_id=pool.state.pool_id)
    for now, step in pool.steps:
        begin(replayed, now)
        replay(replayed, step, now)
    assert list(snapshot(replayed)) == list(snapshot(pool.state))
    pool.state = restored(snapshot(pool.state))
    assert code(pool.sit("bob", seat="A-ann")) == "signed-in-elsewhere"
    assert pool.state.seats == replayed.seats
    lapsed = pool.later(15)
    assert the(OfferWithdrawn, lapsed).entry.contact_id == "c3"
    assert the(WrapUpCompleted, pool.later(25)).entry.contact_id == "c1"
