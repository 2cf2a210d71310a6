"""Logs as JSON lines on standard output: ids only, never the text of a message, an address or a secret."""

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

#: Names of context variables that lines carry where they are bound; a service adds its own with `bind`.
TENANT = "tenant"
CORRELATION_ID = "correlation_id"
REQUEST_ID = "request_id"


def configure(service: str, level: str = "INFO") -> None:
    """Send structlog's and the standard library's records (uvicorn, aiokafka) through one JSON renderer."""

    def name_service(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        name_service,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(allow=()), *shared],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # A line per request or per fetch is what metrics and traces are for.
    for name in ("uvicorn.access", "httpx", "httpcore", "pymongo"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("aiokafka").setLevel(logging.ERROR if level.upper() != "DEBUG" else logging.DEBUG)
