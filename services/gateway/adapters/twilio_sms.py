"""Sends SMS by Twilio, each once: the intent is stored first; where an answer was lost, Twilio is asked what it has."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from services.gateway.adapters.twilio_api import TwilioApi, TwilioNotReached, TwilioRefused, TwilioUnsure
from services.gateway.adapters.twilio_sends_mongo import Intent, MongoSends
from services.gateway.application.messages import OutgoingMessage, SendRefused, SendUnavailable, Sent
from services.gateway.application.provider_accounts import ProviderAccount, ProviderAccounts
from switchyard.eventing.aggregates import StoreUnavailable

PROVIDER = "twilio"
#: Twilio's error numbers that name a cause of ours; every other refusal is provider-refused.
_CODES = {
    21610: "opted-out",
    21211: "customer-gone",
    21214: "customer-gone",
    21217: "customer-gone",
    21612: "customer-gone",
    21614: "customer-gone",
}
#: The clocks of two houses may differ by this much.
_CLOCK_LEEWAY = timedelta(seconds=60)
_NOT_NOW = (TwilioNotReached, TwilioUnsure, StoreUnavailable)


class TwilioSmsSender:
    """The SMS channel's ChannelSender; `public_url` is where Twilio reports what became of a message."""

    def __init__(
        self,
        api: TwilioApi,
        accounts: ProviderAccounts,
        sends: MongoSends,
        *,
        public_url: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._api = api
        self._accounts = accounts
        self._sends = sends
        self._public_url = public_url.rstrip("/")
        self._clock = clock

    async def send(self, message: OutgoingMessage) -> Sent:
        """Raises SendRefused, SendUnavailable."""
        try:
            account = await self._account(message.tenant)
            intent = await self._sends.begin(_key(message), self._clock())
            earlier = None if intent.fresh else await self._earlier(account, intent, message)
            return earlier or await self._post(account, intent, message)
        except _NOT_NOW as error:
            raise SendUnavailable(type(error).__name__) from error

    async def find_sent(self, message: OutgoingMessage) -> Sent | None:
        """Raises SendRefused where there is no account, SendUnavailable."""
        try:
            intent = await self._sends.find(_key(message))
            return await self._earlier(await self._account(message.tenant), intent, message) if intent else None
        except _NOT_NOW as error:
            raise SendUnavailable(type(error).__name__) from error

    async def _account(self, tenant: str) -> ProviderAccount:
        account = await self._accounts.find(tenant, PROVIDER)
        if account is None:
            raise SendRefused("provider-account-missing", f"{tenant} has no {PROVIDER} account")
        return account

    async def _post(self, account: ProviderAccount, intent: Intent, message: OutgoingMessage) -> Sent:
        form = {
            "To": message.to_address,
            "From": message.from_address or account.from_number,
            "Body": message.text,
            "StatusCallback": self._callback(message),
        }
        try:
            reply = await self._api.post(account, "Messages.json", form)
        except TwilioRefused as refused:
            raise SendRefused(_CODES.get(refused.code, "provider-refused"), f"Twilio {refused.code}") from refused
        except TwilioUnsure:
            if found := await self._look_up(account, intent, message):
                return found
            raise
        return await self._settled(intent, str(reply["sid"]))

    async def _earlier(self, account: ProviderAccount, intent: Intent, message: OutgoingMessage) -> Sent | None:
        if intent.sid:
            return Sent(provider_message_id=intent.sid)
        return await self._look_up(account, intent, message)

    async def _look_up(self, account: ProviderAccount, intent: Intent, message: OutgoingMessage) -> Sent | None:
        """Twilio keeps no mark of ours on a message: same words to the same number since the intent, unclaimed."""
        since = intent.begun_at - _CLOCK_LEEWAY
        query = {"To": message.to_address, "DateSent>": since.date().isoformat(), "PageSize": "100"}
        listed = (await self._api.get(account, "Messages.json", query)).get("messages", [])
        ours = [str(entry["sid"]) for entry in listed if _is_copy(entry, message, since)]
        claimed = await self._sends.claimed(ours)
        free = [sid for sid in ours if sid not in claimed]
        return await self._settled(intent, free[-1]) if free else None

    async def _settled(self, intent: Intent, sid: str) -> Sent:
        await self._sends.settle(intent.key, sid)
        return Sent(provider_message_id=sid)

    def _callback(self, message: OutgoingMessage) -> str:
        query = {"contact": message.contact_id, "line": message.line, "delivery": message.delivery_id}
        told = urlencode({name: value for name, value in query.items() if value is not None})
        return f"{self._public_url}/v1/providers/{PROVIDER}/{message.tenant}/sms/status?{told}"


def _key(message: OutgoingMessage) -> str:
    return f"{message.tenant}/sms/{message.delivery_id or f'{message.contact_id}/{message.line}'}"


def _is_copy(entry: dict[str, Any], message: OutgoingMessage, since: datetime) -> bool:
    if entry.get("body") != message.text or not str(entry.get("direction", "")).startswith("outbound"):
        return False
    created = entry.get("date_created")
    return created is None or parsedate_to_datetime(str(created)) >= since
