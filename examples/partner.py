"""Read contact, ticket and agent-state events with any Kafka client and the generated messages.

Usage: python -m examples.partner [bootstrap] [tenant]
Messages are CloudEvents in binary mode: headers say what a message is, its value is the protobuf. Within one
`ce_source` the `ce_sequence` has no gaps: the pair names an event for ever, so it tells a repeat and a loss alike.
"""

import asyncio
import sys
from collections.abc import AsyncIterator

from aiokafka import AIOKafkaConsumer
from google.protobuf.json_format import MessageToJson
from google.protobuf.message_factory import GetMessageClass

from switchyard.events.gateway.v1 import contact_events_pb2, delivery_events_pb2
from switchyard.events.routing.v1 import agent_events_pb2
from switchyard.events.ticketing.v1 import ticket_events_pb2

TOPICS = ["contact-events-v1", "ticket-events-v1", "agent-state-events-v1"]
FILES = (contact_events_pb2, delivery_events_pb2, agent_events_pb2, ticket_events_pb2)
MESSAGES = [kind for each in FILES for kind in each.DESCRIPTOR.message_types_by_name.values()]
KINDS = {kind.full_name: GetMessageClass(kind) for kind in MESSAGES}


async def events(bootstrap: str, tenant: str, group: str = "partner") -> AsyncIterator[tuple[dict[str, str], str]]:
    """Yield headers and JSON of every event of the tenant, for ever; the group remembers how far it came."""
    kafka = AIOKafkaConsumer(*TOPICS, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest")
    async with kafka:
        async for record in kafka:
            headers = {name: value.decode() for name, value in record.headers}
            if headers.get("ce_tenant") == tenant and headers["ce_type"] in KINDS:
                message = KINDS[headers["ce_type"]].FromString(record.value)
                yield headers, MessageToJson(message, indent=None, preserving_proto_field_name=True)


async def main(bootstrap: str = "127.0.0.1:9092", tenant: str = "demo") -> None:
    async for head, body in events(bootstrap, tenant):
        print(head["ce_time"], head["ce_type"].rpartition(".")[2], head["ce_source"], head["ce_sequence"], body)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
