"""The demo pages of chat and agent, and the script that any site embeds."""

import hashlib
from functools import lru_cache
from importlib.resources import files

from fastapi import APIRouter, Request, Response

#: The page's own script only, sockets to wherever the page came from, and no framing by others.
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@lru_cache
def _file(name: str) -> bytes:
    return files("services.gateway.web").joinpath(name).read_bytes()


def web_router(demo_site_key: str) -> APIRouter:
    """Return the routes of the chat's page and script; the page shows the demo's site key."""
    router = APIRouter(include_in_schema=False)

    @router.get("/widget.js")
    async def widget(request: Request) -> Response:
        return _cached(request, _file("widget.js"), "text/javascript; charset=utf-8")

    @router.get("/agent.js")
    async def agent_script(request: Request) -> Response:
        return _cached(request, _file("agent.js"), "text/javascript; charset=utf-8")

    @router.get("/chat")
    async def chat() -> Response:
        return _page(_file("chat.html").replace(b"{{site_key}}", demo_site_key.encode()))

    @router.get("/agent")
    async def agent() -> Response:
        return _page(_file("agent.html"))

    return router


def _page(content: bytes) -> Response:
    headers = {"Content-Security-Policy": _PAGE_POLICY, "Cache-Control": "no-store"}
    return Response(content, media_type="text/html; charset=utf-8", headers=headers)


def _cached(request: Request, content: bytes, media_type: str) -> Response:
    """Sites keep the script for five minutes, then ask whether it has changed."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "public, max-age=300",
        "Access-Control-Allow-Origin": "*",
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
