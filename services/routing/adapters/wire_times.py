"""The engine's instants on the wire."""

from google.protobuf.timestamp_pb2 import Timestamp

from services.routing.domain.moments import Moment


def timestamp(moment: Moment) -> Timestamp:
    return Timestamp(seconds=moment // 1000, nanos=moment % 1000 * 1_000_000)
