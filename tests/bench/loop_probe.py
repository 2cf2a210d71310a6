"""How long a service's event loop keeps an empty request waiting while it works: asked from a process of its own."""

import multiprocessing
import time
from collections.abc import Sequence
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_EVERY_SECONDS = 0.02


class LoopProbe:
    """Asks each address's /healthz in turn while the context is open."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = list(urls)
        self._near, far = multiprocessing.Pipe()
        self._child = multiprocessing.get_context("spawn").Process(target=_ask, args=(self._urls, far), daemon=True)

    def __enter__(self) -> Self:
        self._child.start()
        # Its first word: it is warm.
        self._near.recv()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.kill()
        self._child.join()

    def finish(self) -> list[list[float]]:
        """Milliseconds of every request so far, per address."""
        self._near.send(None)
        answered: list[list[float]] = self._near.recv()
        return answered


def _ask(urls: list[str], parent: Connection) -> None:
    doors = [HTTPConnection(urlsplit(url).netloc, timeout=30) for url in urls]
    for door in doors:
        _milliseconds(door)
    parent.send(None)
    waits: list[list[float]] = [[] for _ in doors]
    while not parent.poll():
        for door, seen in zip(doors, waits, strict=True):
            seen.append(_milliseconds(door))
        time.sleep(_EVERY_SECONDS)
    parent.send(waits)


def _milliseconds(door: HTTPConnection) -> float:
    began = time.perf_counter()
    door.request("GET", "/healthz")
    door.getresponse().read()
    return (time.perf_counter() - began) * 1000
