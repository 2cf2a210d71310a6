"""What the simulated centre consists of, and where it is announced."""

from google.protobuf.message import Message as ProtobufMessage

from switchyard.events.routing.v1 import agent_events_pb2, callback_events_pb2, contact_routing_events_pb2
from switchyard.internal.routing.v1 import outcomes_pb2

TENANT = "acme"
EVENT_TOPICS = ("routing-events-v1", "agent-state-events-v1", "routing-outcomes-v1")
#: Of each pool its partition, its queues and its agents. Two pools share a partition, so that a batch has two entries.
POOLS = {
    "front": (0, ("billing", "sales"), ("ann", "bob", "cid")),
    "back": (1, ("tech",), ("dee", "eve")),
    "night": (0, ("late",), ("fay",)),
}
#: Units and most contacts of each channel, out of 100 units.
CHANNELS = (("voice", 100, 1), ("chat", 30, 3))
CONTACTS = 24
#: Contacts that a rule raises on.
POISON = ("c5", "c13")
TYPES: dict[str, type[ProtobufMessage]] = {
    message.DESCRIPTOR.full_name: message
    for module in (contact_routing_events_pb2, callback_events_pb2, agent_events_pb2, outcomes_pb2)
    for message in vars(module).values()
    if isinstance(message, type) and issubclass(message, ProtobufMessage)
}
