"""Ending in time: a process that was told to end is gone before its grace period, whatever hangs."""

import asyncio
import os
import signal
import threading

import structlog

#: Clients of the platform may count on ten seconds; the rest is for the kernel to take the process down.
LIMIT_SECONDS = 9.5

_log = structlog.get_logger(__name__)


class Ending:
    """Turns the first SIGTERM or SIGINT into an event, and any later one into a line in the log."""

    def __init__(self, limit_seconds: float = LIMIT_SECONDS) -> None:
        self.asked = asyncio.Event()
        self._limit_seconds = limit_seconds
        self._timer: threading.Timer | None = None

    def listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._on_signal, signal.Signals(number).name)

    def _on_signal(self, name: str) -> None:
        if self.asked.is_set():
            _log.info("already ending", signal=name)
            return
        _log.info("ending", signal=name)
        self.asked.set()
        self.start_clock()

    def start_clock(self) -> None:
        """From now on the process has its limit left to live. A thread keeps it: the event loop may be what hangs."""
        if self._timer is None:
            self._timer = threading.Timer(self._limit_seconds, _exit_hard)
            self._timer.daemon = True
            self._timer.start()


def _exit_hard() -> None:
    _log.critical("ending took too long, exiting hard")
    os._exit(1)
