"""A caller's leg of a call and what it should hear now. Routing decides about the contact; this is only its telephone.

    waiting ──connect──▶ talking ──agent left──▶ parting ──question──▶ asking
       ▲ ╰──────────────────┴─hold◀──╯              │                    │       every stage ──caller left──▶ over
       ╰────────────────────────────                ╰──────patience──────┴──▶ over

A waiting caller whom routing lets go is told why (`telling`) or may leave a message (`recording`); one who hangs up
while recording is `awaited`: the recording itself may still come.

A customer who is called back begins in `dialling` (`voice_outgoing`) and goes on in `talking` as they answer.

In `parting` the conversation has ended and the caller is kept for a moment, for the satisfaction question that may
come when the agent has wrapped up.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from services.gateway.domain.last_steps import VOICEMAIL


class Stage(StrEnum):
    DIALLING = "dialling"
    WAITING = "waiting"
    TALKING = "talking"
    PARTING = "parting"
    ASKING = "asking"
    TELLING = "telling"
    RECORDING = "recording"
    AWAITED = "awaited"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Asked at the end, answered by one digit from 1 to `scale_max`."""

    delivery_id: str
    text: str
    scale_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """`offer_id`, `agent_id` and `agent_address` are those of the agent who talks, or talked last.

    `dials` counts how often that agent's telephone was rung. `told` says that the provider knows what the stage asks
    of it. An empty `agent_address` rings the agent's own browser client. `last_step` and `announcement` are routing's
    last word; `announced` is the newest entry whose end was announced to the caller who waits on.

    `rings` counts how often the customer was called; 0 where they called us. Either way `caller` is the customer's
    number, `called` ours. `call_sid` is empty until the provider has named the leg, `earlier_sids` are those of calls
    that came to nothing.
    """

    tenant: str
    contact_id: str
    call_sid: str
    caller: str
    called: str
    greeting: str
    stage: Stage = Stage.WAITING
    offer_id: str = ""
    agent_id: str = ""
    agent_address: str = ""
    dials: int = 0
    told: bool = True
    question: Question | None = None
    #: The agent's leg that was moved into a room, where others can follow the talk; empty while two legs are joined.
    room_leg: str = ""
    #: Whether the caller's leg is there too.
    in_room: bool = False
    last_step: str = ""
    announcement: str = ""
    announced: int = 0
    rings: int = 0
    earlier_sids: tuple[str, ...] = ()

    @property
    def is_outgoing(self) -> bool:
        return self.rings > 0

    @property
    def is_live(self) -> bool:
        return self.stage is not Stage.OVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Wait for an agent; the greeting is heard only at first."""

    greeting: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """Talk to the agent at this address."""

    offer_id: str
    agent_id: str
    agent_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinRoom:
    """Go on talking to the agent in the room of this offer."""

    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepLine:
    """Stay for a moment, for a question may come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    question: Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """Say why the caller is let go, in the provider's own words where there are none, and hang up."""

    last_step: str
    announcement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeMessage:
    """Ask for a message and record it."""

    announcement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A message that the provider keeps under `url`; `sid` names it at every repeat."""

    sid: str
    url: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp:
    """The call is over; `thanks` is said before, where a question was answered."""

    thanks: bool = False


Instruction = Hold | Connect | JoinRoom | KeepLine | Ask | Tell | TakeMessage | HangUp
#: An accepted agent whose telephone is busy or not answered is rung so often; then the caller waits no longer.
MOST_DIALS = 3


def instruction(call: Call) -> Instruction:
    """What the caller's leg should do now, whenever the provider asks."""
    match call.stage:
        case Stage.WAITING:
            return Hold()
        case Stage.TALKING:
            return _talk(call)
        case Stage.PARTING:
            return KeepLine()
        case Stage.TELLING | Stage.RECORDING:
            return _last_word(call)
        case Stage.ASKING if call.question is not None:
            return Ask(question=call.question)
    return HangUp()


def _talk(call: Call) -> Connect | JoinRoom:
    if call.in_room:
        return JoinRoom(offer_id=call.offer_id)
    return Connect(offer_id=call.offer_id, agent_id=call.agent_id, agent_address=call.agent_address)


def _last_word(call: Call) -> Tell | TakeMessage:
    if call.stage is Stage.RECORDING:
        return TakeMessage(announcement=call.announcement)
    return Tell(last_step=call.last_step, announcement=call.announcement)


def connected_to(call: Call, *, offer_id: str, agent_id: str, agent_address: str) -> Call:
    """Bring the agent of an accepted offer on the line; the same offer again changes nothing."""
    if not call.is_live or call.stage is Stage.DIALLING or (call.stage is Stage.TALKING and call.offer_id == offer_id):
        return call
    agent = replace(call, offer_id=offer_id, agent_id=agent_id, agent_address=agent_address)
    return replace(agent, stage=Stage.TALKING, dials=1, told=False, room_leg="", in_room=False)


def moving_to_room(call: Call, *, offer_id: str, leg: str) -> Call:
    """The agent's leg is about to be moved: its end, as the provider will tell it, is not the agent's."""
    if call.stage is not Stage.TALKING or call.offer_id != offer_id or call.room_leg:
        return call
    return replace(call, room_leg=leg)


def not_in_room(call: Call, *, leg: str) -> Call:
    """The agent's leg could not be moved."""
    return replace(call, room_leg="", in_room=False) if call.room_leg == leg else call


def told(call: Call, *, stage: Stage, offer_id: str) -> Call:
    """The provider has taken what this stage asked of it."""
    return replace(call, told=True) if (call.stage, call.offer_id) == (stage, offer_id) else call


def of_offer(call: Call, *, offer_id: str, then: Callable[[Call], Call]) -> Call:
    """Do it only where the call is of this offer, for an old decision may be told once more; empty for any."""
    return then(call) if offer_id in {"", call.offer_id} else call


def held(call: Call) -> Call:
    """Put a caller whose contact was passed on back among the waiting; who has not answered is called no longer."""
    if call.stage is Stage.DIALLING:
        return hung_up(call)
    if call.stage is not Stage.TALKING:
        return call
    return replace(call, stage=Stage.WAITING, told=False, announcement="")


def parted(call: Call) -> Call:
    """The conversation ended by routing's word: the provider is still to be told."""
    if call.stage is Stage.DIALLING:
        return hung_up(call)
    return replace(call, stage=Stage.PARTING, told=False) if call.stage in {Stage.WAITING, Stage.TALKING} else call


def agent_left(call: Call, *, offer_id: str, answered: bool, from_room: bool = False) -> Call:
    """The provider says that the agent hung up, or did not answer: ring again, or give up. It hears so at once.

    A leg that was moved into a room has left the caller as well, who follows it there.
    """
    if call.stage is not Stage.TALKING or call.offer_id != offer_id:
        return call
    if call.room_leg and not from_room:
        return replace(call, in_room=True, told=True)
    if answered or call.dials >= MOST_DIALS:
        return replace(call, stage=Stage.PARTING, told=True)
    return replace(call, dials=call.dials + 1, told=True)


def hung_up(call: Call) -> Call:
    """The customer's leg is to end, whatever it does; the provider is still to be told."""
    return replace(call, stage=Stage.OVER, told=False) if call.is_live else call


def asked(call: Call, question: Question) -> Call:
    """Put the question, where the caller is kept for it; a question once put is not changed."""
    return replace(call, stage=Stage.ASKING, question=question, told=False) if call.stage is Stage.PARTING else call


def let_go(call: Call, *, last_step: str, announcement: str) -> Call:
    """Routing is done with a waiting caller: they are told, or may leave a message."""
    if call.stage is not Stage.WAITING:
        return call
    stage = Stage.RECORDING if last_step == VOICEMAIL else Stage.TELLING
    return replace(call, stage=stage, last_step=last_step, announcement=announcement, told=False)


def passed_on(call: Call, *, entry: int) -> Call:
    """Another queue takes a waiting caller, who is to be told so; the same entry again changes nothing."""
    if call.stage is not Stage.WAITING or call.announced >= entry:
        return call
    return replace(call, announced=entry, announcement="", told=False)


def hears_on_hold(call: Call, *, announcement: str) -> Call:
    """The leg has not come so far as to wait: it hears on hold what it was to be told."""
    return replace(call, announcement=announcement, told=True) if call.stage is Stage.WAITING else call


def over(call: Call) -> Call:
    """The caller's leg is gone; the recording of who left while it ran comes later, if there is one."""
    if call.stage in {Stage.RECORDING, Stage.AWAITED}:
        return replace(call, stage=Stage.AWAITED)
    return replace(call, stage=Stage.OVER)


def settled(call: Call) -> Call:
    """Nothing more is expected of the call."""
    return replace(call, stage=Stage.OVER)


def patience_ended(call: Call) -> Call:
    """No question came while the caller was kept."""
    return over(call) if call.stage is Stage.PARTING else call
