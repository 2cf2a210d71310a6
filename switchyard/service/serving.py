"""The HTTP server inside a service's own event loop; signals and life cycle belong to `running`."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from switchyard.service.settings import ServiceSettings

#: A command may wait 5 s for its event to come back; later than this a request is cut off at the end.
GRACE_SECONDS = 5
#: Longer than what HTTP clients between services keep an idle connection, so that they close it and not we.
_KEEP_ALIVE_SECONDS = 75
#: Largest WebSocket frame in bytes; files come by REST.
_MOST_FRAME_BYTES = 64 * 1024


class PortTaken(Exception):
    """Another process listens where this one should."""


class HttpServer(uvicorn.Server):
    """Uvicorn without its own signal handlers. At the end it closes WebSockets with 1012 (service restart)."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def make_server(app: FastAPI, settings: ServiceSettings) -> HttpServer:
    return HttpServer(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws_max_size=_MOST_FRAME_BYTES,
            ws_ping_interval=settings.ws_ping_seconds,
            ws_ping_timeout=settings.ws_ping_seconds,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )


def bind(settings: ServiceSettings) -> socket.socket:
    """Take the port before anything else is started. Raises PortTaken."""
    listening = socket.socket(socket.AF_INET6 if ":" in settings.http_host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.http_host, settings.http_port))
    except OSError as error:
        listening.close()
        place = f"{settings.http_host}:{settings.http_port}"
        raise PortTaken(f"{place} cannot be used ({error.strerror}); set SWITCHYARD_HTTP_PORT") from error
    listening.setblocking(False)
    return listening
