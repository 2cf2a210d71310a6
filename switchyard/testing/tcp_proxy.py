"""A TCP proxy on the loopback that can misbehave on demand: swallow a reply, hold everything back, cut connections."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

_CHUNK = 65_536

#: Is shown what a connection's client sends, piece by piece.
Watch = Callable[[bytes], None]


class TcpProxy:
    """Stands before a port of the loopback; `port` is its own. Use it as an async context manager.

    `watcher` is called for each new connection and gives who watches it.
    """

    def __init__(self, target_port: int, *, watcher: Callable[[], Watch] | None = None) -> None:
        self._target_port = target_port
        self._watcher = watcher
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._swallow: bytes | None = None
        self.port = 0
        self.swallowed = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self._flows.set()
        self.cut()

    def swallow_reply_of(self, marked: bytes) -> None:
        """Let the next request that contains these bytes through, but not its reply: the connection is cut instead."""
        self._swallow = marked

    def hold(self) -> None:
        """Keep connections open and pass nothing on, either way."""
        self._flows.clear()

    def release(self) -> None:
        """Pass on again, what was held back first."""
        self._flows.set()

    def cut(self) -> None:
        """Reset every connection."""
        for connection in tuple(self._connections):
            connection.reset()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        except OSError:
            writer.transport.abort()
            return
        connection = _Connection(writer, far_writer)
        self._connections.add(connection)
        try:
            await asyncio.gather(self._requests(connection, reader), self._replies(connection, far_reader))
        except (OSError, asyncio.CancelledError):
            # A task per connection is asyncio's own; one that ends cancelled would be reported as an error.
            pass
        finally:
            connection.reset()
            self._connections.discard(connection)

    async def _requests(self, connection: "_Connection", reader: asyncio.StreamReader) -> None:
        watch = self._watcher() if self._watcher is not None else None
        while chunk := await reader.read(_CHUNK):
            await self._flows.wait()
            if watch is not None:
                watch(chunk)
            if self._swallow is not None and self._swallow in chunk:
                self._swallow = None
                connection.doomed = True
            connection.far.write(chunk)
            await connection.far.drain()
        connection.reset()

    async def _replies(self, connection: "_Connection", reader: asyncio.StreamReader) -> None:
        while chunk := await reader.read(_CHUNK):
            await self._flows.wait()
            if connection.doomed:
                # The target has answered, so it has done what was asked.
                self.swallowed += 1
                break
            connection.near.write(chunk)
            await connection.near.drain()
        connection.reset()


class _Connection:
    """The two sockets of one connection; `doomed` once its next reply is to be swallowed."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self.near = near
        self.far = far
        self.doomed = False

    def reset(self) -> None:
        self.near.transport.abort()
        self.far.transport.abort()
