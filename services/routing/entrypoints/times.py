"""The engine's instants as times."""

from datetime import UTC, datetime

from services.routing.domain.moments import Moment


def utc(moment: Moment) -> datetime:
    return datetime.fromtimestamp(moment / 1000, UTC)
