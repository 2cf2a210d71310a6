"""What may become of a survey and of its notice."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notify.domain import events
from services.notify.domain.errors import AnswerTooLate, RatingOutsideScale
from services.notify.domain.notice import Notice, NoticeState, delivered, failed, request_survey_notice, sent
from services.notify.domain.survey import HandledContact, Survey, SurveyState, answer, ask, expire
from services.notify.domain.survey_setting import BUILT_IN_SETTING, SurveySetting, setting_for
from services.notify.domain.template import Rendered, Template, joined

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)
CONTACT = HandledContact(
    contact_id="cnt_1",
    channel="sms",
    queue_id="billing",
    agent_id="agt_ann",
    team_id="",
    site_id="",
    customer_id="cus_1",
)


def asked() -> Survey:
    return ask("sur_1", "ntc_1", CONTACT, SurveySetting(until_seconds=600), NOON).survey


def requested() -> Notice:
    template = Template(id="csat-sms-en", version=3, channel="sms", language="en", text="?")
    return request_survey_notice(asked(), template, Rendered(text="?")).notice


def test_an_answer_in_time_is_taken_and_announced() -> None:
    changed = answer(asked(), 4, LATER)
    assert (changed.survey.state, changed.survey.rating, changed.survey.answered_at) == ("answered", 4, LATER)
    assert changed.events == (events.SurveyAnswered(rating=4),)


def test_the_first_answer_stays() -> None:
    first = answer(asked(), 4, LATER).survey
    assert answer(first, 1, LATER).survey == first
    assert answer(first, 1, LATER).events == ()


def test_an_answer_after_the_time_is_refused() -> None:
    with pytest.raises(AnswerTooLate):
        answer(asked(), 4, NOON + timedelta(seconds=601))


def test_an_answer_given_in_time_counts_though_it_is_told_after_the_survey_expired() -> None:
    expired = expire(asked(), "unanswered", NOON + timedelta(seconds=700)).survey
    changed = answer(expired, 5, NOON + timedelta(seconds=599))
    assert (changed.survey.state, changed.survey.rating, changed.survey.reason) == (SurveyState.ANSWERED, 5, "")


@pytest.mark.parametrize("rating", [0, 6, -1])
def test_a_rating_off_the_scale_is_refused(rating: int) -> None:
    with pytest.raises(RatingOutsideScale):
        answer(asked(), rating, LATER)


def test_an_answered_survey_does_not_expire() -> None:
    answered = answer(asked(), 4, LATER).survey
    assert expire(answered, "unanswered", LATER).events == ()


def test_a_survey_expires_once() -> None:
    once = expire(asked(), "customer-gone", LATER)
    assert once.events == (events.SurveyExpired(reason="customer-gone"),)
    assert expire(once.survey, "unanswered", LATER).events == ()


def test_a_queue_s_own_setting_comes_before_the_one_for_all() -> None:
    everywhere, billing = SurveySetting(scale_max=7), SurveySetting(queue_id="billing", enabled=False)
    assert setting_for([everywhere, billing], "billing") is billing
    assert setting_for([everywhere, billing], "cards") is everywhere
    assert setting_for([], "cards") is BUILT_IN_SETTING


def test_a_notice_is_requested_with_the_order_to_deliver_it() -> None:
    template = Template(id="csat-sms-en", version=3, channel="sms", language="en", text="?")
    changed = request_survey_notice(asked(), template, Rendered(text="?"))
    until = NOON + timedelta(seconds=600)
    assert changed.outgoing == (events.NoticeRequested(), events.DeliverNotice(scale_max=5, until=until))
    assert (changed.notice.id, changed.notice.template_version) == ("ntc_1", 3)


def test_a_notice_goes_from_sent_to_delivered_and_announces_sending_once() -> None:
    once = sent(requested(), LATER)
    assert once.outgoing == (events.NoticeSent(),)
    assert sent(once.notice, LATER).outgoing == ()
    there = delivered(once.notice, LATER)
    assert (there.notice.state, there.outgoing) == (NoticeState.DELIVERED, ())


def test_a_receipt_that_overtakes_the_sending_announces_the_sending() -> None:
    assert delivered(requested(), LATER).outgoing == (events.NoticeSent(),)


def test_a_provider_may_report_failure_after_it_took_the_message() -> None:
    changed = failed(sent(requested(), LATER).notice, "provider-refused", LATER)
    assert (changed.notice.state, changed.notice.failure) == (NoticeState.FAILED, "provider-refused")
    assert sent(changed.notice, LATER).outgoing == failed(changed.notice, "x", LATER).outgoing == ()


def test_a_message_in_two_languages_is_one_message() -> None:
    both = joined((Rendered(text="Rate us", subject="Us"), Rendered(text="请评分", subject="评价")))
    assert (both.text, both.subject, both.html) == ("Rate us\n\n请评分", "Us / 评价", "")
