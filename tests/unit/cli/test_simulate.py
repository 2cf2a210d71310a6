"""`switchyard simulate`: tables for people, JSON for programs, and errors by line and field."""

import csv
import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from cli.__main__ import app
from cli.scenario_file import load
from services.routing.adapters.journal_span import write_step
from services.routing.simulation.reading import read_scenario
from services.routing.simulation.replication import beginning_of, play
from services.routing.simulation.scenario import Scenario

ROOT = Path(__file__).resolve().parents[3]
BANK_DAY = ROOT / "examples" / "simulation" / "bank_day.yaml"
COUNTS = ROOT / "cli" / "demo" / "data" / "bank_calls_2003.csv"

TEXT = """\
name: small
open_seconds: 3600
replications: 2
queues:
  - id: front
    arrivals:
      - {counts: [30, 40]}
    handling: {talk: 60}
groups:
  - id: all
    queues: [front]
    staff: [2]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "scenario.yaml"
    path.write_text(TEXT)
    return path


def test_it_shows_queues_and_groups_and_writes_every_figure(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.json"
    done = CliRunner().invoke(app, ["simulate", str(file), "--out", str(out), "--seed", "5", "--check"])
    assert done.exit_code == 0, done.output
    assert "small: 2 replications, seed 5" in done.output
    assert all(word in done.output for word in ("front", "all", "occupancy", "abandons"))
    results = json.loads(out.read_text())
    assert (results["seed"], results["replications"]) == (5, 2)
    assert results["queues"][0]["counters"]["offered"]["mean"] > 30


def test_tables_show_channels_and_where_everybody_went_within_eighty_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    scenario = yaml.safe_load(TEXT)
    scenario["queues"] = [{**scenario["queues"][0], "id": f"queue-of-number-{number:02}"} for number in range(13)]
    scenario["queues"][3]["channel"] = "chat"
    scenario["groups"][0]["queues"] = [queue["id"] for queue in scenario["queues"]]
    path = tmp_path / "many.yaml"
    path.write_text(yaml.safe_dump(scenario))
    done = CliRunner().invoke(app, ["simulate", str(path)])
    assert done.exit_code == 0, done.output
    assert all(len(line) <= 80 for line in done.output.splitlines())
    assert all(done.output.count(queue["id"]) == 4 for queue in scenario["queues"])
    assert "chat" in done.output
    assert all(word in done.output for word in ("blocked", "flowed", "waiting", "call"))


@pytest.mark.parametrize("place", ["nowhere/results.json", "."])
def test_a_place_that_cannot_be_written_is_told_before_anything_is_played(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr("cli.simulate.simulate", lambda *_, **__: pytest.fail("was played"))
    done = CliRunner().invoke(app, ["simulate", str(file), "--out", str(tmp_path / place)])
    assert done.exit_code == 1
    assert "cannot be written" in done.output


def test_tables_are_printed_even_where_writing_fails_after_all(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.simulate._refuse_unwritable", lambda _: None)
    done = CliRunner().invoke(app, ["simulate", str(file), "--out", str(file.parent / "nowhere" / "results.json")])
    assert done.exit_code == 1
    assert "occupancy" in done.output


def test_more_than_the_service_would_play_is_played_only_when_told_so(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(TEXT.replace("counts: [30, 40]", "counts: [1000000, 1000000]"))
    done = CliRunner().invoke(app, ["simulate", str(file)])
    assert done.exit_code == 1
    assert "about 4,000,004 customers" in done.output
    assert "--no-limit" in done.output
    played: list[str] = []

    def simulated(scenario: Scenario, **_: object) -> dict[str, object]:
        played.append(scenario.name)
        return {}

    monkeypatch.setattr("cli.simulate._simulated", simulated)
    monkeypatch.setattr("cli.simulate._show", lambda *_: None)
    assert CliRunner().invoke(app, ["simulate", str(file), "--no-limit"]).exit_code == 0
    assert played == ["small"]


def test_a_seed_that_a_file_could_not_name_is_refused(file: Path) -> None:
    assert CliRunner().invoke(app, ["simulate", str(file), "--seed", str(2**53 + 1)]).exit_code == 2


def test_a_file_is_needed_where_no_day_was_recorded() -> None:
    done = CliRunner().invoke(app, ["simulate"])
    assert done.exit_code == 1
    assert "--recorded" in done.output


def test_replications_may_be_given(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.json"
    CliRunner().invoke(app, ["simulate", str(file), "--out", str(out), "--replications", "3"])
    assert json.loads(out.read_text())["replications"] == 3


def test_a_wrong_field_is_told_by_line_and_with_what_to_do(file: Path) -> None:
    file.write_text(TEXT.replace("talk: 60", "talk: -60").replace("staff: [2]", "stuff: [2]"))
    done = CliRunner().invoke(app, ["simulate", str(file)])
    assert done.exit_code == 1
    assert f"{file}:8: `/queues/0/handling/talk/seconds` must be at least 0, not -60" in done.output
    assert f"{file}:12: `/groups/0/stuff` is unknown here" in done.output
    assert f"{file}:10: `/groups/0/staff` is missing" in done.output


@pytest.mark.parametrize("text", ["", "- a\n", "name: [", "name: x: y", "agents: &a [*a]", "name: " + "[" * 3_000])
def test_a_file_that_is_no_scenario_is_refused_in_a_sentence(file: Path, text: str) -> None:
    file.write_text(text)
    done = CliRunner().invoke(app, ["simulate", str(file)])
    assert done.exit_code == 1
    assert done.output.startswith(f"switchyard: {file}")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["simulate", str(tmp_path / "nothing.yaml")])
    assert done.exit_code == 1
    assert "nothing.yaml" in done.output


def test_the_banks_day_has_the_banks_calls() -> None:
    """The scenario's means add up to what was counted, half hour by half hour."""
    scenario = read_scenario(load(BANK_DAY).plain)
    counted = [int(row["calls"]) for row in csv.DictReader(COUNTS.open()) if row["interval_start"] >= "2003-03-05"]
    day = counted[:169]
    halves = [sum(day[start : start + 6]) for start in range(0, 169, 6)]
    written = [sum(counts) for counts in zip(*(queue.arrivals[0].counts for queue in scenario.queues), strict=True)]
    assert written == [*halves[:-1], pytest.approx(halves[-1] * 6)]
    assert yaml.safe_load(BANK_DAY.read_text())["open_seconds"] == 169 * 300


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A day's file as the service writes it."""
    made = read_scenario(yaml.safe_load(TEXT) | {"begins_at": "2026-01-05T08:00:00"})
    since = beginning_of(made)
    path = tmp_path / "day.jsonl"
    with path.open("w") as out:
        out.write(json.dumps({"pool": "acme/front", "since": since, "until": since + 3_600_000}) + "\n")
        play(made, seed=1, watches=[lambda _, step: write_step(step, out)])
    return path


def test_a_recorded_day_is_replayed_with_the_real_figures_beside_it(exported: Path, tmp_path: Path) -> None:
    changes, out = tmp_path / "changes.yaml", tmp_path / "results.json"
    changes.write_text("replications: 2\nqueues: {front: {target_seconds: 10}}\n")
    done = CliRunner().invoke(app, ["simulate", str(changes), "--recorded", str(exported), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "really" in done.output
    results = json.loads(out.read_text())
    offered = [found["queues"][0]["counters"]["offered"]["mean"] for found in (results, results["real"])]
    assert offered[0] == offered[1] > 30


def test_a_recorded_day_is_replayed_unchanged_without_a_file(exported: Path) -> None:
    done = CliRunner().invoke(app, ["simulate", "--recorded", str(exported), "--replications", "2"])
    assert done.exit_code == 0, done.output
    assert "really" in done.output


def test_a_wrong_change_of_a_recorded_day_is_told_by_its_line(exported: Path, tmp_path: Path) -> None:
    changes = tmp_path / "changes.yaml"
    changes.write_text("queues:\n  front:\n    ring_seconds: -3\n")
    done = CliRunner().invoke(app, ["simulate", str(changes), "--recorded", str(exported)])
    assert done.exit_code == 1
    assert f"{changes}:3: `/queues/front/ring_seconds` must be at least 0" in done.output


@pytest.mark.parametrize("text", ["", "{}", '{"since": 1, "until": 2}\nno step\n', '{"since": 1, "until": 2}\n[1]\n'])
def test_a_file_that_is_no_recorded_day_is_refused(tmp_path: Path, file: Path, text: str) -> None:
    day = tmp_path / "day.jsonl"
    day.write_text(text)
    done = CliRunner().invoke(app, ["simulate", str(file), "--recorded", str(day)])
    assert done.exit_code == 1
    assert f"{day} is no exported day" in done.output
