"""What was once written to a topic can be read for ever."""

import json

import pytest
from google.protobuf import json_format

from proto.freeze import GOLDEN, message_class, message_types


@pytest.mark.parametrize("name", message_types())
def test_a_golden_message_is_read_whole(name: str) -> None:
    message = message_class(name)()
    message.ParseFromString((GOLDEN / f"{name}.bin").read_bytes())
    read = json_format.MessageToDict(message, preserving_proto_field_name=True)
    assert read == json.loads((GOLDEN / f"{name}.json").read_text())


@pytest.mark.parametrize("name", message_types())
def test_nothing_of_a_golden_message_is_unknown(name: str) -> None:
    data = (GOLDEN / f"{name}.bin").read_bytes()
    message = message_class(name)()
    message.ParseFromString(data)
    message.DiscardUnknownFields()
    assert message.SerializeToString(deterministic=True) == data


def test_no_golden_message_was_removed_from_the_topics() -> None:
    assert sorted(path.stem for path in GOLDEN.glob("*.bin")) == message_types()
