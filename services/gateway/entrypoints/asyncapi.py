"""/asyncapi: the public topics and their messages as AsyncAPI 3, made from the topic files and the descriptors."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI
from google.protobuf.descriptor import FieldDescriptor
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from services.gateway.adapters.public_topics import PublicTopic

_TIMESTAMP: Final = "google.protobuf.Timestamp"
#: Protobuf's canonical JSON: 64-bit integers travel as text.
_TYPES: Final[Mapping[int, Mapping[str, str]]] = {
    FieldDescriptor.TYPE_STRING: {"type": "string"},
    FieldDescriptor.TYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.TYPE_DOUBLE: {"type": "number"},
    FieldDescriptor.TYPE_FLOAT: {"type": "number"},
    FieldDescriptor.TYPE_INT32: {"type": "integer", "format": "int32"},
    FieldDescriptor.TYPE_UINT32: {"type": "integer", "format": "uint32"},
    FieldDescriptor.TYPE_INT64: {"type": "string", "format": "int64"},
    FieldDescriptor.TYPE_UINT64: {"type": "string", "format": "uint64"},
    FieldDescriptor.TYPE_BYTES: {"type": "string", "format": "byte"},
}
_HEADERS: Final = {
    "ce_specversion": "1.0",
    "ce_id": "stable across repeats",
    "ce_type": "the message's full name",
    "ce_source": "who numbers it",
    "ce_subject": "what it is about",
    "ce_time": "when it happened, UTC",
    "ce_tenant": "whose it is",
    "ce_sequence": "gap-free per ce_source",
    "ce_correlationid": "the contact",
    "ce_causationid": "the command or event that caused it",
    "content-type": "application/protobuf",
    "traceparent": "W3C trace context",
}


def add_asyncapi(app: FastAPI, topics: Mapping[str, PublicTopic], bootstrap: str) -> None:
    """Add the page and the document; a client that takes HTML gets the page."""

    async def answer(request: Request) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(_page(topics))
        return JSONResponse(asyncapi(topics, bootstrap))

    async def document(_request: Request) -> Response:
        return JSONResponse(asyncapi(topics, bootstrap))

    app.add_route("/asyncapi", answer, include_in_schema=False)
    app.add_route("/asyncapi.json", document, include_in_schema=False)


def asyncapi(topics: Mapping[str, PublicTopic], bootstrap: str) -> dict[str, Any]:
    """Describe the topics as AsyncAPI 3.0."""
    messages = {_short(name): kind.DESCRIPTOR for topic in topics.values() for name, kind in topic.messages.items()}
    schemas: dict[str, Any] = {}
    for descriptor in messages.values():
        _describe(descriptor, schemas)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Switchyard events",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 in binary mode, protobuf payloads; as JSON at GET /v1/events.",
        },
        "defaultContentType": "application/protobuf",
        "servers": {"kafka": {"host": bootstrap, "protocol": "kafka"}},
        "channels": {name: _channel(topic) for name, topic in topics.items()},
        "operations": {
            f"read-{name}": {"action": "receive", "channel": {"$ref": f"#/channels/{name}"}} for name in topics
        },
        "components": {
            "messages": {name: _message(name, descriptor) for name, descriptor in messages.items()},
            "schemas": schemas,
        },
    }


def _channel(topic: PublicTopic) -> dict[str, Any]:
    file = topic.file
    return {
        "address": file.name,
        "description": f"Written by {file.owner}. Key: {file.key}.",
        "messages": {_short(name): {"$ref": f"#/components/messages/{_short(name)}"} for name in topic.messages},
        "bindings": {"kafka": {"topic": file.name, "partitions": file.partitions, "bindingVersion": "0.5.0"}},
    }


def _message(name: str, descriptor: Any) -> dict[str, Any]:
    headers = {header: {"type": "string", "description": text} for header, text in _HEADERS.items()}
    return {
        "name": descriptor.full_name,
        "title": name,
        "contentType": "application/protobuf",
        "headers": {"type": "object", "properties": headers},
        "payload": {"$ref": f"#/components/schemas/{descriptor.full_name}"},
    }


def _describe(descriptor: Any, schemas: dict[str, Any]) -> None:
    if descriptor.full_name in schemas or descriptor.full_name == _TIMESTAMP:
        return
    schema: dict[str, Any] = {"type": "object", "properties": {}}
    schemas[descriptor.full_name] = schema
    for each in descriptor.fields:
        schema["properties"][each.name] = _field(each)
        if each.message_type is not None:
            _describe(each.message_type, schemas)


def _field(each: FieldDescriptor) -> dict[str, Any]:
    one = {**_type(each), "x-protobuf-field": each.number}
    return {"type": "array", "items": one} if each.is_repeated else one


def _type(each: FieldDescriptor) -> Mapping[str, str]:
    if each.message_type is None:
        return _TYPES[each.type]
    if each.message_type.full_name == _TIMESTAMP:
        return {"type": "string", "format": "date-time"}
    return {"$ref": f"#/components/schemas/{each.message_type.full_name}"}


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _page(topics: Mapping[str, PublicTopic]) -> str:
    parts = []
    for name, topic in topics.items():
        listed = "".join(
            f"<li><b>{_short(each)}</b>: {', '.join(field.name for field in kind.DESCRIPTOR.fields)}</li>"
            for each, kind in topic.messages.items()
        )
        head = f"written by {topic.file.owner}, {topic.file.partitions} partitions, key <code>{_key(topic)}</code>"
        parts.append(f"<h2>{name}</h2><p>{head}</p><ul>{listed}</ul>")
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Switchyard events</title>'
        "<style>body{font:14px/1.5 system-ui;margin:2em}</style><h1>Public events</h1>"
        '<p>The document: <a href="/asyncapi.json">/asyncapi.json</a>.</p>' + "".join(parts) + "</html>"
    )


def _key(topic: PublicTopic) -> str:
    return topic.file.key.replace("<", "&lt;")
