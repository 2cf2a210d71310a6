"""The topic files: what exists on the broker, who owns it, and how long it is kept."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

#: proto/topics of the checkout.
TOPICS = Path(__file__).resolve().parents[2] / "proto" / "topics"

_HOUR_MS = 3_600_000
#: Our own messages are a few hundred bytes; what is longer is somebody's mistake, and is taken to be put aside.
_LONGEST_MESSAGE = 8 * 1024 * 1024
#: A dead letter is the message and the headers that say what happened to it.
_LONGEST_DEAD_LETTER = _LONGEST_MESSAGE + 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicFile:
    """One file, as proto/topics/README.md describes it; hours of None are for ever."""

    name: str
    owner: str
    visibility: str
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    key: str
    partitions: int
    retention_hours: int | None
    compacted: bool
    dead_letters: int
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSpec:
    """A topic as a broker is asked for it."""

    name: str
    partitions: int
    settings: dict[str, str]


def load_topics(folder: Path = TOPICS) -> list[TopicFile]:
    """Read every topic file, by name. Raises OSError, ValueError."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise FileNotFoundError(f"no topic files in {folder}")
    return [_read(path) for path in files]


def specs(topics: list[TopicFile]) -> list[TopicSpec]:
    """Give every topic and the topic of its dead letters."""
    return [spec for topic in topics for spec in (_spec(topic), _dead_letter_spec(topic))]


def _read(path: Path) -> TopicFile:
    fields: dict[str, Any] = yaml.safe_load(path.read_text())
    for name in ("producers", "consumers", "messages"):
        fields[name] = tuple(fields[name])
    try:
        topic = TopicFile(**fields)
    except TypeError as error:
        raise ValueError(f"{path.name}: {error}") from error
    if topic.name != path.stem:
        raise ValueError(f"{path.name} describes {topic.name}")
    return topic


def _spec(topic: TopicFile) -> TopicSpec:
    settings = {"max.message.bytes": str(_LONGEST_MESSAGE), "unclean.leader.election.enable": "false"}
    settings["cleanup.policy"] = "compact" if topic.compacted else "delete"
    if topic.retention_hours is not None:
        settings["retention.ms"] = str(topic.retention_hours * _HOUR_MS)
    return TopicSpec(name=topic.name, partitions=topic.partitions, settings=settings)


def _dead_letter_spec(topic: TopicFile) -> TopicSpec:
    settings = {
        "max.message.bytes": str(_LONGEST_DEAD_LETTER),
        "unclean.leader.election.enable": "false",
        "cleanup.policy": "delete",
        "retention.ms": str(topic.dead_letters * _HOUR_MS),
    }
    # One partition: dead letters are few, and read as one list.
    return TopicSpec(name=f"{topic.name}-dlq", partitions=1, settings=settings)
