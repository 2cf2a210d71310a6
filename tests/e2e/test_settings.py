"""A tenant's settings come from one file, and the next decision follows them."""

import asyncio
import sys
from datetime import datetime, timedelta
from pathlib import Path

from tests.e2e.chatting import chatting
from tests.e2e.floor import Floor
from tests.e2e.platform import Platform

ROOT = Path(__file__).resolve().parents[2]


async def _apply(platform: Platform, file: Path) -> tuple[int, str]:
    """`switchyard apply`: its exit code and what it said."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "apply", str(file), "--dir", str(platform.folder)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await child.communicate()
    return child.returncode or 0, output.decode()


async def test_the_next_offer_follows_a_queue_that_apply_has_changed(floor: Floor, tmp_path: Path) -> None:
    skill = f"skill-{floor.word}"
    queue = await floor.queue()
    plain = await floor.agent([queue])
    file = tmp_path / "tenant.yaml"
    file.write_text(f"""\
tenant: {floor.platform.tenant}
skills: [{{id: {skill}, name: New}}]
queues:
  - {{id: {queue}, name: Changed, pool: {floor.pool}, ring_seconds: 7, required_skills: [{{skill: {skill}, level: 3}}]}}
""")
    said = f"made      skills/{skill}\nchanged   queues/{queue}\n1 made, 1 changed, 0 as they were\n"
    assert await _apply(floor.platform, file) == (0, said)
    skilled = await floor.agent([queue], skills=[{"skill": skill, "level": 3}])
    await plain.be("available")
    await skilled.be("available")
    async with chatting(floor.platform) as chat:
        contact = await chat.start(queue)
        offer = await skilled.offer()
    assert offer["contact"] == contact
    rings = datetime.fromisoformat(offer["expires_at"]) - datetime.fromisoformat(offer["offered_at"])
    assert rings == timedelta(seconds=7)
    assert await _apply(floor.platform, file) == (0, "0 made, 0 changed, 2 as they were\n")
