"""A call at the fake provider: it follows TwiML as Twilio does, and people at both ends act by its methods."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import httpx

from switchyard.testing.twilio_webhooks import TwilioWebhooks

Answers = Callable[[str], str]


@dataclass(slots=True, kw_only=True)
class AgentLeg:
    """The leg that a <Dial> started."""

    sid: str
    address: str
    status: str = "ringing"
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    #: Set when the leg has left its <Dial>: it ended, or was moved into a room.
    gone: asyncio.Event = field(default_factory=asyncio.Event)


class FakeCall:
    """`activity` is what the caller does: arriving, greeted, queued, ringing, talking, paused, gathering,
    recording or ended.

    `status` is Twilio's word for the leg, `room` the conference that it is in; `said` holds what was spoken to the
    caller, `agent` the address of the agent's leg while it rings or talks, `connections` how often one answered.
    """

    direction = "inbound"

    def __init__(
        self,
        *,
        sid: str,
        caller: str,
        called: str,
        webhooks: TwilioWebhooks,
        status_url: str,
        answers: Answers,
        pace: float,
        new_sid: Callable[[str], str],
    ) -> None:
        self.sid = sid
        self.caller = caller
        self.called = called
        self.status = "ringing"
        self.activity = "arriving"
        self.said: list[str] = []
        self.legs: list[AgentLeg] = []
        self.connections = 0
        self.room = ""
        self._webhooks = webhooks
        self._status_url = status_url
        self._answers = answers
        self._pace = pace
        self._new_sid = new_sid
        self._dial_action = ""
        self._digits: asyncio.Queue[str] = asyncio.Queue()
        self._speech: asyncio.Queue[int] = asyncio.Queue()
        self.created_at = datetime.now(UTC)
        self._changed = asyncio.Condition()
        self._script: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def agent(self) -> str | None:
        return self.legs[-1].address if self.activity in {"ringing", "talking"} and self.legs else None

    @property
    def is_up(self) -> bool:
        return self.status == "in-progress"

    @property
    def connected(self) -> bool:
        return self.activity == "talking"

    @property
    def ended(self) -> bool:
        return self.activity == "ended"

    def start(self, document: str) -> None:
        """Answer the call and follow the document."""
        self.status = "in-progress"
        self._follow(self._run(document))

    def redirect(self, document: str) -> None:
        """Drop what is being done, and the agent's leg with it, and follow another document."""
        self._end_legs("completed")
        self._follow(self._run(document))

    async def hang_up(self) -> None:
        """The caller hangs up; returns when the platform has been told."""
        await self._end(by_caller=True)

    def move_agent(self) -> None:
        """The agent's leg goes into a room; the <Dial> that rang it is over."""
        self.legs[-1].gone.set()

    def hang_up_agent(self) -> None:
        """The agent hangs up."""
        self._end_legs("completed")

    async def press(self, digits: str) -> None:
        """The caller presses a key."""
        await self._digits.put(digits)

    async def speak(self, seconds: int) -> None:
        """The caller says something into a recording, and falls silent."""
        await self._speech.put(seconds)

    async def complete(self) -> None:
        """End the call at the platform's request."""
        await self._end(by_caller=False)

    async def until_connected(self, timeout_seconds: float = 30) -> None:
        """Wait for an agent on the line. Raises TimeoutError."""
        await self.until(lambda: self.connected, timeout_seconds)

    async def until_asked(self, timeout_seconds: float = 30) -> None:
        """Wait until a key is expected. Raises TimeoutError."""
        await self.until(lambda: self.activity == "gathering", timeout_seconds)

    async def until_ended(self, timeout_seconds: float = 30) -> None:
        """Raises TimeoutError."""
        await self.until(lambda: self.ended, timeout_seconds)

    async def until(self, condition: Callable[[], bool], timeout_seconds: float = 30) -> None:
        """Raises TimeoutError."""
        async with asyncio.timeout(timeout_seconds), self._changed:
            await self._changed.wait_for(condition)

    async def _be(self, activity: str) -> None:
        async with self._changed:
            self.activity = activity
            self._changed.notify_all()

    def _follow(self, steps: Awaitable[None]) -> None:
        if self._script is not None:
            self._script.cancel()
        if self.activity == "talking":
            self.activity = "paused"
        self._script = asyncio.ensure_future(steps)
        self._tasks.add(self._script)
        self._script.add_done_callback(self._tasks.discard)

    async def _run(self, document: str) -> None:
        """Follow documents until one ends; what they answer is followed next."""
        following: str | None = document
        while following is not None:
            following = await self._document(following)
        await self._end(by_caller=False)

    async def _document(self, document: str) -> str | None:
        for verb in ET.fromstring(document):  # noqa: S314 the platform's own answer
            step = getattr(self, f"_do_{verb.tag.lower()}", None)
            if step is None:
                raise ValueError(f"The fake provider does not know <{verb.tag}>.")
            following = await step(verb)
            if following is not None:
                return str(following)
        return None

    async def _do_say(self, verb: ET.Element) -> None:
        async with self._changed:
            self.said.append(verb.text or "")
            self._changed.notify_all()

    async def _do_play(self, verb: ET.Element) -> None:
        await self._do_say(verb)

    async def _do_pause(self, verb: ET.Element) -> None:
        await self._be("paused")
        await asyncio.sleep(float(verb.get("length", "1")) * self._pace)

    async def _do_hangup(self, _verb: ET.Element) -> None:
        await self._end(by_caller=False)

    async def _do_redirect(self, verb: ET.Element) -> str:
        return await self._fetch(str(verb.text), {})

    async def _do_enqueue(self, verb: ET.Element) -> str:
        """The music plays on until the leg is redirected or hung up; keys are taken where it asks for them."""
        await self._be("queued")
        if wait_url := verb.get("waitUrl"):
            music: ET.Element | None = ET.fromstring(await self._fetch(wait_url, {"QueuePosition": "1"}))  # noqa: S314
            while music is not None:
                for each in music.iter("Say"):
                    await self._do_say(each)
                if music.find("Leave") is not None:
                    return await self._fetch(str(verb.get("action")), {"QueueResult": "leave"})
                music = await self._key_on_hold(music.find("Gather"))
        await asyncio.Event().wait()
        raise AssertionError("nothing ends the music")

    async def _key_on_hold(self, gather: ET.Element | None) -> ET.Element | None:
        if gather is None:
            return None
        digits = await self._digits.get()
        return ET.fromstring(await self._fetch(str(gather.get("action")), {"Digits": digits}))  # noqa: S314

    async def _do_dial(self, verb: ET.Element) -> str | None:
        target = verb[0]
        if target.tag == "Conference":
            return await self._talk_in_room(verb, target.text or "")
        leg = AgentLeg(sid=self._new_sid("CA"), address=target.text or "")
        self.legs.append(leg)
        self._dial_action = verb.get("action", "")
        await self._be("ringing")
        outcome = self._answers(leg.address)
        if outcome == "answer":
            leg.status = "in-progress"
            self.connections += 1
            await self._be("talking")
            await leg.gone.wait()
            outcome = "completed"
        if leg.ended.is_set() or outcome != "completed":
            leg.status = outcome
        if not self._dial_action:
            return None
        return await self._fetch(self._dial_action, {"DialCallStatus": outcome, "DialCallSid": leg.sid})

    async def _talk_in_room(self, verb: ET.Element, room: str) -> str | None:
        """Talk to the agent whose leg was moved there, until either leaves; alone in it, wait for ever."""
        alone = not self.legs or self.legs[-1].ended.is_set()
        self.room = room
        self._dial_action = verb.get("action", "")
        await self._be("talking")
        await (asyncio.Event() if alone else self.legs[-1].ended).wait()
        self.room = ""
        return await self._fetch(self._dial_action, {"DialCallStatus": "completed"})

    async def _do_gather(self, verb: ET.Element) -> str | None:
        for said in verb.findall("Say"):
            await self._do_say(said)
        await self._be("gathering")
        try:
            async with asyncio.timeout(float(verb.get("timeout", "5")) * self._pace):
                digits = await self._digits.get()
        except TimeoutError:
            return None
        return await self._fetch(str(verb.get("action")), {"Digits": digits})

    async def _do_record(self, verb: ET.Element) -> str | None:
        """Silence goes on to the next verb, and its recording is told to be absent."""
        await self._be("recording")
        sid = self._new_sid("RE")
        fields = {"RecordingSid": sid, "RecordingUrl": f"https://recordings.example/{sid}"}
        try:
            async with asyncio.timeout(float(verb.get("timeout", "5")) * self._pace):
                seconds = await self._speech.get()
        except TimeoutError:
            await self._tell_recording(verb, {"RecordingSid": sid, "RecordingStatus": "absent"})
            return None
        fields["RecordingDuration"] = str(seconds)
        following = await self._fetch(str(verb.get("action")), fields)
        await self._tell_recording(verb, fields | {"RecordingStatus": "completed"})
        return following

    async def _tell_recording(self, verb: ET.Element, fields: dict[str, str]) -> None:
        """Tell what became of a recording."""
        if url := verb.get("recordingStatusCallback"):
            await self._webhooks.post(url, {"CallSid": self.sid, **fields})

    async def _fetch(self, url: str, fields: dict[str, str]) -> str:
        response = await self._webhooks.post(url, {**self.fields(), **fields})
        response.raise_for_status()
        return response.text

    def fields(self) -> dict[str, str]:
        """What every webhook of a call carries."""
        return {
            "CallSid": self.sid,
            "From": self.caller,
            "To": self.called,
            "Direction": self.direction,
            "CallStatus": self.status,
        }

    def _end_legs(self, status: str) -> None:
        for leg in self.legs:
            if not leg.ended.is_set():
                leg.status = status
                leg.ended.set()
                leg.gone.set()

    async def _end(self, *, by_caller: bool) -> None:
        if self.status == "completed":
            return
        self.status = "completed"
        if self._script is not None and self._script is not asyncio.current_task():
            self._script.cancel()
        action = self._dial_action if by_caller and self.activity == "talking" else ""
        self._end_legs("completed")
        await self._be("ended")
        await self._tell_end(action)

    async def _tell_end(self, dial_action: str) -> None:
        """A <Dial> that the caller ended is reported too, then the leg; a platform that is away misses both."""
        reports = [(self._status_url, self.fields())]
        if dial_action:
            reports.insert(0, (dial_action, self.fields() | {"DialCallStatus": "completed"}))
        for url, fields in reports:
            with suppress(httpx.HTTPError):
                await self._webhooks.post(url, fields)
