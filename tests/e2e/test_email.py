"""Mail in and out over SMTP (G3)."""

import uuid
from email.message import EmailMessage
from email.mime.text import MIMEText

import aiosmtplib
import pytest

from switchyard.testing.mail_sink import MailSink
from tests.e2e.floor import Floor
from tests.e2e.polling import eventually


def _mail(floor: Floor, queue: str, text: str, *, subject: str = "A question") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"wang-{uuid.uuid4().hex[:8]}@example.com"
    mail["To"] = f"{queue}@{floor.platform.tenant}.switchyard.localhost"
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{uuid.uuid4().hex}@example.com>"
    mail.set_content(text)
    return mail


async def _send(floor: Floor, mail: EmailMessage | MIMEText) -> None:
    host, port = floor.platform.endpoints["smtp"].rsplit(":", 1)
    await aiosmtplib.send(mail, hostname=host, port=int(port), start_tls=False)


async def test_a_mail_is_answered_in_its_thread_and_the_reply_comes_back_to_it(floor: Floor, sink: MailSink) -> None:
    queue = await floor.queue()
    agent = await floor.agent([queue])
    await agent.be("available")
    mail = _mail(floor, queue, "Where is my refund?")
    mail.add_attachment(b"%PDF-1.4 receipt", maintype="application", subtype="pdf", filename="receipt.pdf")
    await _send(floor, mail)
    contact = (await agent.accept())["contact"]
    first = (await agent.lines(contact))[0]
    assert first["text"] == "Where is my refund?"
    assert [each["name"] for each in first["attachments"]] == ["receipt.pdf"]
    await agent.say(contact, "It is on its way.")
    answer = (await sink.wait_for(str(mail["From"])))[0]
    assert answer.message["In-Reply-To"] == mail["Message-ID"]
    reply = _mail(
        floor, queue, "Thank you.\n\nOn Sunday, Switchyard wrote:\n> It is on its way.\n", subject="Re: A question"
    )
    reply.replace_header("From", mail["From"])
    reply["In-Reply-To"] = str(answer.message["Message-ID"])
    await _send(floor, reply)

    async def joined() -> bool:
        return bool((await agent.lines(contact))[-1]["text"] == "Thank you.")

    await eventually(joined, "the reply in its contact, what it quotes folded away")


async def test_a_chinese_mail_in_gb18030_is_read_as_written(floor: Floor) -> None:
    queue = await floor.queue()
    agent = await floor.agent([queue])
    await agent.be("available")
    text = "你好，我的电费账单好像不对。㐂𠮷"
    mail = MIMEText(text, "plain", "gb18030")
    mail["From"], mail["To"] = "li@example.com", f"{queue}@{floor.platform.tenant}.switchyard.localhost"
    mail["Subject"], mail["Message-ID"] = "账单", f"<{uuid.uuid4().hex}@example.com>"
    await _send(floor, mail)
    contact = (await agent.accept())["contact"]
    assert (await agent.lines(contact))[0]["text"] == text


async def test_an_automatic_mail_never_gets_an_automatic_answer(floor: Floor, sink: MailSink) -> None:
    queue = await floor.queue()
    agent = await floor.agent([queue])
    await agent.be("available")
    mail = _mail(floor, queue, "This list has moved.")
    mail["Precedence"] = "list"
    await _send(floor, mail)
    contact = (await agent.accept())["contact"]
    await agent.end(contact)
    await agent.wrap_up(contact)
    await floor.closed(contact)
    survey = await floor.first(f"/v1/survey-responses?contact={contact}")

    async def not_asked() -> bool:
        shown = await floor.admin.get(f"/v1/survey-responses/{survey['id']}")
        return bool(shown["state"] == "expired")

    await eventually(not_asked, "the survey to be given up")
    assert sink.messages_for(str(mail["From"])) == []


async def test_a_mail_to_nobody_is_refused_while_it_is_sent(floor: Floor) -> None:
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await _send(floor, _mail(floor, f"no-such-queue-{floor.word}", "Anyone?"))
