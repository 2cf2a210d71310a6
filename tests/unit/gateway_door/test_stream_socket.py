"""What a socket of the stream answers to the frames that a client sends."""

import pytest

from tests.unit.gateway_door.asgi_socket import AsgiSocket, open_socket
from tests.unit.gateway_door.bench import TENANT, Bench, queue, token

STREAM = "/v1/stream"
BOSS = token("agent-2", "supervisor")


async def welcomed(socket: AsgiSocket) -> None:
    assert (await socket.message())["type"] == "websocket.accept"
    assert (await socket.frame())["type"] == "welcome"


async def test_each_name_of_a_list_is_subscribed_to_by_itself(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.gateway.application.door.routing_settings.PATIENCE_SECONDS", 0.01)
    bench.door.routing_settings.set_queue(TENANT, queue("sales"))
    names = ["queue:billing", "queue:nosuch", "queue:sales", "foo", "live", "foo"]
    async with open_socket(bench.app, STREAM, BOSS) as socket:
        await welcomed(socket)
        await socket.say(type="subscribe", to=names)
        told = [await socket.frame() for _ in range(5)]
        await socket.say(type="ping")
        assert (await socket.frame())["type"] == "pong"
    snapshots = {frame["to"] for frame in told if frame["type"] == "snapshot"}
    errors = {(frame["to"], frame["code"]) for frame in told if frame["type"] == "error"}
    assert snapshots == {"queue:billing", "queue:sales", "live"}
    assert errors == {("queue:nosuch", "queue-unknown"), ("foo", "subscription-unknown")}


async def test_one_subscription_too_many_is_refused_and_the_others_are_not(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.gateway.entrypoints.stream_websocket._MOST_SUBSCRIPTIONS", 1)
    async with open_socket(bench.app, STREAM, BOSS) as socket:
        await welcomed(socket)
        await socket.say(type="subscribe", to=["queue:billing", "live"])
        told = [await socket.frame() for _ in range(2)]
    assert {(frame["type"], frame["to"]) for frame in told} == {("snapshot", "queue:billing"), ("error", "live")}


async def test_a_binary_frame_closes_the_stream_as_unsupported(bench: Bench) -> None:
    async with open_socket(bench.app, STREAM, BOSS) as socket:
        await welcomed(socket)
        await socket.say_bytes(b"\x00")
        closed = await socket.message()
    assert (closed["type"], closed["code"]) == ("websocket.close", 1003)
