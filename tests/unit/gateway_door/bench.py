"""The door on fakes, built as in production: a router that follows a script, stores in memory, one RSA issuer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, cast

import httpx
from fastapi import FastAPI
from google.protobuf.message import Message as ProtobufMessage
from joserfc import jwt
from joserfc.jwk import RSAKey

from services.gateway.application.door.api_keys import ApiKey, ApiKeyChanged, ApiKeyExists
from services.gateway.application.door.first_answers import LEASE, Claim, Claimed, KeptAnswer, OtherRequest, Running
from services.gateway.application.door.ports import JsonObject
from services.gateway.application.door.routing_settings import KnownAgent, KnownQueue
from services.gateway.application.feed_items import FeedItem
from services.gateway.application.live_feed import LiveFeed
from services.gateway.application.pool_paces import PoolPaces
from services.gateway.domain.line import Line
from services.gateway.wiring.door import Door, DoorStores, open_door
from services.gateway.wiring.door_settings import DoorSettings, IssuerSettings
from switchyard.eventing.envelope import Envelope, Message, Place, Received
from switchyard.eventing.outcomes import Done, Outcome
from switchyard.events.routing.v1 import agent_events_pb2 as agents
from switchyard.events.routing.v1 import contact_routing_events_pb2 as contacts
from switchyard.internal.routing.v1 import commands_pb2 as commands
from switchyard.kafka.settings import KafkaSettings
from switchyard.mongo.client import Database
from switchyard.service import telemetry
from switchyard.service.health import Health
from switchyard.service.http import make_app
from switchyard.service.running import Resources
from switchyard.testing.clock import FixedClock
from switchyard.testing.memory_bus import InMemoryBus
from tests.contract.gateway_stores.presence_memory import InMemoryPresenceRecords

TENANT = "acme"
ISSUER = "https://issuer.test"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


class Settings(DoorSettings):
    service: ClassVar[str] = "gateway"


def token(subject: str = "agent-1", *roles: str, tenant: str | None = TENANT, **claims: object) -> str:
    """Sign a good token; `claims` replace its own, and None leaves one out."""
    body: dict[str, object] = {
        "iss": ISSUER,
        "aud": "switchyard",
        "sub": subject,
        "tenant": tenant,
        "roles": list(roles) or ["agent"],
        "iat": int(NOW.timestamp()),
        "nbf": int(NOW.timestamp()),
        "exp": int((NOW + timedelta(hours=1)).timestamp()),
        **claims,
    }
    kept = {name: value for name, value in body.items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": "one"}, kept, KEY)


class InMemoryApiKeys:
    def __init__(self) -> None:
        self.keys: dict[tuple[str, str], ApiKey] = {}

    async def find(self, tenant: str, key_id: str) -> ApiKey | None:
        return self.keys.get((tenant, key_id))

    async def all(self, tenant: str) -> Sequence[ApiKey]:
        return [key for (owner, _), key in self.keys.items() if owner == tenant]

    async def add(self, key: ApiKey) -> None:
        if (key.tenant, key.id) in self.keys:
            raise ApiKeyExists(key.id)
        self.keys[key.tenant, key.id] = key

    async def replace(self, previous: ApiKey, key: ApiKey) -> None:
        if self.keys.get((key.tenant, key.id)) != previous:
            raise ApiKeyChanged(key.id)
        self.keys[key.tenant, key.id] = key

    async def remove(self, tenant: str, key_id: str) -> bool:
        return self.keys.pop((tenant, key_id), None) is not None


@dataclass
class _Kept:
    fingerprint: bytes
    owner: str
    lease_until: datetime
    answer: KeptAnswer | None = None


class InMemoryFirstAnswers:
    def __init__(self) -> None:
        self._kept: dict[bytes, _Kept] = {}
        self._owners = 0

    async def claim(self, key: bytes, *, fingerprint: bytes, now: datetime) -> Claim:
        self._owners += 1
        found = self._kept.get(key)
        if found is None or (found.answer is None and found.lease_until <= now and found.fingerprint == fingerprint):
            self._kept[key] = _Kept(fingerprint, str(self._owners), now + LEASE)
            return Claimed(str(self._owners))
        if found.fingerprint != fingerprint:
            return OtherRequest()
        return found.answer or Running()

    async def keep(self, key: bytes, owner: str, answer: KeptAnswer) -> None:
        if self._kept[key].owner == owner:
            self._kept[key].answer = answer

    async def release(self, key: bytes, owner: str) -> None:
        if key in self._kept and self._kept[key].owner == owner:
            del self._kept[key]


class InMemoryLines:
    """The conversations' lines, for reading only."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    async def read(self, tenant: str, contact_id: str, *, after: int = 0, limit: int = 200) -> list[Line]:
        mine = (line for line in self.lines if (line.tenant, line.contact_id) == (tenant, contact_id))
        return [line for line in mine if line.number > after][:limit]


class HeldContacts:
    def __init__(self) -> None:
        self.held: dict[str, list[JsonObject]] = {}

    async def held_by(self, tenant: str, agent_id: str) -> Sequence[JsonObject]:
        return self.held.get(agent_id, []) if tenant == TENANT else []


#: What the scripted router does with one command: it returns what it announces.
Answering = Callable[[Message, Any], Sequence[tuple[str, ProtobufMessage]]]
_COMMANDS = {kind.DESCRIPTOR.full_name: kind for kind in (commands.AcceptOffer, commands.RejectOffer)} | {
    kind.DESCRIPTOR.full_name: kind
    for kind in (
        *(commands.SetAgentState, commands.CancelBreak, commands.TransferContact, commands.CompleteWrapUp),
        *(commands.ExtendWrapUp, commands.AssignContact, commands.ChangePriority, commands.TakeOver),
        *(commands.ReportPresence, commands.EndContact),
        *(commands.RequestCallback, commands.RescheduleCallback, commands.ReportNotReached),
    )
}


@dataclass
class Bench:
    """The door in front of an application, and everything around it."""

    settings: Settings = field(default_factory=lambda: Settings(jwt_issuers={ISSUER: IssuerSettings(jwks=jwks())}))
    bus: InMemoryBus = field(default_factory=InMemoryBus)
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    api_keys: InMemoryApiKeys = field(default_factory=InMemoryApiKeys)
    first_answers: InMemoryFirstAnswers = field(default_factory=InMemoryFirstAnswers)
    presence: InMemoryPresenceRecords = field(default_factory=InMemoryPresenceRecords)
    lines: InMemoryLines = field(default_factory=InMemoryLines)
    held: HeldContacts = field(default_factory=HeldContacts)
    feed: LiveFeed[FeedItem] = field(default_factory=LiveFeed)
    upstream: Callable[[httpx.Request], Awaitable[httpx.Response]] | None = None
    answering: Answering = lambda _message, _command: ()
    applied: list[str] = field(default_factory=list)
    typed: list[tuple[str, str, str, bool]] = field(default_factory=list)
    congested: bool = False
    sequences: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.health = Health()
        resources = Resources(
            publisher=self,
            database=cast("Database", None),
            kafka=KafkaSettings(),
            telemetry=telemetry.setup("gateway", self.settings),
            health=self.health,
            clock=self.clock,
        )
        self.door: Door = open_door(
            self.settings,
            resources,
            feed=self.feed,
            apply=self._apply,
            paces=PoolPaces(self.clock, self.settings.pool_behind_seconds),
            stores=DoorStores(
                api_keys=self.api_keys, first_answers=self.first_answers, presence=self.presence, prepare=_nothing
            ),
            transport=httpx.MockTransport(self._upstream),
        )
        self.app: FastAPI = make_app("gateway", settings=self.settings, registry=resources.registry, health=self.health)
        self.door.install(
            self.app,
            congested=lambda: self.congested,
            contact_views=self.held,
            lines=self.lines,
            typing=self._typing,
        )
        self.door.routing_settings.set_queue(TENANT, queue("billing"))
        for name in ("agent-1", "agent-2"):
            self.door.routing_settings.set_agent(TENANT, agent(name))

    async def publish(self, messages: Sequence[Message]) -> None:
        """Take commands as the broker would, and let the scripted router announce what came of them."""
        await self.bus.publish(messages)
        for message in messages:
            kind = _COMMANDS[message.envelope.type]
            for source, event in self.answering(message, kind.FromString(message.data)):
                asyncio.get_running_loop().create_task(self.announce(source, event, cause=message.envelope.id))

    async def announce(
        self, stream: str, event: ProtobufMessage, *, cause: str = "", tenant: str = TENANT, pool: str = "default"
    ) -> Outcome:
        """Hand an event to the door's tail, numbered as routing would."""
        source = f"/{tenant}/routing/pools/{pool}/{stream}"
        self.sequences[source] = self.sequences.get(source, 0) + 1
        envelope = Envelope(
            id=f"{source}/{self.sequences[source]}",
            type=event.DESCRIPTOR.full_name,
            source=source,
            subject="x",
            time=self.clock(),
            tenant=tenant,
            correlation_id="x",
            causation_id=cause,
            sequence=self.sequences[source],
        )
        message = Message(topic="routing-events-v1", key=f"{tenant}/{pool}", envelope=envelope, data=b"")
        received = Received(message=message, place=Place(cluster="m", topic="t", partition=0, offset=0))
        outcome: Outcome = Done()
        for tail in self.door.tails:
            if handler := tail.handlers.get(type(event)):
                outcome = await handler(received, event)
        return outcome

    @asynccontextmanager
    async def client(self, bearer: str | None = None, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
        given = dict(headers)
        if bearer is not None:
            given["Authorization"] = f"Bearer {bearer}"
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://door", headers=given) as client:
            yield client

    async def _apply(self, _received: Received, event: Any) -> Outcome:
        self.applied.append(event.DESCRIPTOR.name)
        return Done()

    async def _typing(self, tenant: str, contact_id: str, author: str, typing: bool) -> None:
        self.typed.append((tenant, contact_id, author, typing))

    async def _upstream(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/internal/pools/"):
            return httpx.Response(404, json={"code": "pool-unknown"})
        if self.upstream is None:
            raise httpx.ConnectError("nobody there")
        return await self.upstream(request)


async def _nothing() -> None: ...


def jwks() -> dict[str, Any]:
    return {"keys": [dict(KEY.as_dict(private=False))]}


def queue(name: str, pool: str = "default") -> KnownQueue:
    return KnownQueue(id=name, name=name, pool_id=pool, target_seconds=20, short_abandon_seconds=5)


def agent(name: str, pool: str = "default") -> KnownAgent:
    return KnownAgent(id=name, name=name, pool_id=pool, team_id="t", site_id="s", queue_ids=("billing",))


def entry(contact_id: str = "cnt_1", **fields: Any) -> contacts.Entry:
    given: Mapping[str, Any] = {
        "contact_id": contact_id,
        "number": 1,
        "queue_id": "billing",
        "channel": "chat",
        "pool_id": "default",
        "queued_at": NOW,
    }
    return contacts.Entry(**{**given, **fields})


def holder(agent_id: str = "agent-1") -> contacts.Holder:
    return contacts.Holder(agent_id=agent_id, team_id="t", site_id="s")


def offer_made(offer_id: str = "off_default.1", agent_id: str = "agent-1") -> contacts.OfferMade:
    return contacts.OfferMade(
        entry=entry(), offer_id=offer_id, holder=holder(agent_id), expires_at=NOW + timedelta(seconds=20)
    )


def offer_accepted(offer_id: str = "off_default.1", agent_id: str = "agent-1") -> contacts.OfferAccepted:
    return contacts.OfferAccepted(entry=entry(), offer_id=offer_id, holder=holder(agent_id), offered_at=NOW)


def state_changed(agent_id: str = "agent-1", state: str = "available") -> agents.AgentStateChanged:
    return agents.AgentStateChanged(
        agent_id=agent_id, pool_id="default", state=state, set_state=state, capacity_units=100
    )
