"""Pure rules of mail: who wrote it, what it answers, what its subject becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.mail import MailNature
from services.gateway.domain.mail_nature import nature_of
from services.gateway.domain.mail_subjects import reply_subject
from services.gateway.domain.mail_threads import contact_named_by, make_message_id, references_of_reply

CONTACT = "cnt_" + "0123456789abcdef" * 2
KEY = b"k" * 32
HERE = {"tenant": "acme", "mail_domain": "mail.example", "key": KEY}


@pytest.mark.parametrize(
    ("headers", "sender", "nature"),
    [
        ({}, "li@example.cn", MailNature.PERSONAL),
        ({"auto-submitted": ["no"]}, "li@example.cn", MailNature.PERSONAL),
        ({"auto-submitted": ["auto-replied"]}, "li@example.cn", MailNature.AUTO_REPLY),
        ({"auto-submitted": ["auto-replied; owner-email=x"]}, "li@example.cn", MailNature.AUTO_REPLY),
        ({"auto-submitted": ["auto-generated"]}, "form@example.cn", MailNature.AUTOMATIC),
        ({"auto-submitted": ["auto-generated"], "in-reply-to": ["<a@b>"]}, "li@example.cn", MailNature.AUTO_REPLY),
        ({"x-autoreply": ["yes"]}, "li@example.cn", MailNature.AUTO_REPLY),
        ({"precedence": ["bulk"]}, "news@example.cn", MailNature.AUTOMATIC),
        ({"list-id": ["<l.example>"]}, "li@example.cn", MailNature.AUTOMATIC),
        ({"x-auto-response-suppress": ["All"]}, "li@example.cn", MailNature.AUTOMATIC),
        ({"x-auto-response-suppress": ["None"]}, "li@example.cn", MailNature.PERSONAL),
        ({}, "", MailNature.BOUNCE),
        ({}, "<>", MailNature.BOUNCE),
        ({"from": ["Mail <MAILER-DAEMON@mx.example>"]}, "x@mx.example", MailNature.BOUNCE),
        ({"content-type": ["multipart/report; x=y"]}, "x@mx.example", MailNature.BOUNCE),
        ({"auto-submitted": ["auto-replied"]}, "", MailNature.AUTO_REPLY),
    ],
)
def test_machines_are_told_from_people(headers: dict[str, list[str]], sender: str, nature: MailNature) -> None:
    assert nature_of(headers, sender) is nature


def test_only_answers_of_machines_open_no_contact() -> None:
    assert [nature for nature in MailNature if nature.answers_only] == [MailNature.AUTO_REPLY, MailNature.BOUNCE]


@pytest.mark.parametrize("what", ["l1", "l99999", "ntc_" + "f" * 32])
def test_a_message_id_names_its_contact_and_fits_a_header_line(what: str) -> None:
    made = make_message_id(contact_id=CONTACT, what=what, **HERE)  # type: ignore[arg-type]
    assert made == make_message_id(contact_id=CONTACT, what=what, **HERE)  # type: ignore[arg-type]
    assert contact_named_by(("other@x", made), **HERE) == CONTACT  # type: ignore[arg-type]
    assert len(f" <{made}>") < 78


@given(position=st.integers(min_value=0, max_value=37), letter=st.sampled_from("AZaz09-_"))
def test_a_message_id_changed_anywhere_names_nothing(position: int, letter: str) -> None:
    made = make_message_id(contact_id=CONTACT, what="l1", **HERE)  # type: ignore[arg-type]
    changed = made[:position] + letter + made[position + 1 :]
    named = contact_named_by((changed,), **HERE)  # type: ignore[arg-type]
    assert named is None or changed == made


def test_a_message_id_of_another_tenant_names_nothing() -> None:
    made = make_message_id(contact_id=CONTACT, what="l1", **HERE)  # type: ignore[arg-type]
    moved = made.replace("@acme.", "@other.")
    assert contact_named_by((moved,), tenant="other", mail_domain="mail.example", key=KEY) is None
    assert contact_named_by((made,), tenant="acme", mail_domain="mail.example", key=b"x" * 32) is None


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Bill", "Re: Bill"),
        ("Re: Bill", "Re: Bill"),
        ("回复：答复: RE[2]: 账单", "Re: 账单"),
        ("", "Re:"),
        ("a\r\nBcc: x@y", "Re: a Bcc: x@y"),
    ],
)
def test_an_answers_subject_has_one_re(subject: str, answer: str) -> None:
    assert reply_subject(subject) == answer


def test_references_keep_the_first_and_the_latest() -> None:
    chain = references_of_reply([f"{n}@x" for n in range(50)], "last@x")
    assert (len(chain), chain[0], chain[-1]) == (20, "0@x", "last@x")
    assert references_of_reply(["a@x", "b@x"], "a@x") == ("b@x", "a@x")
