"""Quality as a process: a closed contact is scored from the transcript that the gateway gives."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from switchyard.events.gateway.v1 import contact_events_pb2
from switchyard.events.quality.v1 import evaluation_events_pb2
from switchyard.service.identity import HEADER, verify_internal
from switchyard.testing.polling import until
from switchyard.testing.processes import Broker, RunningDatabase
from tests.integration.service_process import SECRET, ServiceProcess, running_service

ANSWERED = datetime.now(UTC).replace(microsecond=0)


class Gateway(BaseHTTPRequestHandler):
    """Gives every contact of a tenant `t-...` the same transcript; is away for the first request of each contact."""

    seen: frozenset[str] = frozenset()

    def do_GET(self) -> None:
        contact_id = self.path.split("/")[3]
        tenant = verify_internal(self.headers[HEADER], SECRET, datetime.now(UTC)).tenant
        if f"{tenant}/{contact_id}" not in Gateway.seen:
            Gateway.seen |= {f"{tenant}/{contact_id}"}
            self.send_error(503)
            return
        line = {
            "line": 2,
            "author": "agent",
            "agent": "agt_ann",
            "at": (ANSWERED + timedelta(seconds=7)).isoformat(),
            "text": "您好，白痴",
            "automatic": False,
        }
        body = json.dumps({"contact": contact_id, "lines": [line]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture(scope="module")
def quality(
    broker: Broker, database: RunningDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServiceProcess]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    folder = tmp_path_factory.mktemp("quality")
    with running_service("quality", broker, database, folder, GATEWAY_URL=url) as process:
        yield process
    server.shutdown()


def closed(contact_id: str) -> contact_events_pb2.ContactClosed:
    message = contact_events_pb2.ContactClosed(
        contact_id=contact_id, channel="chat", outcome="handled", queue_id="billing", agent_id="agt_ann"
    )
    message.opened_at.FromDatetime(ANSWERED - timedelta(seconds=5))
    message.answered_at.FromDatetime(ANSWERED)
    return message


async def test_a_closed_contact_is_scored_once_though_told_twice_and_though_the_gateway_was_away(
    quality: ServiceProcess, unique: str
) -> None:
    tenant = f"t-{unique}"
    for _ in range(2):
        await quality.publish(closed("cnt_1"), tenant=tenant, contact_id="cnt_1")
    await quality.publish(closed("cnt_2"), tenant=tenant, contact_id="cnt_2")

    async def both() -> bool:
        return {item["contact"] for item in await quality.items("/v1/evaluations", tenant)} == {"cnt_1", "cnt_2"}

    await until(both, what="an evaluation of each contact")
    (item,) = await quality.items("/v1/evaluations", tenant, contact="cnt_1", flagged="true")
    assert (item["score"], item["flagged"], item["first_response_seconds"]) == (0, True, 7)
    detail = (await quality.get(f"/v1/evaluations/{item['id']}", tenant)).json()
    assert {answer["question"]: answer["result"] for answer in detail["answers"]} == {
        "first_response": "yes",
        "greeting": "yes",
        "forbidden_words": "no",
    }
    assert (await quality.get(f"/v1/evaluations/{item['id']}", f"other-{unique}")).status_code == 404

    async def told() -> bool:
        announced = await quality.announced("quality-events-v1", tenant)
        completed = [evaluation_events_pb2.EvaluationCompleted.FromString(data) for _, data in announced]
        return sorted(event.contact_id for event in completed) == ["cnt_1", "cnt_2"]

    await until(told, what="both evaluations announced, each once")
