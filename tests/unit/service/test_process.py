"""The life of a process: parts that die take it along, and it ends in order and in time."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from switchyard.service.ending import Ending
from switchyard.service.supervision import PartDied, Supervisor
from switchyard.testing.polling import until


async def until_stopped(stop: asyncio.Event) -> None:
    await stop.wait()


async def dies(_stop: asyncio.Event) -> None:
    raise ValueError("lost")


async def returns(_stop: asyncio.Event) -> None:
    return


async def test_a_part_that_raises_ends_the_wait_and_is_named() -> None:
    supervisor = Supervisor()
    supervisor.start("steady", until_stopped)
    supervisor.start("fragile", dies)
    with pytest.raises(PartDied, match="fragile") as raised:
        await supervisor.wait(asyncio.Event())
    assert isinstance(raised.value.__cause__, ValueError)
    await supervisor.finish(1)


async def test_a_part_that_returns_early_is_dead_too() -> None:
    supervisor = Supervisor()
    supervisor.start("hasty", returns)
    with pytest.raises(PartDied, match="hasty"):
        await supervisor.wait(asyncio.Event())


async def test_being_asked_to_end_is_no_death() -> None:
    supervisor = Supervisor()
    supervisor.start("steady", until_stopped)
    asked = asyncio.Event()
    asked.set()
    await supervisor.wait(asked)
    await supervisor.finish(1)


async def test_a_part_that_does_not_finish_is_cancelled() -> None:
    supervisor = Supervisor()
    cancelled = asyncio.Event()

    async def hangs(_stop: asyncio.Event) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    supervisor.start("hanging", hangs)
    await asyncio.sleep(0)
    await supervisor.finish(0.01)
    assert cancelled.is_set()


async def test_the_second_signal_is_harmless() -> None:
    ending = Ending(limit_seconds=60)
    ending.listen()
    os.kill(os.getpid(), signal.SIGTERM)
    await ending.asked.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.sleep(0)
    assert ending.asked.is_set()


HANGS = """
import asyncio, signal
from switchyard.service.ending import Ending
async def main():
    ending = Ending(limit_seconds=0.2)
    ending.listen()
    print("up", flush=True)
    await ending.asked.wait()
    while True:
        pass  # the event loop itself hangs
asyncio.run(main())
"""


def test_a_process_that_hangs_at_its_end_is_gone_in_time() -> None:
    with subprocess.Popen([sys.executable, "-c", HANGS], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.terminate()
        assert process.wait(10) == 1


FOLLOWS = """
import os, signal, sys
from switchyard.service.parenthood import die_with_parent
die_with_parent(os.getppid())
print(os.getpid(), flush=True)
signal.pause()
"""

STARTS = f"""
import os, signal, subprocess, sys
subprocess.Popen([sys.executable, "-c", {FOLLOWS!r}])
signal.pause()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
async def test_a_child_ends_when_its_parent_is_killed() -> None:
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", STARTS, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    parent.kill()
    await until(lambda: not is_alive(child), what="the child's end")
    await parent.wait()


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_a_child_whose_parent_is_gone_already_does_not_start() -> None:
    code = "from switchyard.service.parenthood import die_with_parent; die_with_parent(1); print('started')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "started" not in done.stdout
