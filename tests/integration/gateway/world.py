"""A gateway process and the world around it: a scripted routing on the topics, a notify that tells words, customers."""

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

import httpx
import websockets
from aiokafka import AIOKafkaConsumer, TopicPartition
from google.protobuf.message import Message as ProtobufMessage
from joserfc import jwt

from switchyard.eventing.cloudevents import from_headers
from switchyard.eventing.drafting import command, draft
from switchyard.eventing.envelope import Envelope, numbered
from switchyard.events.gateway.v1 import contact_events_pb2 as contact_pb
from switchyard.events.gateway.v1 import delivery_events_pb2 as delivery_pb
from switchyard.events.routing.v1 import contact_routing_events_pb2 as routing_pb
from switchyard.events.routing.v1 import settings_events_pb2 as settings_pb
from switchyard.internal.delivery.v1 import commands_pb2 as delivery_commands
from switchyard.internal.routing.v1 import commands_pb2 as commands_pb
from switchyard.internal.routing.v1 import outcomes_pb2 as outcomes_pb
from switchyard.kafka.publisher import KafkaPublisher
from switchyard.kafka.topic_files import TOPICS, load_topics
from switchyard.service.identity import HEADER, Principal, sign_internal
from switchyard.testing.processes import Broker, kafka_settings
from tests.integration.gateway.customer_socket import PATIENCE_SECONDS, Chat, until
from tests.integration.gateway.gateway_process import ISSUER, KEY, GatewayProcess

READ = ("routing-commands-v1", "contact-events-v1", "gateway-signals-v1")
KINDS = {
    kind.DESCRIPTOR.full_name: kind
    for module in (contact_pb, delivery_pb, commands_pb)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, ProtobufMessage)
}


@dataclass(frozen=True)
class Seen:
    """A message that the gateway published."""

    envelope: Envelope
    message: Any


@dataclass
class World:
    """One tenant's world around a running gateway."""

    gateway: GatewayProcess
    broker: Broker
    tenant: str
    seen: list[Seen] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self._http = httpx.AsyncClient(base_url=self.gateway.url, timeout=10)
        self._publisher = KafkaPublisher(kafka_settings(self.broker))
        await self._publisher.start()
        self._sequences: dict[str, itertools.count[int]] = {}
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self.broker.bootstrap, fetch_max_wait_ms=25, enable_auto_commit=False
        )
        await self._consumer.start()
        places = [
            TopicPartition(each.name, n)
            for each in load_topics(TOPICS)
            if each.name in READ
            for n in range(each.partitions)
        ]
        self._consumer.assign(places)
        await self._consumer.seek_to_end()
        for place in places:
            await self._consumer.position(place)
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reading.cancel()
        await self._consumer.stop()
        await self._publisher.stop()
        await self._http.aclose()

    async def _read(self) -> None:
        async for record in self._consumer:
            envelope = from_headers(record.headers)
            if envelope.tenant == self.tenant and envelope.type in KINDS:
                self.seen.append(Seen(envelope, KINDS[envelope.type].FromString(record.value)))

    # What the tests look at

    def all_of(self, kind: type[Any]) -> list[Any]:
        return [seen.message for seen in self.seen if isinstance(seen.message, kind)]

    async def first(self, kind: type[Any], **fields: Any) -> Seen:
        """Wait for the first message of a kind with these fields."""

        def look() -> Seen | None:
            for seen in self.seen:
                if isinstance(seen.message, kind) and all(getattr(seen.message, k) == v for k, v in fields.items()):
                    return seen
            return None

        return await until(look, f"{kind.__name__} {fields}; seen {[type(s.message).__name__ for s in self.seen]}")

    # The door

    def token(self, subject: str, *roles: str) -> str:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": "switchyard",
            "sub": subject,
            "tenant": self.tenant,
            "roles": list(roles),
            "iat": now,
            "nbf": now - 5,
            "exp": now + 3600,
        }
        return jwt.encode({"alg": "HS256"}, claims, KEY, algorithms=["HS256"])

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        who: str = "boss",
        roles: tuple[str, ...] = ("admin",),
        **headers: str,
    ) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        bearer = {"Authorization": f"Bearer {self.token(who, *roles)}", **named}
        return await self._http.request(method, path, json=body, headers=bearer)

    async def ok(self, method: str, path: str, body: Any = None, **how: Any) -> Any:
        answer = await self.ask(method, path, body, **how)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def agent(self, method: str, path: str, body: Any = None) -> Any:
        return await self.ok(method, path, body, who="ann", roles=("agent",))

    async def inside(self, method: str, path: str) -> Any:
        """Ask as another service of the installation."""
        who = Principal(tenant=self.tenant, subject="quality", roles=frozenset({"admin"}), credential_id="internal")
        secret = "switchyard-development-only-secret"
        answer = await self._http.request(method, path, headers={HEADER: sign_internal(who, secret, now())})
        assert answer.is_success, answer.text
        return answer.json()

    # Routing, as scripted by a test

    async def has_queue(self, queue: str, pool: str = "default", *, callbacks: bool = False) -> None:
        """Announce a queue, and a chat entry point leading to it under the site key `<tenant>-<queue>`."""
        configured = settings_pb.QueueConfigured(queue_id=queue, name=queue, pool_id=pool, callbacks_offered=callbacks)
        await self._announce(configured, f"queues/{queue}")
        await self._announce(
            settings_pb.AgentConfigured(agent_id="ann", name="Ann", pool_id=pool, queue_ids=[queue]), "agents/ann"
        )
        body = {"channel": "chat", "address": f"{self.tenant}-{queue}", "queue": queue, "greeting": f"Hello at {queue}"}
        await self.ok("PUT", f"/v1/entry-points/{queue}", body)

    async def _announce(self, message: ProtobufMessage, name: str) -> None:
        source = f"/{self.tenant}/routing/{name}"
        event = draft(
            message,
            topic="routing-settings-events-v1",
            key=f"{self.tenant}/{name}",
            subject=name,
            time=now(),
            correlation_id="",
            causation_id="",
        )
        await self._publisher.publish([numbered(event, tenant=self.tenant, source=source, sequence=self._next(source))])

    def _next(self, source: str) -> int:
        return next(self._sequences.setdefault(source, itertools.count(1)))

    async def decide(self, message: ProtobufMessage, *, pool: str = "default", causation: str = "") -> None:
        """Publish a decision of a pool's engine."""
        source = f"/{self.tenant}/routing/pools/{pool}/contacts"
        contact_id = message.entry.contact_id  # type: ignore[attr-defined]
        event = draft(
            message,
            topic="routing-events-v1",
            key=f"{self.tenant}/{pool}",
            subject=contact_id,
            time=now(),
            correlation_id=contact_id,
            causation_id=causation,
        )
        await self._publisher.publish([numbered(event, tenant=self.tenant, source=source, sequence=self._next(source))])

    async def refuse(self, asked: Seen, code: str) -> None:
        """Refuse a command."""
        refusal = command(
            outcomes_pb.CommandRefused(command_id=asked.envelope.id, code=code, detail=code),
            id=f"out_{asked.envelope.id}",
            topic="routing-outcomes-v1",
            key=f"{self.tenant}/default",
            source=f"/{self.tenant}/routing/pools/default/outcomes",
            subject=asked.envelope.subject,
            tenant=self.tenant,
            time=now(),
            correlation_id=asked.envelope.correlation_id,
            causation_id=asked.envelope.id,
        )
        await self._publisher.publish([refusal])

    async def accepted(self, enqueue: Seen, *, agent: str = "ann", pool: str = "default") -> routing_pb.Entry:
        """Queue a contact as it asked for, and let the agent take it."""
        entry = self.entry(enqueue.message, pool)
        await self.decide(routing_pb.ContactQueued(entry=entry), pool=pool, causation=enqueue.envelope.id)
        await self.accept(entry, agent=agent, pool=pool)
        await self.becomes(entry.contact_id, state="talking", entry=entry.number)
        return entry

    async def becomes(self, contact_id: str, **fields: Any) -> Any:
        """Wait until the door shows the contact like this; the door's own commands wait by themselves."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            shown = await self.ok("GET", f"/v1/contacts/{contact_id}")
            if all(shown[name] == value for name, value in fields.items()):
                return shown
            assert time.monotonic() < end, f"{shown} never was {fields}"
            await asyncio.sleep(0.02)

    def entry(self, asked: commands_pb.EnqueueContact, pool: str = "default") -> routing_pb.Entry:
        return routing_pb.Entry(
            contact_id=asked.contact_id,
            number=asked.entry,
            queue_id=asked.queue_id,
            channel=asked.channel,
            pool_id=pool,
            queued_at=asked.queued_at,
            target_seconds=20,
        )

    async def accept(self, entry: routing_pb.Entry, *, agent: str = "ann", pool: str = "default") -> None:
        holder = routing_pb.Holder(agent_id=agent, team_id="team", site_id="site")
        offer = f"off_{pool}.{entry.number}"
        await self.decide(routing_pb.OfferMade(entry=entry, offer_id=offer, holder=holder), pool=pool)
        await self.decide(routing_pb.OfferAccepted(entry=entry, offer_id=offer, holder=holder), pool=pool)

    async def end(self, entry: routing_pb.Entry, *, by: str = "agent", causation: str = "", **wrapped: Any) -> None:
        """End a conversation and, unless `wrapped` is empty, its wrap-up."""
        holder = routing_pb.Holder(agent_id="ann", team_id="team", site_id="site")
        same: dict[str, Any] = {"entry": entry, "offer_id": f"off_default.{entry.number}", "holder": holder}
        await self.decide(routing_pb.ContactEnded(**same, ended_by=by), causation=causation)
        if wrapped:
            await self.decide(routing_pb.WrapUpCompleted(**same, **wrapped))

    async def end_of(self, entry: routing_pb.Entry, offer: str) -> None:
        """End the conversation of an offer and its wrap-up."""
        holder = routing_pb.Holder(agent_id="ann", team_id="team", site_id="site")
        await self.decide(routing_pb.ContactEnded(entry=entry, offer_id=offer, holder=holder, ended_by="agent"))
        await self.decide(
            routing_pb.WrapUpCompleted(entry=entry, offer_id=offer, holder=holder, disposition="resolved")
        )

    async def succeed(self, asked: Seen) -> None:
        """Say that a command caused no event, or did long ago."""
        success = command(
            outcomes_pb.CommandSucceeded(command_id=asked.envelope.id),
            id=f"out_{asked.envelope.id}",
            topic="routing-outcomes-v1",
            key=f"{self.tenant}/default",
            source=f"/{self.tenant}/routing/pools/default/outcomes",
            subject=asked.envelope.subject,
            tenant=self.tenant,
            time=now(),
            correlation_id=asked.envelope.correlation_id,
            causation_id=asked.envelope.id,
        )
        await self._publisher.publish([success])

    # Notify, as scripted by a test

    async def deliver(self, contact_id: str, delivery_id: str, *, survey: str | None = None, scale: int = 5) -> None:
        wire = delivery_commands.DeliverMessage(
            delivery_id=delivery_id, contact_id=contact_id, channel="chat", content_path=f"/words/{delivery_id}"
        )
        if survey is not None:
            wire.expects.survey_id, wire.expects.scale_max = survey, scale
            wire.expects.until.FromSeconds(int(time.time()) + 600)
        message = command(
            wire,
            id=f"cmd_{delivery_id}",
            topic="delivery-commands-v1",
            key=f"{self.tenant}/{contact_id}",
            source=f"/{self.tenant}/notify/notices/{delivery_id}",
            subject=delivery_id,
            tenant=self.tenant,
            time=now(),
            correlation_id=contact_id,
            causation_id="",
        )
        await self._publisher.publish([message])

    # Customers

    async def chat(self, queue: str = "support", **start: Any) -> "Chat":
        """Open a socket and start a chat."""
        chat = await self.socket(queue)
        await chat.say(type="start", client_id=start.pop("client_id", f"c{time.time_ns()}"), **start)
        started = await chat.next("started")
        chat.contact, chat.token = started["contact"], started["resume_token"]
        return chat

    async def socket(self, queue: str = "support", site_key: str | None = None) -> "Chat":
        address = self.gateway.url.replace("http", "ws")
        key = f"{self.tenant}-{queue}" if site_key is None else site_key
        return Chat(await websockets.connect(f"{address}/v1/chat?site_key={key}"))


def now() -> datetime:
    return datetime.now(UTC)
