"""What docs/opening-hours.md shows is what the door takes."""

import json
import re
from pathlib import Path

from cli.tenant_file import load
from services.routing.application.settings.announce_again import announce_again
from services.routing.application.settings.ports import Change
from services.routing.application.settings.reading import find_setting
from services.routing.domain.calendars import BusinessHours
from switchyard.internal.routing.v1.commands_pb2 import ConfigureQueue
from switchyard.internal.routing.v1.emergency_pb2 import ConfigureEmergency
from tests.unit.routing_settings.conftest import SettingsBench

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "opening-hours.md").read_text()


def example(opening: str, closing: str) -> str:
    found = re.search(f"{opening}(.*?){closing}", PAGE, re.DOTALL)
    assert found is not None
    return found.group(1)


async def put_calendars(bench: SettingsBench, folder: Path) -> None:
    path = folder / "tenant.yaml"
    path.write_text("tenant: acme\n" + example("```yaml\n", "```"))
    async with bench.client() as client:
        for item in load(path, {}).items:
            answer = await client.put(f"/v1/{item.kind}/{item.id}", json=dict(item.fields))
            assert answer.status_code == 201, answer.text


async def test_the_calendars_of_the_page_are_taken_as_they_stand(bench: SettingsBench, tmp_path: Path) -> None:
    await put_calendars(bench, tmp_path)
    (told,) = bench.bus.decoded(ConfigureQueue)
    assert len(told.opening.weekly) == 3
    assert {"2026-10-01", "2026-10-02"} <= {day.date for day in told.opening.special}


async def test_the_emergency_of_the_page_is_taken_as_it_stands(bench: SettingsBench) -> None:
    body = json.loads(example("PUT /v1/emergency\n", "```"))
    async with bench.client() as client:
        for path in ("sites/north", "sites/south", "pools/power", "pools/billing", "queues/sales"):
            assert (await client.put(f"/v1/{path}", json={"name": "Made"})).status_code == 201
        relief = {"name": "Relief", "pool": "billing"}
        assert (await client.put("/v1/queues/relief", json=relief)).status_code == 201
        answer = await client.put("/v1/emergency", json=body)
        assert answer.status_code == 200, answer.text
    ways = [command.emergency.then for command in bench.bus.decoded(ConfigureEmergency) if command.emergency.waiting]
    assert [(way.to_queue, way.last_step) for way in ways] == [("relief", ""), ("", "message")]


async def test_a_calendar_removed_as_a_queue_came_to_name_it_leaves_the_queue_open(
    bench: SettingsBench, tmp_path: Path
) -> None:
    await put_calendars(bench, tmp_path)
    found = await find_setting(bench.ports.store, BusinessHours, "acme", "office")
    gone = Change(value=found.value, revision=2, effects=(), cause="race", at=bench.ports.clock(), removed=True)
    await bench.ports.store.save("acme", found, gone)
    await announce_again(bench.ports)
    assert not bench.bus.decoded(ConfigureQueue)[-1].HasField("opening")
