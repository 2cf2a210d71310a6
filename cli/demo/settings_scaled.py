"""Scales what the queues promise to the replay's pace, and puts it back afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cli.demo.stage import Stage, expect

#: Seconds that the platform gives a channel where a queue says nothing (docs/figures.md).
DEFAULT_TARGETS: Mapping[str, float] = {"voice": 20.0, "chat": 20.0, "sms": 20.0, "email": 86_400.0}
SCALED = ("ring_seconds", "wrap_up_seconds", "short_abandon_seconds")
RULES = ("steps", "callbacks")


@dataclass(slots=True, kw_only=True)
class ScaledQueues:
    stage: Stage
    token: str
    before: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def scale(self) -> None:
        """Change every queue. Raises DoorRefusedError."""
        page = await self._call("GET", "/v1/queues?limit=200", None)
        for queue in page["items"]:
            kept = {name: queue[name] for name in (*SCALED, *RULES, "channel_targets", "target_seconds")}
            self.before[queue["id"]] = kept
            await self._call("PATCH", f"/v1/queues/{queue['id']}", self._scaled(queue))

    async def restore(self) -> None:
        """Put every queue back as it was. Raises DoorRefusedError."""
        for queue, settings in self.before.items():
            await self._call("PATCH", f"/v1/queues/{queue}", settings)
        self.before.clear()

    def _scaled(self, queue: Mapping[str, Any]) -> dict[str, Any]:
        targets = DEFAULT_TARGETS
        if queue["target_seconds"] is not None:
            targets = dict.fromkeys(DEFAULT_TARGETS, queue["target_seconds"])
        targets = {**targets, **(queue["channel_targets"] or {})}
        scaled: dict[str, Any] = {name: self.stage.pace.scaled(queue[name]) for name in SCALED}
        scaled["channel_targets"] = {channel: self.stage.pace.scaled(seconds) for channel, seconds in targets.items()}
        scaled["steps"] = [
            {**step, "after_seconds": self.stage.pace.scaled(step["after_seconds"])} for step in queue["steps"]
        ]
        scaled["callbacks"] = self._soon(queue["callbacks"])
        return scaled

    def _soon(self, callbacks: Mapping[str, Any]) -> dict[str, Any]:
        """Neither span of callbacks may be under a second."""
        names = ("retry_after_seconds", "give_up_after_seconds")
        return {**callbacks, **{name: max(1.0, self.stage.pace.scaled(callbacks[name])) for name in names}}

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        response = await self.stage.http.request(
            method, self.stage.api + path, json=body, headers={"Authorization": f"Bearer {self.token}"}
        )
        return expect(response, 200)
