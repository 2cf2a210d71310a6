"""What `switchyard demo` says where there is nothing to show anything on."""

from pathlib import Path

from typer.testing import CliRunner

from cli import endpoints
from cli.__main__ import app
from switchyard.stack.ports import free_port


def test_it_says_how_to_start_a_platform_where_there_is_none(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["demo", "--dir", str(tmp_path)])
    assert told.exit_code == 2
    assert "make run" in told.output


def test_it_says_so_where_the_platform_has_ended(tmp_path: Path) -> None:
    endpoints.write(tmp_path, {"api": f"http://127.0.0.1:{free_port()}", "tokens": {"supervisor": "t"}})
    told = CliRunner().invoke(app, ["demo", "--dir", str(tmp_path)])
    assert told.exit_code == 2
    assert "does not answer" in told.output
    assert "make run" in told.output
