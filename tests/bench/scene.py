"""What to measure in: a pool, a queue with an SMS line, agents with tokens; made at the door, nothing else in it."""

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from cli import keys
from cli.background_stack import BackgroundStack
from tests.bench.door import Answer, Door

#: One client asks for hundreds at once here, which no person does.
ENVIRONMENT = {
    "SWITCHYARD_RATE_LIMIT_PER_SECOND": "0",
    "SWITCHYARD_CHAT_FRAMES_PER_SECOND": "100000",
    "SWITCHYARD_CHAT_FRAMES_BURST": "100000",
    "SWITCHYARD_LOG_LEVEL": "WARNING",
}
_SETTLED_SECONDS = 30.0


@dataclass(slots=True, kw_only=True)
class Scene:
    """One pool; `word` makes all its ids unique, so that scenes do not meet."""

    door: Door
    folder: Path
    endpoints: Mapping[str, Any]
    account: str
    word: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    _texts: int = 0

    @property
    def admin(self) -> str:
        return str(self.endpoints["tokens"]["admin"])

    @property
    def tenant(self) -> str:
        return str(self.endpoints["tenant"])

    @property
    def queue(self) -> str:
        return f"queue-{self.word}"

    @property
    def line(self) -> str:
        """The telephone number that customers text to."""
        return f"+1999{int(self.word, 16) % 10**9:09d}"

    async def build(self, agents: int, *, at_once: int) -> list[str]:
        """Make the pool, its queue and its agents, each of whom takes `at_once` texts; return the agents' ids."""
        pool, profile = f"pool-{self.word}", f"profile-{self.word}"
        capacity = {"sms": {"units": 100 // at_once, "most": at_once}}
        await self._put("pools", pool, {})
        await self._put("routing-profiles", profile, {"capacity_units": 100, "channels": capacity})
        await self._put("queues", self.queue, {"pool": pool, "ring_seconds": 60, "wrap_up_seconds": 300})
        point = {"channel": "sms", "address": self.line, "queue": self.queue}
        await self._put("entry-points", f"sms-{self.word}", point)
        ids = [f"agent-{self.word}-{number}" for number in range(agents)]
        for each in ids:
            await self._put("agents", each, {"pool": pool, "queues": [self.queue], "routing_profile": profile})
        return ids

    async def without_surveys(self) -> None:
        """No text goes out: the bench has no telephone provider."""
        await self.door.call("PATCH", "/v1/surveys/all", {"enabled": False}, token=self.admin)

    def token(self, agent: str) -> str:
        made = keys.load_or_make(self.folder)
        hour = timedelta(hours=1)
        return made.token(tenant=self.tenant, subject=agent, roles=["agent"], now=datetime.now(UTC), lifetime=hour)

    async def text(self, sender: str | None = None) -> Answer:
        """A customer's SMS as the provider hands it over; a sender not heard of before opens a contact."""
        self._texts += 1
        return await self.send_text(self.signed_text(sender or f"+1888{self._texts:07d}{self.word[:2]}"))

    async def send_text(self, signed: tuple[str, bytes, dict[str, str]]) -> Answer:
        path, body, headers = signed
        return await self.door.send("POST", path, body, headers)

    def signed_text(self, sender: str) -> tuple[str, bytes, dict[str, str]]:
        """Path, body and headers of a new SMS."""
        path = f"/v1/providers/twilio/{self.tenant}/sms"
        form = {
            "AccountSid": self.account,
            "MessageSid": f"SM{uuid.uuid4().hex}",
            "From": sender,
            "To": self.line,
            "Body": "My card does not work.",
        }
        secret = self.endpoints["webhook_secrets"]["twilio"]
        signature = RequestValidator(secret).compute_signature(self.door.url + path, form)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": str(signature)}
        return path, urlencode(form).encode(), headers

    async def _put(self, kind: str, id_: str, body: Mapping[str, Any]) -> None:
        await self.door.put(f"/v1/{kind}/{id_}", {"id": id_, "name": id_, **body}, token=self.admin)


async def scene_of(stack: BackgroundStack) -> Scene:
    """Have a scene on a running stack."""
    endpoints = stack.endpoints
    door = Door(endpoints["api"])
    account = await door.call("GET", "/v1/provider-accounts/twilio", token=endpoints["tokens"]["admin"])
    scene = Scene(door=door, folder=stack.folder, endpoints=endpoints, account=account["account_sid"])
    await scene.without_surveys()
    return scene


async def until_settled(scene: Scene, agent: str) -> None:
    """Wait until an agent just made may act: settings travel by events."""
    until = asyncio.get_running_loop().time() + _SETTLED_SECONDS
    while True:
        try:
            await scene.door.call("GET", f"/v1/agents/{agent}/state", token=scene.token(agent))
        except Exception:
            if asyncio.get_running_loop().time() > until:
                raise
            await asyncio.sleep(0.1)
        else:
            return
