"""Mail in and out over real SMTP."""

import asyncio
from dataclasses import replace
from email.message import EmailMessage

import aiosmtplib
import httpx
import pytest

from services.gateway.application.messages import OutgoingMessage, SendRefused, SendUnavailable
from services.gateway.domain.mail_threads import message_ids
from tests.integration.gateway_channels.harness import Platform

BILLING = "billing@acme.mail.example"
CONTACT = "cnt_" + "a" * 32
ANSWER = OutgoingMessage(
    tenant="acme",
    contact_id=CONTACT,
    channel="email",
    line=2,
    from_address=BILLING,
    to_address="li@example.cn",
    text="您好，已收到。",
    subject="账单 question",
    in_reply_to="one@example.cn",
    references=("zero@example.cn",),
)


def mail(text: str = "My bill is wrong.", *, message_id: str = "<one@example.cn>", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "李雷 <li@example.cn>"
    message["To"] = BILLING
    message["Subject"] = "账单"
    message["Message-ID"] = message_id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


async def submit(
    platform: Platform, message: EmailMessage | bytes, *, to: str = BILLING, sender: str = "li@example.cn"
) -> None:
    raw = message if isinstance(message, bytes) else message.as_bytes()
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=platform.smtp_port, start_tls=False)
    async with client:
        await client.sendmail(sender, [to], raw)


async def test_a_mail_becomes_a_message_with_its_writer_subject_and_text(platform: Platform) -> None:
    await submit(platform, mail())
    [inbound] = platform.contacts.received
    assert (inbound.customer_address, inbound.customer_name) == ("li@example.cn", "李雷")
    assert (inbound.subject, inbound.text) == ("账单", "My bill is wrong.")
    assert inbound.entry_address == BILLING
    assert inbound.provider_message_id == "one@example.cn"
    assert not inbound.automatic


async def test_a_mail_given_twice_is_one_line(platform: Platform) -> None:
    await submit(platform, mail())
    await submit(platform, mail())
    assert len(platform.contacts.received) == 1


async def test_an_unknown_recipient_is_refused_for_ever(platform: Platform) -> None:
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await submit(platform, mail(), to="nobody@acme.mail.example")
    assert refused.value.recipients[0].code == 550
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await submit(platform, mail(), to="someone@elsewhere.example")


async def test_a_mail_that_cannot_be_stored_is_asked_for_again(platform: Platform) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=platform.smtp_port, start_tls=False) as client:
        await client.mail("li@example.cn")
        await client.rcpt(BILLING)
        platform.contacts.down = True
        with pytest.raises(aiosmtplib.SMTPDataError) as deferred:
            await client.data(mail().as_bytes())
        assert deferred.value.code == 451
    platform.contacts.down = False
    await submit(platform, mail())
    assert len(platform.contacts.received) == 1


async def test_a_mail_over_the_size_limit_is_refused_with_552(platform: Platform) -> None:
    big = mail("x" * 70 + "\n" + ("y" * 70 + "\n") * 20_000)
    with pytest.raises(aiosmtplib.SMTPResponseException) as refused:
        await submit(platform, big)
    assert refused.value.code == 552


async def test_a_bomb_is_refused_and_the_next_mail_is_read(platform: Platform) -> None:
    bomb = b'From: a@b.cn\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n' + b"--x\r\n\r\n" * 100_000
    with pytest.raises(aiosmtplib.SMTPDataError) as refused:
        await submit(platform, bomb)
    assert refused.value.code == 554
    assert "mail-too-many-parts" in refused.value.message
    await submit(platform, mail())
    assert len(platform.contacts.received) == 1


async def test_lmtp_answers_for_each_recipient(platform: Platform) -> None:
    replies = await lmtp(platform.lmtp_port, [BILLING, "nobody@acme.mail.example"], mail().as_bytes())
    assert [reply[:3] for reply in replies] == ["250", "550", "354", "250"]


async def test_an_attachment_is_kept_and_can_be_fetched_only_in_its_tenant(platform: Platform) -> None:
    message = mail()
    message.add_attachment(b"%PDF-1", maintype="application", subtype="pdf", filename="账单.pdf")
    await submit(platform, message)
    [attachment] = platform.contacts.received[0].attachments
    assert (attachment.name, attachment.media_type, attachment.size_bytes) == ("账单.pdf", "application/pdf", 6)
    async with httpx.AsyncClient(base_url=platform.url) as client:
        got = await client.get(f"/v1/attachments/{attachment.id}")
        foreign = await client.get(f"/v1/attachments/{attachment.id}", headers={"x-test-tenant": "other"})
    assert got.content == b"%PDF-1"
    assert got.headers["content-disposition"].startswith("attachment;")
    assert foreign.status_code == 404
    assert foreign.json()["code"] == "attachment-unknown"


async def test_an_answer_leaves_in_the_customers_thread(platform: Platform) -> None:
    sent = await platform.channels.senders["email"].send(ANSWER)
    [arrived] = await platform.sink.wait_for("li@example.cn")
    assert arrived.text == "您好，已收到。"
    assert arrived.message["Subject"] == "Re: 账单 question"
    assert arrived.message["In-Reply-To"] == "<one@example.cn>"
    assert message_ids([arrived.message["References"]]) == ("zero@example.cn", "one@example.cn")
    assert message_ids([arrived.message["Message-ID"]]) == (sent.provider_message_id,)
    assert arrived.message["Auto-Submitted"] is None


async def test_a_reply_to_our_mail_names_its_contact_without_a_search(platform: Platform) -> None:
    sent = await platform.channels.senders["email"].send(ANSWER)
    await submit(platform, mail(message_id="<two@example.cn>", In_Reply_To=f"<{sent.provider_message_id}>"))
    assert platform.contacts.received[0].follows_contact == CONTACT


async def test_a_forged_thread_is_not_followed(platform: Platform) -> None:
    sent = await platform.channels.senders["email"].send(ANSWER)
    contact, what, signature = sent.provider_message_id.partition("@")[0].split(".")
    forged = f"<{contact}.{what}.{signature[::-1]}@acme.mail.example>"
    await submit(platform, mail(message_id="<two@example.cn>", In_Reply_To=forged))
    assert platform.contacts.received[0].follows_contact is None


async def test_an_automatic_mail_says_so_and_names_no_return_path(platform: Platform) -> None:
    survey = replace(ANSWER, line=None, delivery_id="ntc_1", automatic=True)
    await platform.channels.senders["email"].send(survey)
    [arrived] = await platform.sink.wait_for("li@example.cn")
    assert arrived.message["Auto-Submitted"] == "auto-generated"
    assert arrived.sender == ""


async def test_our_own_mail_coming_back_is_a_loop_and_refused(platform: Platform) -> None:
    sent = await platform.channels.senders["email"].send(ANSWER)
    with pytest.raises(aiosmtplib.SMTPDataError) as refused:
        await submit(platform, mail(message_id=f"<{sent.provider_message_id}>"))
    assert refused.value.code == 554
    assert "mail-looping" in refused.value.message


async def test_an_auto_reply_and_a_bounce_are_told_as_such(platform: Platform) -> None:
    await submit(platform, mail(message_id="<a@x>", Auto_Submitted="auto-replied"))
    await submit(platform, mail(message_id="<b@x>"), sender="")
    automatic, bounce = platform.contacts.received
    assert automatic.automatic
    assert bounce.bounce
    assert automatic.never_auto_answer
    assert bounce.never_auto_answer


@pytest.mark.parametrize(("answer", "error"), [("451 later", SendUnavailable), ("554 no", SendRefused)])
async def test_the_smarthosts_no_is_told_apart(platform: Platform, answer: str, error: type[Exception]) -> None:
    platform.sink.answers.append(answer)
    with pytest.raises(error):
        await platform.channels.senders["email"].send(ANSWER)


async def test_a_retried_mail_has_the_same_message_id(platform: Platform) -> None:
    first = await platform.channels.senders["email"].send(ANSWER)
    again = await platform.channels.senders["email"].send(ANSWER)
    assert first == again


async def lmtp(port: int, recipients: list[str], raw: bytes) -> list[str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [f"RCPT TO:<{recipient}>" for recipient in recipients]
    await reader.readline()
    writer.write(b"LHLO test\r\n")
    while not (await reader.readline()).startswith(b"250 "):
        continue
    writer.write(b"MAIL FROM:<li@example.cn>\r\n")
    await reader.readline()
    replies = []
    for line in [*lines, "DATA"]:
        writer.write(line.encode() + b"\r\n")
        replies.append((await reader.readline()).decode())
    writer.write(raw.replace(b"\n", b"\r\n") + b"\r\n.\r\n")
    replies.append((await reader.readline()).decode())
    writer.close()
    return replies
