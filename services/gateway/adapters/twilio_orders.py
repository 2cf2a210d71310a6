"""Orders to Twilio, each carried out once: the intent is stored first; where an answer was lost, Twilio is asked."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from services.gateway.adapters.twilio_api import TwilioApi, TwilioNotReached, TwilioRefused, TwilioUnsure
from services.gateway.adapters.twilio_sends_mongo import Intent, MongoSends
from services.gateway.application.messages import SendRefused, SendUnavailable
from services.gateway.application.provider_accounts import ProviderAccount, ProviderAccounts
from switchyard.eventing.aggregates import StoreUnavailable

PROVIDER = "twilio"
#: The clocks of two houses may differ by this much.
_CLOCK_LEEWAY = timedelta(seconds=60)
_NOT_NOW = (TwilioNotReached, TwilioUnsure, StoreUnavailable)


class Order(Protocol):
    """A call or a message to be made. Twilio keeps no mark of ours on it, so what it listed since is compared."""

    @property
    def tenant(self) -> str: ...

    @property
    def key(self) -> str:
        """Name the order at every repeat; starts with the tenant."""

    @property
    def resource(self) -> str:
        """Name the list of Twilio's that it becomes an entry of: `Calls`, `Messages`."""

    @property
    def causes(self) -> Mapping[int, str]:
        """Give Twilio's error numbers that name a cause of ours; every other refusal is provider-refused."""

    @property
    def known_sid(self) -> str:
        """Give the sid where Twilio told it another way."""

    @property
    def other_sids(self) -> frozenset[str]:
        """Give sids that are known to be other orders'."""

    def form(self, account: ProviderAccount) -> dict[str, str]:
        """Write what Twilio is asked to do."""

    def query(self, account: ProviderAccount, since: datetime) -> dict[str, str]:
        """Ask for the entries that it may be among."""

    def is_alike(self, entry: Mapping[str, Any]) -> bool:
        """Whether an entry may be this order's, as far as its content says."""


class TwilioOrders:
    """Raises SendRefused, SendUnavailable."""

    def __init__(
        self, api: TwilioApi, accounts: ProviderAccounts, sends: MongoSends, clock: Callable[[], datetime]
    ) -> None:
        self._api = api
        self._accounts = accounts
        self._sends = sends
        self._clock = clock

    async def place(self, order: Order) -> str:
        """Carry the order out unless it was; gives Twilio's sid of it."""
        with known_faults(order.causes):
            account = await account_of(self._accounts, order.tenant)
            intent = await self._sends.begin(order.key, self._clock())
            earlier = "" if intent.fresh else await self._earlier(account, intent, order)
            return earlier or await self._post(account, intent, order)

    async def find(self, order: Order) -> str:
        """Give the sid of an order that may have been carried out; empty where it was not."""
        with known_faults(order.causes):
            intent = await self._sends.find(order.key)
            if intent is None:
                return ""
            return await self._earlier(await account_of(self._accounts, order.tenant), intent, order)

    async def _post(self, account: ProviderAccount, intent: Intent, order: Order) -> str:
        try:
            reply = await self._api.post(account, f"{order.resource}.json", order.form(account))
        except TwilioUnsure:
            if found := await self._look_up(account, intent, order):
                return found
            raise
        return await self._settled(intent, str(reply["sid"]))

    async def _earlier(self, account: ProviderAccount, intent: Intent, order: Order) -> str:
        if order.known_sid:
            return await self._settled(intent, order.known_sid)
        return intent.sid or await self._look_up(account, intent, order)

    async def _look_up(self, account: ProviderAccount, intent: Intent, order: Order) -> str:
        """Give one that is alike, was made since the intent, and is no other order's."""
        since = intent.begun_at - _CLOCK_LEEWAY
        query = order.query(account, since) | {"PageSize": "100"}
        listed = (await self._api.get(account, f"{order.resource}.json", query)).get(order.resource.lower(), [])
        ours = [str(entry["sid"]) for entry in listed if _is_since(entry, since) and order.is_alike(entry)]
        claimed = await self._sends.claimed(ours) | order.other_sids
        free = [sid for sid in ours if sid not in claimed]
        return await self._settled(intent, free[-1]) if free else ""

    async def _settled(self, intent: Intent, sid: str) -> str:
        await self._sends.settle(intent.key, sid)
        return sid


async def account_of(accounts: ProviderAccounts, tenant: str) -> ProviderAccount:
    """Find the tenant's account at Twilio. Raises SendRefused."""
    account = await accounts.find(tenant, PROVIDER)
    if account is None:
        raise SendRefused("provider-account-missing", f"{tenant} has no {PROVIDER} account")
    return account


@contextmanager
def known_faults(causes: Mapping[int, str]) -> Iterator[None]:
    """Say as SendRefused and SendUnavailable what Twilio or the store would not do; `causes` by Twilio's numbers."""
    try:
        yield
    except TwilioRefused as refused:
        raise SendRefused(causes.get(refused.code, "provider-refused"), f"Twilio {refused.code}") from refused
    except _NOT_NOW as error:
        raise SendUnavailable(type(error).__name__) from error


def _is_since(entry: Mapping[str, Any], since: datetime) -> bool:
    created = entry.get("date_created")
    return created is None or parsedate_to_datetime(str(created)) >= since
