"""The tenant file: order, variables, and errors that name the line."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.apply import apply, says_as_much
from cli.tenant_file import KINDS, TenantFile, TenantFileError, load
from cli.up import DEMO_TENANT

TEXT = """\
tenant: t1
agents:
  - id: ada
    skills:
      - {skill: english, level: 11}
sites:
  - {id: north, name: ${NAME}}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "tenant.yaml"
    path.write_text(TEXT)
    return path


@pytest.fixture
def file(path: Path) -> TenantFile:
    return load(path, {"NAME": "North"})


def test_things_come_in_the_order_in_which_they_refer_to_each_other(file: TenantFile) -> None:
    assert [(item.kind, item.id) for item in file.items] == [("sites", "north"), ("agents", "ada")]
    assert file.items[0].fields["name"] == "North"


def test_a_pointer_leads_to_its_line(file: TenantFile) -> None:
    ada = file.items[1]
    assert [ada.line_of(pointer) for pointer in ("", "/skills/0/level", "/skills/0/none", "/none")] == [3, 5, 5, 3]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("sites:", "cities:"), "tenant.yaml:7: `cities` is unknown; known are sites, teams"),
        (("tenant: t1", "# none"), "`tenant` is missing"),
        (("- id: ada", "- name: ada"), "tenant.yaml:3: one of `agents` has no `id`"),
        (("${NAME}", "${OTHER}"), "the variable 'OTHER' has no value"),
        (("agents:\n", "agents: 3\nteams:\n"), "tenant.yaml:2: `agents` must be a list"),
        (("{id: north", "{id north: ["), "tenant.yaml"),
    ],
)
def test_a_fault_names_its_line(path: Path, change: tuple[str, str], told: str) -> None:
    path.write_text(TEXT.replace(*change))
    with pytest.raises(TenantFileError, match=told.replace("`", ".").replace("$", ".")):
        load(path, {"NAME": "North"})


def test_the_demo_tenant_is_complete() -> None:
    demo = load(DEMO_TENANT, {"TWILIO_AUTH_TOKEN": "x", "PROVIDER_URL": "http://p"})
    assert [item.id for item in demo.of_kind("agents")] == [f"agent-{number}" for number in range(1, 31)]
    named = {kind: {item.id for item in demo.of_kind(kind)} for kind in KINDS}
    for agent in demo.of_kind("agents"):
        assert agent.fields["team"] in named["teams"]
        assert set(agent.fields["queues"]) <= named["queues"]
        assert {each["skill"] for each in agent.fields["skills"]} <= named["skills"]


class Door:
    """Answers like the door over a dictionary."""

    def __init__(self) -> None:
        self.things: dict[str, Any] = {}
        self.busy = 1

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.busy:
            self.busy -= 1
            return httpx.Response(503)
        path = request.url.path
        if request.method == "GET":
            below = [thing for name, thing in self.things.items() if name.startswith(path + "/")]
            after = int(request.url.params.get("cursor", 0))
            more = str(after + 1) if len(below) > after + 1 else None
            return httpx.Response(200, json={"items": below[after : after + 1], "next": more})
        body = json.loads(request.content)
        if "skills" in body and body["skills"][0]["level"] > 10:
            error = {"pointer": "/skills/0/level", "detail": "at most 10"}
            body = {"code": "invalid-request", "detail": "does not fit", "errors": [error]}
            return httpx.Response(422, json=body)
        status = 200 if path in self.things else 201
        version = self.things.get(path, {"version": 0})["version"] + 1
        self.things[path] = {key: value for key, value in body.items() if key != "secret"} | {"version": version}
        return httpx.Response(status, json=self.things[path])


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> httpx.Client:
    monkeypatch.setattr("cli.apply._PAUSE_SECONDS", 0)
    return httpx.Client(transport=httpx.MockTransport(Door()), base_url="http://door")


def test_a_refusal_names_the_line_of_the_field(file: TenantFile, client: httpx.Client) -> None:
    with pytest.raises(TenantFileError, match=r"(?s):3: agents/ada: 422 .*:5: `/skills/0/level`: at most 10"):
        apply(file, client, say=lambda _: None)


def test_applying_twice_changes_nothing(path: Path, client: httpx.Client) -> None:
    path.write_text(TEXT.replace("11", "9"))
    file = load(path, {"NAME": "North"})
    told: list[str] = []
    assert apply(file, client, say=told.append) == {"made": 2}
    assert apply(file, client, say=told.append) == {"unchanged": 2}
    changed = load(path, {"NAME": "South"})
    assert apply(changed, client, say=told.append) == {"changed": 1, "unchanged": 1}
    assert told == ["made      sites/north", "made      agents/ada", "changed   sites/north"]


def test_a_secret_is_put_again_and_changes_nothing_else(path: Path, client: httpx.Client) -> None:
    path.write_text("tenant: t1\nagents:\n  - {id: ada, secret: x}\n  - {id: bob}\n")
    file = load(path, {})
    assert apply(file, client, say=lambda _: None) == {"made": 2}
    assert apply(file, client, say=lambda _: None) == {"unchanged": 2}
    assert client.get("/v1/agents", params={"cursor": "0"}).json()["items"][0]["version"] == 2


@pytest.mark.parametrize(
    ("present", "wanted", "same"),
    [
        ({"a": 1, "version": 3}, {"a": 1}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": 1}, {"secret": "x"}, False),
        ({"a": [{"b": 1, "c": 2}]}, {"a": [{"b": 1}]}, True),
        ({"a": [1, 2]}, {"a": [1]}, False),
        ({"a": None}, {"a": {}}, False),
        ({"then": {"to": "b", "last": None}}, {"then": {"to": "b"}}, True),
        ({"attributes": {"a": "1", "b": "2"}}, {"attributes": {"a": "1"}}, False),
    ],
)
def test_what_is_there_is_compared_by_what_is_wanted(present: object, wanted: object, same: bool) -> None:
    assert says_as_much(present, wanted) is same


def test_dates_and_times_of_day_stay_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "tenant.yaml"
    path.write_text(
        "tenant: t1\n"
        "business-hours:\n"
        "  - {id: office, weekly: [{days: [1, 07], from: 09:00, to: 18:00}]}\n"
        "holidays:\n"
        "  - {id: cn, dates: [{date: 2027-02-06, closed: true}]}\n"
    )
    hours, holidays = load(path, {}).items
    assert hours.fields["weekly"] == [{"days": [1, 7], "from": "09:00", "to": "18:00"}]
    assert holidays.fields["dates"] == [{"date": "2027-02-06", "closed": True}]


class QueueDoor:
    """Refuses a queue that names another one which is not there."""

    def __init__(self) -> None:
        self.queues: dict[str, dict[str, Any]] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"items": list(self.queues.values()), "next": None})
        body = json.loads(request.content)
        to_queue = body.get("when_closed", {}).get("to_queue")
        if to_queue is not None and to_queue not in self.queues:
            return httpx.Response(422, json={"code": "reference-unknown", "detail": f"There is no {to_queue}."})
        self.queues[body["id"]] = body
        return httpx.Response(201, json=body)


def _queues(tmp_path: Path, last: str) -> TenantFile:
    path = tmp_path / "tenant.yaml"
    path.write_text(
        "tenant: t1\n"
        "queues:\n"
        "  - {id: a, when_closed: {to_queue: b}}\n"
        "  - {id: b, when_closed: {to_queue: c}}\n"
        f"  - {{id: c, when_closed: {last}}}\n"
    )
    return load(path, {})


def test_a_queue_that_names_a_later_one_is_put_after_it(tmp_path: Path) -> None:
    door = QueueDoor()
    with httpx.Client(transport=httpx.MockTransport(door), base_url="http://test") as client:
        done = apply(_queues(tmp_path, "{last_step: voicemail}"), client, say=lambda _: None)
    assert done["made"] == 3
    assert set(door.queues) == {"a", "b", "c"}


def test_a_queue_that_names_one_that_never_comes_is_told_by_its_line(tmp_path: Path) -> None:
    door = QueueDoor()
    with (
        httpx.Client(transport=httpx.MockTransport(door), base_url="http://test") as client,
        pytest.raises(TenantFileError, match=r"tenant.yaml:5: queues/c: 422 reference-unknown: There is no nowhere"),
    ):
        apply(_queues(tmp_path, "{to_queue: nowhere}"), client, say=lambda _: None)
    assert set(door.queues) == {"a", "b", "c"}, "each stands, and none with a way to nowhere"
    assert "when_closed" not in door.queues["c"]
