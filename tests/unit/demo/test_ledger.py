"""What customers and agents did, counted from their acts alone."""

from cli.demo.ledger import Ledger
from cli.demo.recount import TICKETS


def test_a_customer_who_was_served_is_offered_and_answered_and_no_abandon() -> None:
    ledger = Ledger()
    ledger.arrived("ann", channel="chat", queue="billing")
    ledger.accepted("ann", "cnt_1")
    ledger.left("ann")
    assert ledger.counted() == {("offered", "billing", "chat"): 1, ("answered", "billing", "chat"): 1}


def test_a_customer_who_left_unserved_is_an_abandon() -> None:
    ledger = Ledger()
    ledger.arrived("ann", channel="voice", queue="billing")
    ledger.left("ann")
    assert ledger.counted()[("abandoned", "billing", "voice")] == 1


def test_a_customer_who_leaves_while_being_passed_on_is_an_abandon_of_the_next_queue() -> None:
    ledger = Ledger()
    ledger.arrived("ann", channel="voice", queue="billing")
    ledger.accepted("ann", "cnt_1")
    ledger.transferred("ann", to_queue="cards")
    ledger.left("ann")
    assert ledger.counted() == {
        ("offered", "billing", "voice"): 1,
        ("answered", "billing", "voice"): 1,
        ("transferred_out", "billing", "voice"): 1,
        ("transferred_in", "cards", "voice"): 1,
        ("offered", "cards", "voice"): 1,
        ("abandoned", "cards", "voice"): 1,
    }


def test_a_customer_who_writes_again_after_the_end_is_a_contact_of_its_own() -> None:
    ledger = Ledger()
    ledger.arrived("ann", channel="sms", queue="billing")
    ledger.accepted("ann", "cnt_1")
    ledger.transferred("ann", to_queue="cards")
    ledger.accepted("ann", "cnt_1")
    ledger.accepted("ann", "cnt_2")
    assert ledger.counted()[("offered", "billing", "sms")] == 2
    assert ledger.counted()[("answered", "billing", "sms")] == 2


def test_an_offer_counts_however_it_ends() -> None:
    ledger = Ledger()
    for how in ("accepted", "rejected", "timed_out", "withdrawn"):
        ledger.offer_ended(how, queue="q", channel="chat")
    counted = ledger.counted()
    assert counted[("offers", "q", "chat")] == 4
    assert [counted[(f"offers_{how}", "q", "chat")] for how in ("accepted", "rejected", "timed_out", "withdrawn")] == [
        *(0, 1, 1, 1)
    ]


def test_four_of_five_is_satisfied_and_three_is_not() -> None:
    ledger = Ledger()
    ledger.arrived("ann", channel="sms", queue="q")
    for rating in (3, 4, 5):
        ledger.rated("ann", rating)
    ledger.ticket_asked("enquiry")
    counted = ledger.counted()
    assert (counted[("csat_answers", "q", "sms")], counted[("csat_satisfied", "q", "sms")]) == (3, 2)
    assert counted[("opened", "enquiry", TICKETS)] == 1
