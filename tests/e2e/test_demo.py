"""A part of the bank's day, replayed through the public doors, ends with equal figures."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.e2e.platform import Platform

ROOT = Path(__file__).resolve().parents[2]
PART_OF_A_DAY = ("--from", "10:00", "--to", "10:05", "--speed", "20", "--agents", "8")


@pytest.mark.timeout(400)
async def test_the_demo_ends_with_equal_figures(platform: Platform) -> None:
    command = (sys.executable, "-m", "cli", "demo", "--dir", str(platform.folder), *PART_OF_A_DAY)
    child = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        printed, _ = await child.communicate()
    except BaseException:
        # Only here: to signal a child that has just ended by itself would take its exit code away from asyncio.
        child.kill()
        raise
    output = printed.decode()
    assert "All figures are equal." in output, output
    assert child.returncode == 0
