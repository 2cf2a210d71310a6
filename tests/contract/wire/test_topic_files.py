"""The topic files: complete, owned, and in agreement with the contracts."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf import descriptor_pool
from google.protobuf.descriptor import Descriptor

from proto.freeze import PROTO, generated_modules, message_types

SERVICES = {"gateway", "routing", "ticketing", "quality", "notify", "analytics"}
KEYS = {
    "name",
    "owner",
    "visibility",
    "producers",
    "consumers",
    "key",
    "partitions",
    "retention_hours",
    "compacted",
    "dead_letters",
    "messages",
}
FILES = sorted((PROTO / "topics").glob("*.yaml"))


Topic = dict[str, Any]
NAMESPACES = {"public": "switchyard.events.", "internal": "switchyard.internal."}

RULES: dict[str, Callable[[Topic], bool]] = {
    "a name has letters, digits and dashes: dots and underscores collide in Kafka's metrics": lambda topic: (
        topic["name"].replace("-", "").isalnum()
    ),
    "owner and producers are services": lambda topic: (
        topic["owner"] in SERVICES and bool(topic["producers"]) and set(topic["producers"]) <= SERVICES
    ),
    "visibility is public or internal": lambda topic: topic["visibility"] in {"public", "internal"},
    "consumers are services or partners": lambda topic: set(topic["consumers"]) <= SERVICES | {"partners"},
    "partners read what is public, and nothing else": lambda topic: (
        ("partners" in topic["consumers"]) == (topic["visibility"] == "public")
    ),
    "a compacted topic has no retention, any other has one": lambda topic: (
        topic["compacted"] == (topic["retention_hours"] is None)
    ),
    "dead letters are kept at least as long as the topic": lambda topic: (
        topic["dead_letters"] >= (topic["retention_hours"] or 0)
    ),
    "public topics carry events, internal ones what is internal": lambda topic: (
        bool(topic["messages"]) and all(name.startswith(NAMESPACES[topic["visibility"]]) for name in topic["messages"])
    ),
}


def faults(path: Path, topic: Topic) -> list[str]:
    """Name what is wrong with a topic file."""
    if set(topic) != KEYS or topic["name"] != path.stem:
        return [f"the name must be the file's, and the keys differ by {set(topic) ^ KEYS}"]
    return [rule for rule, holds in RULES.items() if not holds(topic)]


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text())
    return loaded


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_topic_file_is_valid(path: Path) -> None:
    assert faults(path, load(path)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"owner": "billing"},
        {"consumers": ["gateway"]},
        {"dead_letters": 1},
        {"compacted": True},
        {"name": "contact.events.v1"},
        {"visibility": "internal"},
        {"messages": ["switchyard.internal.routing.v1.AcceptOffer"]},
        {"colour": "red"},
    ],
)
def test_a_planted_fault_is_found(change: dict[str, Any]) -> None:
    path = PROTO / "topics" / "contact-events-v1.yaml"
    assert faults(path, load(path) | change)


def test_every_message_of_the_contract_is_in_exactly_one_topic() -> None:
    listed = [name for path in FILES for name in load(path)["messages"]]
    assert sorted(listed) == message_types()
    assert set(listed) == set(top_messages())


def top_messages() -> Iterator[str]:
    """Name the messages that are no part of another."""
    pool = descriptor_pool.Default()
    found: dict[str, Descriptor] = {}
    for module in generated_modules():
        __import__(module)
        file = pool.FindFileByName(module.replace(".", "/").removesuffix("_pb2") + ".proto")
        found |= {message.full_name: message for message in file.message_types_by_name.values()}
    parts = {
        field.message_type.full_name
        for message in found.values()
        for field in message.fields
        if field.message_type is not None
    }
    return (name for name in found if name not in parts)
