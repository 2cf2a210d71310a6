"""Two replicas share the pools; the one that is left goes on with those of the other."""

import signal
from functools import partial
from pathlib import Path

import httpx

from switchyard.mongo.client import MongoSettings, connect
from switchyard.stack.ports import free_port
from switchyard.testing.polling import until
from switchyard.testing.processes import Broker, RunningDatabase, kafka_settings
from tests.integration.routing.desk import Desk, RoutingProcess


async def test_a_killed_replicas_pool_goes_on_at_the_other_and_either_answers_for_it(
    desk: Desk, broker: Broker, database: RunningDatabase, unique: str, tmp_path: Path
) -> None:
    replicas = {
        name: RoutingProcess(
            kafka_settings(broker),
            database.uri,
            f"routing_{unique}",
            free_port(),
            tmp_path / f"{name}.log",
            instance=f"{name}-{unique}",
        )
        for name in ("one", "two")
    }
    try:
        for replica in replicas.values():
            replica.start()
        for replica in replicas.values():
            await replica.ready()
        await desk.open_queue()
        await desk.send(desk.enqueue("c1"))
        await desk.first("ContactQueued", contact_id="c1")
        for replica in replicas.values():
            await until(partial(_waits, desk, replica.url), what="either tells who waits", seconds=60)
        owner = await _owner(desk, database, f"routing_{unique}")
        assert replicas[owner].end(signal.SIGKILL) == -signal.SIGKILL
        await desk.sign_in("ann")
        assert (await desk.first("OfferMade", contact_id="c1", seconds=90)).holder.agent_id == "ann"
        assert await _owner(desk, database, f"routing_{unique}") != owner
    finally:
        for replica in replicas.values():
            replica.end()


async def _waits(desk: Desk, url: str) -> bool:
    async with httpx.AsyncClient(headers=desk.headers()) as client:
        answer = await client.get(f"{url}/v1/queues/billing/waiting", timeout=10)
        return answer.status_code == httpx.codes.OK and [i["contact"] for i in answer.json()["items"]] == ["c1"]


async def _owner(desk: Desk, database: RunningDatabase, name: str) -> str:
    client = connect(MongoSettings(uri=database.uri, database=name))
    try:
        document = await client[name]["pools"].find_one({"_id": f"{desk.tenant}/{desk.pool}"})
        assert document is not None
        return str(document["owner"]).partition("-")[0]
    finally:
        client.close()
