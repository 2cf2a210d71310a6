"""What stands outside the platform in a run, the telephone provider and the mail server, and the customers there."""

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from cli.demo.customers.chat import ChatCustomer
from cli.demo.customers.email import EmailCustomer
from cli.demo.customers.sms import SmsCustomer
from cli.demo.customers.voice import Caller
from cli.demo.day import Arrival
from cli.demo.stage import Entrance, Stage
from switchyard.testing.mail_sink import MailSink
from switchyard.testing.twilio_provider import TwilioProvider

CHAT_QUEUES = ("billing", "support", "cards", "sales-cn")


class Customer(Protocol):
    async def live(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    provider: TwilioProvider
    sink: MailSink

    @classmethod
    @asynccontextmanager
    async def of(cls, endpoints: Mapping[str, Any], account_sid: str) -> AsyncIterator["Outside"]:
        """Listen where the platform expects its provider and its smarthost. Raises OSError where a port is taken."""
        provider = TwilioProvider(
            account_sid=account_sid,
            auth_token=endpoints["webhook_secrets"]["twilio"],
            webhooks=f"{endpoints['api']}/v1/providers/twilio/{endpoints['tenant']}",
            customers=lambda _: "ring",
        )
        sink = MailSink()
        await provider.start(port=_port(endpoints["provider"]))
        await sink.start(port=_port(endpoints["smarthost"]))
        try:
            yield cls(provider=provider, sink=sink)
        finally:
            await sink.stop()
            await provider.stop()


def _port(address: str) -> int:
    return int(address.rsplit(":", 1)[1])


def customer_of(stage: Stage, outside: Outside, arrival: Arrival) -> Customer:
    """The customer of an arrival, always the same for the same seed."""
    chance = random.Random(arrival.seed)  # noqa: S311 - a repeatable crowd, nothing secret
    match arrival.channel:
        case "chat":
            entrance = Entrance(address=stage.site_key, queue=chance.choice(CHAT_QUEUES))
            return ChatCustomer(stage=stage, arrival=arrival, chance=chance, entrance=entrance)
        case "email":
            entrance = stage.entrance("email", chance)
            return EmailCustomer(stage=stage, arrival=arrival, chance=chance, entrance=entrance, sink=outside.sink)
        case "sms":
            entrance = stage.entrance("sms", chance)
            return SmsCustomer(
                stage=stage, arrival=arrival, chance=chance, entrance=entrance, provider=outside.provider
            )
        case _:
            entrance = stage.entrance("voice", chance)
            return Caller(stage=stage, arrival=arrival, chance=chance, entrance=entrance, provider=outside.provider)
