"""Calls customers by Twilio, each once: the intent is stored first; where an answer was lost, Twilio is asked."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from services.gateway.adapters.twilio_api import TwilioApi, TwilioNotReached, TwilioRefused, TwilioUnsure
from services.gateway.adapters.twilio_sends_mongo import Intent, MongoSends
from services.gateway.application.messages import SendRefused, SendUnavailable
from services.gateway.application.provider_accounts import ProviderAccount, ProviderAccounts
from services.gateway.domain.voice_call import Call
from switchyard.eventing.aggregates import StoreUnavailable

PROVIDER = "twilio"
#: What a leg tells while it rings, answered and ended included.
_TOLD = "initiated ringing answered completed"
#: The clocks of two houses may differ by this much.
_CLOCK_LEEWAY = timedelta(seconds=60)
_NOT_NOW = (TwilioNotReached, TwilioUnsure, StoreUnavailable)


class TwilioDials:
    """The CallOut port; `public_url` is where Twilio asks what to do, and tells what became of a call."""

    def __init__(
        self,
        api: TwilioApi,
        accounts: ProviderAccounts,
        sends: MongoSends,
        *,
        public_url: str,
        ring_seconds: int,
        clock: Callable[[], datetime],
    ) -> None:
        self._api = api
        self._accounts = accounts
        self._sends = sends
        self._public_url = public_url.rstrip("/")
        self._ring_seconds = ring_seconds
        self._clock = clock

    async def ring(self, call: Call) -> str:
        """Raises SendRefused, SendUnavailable."""
        try:
            account = await self._account(call.tenant)
            intent = await self._sends.begin(_key(call), self._clock())
            earlier = "" if intent.fresh else await self._earlier(account, intent, call)
            return earlier or await self._place(account, intent, call)
        except _NOT_NOW as error:
            raise SendUnavailable(type(error).__name__) from error

    async def _account(self, tenant: str) -> ProviderAccount:
        account = await self._accounts.find(tenant, PROVIDER)
        if account is None:
            raise SendRefused("provider-account-missing", f"{tenant} has no {PROVIDER} account")
        return account

    async def _place(self, account: ProviderAccount, intent: Intent, call: Call) -> str:
        try:
            reply = await self._api.post(account, "Calls.json", self._order(account, call))
        except TwilioRefused as refused:
            raise SendRefused("provider-refused", f"Twilio {refused.code}") from refused
        except TwilioUnsure:
            if found := await self._look_up(account, intent, call):
                return found
            raise
        return await self._settled(intent, str(reply["sid"]))

    def _order(self, account: ProviderAccount, call: Call) -> dict[str, str]:
        return {
            "To": call.caller,
            "From": _ours(account, call),
            "Url": self._url(call, "answered"),
            "Method": "POST",
            "StatusCallback": self._url(call, "called"),
            "StatusCallbackEvent": _TOLD,
            "StatusCallbackMethod": "POST",
            "Timeout": str(self._ring_seconds),
        }

    async def _earlier(self, account: ProviderAccount, intent: Intent, call: Call) -> str:
        """The leg may have told its name itself."""
        if call.call_sid:
            return await self._settled(intent, call.call_sid)
        return intent.sid or await self._look_up(account, intent, call)

    async def _look_up(self, account: ProviderAccount, intent: Intent, call: Call) -> str:
        """Twilio keeps no mark of ours on a call: one to the customer since the intent, that no other intent has."""
        since = intent.begun_at - _CLOCK_LEEWAY
        # Not by when it started: a call that is still queued has not.
        query = {"To": call.caller, "From": _ours(account, call), "PageSize": "100"}
        listed = (await self._api.get(account, "Calls.json", query)).get("calls", [])
        ours = [str(entry["sid"]) for entry in listed if _is_since(entry, since)]
        claimed = await self._sends.claimed(ours) | set(call.earlier_sids)
        free = [sid for sid in ours if sid not in claimed]
        return await self._settled(intent, free[-1]) if free else ""

    async def _settled(self, intent: Intent, sid: str) -> str:
        await self._sends.settle(intent.key, sid)
        return sid

    def _url(self, call: Call, what: str) -> str:
        told = urlencode({"contact": call.contact_id, "ring": call.rings})
        return f"{self._public_url}/v1/providers/{PROVIDER}/{call.tenant}/voice/{what}?{told}"


def _ours(account: ProviderAccount, call: Call) -> str:
    return call.called or account.voice_number or account.from_number


def _key(call: Call) -> str:
    return f"{call.tenant}/call/{call.contact_id}/{call.rings}"


def _is_since(entry: dict[str, Any], since: datetime) -> bool:
    created = entry.get("date_created")
    outgoing = str(entry.get("direction", "")).startswith("outbound-api")
    return outgoing and (created is None or parsedate_to_datetime(str(created)) >= since)
