"""What becomes of a customer's socket that says what no widget says."""

import asyncio

import pytest
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from services.gateway.entrypoints.chat_websocket import Socket


async def test_a_binary_frame_closes_the_chat_as_unsupported() -> None:
    said: asyncio.Queue[Message] = asyncio.Queue()
    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    for message in ({"type": "websocket.connect"}, {"type": "websocket.receive", "bytes": b"\x00"}):
        said.put_nowait(message)
    websocket = WebSocket({"type": "websocket"}, said.get, send)
    await websocket.accept()
    with pytest.raises(WebSocketDisconnect):
        await Socket(websocket).receive()
    assert (told[-1]["type"], told[-1]["code"]) == ("websocket.close", 1003)
