"""SMS in under Twilio's signature and out by its REST interface, against the fake provider."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
import pytest_asyncio

from services.gateway.application.messages import OutgoingMessage, SendRefused, SendUnavailable
from switchyard.mongo.client import Database
from tests.integration.gateway_channels.harness import Platform, eventually

CUSTOMER = "+15551234567"
TEXT_LINE = "+15550199"
CONTACT = "cnt_" + "b" * 32
TEXT = OutgoingMessage(
    tenant="acme",
    contact_id=CONTACT,
    channel="sms",
    line=3,
    from_address=TEXT_LINE,
    to_address=CUSTOMER,
    text="Your bill is 42.",
)


@pytest_asyncio.fixture
async def account(platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    provider = platform.provider
    body = {
        "account_sid": provider.account_sid,
        "auth_token": provider.auth_token,
        "api_base_url": provider.base_url,
        "from_number": TEXT_LINE,
    }
    async with httpx.AsyncClient(base_url=platform.url) as client:
        made = await client.put("/v1/provider-accounts/twilio", json=body)
        assert made.status_code == 201, made.text
        yield client


async def test_an_sms_becomes_a_message_and_a_replay_none(platform: Platform, account: httpx.AsyncClient) -> None:
    answered = await platform.provider.incoming_sms(from_=CUSTOMER, to=TEXT_LINE, body="Hi 你好", sid="SM1")
    again = await platform.provider.incoming_sms(from_=CUSTOMER, to=TEXT_LINE, body="Hi 你好", sid="SM1")
    [inbound] = platform.contacts.received
    assert (inbound.text, inbound.customer_address, inbound.entry_address) == ("Hi 你好", CUSTOMER, TEXT_LINE)
    assert inbound.provider_message_id == "SM1"
    assert answered.headers["content-type"].startswith("application/xml")
    assert answered.text == again.text == '<?xml version="1.0" encoding="UTF-8"?><Response />'


async def test_forged_webhooks_are_refused(platform: Platform, account: httpx.AsyncClient) -> None:
    url = f"{platform.hooks}/sms"
    form = {"AccountSid": platform.provider.account_sid, "MessageSid": "SM1", "From": CUSTOMER, "To": TEXT_LINE}
    good = platform.provider.webhooks.signature(url, form)
    forgeries = [
        (url, form, ""),
        (url, form, good[:-2] + "xx"),
        (url, form, "ключ"),
        (url, form | {"From": "+15550000000"}, good),
        (url, form | {"Extra": "1"}, good),
        (url + "?a=1", form, good),
        (url.replace("/acme/", "/other/"), form, good),
        (f"{url}/status", form, good),
    ]
    for target, fields, signature in forgeries:
        headers = {b"X-Twilio-Signature": signature.encode()}
        refused = await account.post(target, data=fields, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "signature-invalid")
    taken = await account.post(url, data=form, headers={"X-Twilio-Signature": good})
    assert taken.status_code == 200
    assert len(platform.contacts.received) == 1


async def test_another_accounts_signed_webhook_is_refused(platform: Platform, account: httpx.AsyncClient) -> None:
    url = f"{platform.hooks}/sms"
    form = {"AccountSid": "AC9", "MessageSid": "SM1", "From": CUSTOMER, "To": TEXT_LINE}
    signature = platform.provider.webhooks.signature(url, form)
    refused = await account.post(url, data=form, headers={"X-Twilio-Signature": signature})
    assert refused.status_code == 403


async def test_bodies_that_no_provider_sends_are_told_apart(platform: Platform, account: httpx.AsyncClient) -> None:
    url = f"{platform.hooks}/sms"
    assert (await account.post(url, json={"a": 1})).status_code == 415
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await account.post(url, content=b"a=" + b"x" * 70_000, headers=form)).status_code == 413
    assert (await account.post(url, content=b"a=%ff", headers=form)).status_code == 400
    assert (await account.post(url, content=b"a=1&a=2", headers=form)).status_code == 400
    assert (await account.get(url)).status_code == 405


async def test_a_missing_field_is_named(platform: Platform, account: httpx.AsyncClient) -> None:
    url = f"{platform.hooks}/sms"
    form = {"From": CUSTOMER, "To": TEXT_LINE}
    signature = platform.provider.webhooks.signature(url, form)
    refused = await account.post(url, data=form, headers={"X-Twilio-Signature": signature})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/MessageSid"


async def test_a_new_key_and_the_old_one_are_valid_while_keys_are_changed(
    platform: Platform, account: httpx.AsyncClient
) -> None:
    provider = platform.provider
    body = {
        "account_sid": provider.account_sid,
        "auth_token": "a-new-token-of-the-account",
        "secondary_auth_token": provider.auth_token,
        "api_base_url": provider.base_url,
        "from_number": TEXT_LINE,
    }
    changed = await account.put("/v1/provider-accounts/twilio", json=body)
    assert changed.status_code == 200
    await provider.incoming_sms(from_=CUSTOMER, to=TEXT_LINE, body="old key")
    await account.put("/v1/provider-accounts/twilio", json=body | {"secondary_auth_token": ""})
    with pytest.raises(httpx.HTTPStatusError):
        await provider.incoming_sms(from_=CUSTOMER, to=TEXT_LINE, body="old key")


@pytest.mark.parametrize("word", ["STOP", " stop. ", "Unsubscribe", "退订", "TD", "ＴＤ"])
async def test_a_stop_word_is_consent_withdrawn_and_no_line(
    platform: Platform, account: httpx.AsyncClient, word: str
) -> None:
    await platform.provider.incoming_sms(from_=CUSTOMER, to=TEXT_LINE, body=word)
    assert platform.contacts.consents == [(CUSTOMER, True)]
    assert platform.contacts.received == []


async def test_a_replayed_stop_does_not_undo_a_later_start(platform: Platform, account: httpx.AsyncClient) -> None:
    await platform.provider.incoming_sms(from_=CUSTOMER, to=TEXT_LINE, body="STOP", sid="SM1")
    await platform.provider.incoming_sms(from_=CUSTOMER, to=TEXT_LINE, body="START", sid="SM2")
    await platform.provider.incoming_sms(from_=CUSTOMER, to=TEXT_LINE, body="STOP", sid="SM1")
    assert platform.contacts.consents == [(CUSTOMER, True), (CUSTOMER, False)]


async def test_a_sentence_with_a_stop_word_is_a_message(platform: Platform, account: httpx.AsyncClient) -> None:
    await platform.provider.incoming_sms(from_=CUSTOMER, to=TEXT_LINE, body="please stop the noise")
    assert platform.contacts.consents == []
    assert len(platform.contacts.received) == 1


async def test_where_the_provider_confirms_nothing_we_do_once(platform: Platform, account: httpx.AsyncClient) -> None:
    provider = platform.provider
    body = {
        "account_sid": provider.account_sid,
        "auth_token": provider.auth_token,
        "api_base_url": provider.base_url,
        "from_number": TEXT_LINE,
        "confirms_opt_out": False,
    }
    await account.put("/v1/provider-accounts/twilio", json=body)
    first = await provider.incoming_sms(from_=CUSTOMER, to=TEXT_LINE, body="退订", sid="SM1")
    again = await provider.incoming_sms(from_=CUSTOMER, to=TEXT_LINE, body="退订", sid="SM1")
    assert "<Message>" in first.text
    assert "<Message>" not in again.text


async def test_a_webhook_that_cannot_be_stored_is_answered_503(platform: Platform, account: httpx.AsyncClient) -> None:
    platform.contacts.down = True
    with pytest.raises(httpx.HTTPStatusError) as refused:
        await platform.provider.incoming_sms(from_=CUSTOMER, to=TEXT_LINE, body="Hi")
    assert refused.value.response.status_code == 503


async def test_an_sms_leaves_and_its_receipt_comes_back(platform: Platform, account: httpx.AsyncClient) -> None:
    sent = await platform.channels.senders["sms"].send(TEXT)
    [message] = platform.provider.messages_to(CUSTOMER)
    assert (message.sid, message.body, message.from_number) == (sent.provider_message_id, TEXT.text, TEXT_LINE)
    await eventually(lambda: platform.contacts.reports)
    [report] = platform.contacts.reports
    assert (report["contact_id"], report["line"], report["state"]) == (CONTACT, 3, "delivered")


async def test_a_long_text_leaves_whole(platform: Platform, account: httpx.AsyncClient) -> None:
    text = "很长" * 700
    await platform.channels.senders["sms"].send(replace(TEXT, text=text))
    assert platform.provider.messages_to(CUSTOMER)[0].body == text


async def test_a_handset_out_of_reach_is_reported_as_customer_gone(
    platform: Platform, account: httpx.AsyncClient
) -> None:
    platform.provider.unreachable.add(CUSTOMER)
    await platform.channels.senders["sms"].send(replace(TEXT, line=None, delivery_id="ntc_1"))
    await eventually(lambda: platform.contacts.reports)
    [report] = platform.contacts.reports
    assert (report["delivery_id"], report["state"], report["code"]) == ("ntc_1", "failed", "customer-gone")


async def test_sending_again_sends_nothing_again(platform: Platform, account: httpx.AsyncClient) -> None:
    first = await platform.channels.senders["sms"].send(TEXT)
    again = await platform.channels.senders["sms"].send(TEXT)
    assert first == again
    assert len(platform.provider.messages) == 1


async def test_a_lost_answer_is_looked_up_and_not_sent_again(platform: Platform, account: httpx.AsyncClient) -> None:
    platform.provider.faults.append("lose-answer")
    sent = await platform.channels.senders["sms"].send(TEXT)
    assert [message.sid for message in platform.provider.messages] == [sent.provider_message_id]


async def test_after_a_crash_the_provider_is_asked_before_sending_again(
    platform: Platform, account: httpx.AsyncClient
) -> None:
    platform.provider.faults.extend(["lose-answer", "refuse", "refuse", "refuse"])
    with pytest.raises(SendUnavailable):
        await platform.channels.senders["sms"].send(TEXT)
    found = await platform.channels.senders["sms"].find_sent(TEXT)
    assert found is not None
    assert await platform.channels.senders["sms"].send(TEXT) == found
    assert len(platform.provider.messages) == 1


async def test_two_lines_of_the_same_words_are_two_messages(platform: Platform, account: httpx.AsyncClient) -> None:
    first = await platform.channels.senders["sms"].send(TEXT)
    platform.provider.faults.append("lose-answer")
    second = await platform.channels.senders["sms"].send(replace(TEXT, line=4))
    assert first.provider_message_id != second.provider_message_id
    assert len(platform.provider.messages) == 2


async def test_a_busy_provider_is_asked_again(platform: Platform, account: httpx.AsyncClient) -> None:
    platform.provider.faults.append("refuse")
    await platform.channels.senders["sms"].send(TEXT)
    assert len(platform.provider.messages) == 1


async def test_a_customer_who_opted_out_at_the_provider_is_refused(
    platform: Platform, account: httpx.AsyncClient
) -> None:
    platform.provider.opted_out.add(CUSTOMER)
    with pytest.raises(SendRefused) as refused:
        await platform.channels.senders["sms"].send(TEXT)
    assert refused.value.code == "opted-out"


async def test_a_tenant_without_an_account_is_refused(platform: Platform) -> None:
    with pytest.raises(SendRefused) as refused:
        await platform.channels.senders["sms"].send(TEXT)
    assert refused.value.code == "provider-account-missing"


async def test_secrets_are_never_returned_nor_stored_in_the_clear(
    platform: Platform, account: httpx.AsyncClient, mongo: Database
) -> None:
    shown = [await account.get("/v1/provider-accounts"), await account.get("/v1/provider-accounts/twilio")]
    stored = str(await mongo["provider_accounts"].find_one({}))
    for text in [*(answer.text for answer in shown), stored]:
        assert platform.provider.auth_token not in text
    assert shown[1].json()["secrets_set"] == ["auth_token"]


async def test_an_account_is_its_tenants_and_its_admins_alone(platform: Platform, account: httpx.AsyncClient) -> None:
    foreign = await account.get("/v1/provider-accounts/twilio", headers={"x-test-tenant": "other"})
    assert foreign.status_code == 404
    agent = await account.get("/v1/provider-accounts/twilio", headers={"x-test-roles": "agent"})
    assert agent.status_code == 403


async def test_a_stale_change_of_an_account_is_refused(platform: Platform, account: httpx.AsyncClient) -> None:
    gone = await account.delete("/v1/provider-accounts/twilio", headers={"If-Match": '"7"'})
    assert (gone.status_code, gone.json()["code"]) == (412, "version-stale")
    assert (await account.delete("/v1/provider-accounts/twilio", headers={"If-Match": '"1"'})).status_code == 204
    assert (await account.get("/v1/provider-accounts/twilio")).status_code == 404


async def test_bad_accounts_are_refused_with_the_field(platform: Platform, account: httpx.AsyncClient) -> None:
    body: dict[str, object] = {"account_sid": "AC1", "auth_token": "x" * 20, "from_number": "+15550100"}
    wrongs: list[tuple[dict[str, object], str]] = [
        ({"from_number": "5550100"}, "/from_number"),
        ({"auth_token": "short"}, "/auth_token"),
        ({"api_base_url": "http://api.twilio.com"}, "/api_base_url"),
        ({"surprise": 1}, "/surprise"),
    ]
    for wrong, pointer in wrongs:
        refused = await account.put("/v1/provider-accounts/twilio", json=body | wrong)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == pointer
