"""Conferences at the fake provider: an agent's leg and a caller's in a room, and others who follow their talk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from switchyard.testing.twilio_call import AgentLeg


@dataclass(slots=True, kw_only=True)
class Participant:
    """Somebody who was rung into a room; `coaches` is the leg that alone hears them, empty for everybody."""

    call_sid: str
    label: str
    address: str
    muted: bool = False
    coaches: str = ""

    def heard(self, form: Mapping[str, str]) -> None:
        """Change who hears them, as the platform asks."""
        self.muted = form.get("Muted") == "true"
        self.coaches = form.get("CallSidToCoach", "") if form.get("Coaching") == "true" else ""

    def as_json(self) -> dict[str, Any]:
        return {"call_sid": self.call_sid, "label": self.label, "muted": self.muted, "coaching": bool(self.coaches)}


@dataclass(slots=True, kw_only=True)
class FakeRoom:
    """A conference by its name; it is over when the agent's leg is."""

    sid: str
    name: str
    agent: AgentLeg | None = None
    others: dict[str, Participant] = field(default_factory=dict)

    @property
    def is_up(self) -> bool:
        return self.agent is not None and not self.agent.ended.is_set()

    @property
    def followers(self) -> list[Participant]:
        """Who follows the talk, while there is one."""
        return list(self.others.values()) if self.is_up else []

    def ring_in(self, form: Mapping[str, str], sid: str) -> Participant:
        participant = Participant(call_sid=sid, label=form["Label"], address=form["To"])
        participant.heard(form)
        self.others[participant.label] = participant
        return participant


class FakeRooms:
    """All rooms of an account, by their names."""

    def __init__(self, new_sid: Callable[[str], str]) -> None:
        self.by_name: dict[str, FakeRoom] = {}
        self.new_sid = new_sid

    def named(self, name: str) -> FakeRoom:
        """Return the room of this name, opening it where it is the first to be asked for."""
        return self.by_name.setdefault(name, FakeRoom(sid=self.new_sid("CF"), name=name))

    def find(self, sid_or_name: str) -> FakeRoom | None:
        return next((each for each in self.by_name.values() if sid_or_name in {each.sid, each.name}), None)

    def hang_up(self, call_sid: str) -> bool:
        """End a follower's leg; False where it is nobody's."""
        for room in self.by_name.values():
            for label, each in room.others.items():
                if each.call_sid == call_sid:
                    del room.others[label]
                    return True
        return False
