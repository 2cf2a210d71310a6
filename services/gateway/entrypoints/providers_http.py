"""Twilio's webhooks for SMS. Every answer is TwiML; an effect is stored before it is given."""

from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.twiml.messaging_response import MessagingResponse

from services.gateway.application.sms_receipts import SmsReceipt, TakeSmsReceipt
from services.gateway.application.sms_receive import IncomingSms, ReceiveSms
from services.gateway.domain.errors import GatewayError
from services.gateway.entrypoints.providers_signed import TwilioSignatures
from switchyard.service.problems import FieldError, Problem

_MOST_TEXT = 20_000


class SmsWebhooks:
    """Plain routes: a form under a signature needs none of the framework's reading of bodies."""

    def __init__(
        self,
        *,
        signatures: TwilioSignatures,
        receive: ReceiveSms,
        take_receipt: TakeSmsReceipt,
        clock: Callable[[], datetime],
    ) -> None:
        self._signatures = signatures
        self._receive = receive
        self._take_receipt = take_receipt
        self._clock = clock

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/v1/providers/twilio/{tenant}/sms", self.incoming, methods=["POST"]),
            Route("/v1/providers/twilio/{tenant}/sms/status", self.status, methods=["POST"]),
        ]

    async def incoming(self, request: Request) -> Response:
        """A customer's SMS."""
        tenant = request.path_params["tenant"]
        account, fields = await self._signatures.verified(request, tenant)
        sms = IncomingSms(
            tenant=tenant,
            message_sid=required(fields, "MessageSid"),
            from_number=required(fields, "From"),
            to_number=required(fields, "To"),
            text=fields.get("Body", "")[:_MOST_TEXT],
            received_at=self._clock(),
            opt_out_handled=account.confirms_opt_out or "OptOutType" in fields,
        )
        try:
            return _answer(await self._receive(sms))
        except GatewayError as refused:
            raise Problem(422, refused.code, refused.detail) from refused

    async def status(self, request: Request) -> Response:
        """What became of an SMS of ours; its line or delivery stands in the URL that we gave."""
        tenant = request.path_params["tenant"]
        _, fields = await self._signatures.verified(request, tenant)
        query = request.query_params
        line = query.get("line", "")
        await self._take_receipt(
            SmsReceipt(
                tenant=tenant,
                contact_id=query.get("contact", ""),
                line=int(line) if line.isdecimal() else None,
                delivery_id=query.get("delivery"),
                status=required(fields, "MessageStatus").lower(),
                error_code=fields.get("ErrorCode", ""),
                at=self._clock(),
            )
        )
        return Response(status_code=204)


def required(fields: dict[str, str], name: str) -> str:
    """The field's value. Raises Problem 422 where it is missing or empty."""
    value = fields.get(name, "").strip()
    if not value:
        raise Problem(422, "field-missing", f"{name} is missing.", errors=[FieldError(f"/{name}", "is missing")])
    return value


def _answer(text: str) -> Response:
    twiml = MessagingResponse()
    if text:
        twiml.message(text)
    return Response(str(twiml), media_type="application/xml")
