"""Finding phrases in English and in Chinese."""

import pytest

from services.quality.domain.matching import contains, normalised


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Hi, I am Ann", "hi"),
        ("HELLO there", "hello"),
        ("well, SHUT   UP!", "shut up"),
        ("您好，请问有什么可以帮您？", "您好"),
        ("你是笨蛋吗", "笨蛋"),
        ("你是笨 蛋", "笨蛋"),
        ("你是笨\u200b蛋", "笨蛋"),
        ("ｓｔｕｐｉｄ question", "stupid"),
        ("the stu\u00adpid form", "stupid"),
        ("真stupid啊", "stupid"),
        ("Straße", "strasse"),
    ],
)
def test_a_phrase_is_found_however_it_is_written(text: str, phrase: str) -> None:
    assert contains(normalised(text), normalised(phrase))


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("this is it", "hi"),
        ("the assistant", "ass"),
        ("hello", "hello world"),
        ("您们好", "您好"),
        ("scunthorpe", "scunt"),
        ("anything", ""),
    ],
)
def test_a_part_of_a_word_is_not_the_word(text: str, phrase: str) -> None:
    assert not contains(normalised(text), normalised(phrase))


def test_a_later_whole_word_is_found_behind_a_part_of_one() -> None:
    assert contains(normalised("this thing says hi"), "hi")
