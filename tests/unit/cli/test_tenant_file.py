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
