"""Replicas of the door as real servers on a real broker and database, and a router that follows a script."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import httpx
from google.protobuf.message import Message as ProtobufMessage
from joserfc import jwt
from joserfc.jwk import OctKey

from services.gateway.application.door.ports import JsonObject
from services.gateway.application.feed_items import FeedItem
from services.gateway.application.live_feed import LiveFeed
from services.gateway.application.pool_paces import PoolPaces
from services.gateway.domain.line import Line
from services.gateway.wiring.door import open_door
from services.gateway.wiring.door_settings import DoorSettings, IssuerSettings
from services.gateway.wiring.tails import merged
from switchyard.eventing.drafting import draft
from switchyard.eventing.envelope import EventDraft, Message, Received, numbered
from switchyard.eventing.outcomes import Done, Outcome
from switchyard.events.routing.v1 import agent_events_pb2 as agents
from switchyard.events.routing.v1 import contact_routing_events_pb2 as contacts
from switchyard.events.routing.v1 import settings_events_pb2 as announced
from switchyard.internal.routing.v1 import commands_pb2 as commands
from switchyard.internal.routing.v1 import outcomes_pb2 as outcomes
from switchyard.kafka.log_reader import LogReader
from switchyard.kafka.publisher import KafkaPublisher
from switchyard.kafka.settings import KafkaSettings
from switchyard.kafka.tail import TailReader
from switchyard.mongo.client import Database
from switchyard.service import telemetry
from switchyard.service.health import Health
from switchyard.service.http import make_app
from switchyard.service.running import Resources, utc_now
from switchyard.service.serving import bind, make_server
from switchyard.testing.polling import until

_SECRET = OctKey.import_key("a secret for tests, and for nothing else")
_ISSUER = "https://issuer.test"
_KINDS: dict[str, type[ProtobufMessage]] = {
    kind.DESCRIPTOR.full_name: kind for kind in (commands.AcceptOffer, commands.SetAgentState)
}
#: Reports of who is connected, which this router has no use for.
_PRESENCE = commands.ReportPresence.DESCRIPTOR.full_name


class Settings(DoorSettings):
    service: ClassVar[str] = "gateway"


def settings() -> Settings:
    issuer = IssuerSettings(jwks={"keys": [_SECRET.as_dict(private=True)]}, algorithms=("HS256",))
    return Settings(jwt_issuers={_ISSUER: issuer}, http_port=0)


@dataclass(slots=True)
class Replica:
    """One server; `health` tells it to end, `applied` is what awaited events it applied."""

    url: str
    health: Health
    applied: list[str]

    def client(self, bearer: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, headers={"Authorization": f"Bearer {bearer}"}, timeout=15)

    def stream(self, bearer: str) -> str:
        return f"{self.url.replace('http', 'ws')}/v1/stream?access_token={bearer}"


@dataclass(slots=True, kw_only=True)
class World:
    """A tenant of its own on shared servers; `decide` is the script: what a command comes to."""

    kafka: KafkaSettings
    mongo: Database
    tenant: str
    publisher: KafkaPublisher
    decide: Callable[[Message, Any], list[tuple[str, ProtobufMessage]]] = field(default=lambda _message, _command: [])
    commands: list[Message] = field(default_factory=list)
    _sequences: dict[str, int] = field(default_factory=dict)

    def token(self, subject: str, *roles: str, tenant: str | None = None) -> str:
        claims = {
            "iss": _ISSUER,
            "aud": "switchyard",
            "sub": subject,
            "tenant": tenant or self.tenant,
            "roles": list(roles) or ["agent"],
            "exp": int((datetime.now(UTC) + timedelta(hours=1)).timestamp()),
        }
        return jwt.encode({"alg": "HS256"}, claims, _SECRET)

    async def announce(
        self, stream: str, event: ProtobufMessage, *, cause: str = "", tenant: str | None = None
    ) -> None:
        """Publish an event, numbered as routing would."""
        tenant = tenant or self.tenant
        source = f"/{tenant}/routing/pools/default/{stream}"
        topic = {"contacts": "routing-events-v1", "agents": "agent-state-events-v1"}.get(stream, "routing-outcomes-v1")
        self._sequences[source] = self._sequences.get(source, 0) + 1
        sent = _draft(event, topic=topic, key=f"{tenant}/default", cause=cause)
        await self.publisher.publish([numbered(sent, tenant=tenant, source=source, sequence=self._sequences[source])])

    async def configure(self, *, tenant: str | None = None) -> None:
        """Announce a queue and two agents."""
        tenant = tenant or self.tenant
        made: list[tuple[str, ProtobufMessage]] = [
            ("queues/billing", announced.QueueConfigured(queue_id="billing", pool_id="default"))
        ]
        for name in ("agent-1", "agent-2"):
            agent = announced.AgentConfigured(agent_id=name, pool_id="default", queue_ids=["billing"])
            made.append((f"agents/{name}", agent))
        for place, event in made:
            sent = _draft(event, topic="routing-settings-events-v1", key=f"{tenant}/{place}")
            source = f"/{tenant}/routing/{place}"
            await self.publisher.publish([numbered(sent, tenant=tenant, source=source, sequence=1)])

    @asynccontextmanager
    async def router(self) -> AsyncIterator[None]:
        """Answer this tenant's commands by the script while the block lasts."""
        reader = await LogReader.open(self.kafka, ["routing-commands-v1"], at=None)
        task = asyncio.create_task(self._route(reader))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await reader.close()

    async def _route(self, reader: LogReader) -> None:
        while True:
            for record in await reader.read(0.2):
                message = record.read().message
                if message.envelope.tenant != self.tenant or message.envelope.type == _PRESENCE:
                    continue
                self.commands.append(message)
                command = _KINDS[message.envelope.type].FromString(message.data)
                for stream, event in self.decide(message, command):
                    await self.announce(stream, event, cause=message.envelope.id)

    @asynccontextmanager
    async def replica(self) -> AsyncIterator[Replica]:
        """Run a door of its own: consumers, background, HTTP server."""
        given, health, applied = settings(), Health(), list[str]()
        resources = Resources(
            publisher=self.publisher,
            database=self.mongo,
            kafka=self.kafka,
            telemetry=telemetry.setup("gateway", given),
            health=health,
            clock=utc_now,
        )

        async def apply(_received: Received, event: Any) -> Outcome:
            applied.append(event.DESCRIPTOR.name)
            return Done()

        feed: LiveFeed[FeedItem] = LiveFeed()
        paces = PoolPaces(utc_now, given.pool_behind_seconds)
        transport = httpx.MockTransport(no_pool)
        door = open_door(given, resources, feed=feed, apply=apply, paces=paces, transport=transport)
        app = make_app("gateway", settings=given, registry=resources.registry, health=health)
        door.install(app, congested=lambda: False, contact_views=NoContacts(), lines=NoLines(), typing=ignore_typing)
        for step in door.on_start:
            await step()
        stop = asyncio.Event()
        tails = [TailReader(self.kafka, tail, registry=resources.registry) for tail in merged(door.tails)]
        tasks = [asyncio.create_task(tail.run(stop)) for tail in tails]
        tasks += [asyncio.ensure_future(work(stop)) for work in door.background]
        await asyncio.gather(*(tail.caught_up.wait() for tail in tails))
        async with AsyncExitStack() as parts:
            listening = bind(given)
            server = make_server(app, given)
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            await until(lambda: server.started, what="the server listens")

            async def end() -> None:
                health.draining.set()
                server.should_exit = True
                await serving
                stop.set()
                await asyncio.gather(*tasks)
                for step in door.on_stop:
                    await step()

            parts.push_async_callback(end)
            host, port = listening.getsockname()[:2]
            yield Replica(f"http://{host}:{port}", health, applied)


def _draft(event: ProtobufMessage, *, topic: str, key: str, cause: str = "") -> EventDraft:
    return draft(
        event,
        topic=topic,
        key=key,
        subject="x",
        time=datetime.now(UTC),
        correlation_id="x",
        causation_id=cause,
    )


async def no_pool(_request: httpx.Request) -> httpx.Response:
    """Stand for routing, which knows nothing of a pool before its first event."""
    return httpx.Response(404, json={"code": "pool-unknown"})


class NoContacts:
    async def held_by(self, tenant: str, agent_id: str) -> list[JsonObject]:
        return []


class NoLines:
    async def read(self, tenant: str, contact_id: str, *, after: int = 0, limit: int = 200) -> list[Line]:
        return []


async def ignore_typing(_tenant: str, _contact: str, _author: str, _typing: bool) -> None: ...


def entry(contact_id: str = "cnt_1") -> contacts.Entry:
    return contacts.Entry(
        contact_id=contact_id,
        number=1,
        queue_id="billing",
        channel="chat",
        pool_id="default",
        queued_at=datetime.now(UTC),
    )


def offer(number: int, agent: str = "agent-1") -> contacts.OfferMade:
    holder = contacts.Holder(agent_id=agent)
    return contacts.OfferMade(entry=entry(f"cnt_{number}"), offer_id=f"off_default.{number}", holder=holder)


def accepted(offer_id: str, agent: str) -> contacts.OfferAccepted:
    holder = contacts.Holder(agent_id=agent)
    return contacts.OfferAccepted(entry=entry(), offer_id=offer_id, holder=holder, offered_at=datetime.now(UTC))


def state(agent: str, name: str) -> agents.AgentStateChanged:
    return agents.AgentStateChanged(agent_id=agent, pool_id="default", state=name, set_state=name)


def refused(message: Message, code: str) -> outcomes.CommandRefused:
    return outcomes.CommandRefused(command_id=message.envelope.id, code=code, detail="it is over")


def new_tenant() -> str:
    return f"t{secrets.token_hex(6)}"
