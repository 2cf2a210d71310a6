"""The contracts pass buf's rules, break nothing in the committed image, and their Python is up to date."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from proto.freeze import IMAGE, PROTO

BUF = Path(sys.executable).with_name("buf")


def buf(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BUF, *arguments], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """Give a copy of the contracts to plant faults in."""
    shutil.copytree(PROTO / "switchyard", tmp_path / "switchyard")
    shutil.copy(PROTO / "buf.yaml", tmp_path)
    return tmp_path / "switchyard" / "events" / "quality" / "v1" / "evaluation_events.proto"


def test_the_contracts_pass_lint() -> None:
    done = buf(PROTO, "lint")
    assert done.returncode == 0, done.stdout


def test_the_contracts_break_nothing_that_was_published() -> None:
    done = buf(PROTO, "breaking", "--against", str(IMAGE))
    assert done.returncode == 0, done.stdout


def test_a_planted_lint_fault_is_found(changed: Path, tmp_path: Path) -> None:
    changed.write_text(changed.read_text().replace("string contact_id = 2;", "string contactId = 2;"))
    assert "contactId" in buf(tmp_path, "lint").stdout


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("string contact_id = 2;", ""),
        ("string contact_id = 2;", "int32 contact_id = 2;"),
        ("string contact_id = 2;", "string contact_id = 99;"),
        ("message EvaluationCompleted", "message EvaluationDone"),
    ],
)
def test_a_planted_break_is_found(changed: Path, tmp_path: Path, old: str, new: str) -> None:
    changed.write_text(changed.read_text().replace(old, new, 1))
    assert buf(tmp_path, "breaking", "--against", str(IMAGE)).returncode != 0


def test_an_added_field_breaks_nothing(changed: Path, tmp_path: Path) -> None:
    changed.write_text(
        changed.read_text().replace("string contact_id = 2;", "string contact_id = 2;\n  string extra_id = 98;", 1)
    )
    done = buf(tmp_path, "breaking", "--against", str(IMAGE))
    assert done.returncode == 0, done.stdout


def test_the_image_is_that_of_the_contracts(tmp_path: Path) -> None:
    fresh = tmp_path / "image.binpb"
    buf(PROTO, "build", "--exclude-source-info", "-o", str(fresh))
    assert fresh.read_bytes() == IMAGE.read_bytes(), "the contracts grew: run `make proto`"


def test_the_generated_python_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, PROTO / "generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
