"""The routing service stands still: customers are asked to come again, and are let in when it goes on."""

import os
import signal
import uuid
from collections.abc import Iterator

import httpx
import pytest
from twilio.request_validator import RequestValidator

from cli.background_stack import BackgroundStack
from switchyard.testing.polling import until

BEHIND = {"SWITCHYARD_POOL_BEHIND_SECONDS": "2"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackgroundStack]:
    with BackgroundStack(tmp_path_factory.mktemp("stack"), environment=BEHIND) as stack:
        yield stack


class Customers:
    """They come by an integration, and by SMS."""

    def __init__(self, stack: BackgroundStack) -> None:
        self._where = stack.endpoints
        token = self._where["tokens"]["admin"]
        self._http = httpx.Client(base_url=self._where["api"], headers={"Authorization": f"Bearer {token}"}, timeout=15)

    def come(self) -> httpx.Response:
        return self._http.post("/v1/contacts", json={"channel": "fax", "queue": "billing"})

    def write(self) -> httpx.Response:
        url = f"{self._where['api']}/v1/providers/twilio/demo/sms"
        number = f"+1555{uuid.uuid4().int % 10**7:07}"
        form = {"MessageSid": f"SM{uuid.uuid4().hex}", "From": number, "To": "+15550100", "Body": "Hello"}
        validator = RequestValidator(self._where["webhook_secrets"]["twilio"])
        signature = validator.compute_signature(url, form)
        return httpx.post(url, data=form, headers={"X-Twilio-Signature": signature}, timeout=15)


async def test_new_contacts_are_asked_to_come_again_while_routing_stands_still(stack: BackgroundStack) -> None:
    customers, routing = Customers(stack), stack.processes["routing"]
    assert customers.come().status_code == 201
    assert customers.write().status_code == 200
    os.kill(routing, signal.SIGSTOP)
    try:
        await until(lambda: customers.come().status_code == 503, what="a contact turned away", seconds=60)
        for answer in (customers.come(), customers.write()):
            assert (answer.status_code, answer.json()["code"]) == (503, "pool-behind")
            assert answer.headers["Retry-After"] == "5"
    finally:
        os.kill(routing, signal.SIGCONT)
    await until(lambda: customers.come().status_code == 201, what="a contact let in again", seconds=60)
    assert customers.write().status_code == 200
    assert "pool-caught-up" in "".join(path.read_text() for path in stack.folder.rglob("*.log"))
