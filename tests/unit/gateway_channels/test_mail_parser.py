"""The child processes that read mails: what they bear, and what ends them."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from services.gateway.adapters.mail_parser import ChildMailParser
from services.gateway.adapters.mail_parser_limits import MailLimits
from services.gateway.domain.mail import MailReaderBusy, MailRefused

GOOD = "From: 李 <li@example.cn>\r\nMessage-ID: <a@b>\r\n\r\n你好".encode()
#: Half a million open elements: within every limit on bytes and parts, and minutes of work.
COSTLY = b"From: a@b.cn\r\nContent-Type: text/html\r\n\r\n" + b"<div>" * 1_000_000


@pytest_asyncio.fixture
async def parser() -> AsyncIterator[ChildMailParser]:
    made = ChildMailParser(MailLimits(), children=1)
    yield made
    await made.stop()


async def test_a_mail_comes_back_from_the_child_as_it_went_in(parser: ChildMailParser) -> None:
    attached = (
        b'From: a@b.cn\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n\r\nhi\r\n--x\r\n'
        b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--x--\r\n"
    )
    mail = await parser(attached, "a@b.cn")
    assert mail.text == "hi"
    assert [each.content for each in mail.attachments] == [b"\x00\x01\x02"]


async def test_a_costly_mail_ends_its_child_and_the_next_is_read(parser: ChildMailParser) -> None:
    await parser(GOOD, "li@example.cn")
    with pytest.raises(MailRefused) as refused:
        await parser(COSTLY, "a@b.cn")
    assert refused.value.code == "mail-too-costly"
    assert (await parser(GOOD, "li@example.cn")).text == "你好"


async def test_a_mail_over_the_memory_limit_is_refused() -> None:
    small = ChildMailParser(
        MailLimits(memory_bytes=120 * 1024 * 1024, bytes=64 * 1024 * 1024, cpu_seconds=20), children=1
    )
    heavy = b"From: a@b.cn\r\n\r\n" + b"line\r\n" * 5_000_000
    with pytest.raises(MailRefused) as refused:
        await small(heavy, "a@b.cn")
    assert refused.value.code == "mail-too-costly"
    await small.stop()


async def test_a_child_killed_from_outside_is_no_fault_of_the_mail(parser: ChildMailParser) -> None:
    await parser(GOOD, "li@example.cn")
    [child] = parser._running
    child._process.kill()
    with pytest.raises(MailReaderBusy):
        await parser(GOOD, "li@example.cn")
    assert (await parser(GOOD, "li@example.cn")).text == "你好"


async def test_too_many_waiting_mails_are_asked_to_come_again() -> None:
    full = ChildMailParser(MailLimits(), children=0, most_waiting=0)
    with pytest.raises(MailReaderBusy):
        await full(GOOD, "li@example.cn")
