"""Bad input at the public doors gets its clear error, and whoever sent it is served on."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiosmtplib
import httpx
import pytest

from cli import keys
from switchyard.testing.twilio_provider import TwilioProvider
from tests.e2e.chatting import Chat, chatting
from tests.e2e.floor import Floor

LARGE = 2 * 1024 * 1024


def _problem(answer: httpx.Response, status: int, code: str) -> list[str]:
    """Check that it is this problem; returns the pointers to the fields at fault."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    told = answer.json()
    assert (told["status"], told["code"]) == (status, code)
    return [error["pointer"] for error in told.get("errors", ())]


async def _raw(floor: Floor, path: str, content: bytes, media_type: str = "application/json") -> httpx.Response:
    headers = {"Authorization": f"Bearer {floor.admin.token}", "Content-Type": media_type}
    return await floor.http.post(path, content=content, headers=headers)


@pytest.mark.parametrize("path", ["/v1/contacts", "/v1/queues", "/v1/tickets", "/v1/scorecards", "/v1/templates"])
async def test_what_is_no_json_is_refused_by_every_service(floor: Floor, path: str) -> None:
    _problem(await _raw(floor, path, b'{"name": "x"'), 400, "malformed-json")
    _problem(await _raw(floor, path, b"\xff\xfe"), 400, "malformed-json")


async def test_wrong_types_are_named_by_their_pointers(floor: Floor) -> None:
    body = {"name": "x", "ring_seconds": "long", "required_skills": [{"skill": "s", "level": "high"}]}
    answer = await floor.admin.ask("POST", "/v1/queues", body)
    assert sorted(_problem(answer, 422, "invalid-request")) == ["/required_skills/0/level", "/ring_seconds"]


@pytest.mark.parametrize("path", ["/v1/contacts", "/v1/agents", "/v1/tickets", "/v1/surveys", "/v1/entry-points"])
async def test_a_field_that_nobody_knows_is_refused(floor: Floor, path: str) -> None:
    answer = await floor.admin.ask("POST", path, {"surprise": 1})
    assert "/surprise" in _problem(answer, 422, "invalid-request")


@pytest.mark.parametrize("path", ["/v1/contacts", "/v1/queues", "/v1/providers/twilio/demo/sms"])
async def test_a_body_that_is_too_large_is_refused_unread(floor: Floor, path: str) -> None:
    _problem(await _raw(floor, path, b" " * LARGE), 413, "body-too-large")


async def test_a_token_must_be_ours_and_of_today(floor: Floor, tmp_path: Path) -> None:
    expired = floor.platform.token("test-admin", "admin", hours=-1)
    foreign = keys.load_or_make(tmp_path).token(
        tenant=floor.platform.tenant,
        subject="test-admin",
        roles=["admin"],
        now=datetime.now(UTC),
        lifetime=timedelta(hours=1),
    )
    for token in (expired, foreign, "x.y.z"):
        answer = await floor.http.get("/v1/queues", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, token
        assert answer.headers["content-type"] == "application/problem+json"
    answer = await floor.http.get("/v1/queues", headers={"X-Api-Key": "sk_unknown"})
    assert answer.status_code == 401


async def test_a_queue_that_is_not_there_is_named_in_the_refusal(floor: Floor) -> None:
    nowhere = f"nowhere-{floor.word}"
    answer = await floor.admin.ask("POST", "/v1/contacts", {"channel": "fax", "queue": nowhere})
    assert answer.status_code in {404, 422}, answer.text
    assert "/queue" in [error["pointer"] for error in answer.json()["errors"]]
    async with chatting(floor.platform) as chat:
        await chat.send(type="start", client_id=uuid.uuid4().hex, queue=nowhere)
        await chat.frame("error")


async def test_an_idempotency_key_answers_once(floor: Floor) -> None:
    key, body = uuid.uuid4().hex, {"id": f"queue-{floor.word}", "name": "once"}
    first = await floor.admin.ask("POST", "/v1/queues", body, **{"Idempotency-Key": key})
    again = await floor.admin.ask("POST", "/v1/queues", body, **{"Idempotency-Key": key})
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert first.status_code == 201
    other = await floor.admin.ask("POST", "/v1/queues", {**body, "name": "twice"}, **{"Idempotency-Key": key})
    _problem(other, 422, "idempotency-key-reused")


async def test_a_change_of_what_has_changed_since_is_refused(floor: Floor) -> None:
    queue = await floor.queue()
    read = await floor.admin.ask("GET", f"/v1/queues/{queue}")
    stale = {"If-Match": read.headers["etag"]}
    assert (await floor.admin.ask("PATCH", f"/v1/queues/{queue}", {"priority": 1}, **stale)).status_code == 200
    for method, body in (("PATCH", {"priority": 2}), ("PUT", {"name": "x"}), ("DELETE", None)):
        answer = await floor.admin.ask(method, f"/v1/queues/{queue}", body, **stale)
        assert answer.status_code == 412, f"{method}: {answer.text}"
    assert (await floor.admin.get(f"/v1/queues/{queue}"))["priority"] == 1


async def test_a_bad_frame_is_told_and_the_chat_goes_on(floor: Floor) -> None:
    queue = await floor.queue()
    agent = await floor.agent([queue])
    await agent.be("available")
    async with chatting(floor.platform) as chat:
        contact = await chat.start(queue)
        await agent.accept()
        for text, code in (
            ("{", "malformed-json"),
            (json.dumps({"type": "shout"}), "frame-type-unknown"),
            (json.dumps({"type": "message", "client_id": "1", "text": ["no"]}), "invalid-frame"),
            (json.dumps({"type": "message", "client_id": "1", "text": "x" * 20_000}), "frame-too-large"),
        ):
            await _raw_frame(chat, text)
            await chat.frame("error", code=code)
        await chat.say("Still here.")
        await agent.say(contact, "So am I.")
        await chat.frame("message", text="So am I.")
    assert [line["text"] for line in await agent.lines(contact) if line["from"] == "customer"] == ["Still here."]


async def _raw_frame(chat: Chat, text: str) -> None:
    await chat._connection.send(text)


async def test_a_mail_that_is_a_bomb_is_refused_and_the_next_one_is_taken(floor: Floor) -> None:
    queue = await floor.queue()
    agent = await floor.agent([queue])
    await agent.be("available")
    for bomb in (_many_parts(queue, floor), _deep(queue, floor)):
        with pytest.raises(aiosmtplib.SMTPDataError) as refused:
            await _send(floor, queue, bomb)
        assert refused.value.code == 554
    await _send(floor, queue, _head(queue, floor) + b"\r\nA plain question.\r\n")
    contact = (await agent.accept())["contact"]
    assert [line["text"] for line in await agent.lines(contact)] == ["A plain question."]


def _head(queue: str, floor: Floor, more: bytes = b"") -> bytes:
    to = f"{queue}@{floor.platform.tenant}.switchyard.localhost"
    return f"From: eve@example.com\r\nTo: {to}\r\nSubject: x\r\nMessage-ID: <{uuid.uuid4().hex}@x>\r\n".encode() + more


def _many_parts(queue: str, floor: Floor) -> bytes:
    head = _head(queue, floor, b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n')
    return head + b"\r\n" + b"--b\r\n\r\n\r\n" * 50_000 + b"--b--\r\n"


def _deep(queue: str, floor: Floor) -> bytes:
    """A box in a box, two thousand times."""
    head = _head(queue, floor, b"MIME-Version: 1.0\r\n")
    box = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (depth, depth) for depth in range(2000)
    )
    return head + box + b"\r\nboo\r\n"


async def _send(floor: Floor, queue: str, raw: bytes) -> None:
    host, port = floor.platform.endpoints["smtp"].rsplit(":", 1)
    recipient = f"{queue}@{floor.platform.tenant}.switchyard.localhost"
    await aiosmtplib.send(
        raw, sender="eve@example.com", recipients=[recipient], hostname=host, port=int(port), start_tls=False
    )


async def test_a_webhook_overheard_and_sent_again_after_the_contact_changes_nothing(
    floor: Floor, provider: TwilioProvider
) -> None:
    """The replay has its signature: it is the provider's own request, sent once more by whoever overheard it."""
    queue, number = await floor.queue(), f"+1555{uuid.uuid4().int % 10**7:07d}"
    await floor.entry_point("sms", number, queue, greeting="")
    agent = await floor.agent([queue])
    await agent.be("available")
    customer, sid = f"+1555{uuid.uuid4().int % 10**7:07d}", f"SM{uuid.uuid4().hex}"
    await provider.incoming_sms(from_=customer, to=number, body="Once.", sid=sid)
    contact = (await agent.accept())["contact"]
    await agent.end(contact)
    await agent.wrap_up(contact)
    await floor.closed(contact)
    await provider.incoming_sms(from_=customer, to=number, body="Once.", sid=sid)
    found = await floor.admin.get(f"/v1/contacts?queue={queue}")
    assert [each["id"] for each in found["items"]] == [contact]
