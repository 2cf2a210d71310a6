"""A process that ends when the one that started it ends, so that a killed `switchyard up` leaves nothing behind."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent_pid: int, death_signal: int = signal.SIGTERM) -> None:
    """Ask the kernel for `death_signal` when the parent ends; exit at once where it has ended already.

    Only Linux has this; elsewhere the process outlives a killed parent and is ended by hand.
    """
    if not parent_pid or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent_pid:
        sys.exit("the process that started this one is gone")
