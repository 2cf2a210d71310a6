"""One OpenAPI document for the whole door: the gateway's own routes and what it forwards.

The services' documents are fetched when somebody asks, and kept for a while; one that is down is shown as it was, or
left out and named in `x-missing`.
"""

import asyncio
import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from services.gateway.entrypoints.authentication import needs_credential
from services.gateway.entrypoints.forward import Upstream, owner_of

_KEPT_SECONDS: Final = 30.0
_FETCH_SECONDS: Final = 3.0
_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch", "head", "options"})
_SCHEMES: Final = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
}
_PROBLEM: Final = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Stable, kebab-case."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}

Document = dict[str, Any]


@dataclass(slots=True)
class DoorDocument:
    """The merged document; `app` is the gateway's own."""

    app: FastAPI
    http: httpx.AsyncClient
    upstreams: tuple[Upstream, ...]
    _fetched: dict[str, Document] = field(default_factory=dict)
    _merged: Document | None = None
    _until: float = 0.0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def install(self) -> None:
        """Take the place of the framework's own document, which knows the gateway only."""
        routes = self.app.router.routes
        routes[:] = [route for route in routes if getattr(route, "path", None) != "/openapi.json"]
        self.app.add_route("/openapi.json", self.answer, include_in_schema=False)
        self.app.add_route("/docs", self.page, include_in_schema=False)

    async def answer(self, _request: Request) -> Response:
        return JSONResponse(await self.document())

    async def page(self, _request: Request) -> Response:
        return HTMLResponse(_page(await self.document()))

    async def document(self) -> Document:
        async with self._lock:
            if self._merged is None or time.monotonic() > self._until:
                await asyncio.gather(*(self._fetch(upstream) for upstream in self.upstreams))
                self._merged = merged(self.app.openapi(), self._fetched, [each.name for each in self.upstreams])
                self._until = time.monotonic() + _KEPT_SECONDS
            return self._merged

    async def _fetch(self, upstream: Upstream) -> None:
        try:
            answer = await self.http.get(f"{upstream.url.rstrip('/')}/openapi.json", timeout=_FETCH_SECONDS)
            body = answer.json() if answer.status_code == 200 else None
        except (httpx.HTTPError, json.JSONDecodeError):
            return
        if isinstance(body, dict):
            self._fetched[upstream.name] = body


def merged(own: Document, others: Mapping[str, Document], expected: list[str]) -> Document:
    """Join the documents; each path comes from the one service that answers it at the door."""
    document: Document = {
        "openapi": own["openapi"],
        "info": {
            "title": "Switchyard",
            "version": own["info"]["version"],
            "description": "One door in front of all services. Errors are application/problem+json.",
        },
        "paths": {},
        "components": {"schemas": {"Problem": _PROBLEM}, "securitySchemes": dict(_SCHEMES)},
        "security": [{name: []} for name in _SCHEMES],
        "tags": [],
        "x-missing": [name for name in expected if name not in others],
    }
    for name, source in (("gateway", own), *others.items()):
        _add(document, name, source)
    document["tags"] = [{"name": tag} for tag in sorted(_tags(document))]
    return document


def _add(document: Document, name: str, source: Document) -> None:
    mine = {
        path: item
        for path, item in source.get("paths", {}).items()
        if not path.startswith("/internal/")
        and path not in document["paths"]
        and (owner_of(path) == name if name != "gateway" else True)
    }
    schemas = source.get("components", {}).get("schemas", {})
    taken = document["components"]["schemas"]
    renamed = {each: f"{name.capitalize()}{each}" for each in schemas if each in taken and taken[each] != schemas[each]}
    for each, schema in schemas.items():
        taken[renamed.get(each, each)] = _pointed(schema, renamed)
    for path, item in mine.items():
        document["paths"][path] = _described(_pointed(item, renamed), name, path)


def _described(item: Document, name: str, path: str) -> Document:
    for method, operation in item.items():
        if method not in _METHODS:
            continue
        operation.setdefault("tags", [name])
        operation["operationId"] = re.sub(r"[^A-Za-z0-9]+", "_", f"{method}{path}").strip("_")
        problem = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
        operation.setdefault("responses", {})["default"] = {"description": "A problem", **problem}
        operation["responses"].pop("422", None)  # the framework's own shape, which this platform does not use
        if not needs_credential(path):
            operation["security"] = []
    return item


def _pointed(value: Any, renamed: Mapping[str, str]) -> Any:
    """Copy, with references to renamed schemas following them."""
    if isinstance(value, dict):
        return {key: _reference(key, _pointed(each, renamed), renamed) for key, each in value.items()}
    return [_pointed(each, renamed) for each in value] if isinstance(value, list) else value


def _reference(key: str, value: Any, renamed: Mapping[str, str]) -> Any:
    if key != "$ref" or not isinstance(value, str):
        return value
    place, _, schema = value.rpartition("/")
    return f"{place}/{renamed.get(schema, schema)}"


def _operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in _METHODS:
                yield path, method, operation


def _tags(document: Document) -> set[str]:
    return {tag for _, _, operation in _operations(document) for tag in operation.get("tags", ())}


def _page(document: Document) -> str:
    """List every operation, readable without scripts or a network."""
    rows = sorted(
        (_escaped(", ".join(operation.get("tags", ()))), _escaped(path), method.upper(), _summary(operation))
        for path, method, operation in _operations(document)
    )
    body = "\n".join(
        f"<tr><td>{tag}</td><td><b>{method}</b></td><td><code>{path}</code></td><td>{summary}</td></tr>"
        for tag, path, method, summary in rows
    )
    return _HTML.format(body=body)


def _summary(operation: Document) -> str:
    text = operation.get("description") or operation.get("summary") or ""
    return _escaped(text.strip().split("\n\n", maxsplit=1)[0])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


_HTML: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Switchyard: the API door</title>
<style>
body{{font:14px/1.5 system-ui;margin:2em}}
td{{padding:.2em .8em;vertical-align:top;border-top:1px solid #ddd}}
</style>
<h1>The API door</h1>
<p>The whole document: <a href="/openapi.json">/openapi.json</a>. The events: <a href="/asyncapi">/asyncapi</a>.</p>
<table>
{body}
</table></html>
"""
