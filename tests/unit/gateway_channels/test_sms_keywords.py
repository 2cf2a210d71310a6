"""Words that stop and start messages."""

import pytest

from services.gateway.domain.sms_keywords import SmsKeyword, keyword_of


@pytest.mark.parametrize("text", ["STOP", "stop", " Stop. ", "STOPALL", "unsubscribe", "退订", "退訂。", "td", "ＴＤ"])
def test_stop_words_stop(text: str) -> None:
    assert keyword_of(text) is SmsKeyword.STOP


@pytest.mark.parametrize("text", ["START", "unstop", "恢复订阅"])
def test_start_words_start(text: str) -> None:
    assert keyword_of(text) is SmsKeyword.START


@pytest.mark.parametrize("text", ["", "5", "please stop", "我要退订宽带", "non-stop", "started", "TD 1"])
def test_sentences_are_messages(text: str) -> None:
    assert keyword_of(text) is None
