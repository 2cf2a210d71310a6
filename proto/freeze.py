"""Freeze the wire: one golden message for every type of a topic file, and the image that later contracts must fit.

A golden message, once made, is never made again: consumers of its day wrote it, and it must be read for ever.
"""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import yaml
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

PROTO = Path(__file__).resolve().parent
GOLDEN = PROTO / "golden"
IMAGE = PROTO / "image.binpb"
_BUF = Path(sys.executable).with_name("buf")
_MOMENT = datetime(2026, 11, 22, 8, 0, 0, 123000, tzinfo=UTC)
_DEEPEST = 3


def message_types() -> list[str]:
    """Name every message that some topic carries."""
    files = sorted((PROTO / "topics").glob("*.yaml"))
    return sorted({name for file in files for name in yaml.safe_load(file.read_text())["messages"]})


def message_class(full_name: str) -> type[Message]:
    """Find the generated class of a message by its full name."""
    return message_factory.GetMessageClass(_descriptor(full_name))


def _descriptor(full_name: str) -> Descriptor:
    for module in generated_modules():
        __import__(module)
    found: Descriptor = descriptor_pool.Default().FindMessageTypeByName(full_name)
    return found


def generated_modules() -> Iterator[str]:
    root = PROTO.parent
    for path in sorted((root / "switchyard").rglob("*_pb2.py")):
        yield ".".join(path.relative_to(root).with_suffix("").parts)


def example(descriptor: Descriptor, depth: int = 0) -> Message:
    """Fill every field with a value of its own, so that none can be lost or swapped unseen."""
    message = message_factory.GetMessageClass(descriptor)()
    if descriptor.full_name == "google.protobuf.Timestamp":
        message.FromDatetime(_MOMENT)  # type: ignore[attr-defined]
        return message
    for field in descriptor.fields:
        _fill(message, field, depth)
    return message


def _fill(message: Message, field: FieldDescriptor, depth: int) -> None:
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        if depth < _DEEPEST and field.message_type is not None:
            value = example(field.message_type, depth + 1)
            target = getattr(message, field.name)
            (target.add() if field.is_repeated else target).CopyFrom(value)
        return
    if field.is_repeated:
        getattr(message, field.name).append(_scalar(field))
    else:
        setattr(message, field.name, _scalar(field))


def _scalar(field: FieldDescriptor) -> object:
    match field.type:
        case FieldDescriptor.TYPE_STRING:
            return f"{field.name} é 中"
        case FieldDescriptor.TYPE_BOOL:
            return True
        case FieldDescriptor.TYPE_DOUBLE | FieldDescriptor.TYPE_FLOAT:
            return field.number + 0.5
        case FieldDescriptor.TYPE_BYTES:
            return bytes([field.number])
    return field.number * 1000 + 7


def freeze_messages() -> list[str]:
    """Write the golden messages that are missing; return their types."""
    GOLDEN.mkdir(exist_ok=True)
    made = []
    for name in message_types():
        binary, text = GOLDEN / f"{name}.bin", GOLDEN / f"{name}.json"
        if binary.exists():
            continue
        message = example(_descriptor(name))
        binary.write_bytes(message.SerializeToString(deterministic=True))
        text.write_text(json_format.MessageToJson(message, preserving_proto_field_name=True, ensure_ascii=False) + "\n")
        made.append(name)
    return made


def freeze_image() -> None:
    """Replace the image, where the contracts break nothing in the last one."""
    if IMAGE.exists():
        broken = subprocess.run(  # noqa: S603 -- buf, from our own environment
            [_BUF, "breaking", "--against", IMAGE], cwd=PROTO, capture_output=True, text=True, check=False
        )
        if broken.returncode:
            sys.exit(f"these changes break readers; make a new package version instead:\n{broken.stdout}")
    subprocess.run([_BUF, "build", "--exclude-source-info", "-o", IMAGE], cwd=PROTO, check=True)  # noqa: S603 -- as above
    descriptor_pb2.FileDescriptorSet.FromString(IMAGE.read_bytes())


if __name__ == "__main__":
    freeze_image()
    for name in freeze_messages():
        print("frozen", name)  # noqa: T201 -- a command's output
