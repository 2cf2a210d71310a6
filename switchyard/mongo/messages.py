"""How a message lies in a document's outbox: as its headers and bytes, so that it leaves the same at every attempt."""

from collections.abc import Iterable, Sequence

from switchyard.eventing.cloudevents import from_headers, to_headers
from switchyard.eventing.envelope import Message
from switchyard.mongo.client import Document


def to_document(message: Message) -> Document:
    """Write a message for storing."""
    headers = {name: value.decode() for name, value in to_headers(message.envelope)}
    return {"topic": message.topic, "key": message.key, "headers": headers, "data": message.data}


def from_document(document: Document) -> Message:
    """Read a stored message back."""
    headers = [(name, value.encode()) for name, value in document["headers"].items()]
    return Message(
        topic=document["topic"], key=document["key"], envelope=from_headers(headers), data=bytes(document["data"])
    )


def to_documents(messages: Iterable[Message]) -> list[Document]:
    return [to_document(message) for message in messages]


def from_documents(documents: Sequence[Document]) -> tuple[Message, ...]:
    return tuple(from_document(document) for document in documents)
