"""A call at the fake provider that the platform has ordered: it rings at a customer, who answers or does not."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress

import httpx

from switchyard.testing.twilio_call import Answers, FakeCall
from switchyard.testing.twilio_webhooks import TwilioWebhooks


class OutgoingCall(FakeCall):
    """`caller` is the platform's number, `called` the customer's.

    `customers` tells how a telephone meets the call: answer, busy, no-answer, failed, or ring, for it to be picked up
    or declined by hand; left alone it rings out after the order's own time.
    """

    direction = "outbound-api"

    def __init__(
        self,
        *,
        sid: str,
        order: Mapping[str, str],
        webhooks: TwilioWebhooks,
        customers: Answers,
        answers: Answers,
        pace: float,
        new_sid: Callable[[str], str],
    ) -> None:
        super().__init__(
            sid=sid,
            caller=order["From"],
            called=order["To"],
            webhooks=webhooks,
            status_url=order.get("StatusCallback", ""),
            answers=answers,
            pace=pace,
            new_sid=new_sid,
        )
        self.status = "queued"
        self._url = order["Url"]
        self._seconds = float(order.get("Timeout", "60"))
        self._customers = customers
        self._outcome: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    @property
    def is_ringing_out(self) -> bool:
        """Whether it may still be called off."""
        return self.status in {"queued", "initiated", "ringing"}

    def ring(self) -> None:
        """Begin: the customer's telephone rings from now on."""
        self._follow(self._ring())

    def pick_up(self) -> None:
        self._decide("answer")

    def decline(self) -> None:
        self._decide("busy")

    async def complete(self) -> None:
        """End the call at the platform's request; one that rings is called off."""
        self._decide("canceled")
        if self._outcome.result() == "canceled":
            await self.until_ended()
        else:
            await super().complete()

    async def _ring(self) -> None:
        for status in ("initiated", "ringing"):
            self.status = status
            await self._report()
        await self._be("ringing-out")
        behaves = self._customers(self.called)
        if behaves != "ring":
            self._decide(behaves)
        outcome = await self._met()
        if outcome != "answer":
            self.status = outcome
            await self._be("ended")
            await self._report()
            return
        self.status = "in-progress"
        await self._report()
        await self._run(await self._fetch(self._url, {}))

    async def _met(self) -> str:
        try:
            async with asyncio.timeout(self._seconds * self._pace):
                return await asyncio.shield(self._outcome)
        except TimeoutError:
            return "no-answer"

    def _decide(self, outcome: str) -> None:
        if not self._outcome.done():
            self._outcome.set_result(outcome)

    async def _report(self) -> None:
        with suppress(httpx.HTTPError):
            await self._webhooks.post(self._status_url, self.fields())
