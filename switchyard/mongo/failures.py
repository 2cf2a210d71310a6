"""What the driver raises, in the port's words."""

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo.errors import (
    AutoReconnect,
    ConnectionFailure,
    ExecutionTimeout,
    NetworkTimeout,
    NotPrimaryError,
    PyMongoError,
    ServerSelectionTimeoutError,
    WTimeoutError,
)

from switchyard.eventing.aggregates import StoreUnavailable

#: The server may or may not have taken the write.
UNSURE = (
    AutoReconnect,
    ConnectionFailure,
    ExecutionTimeout,
    NetworkTimeout,
    NotPrimaryError,
    ServerSelectionTimeoutError,
    WTimeoutError,
)


@contextmanager
def translated() -> Iterator[None]:
    """Raise StoreUnavailable where the server could not be reached or did not answer in time."""
    try:
        yield
    except UNSURE as error:
        raise StoreUnavailable(str(error)) from error
    except PyMongoError as error:
        if error.timeout:
            raise StoreUnavailable(str(error)) from error
        raise
