"""The frames of a chat socket: what may come in, and how what goes out looks (docs and api.md name them)."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from services.gateway.application.ports import Content, Waiting
from services.gateway.domain.contact import Contact
from services.gateway.domain.delivery import Delivery
from services.gateway.domain.line import Line
from switchyard.service.times import to_text

Frame = Mapping[str, Any]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
ClientId = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,128}$")]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Start(_In):
    """Begin a contact; the same client id begins the same one."""

    type: Literal["start"]
    client_id: ClientId
    name: Annotated[str, Field(max_length=200)] = ""
    address: Annotated[str, Field(max_length=320)] = ""
    queue: Identifier | None = None
    flow: Identifier | None = None
    answers: Annotated[
        dict[Annotated[str, Field(max_length=100)], Annotated[str, Field(max_length=1000)]], Field(max_length=20)
    ] = {}


class Resume(_In):
    """Go on where the connection broke, after the last line seen."""

    type: Literal["resume"]
    token: Annotated[str, Field(max_length=400)]
    last_seq: Annotated[int, Field(ge=0, le=10**9)] = 0


class Message(_In):
    type: Literal["message"]
    client_id: ClientId
    text: str


class Typing(_In):
    type: Literal["typing"]
    typing: bool = True


class Read(_In):
    type: Literal["read"]
    seq: Annotated[int, Field(ge=0, le=10**9)]


class End(_In):
    type: Literal["end"]


class SurveyAnswer(_In):
    """`survey` may be left out where only one was asked."""

    type: Literal["survey_answer"]
    rating: int
    survey: Annotated[str, Field(max_length=100)] | None = None


InFrame = Start | Resume | Message | Typing | Read | End | SurveyAnswer
_FRAMES: TypeAdapter[InFrame] = TypeAdapter(Annotated[InFrame, Field(discriminator="type")])


class BadFrame(Exception):
    """What came is no frame of ours; `pointer` names the field at fault."""

    def __init__(self, code: str, detail: str, pointer: str = "") -> None:
        super().__init__(detail)
        self.code, self.detail, self.pointer = code, detail, pointer


def read_frame(text: str, *, most_bytes: int) -> InFrame:
    """Raises BadFrame: frame-too-large, malformed-json, frame-type-unknown, invalid-frame."""
    if len(text) > most_bytes or len(text.encode()) > most_bytes:
        raise BadFrame("frame-too-large", f"A frame has at most {most_bytes} bytes.")
    try:
        return _FRAMES.validate_json(text)
    except ValidationError as error:
        raise _bad(error) from error


def _bad(error: ValidationError) -> BadFrame:
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return BadFrame("malformed-json", "The frame is not valid JSON.")
    if first["type"].startswith("union_tag") or not first["loc"]:
        return BadFrame("frame-type-unknown", "The frame's type is not one that a customer sends.", "/type")
    pointer = "".join(f"/{part}" for part in first["loc"][1:])
    return BadFrame("invalid-frame", first["msg"], pointer)


def started(contact: Contact, token: str) -> Frame:
    return {"type": "started", "contact": contact.id, "resume_token": token, "state": contact.state}


def message(line: Line) -> Frame:
    frame: dict[str, Any] = {
        "type": "message",
        "seq": line.number,
        "from": line.author,
        "text": line.text,
        "at": to_text(line.at),
        "automatic": line.automatic,
    }
    if line.author == "customer":
        frame["client_id"] = line.client_id
    if line.attachments:
        frame["attachments"] = [
            {"id": each.id, "name": each.name, "media_type": each.media_type, "size_bytes": each.size_bytes}
            for each in line.attachments
        ]
    return frame


def delivered(line: Line) -> Frame:
    return {"type": "delivered", "client_id": line.client_id, "seq": line.number, "at": to_text(line.at)}


def queued(queue_id: str, waiting: Waiting | None) -> Frame:
    return {
        "type": "queued",
        "queue": queue_id,
        "position": waiting.position if waiting else None,
        "estimated_wait_seconds": waiting.estimated_wait_seconds if waiting else None,
    }


def agent_joined(agent_id: str, name: str) -> Frame:
    return {"type": "agent_joined", "agent": agent_id, "name": name}


def typing(author: str, *, on: bool) -> Frame:
    return {"type": "typing", "from": author, "typing": on}


def read_mark(author: str, seq: int) -> Frame:
    return {"type": "read", "from": author, "seq": seq}


def survey(delivery: Delivery, content: Content) -> Frame:
    expects = delivery.expects
    return {
        "type": "survey",
        "delivery": delivery.id,
        "survey": expects.survey_id if expects else None,
        "text": content.text,
        "scale_max": expects.scale_max if expects else None,
        "until": to_text(expects.until) if expects else None,
    }


def survey_delivered(delivery: Delivery) -> Frame:
    """Confirm a rating, as a line is confirmed."""
    return {
        "type": "delivered",
        "survey": delivery.expects.survey_id if delivery.expects else None,
        "rating": delivery.rating,
    }


def ended(by: str) -> Frame:
    return {"type": "ended", "by": by}


def error(code: str, detail: str, *, pointer: str = "", **more: str) -> Frame:
    frame: dict[str, Any] = {"type": "error", "code": code, "detail": detail, **more}
    if pointer:
        frame["pointer"] = pointer
    return frame
