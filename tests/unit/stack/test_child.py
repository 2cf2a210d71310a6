"""Child processes of the local stack."""

import os
import sys
from pathlib import Path

import pytest

from switchyard.stack.child import Child

_SLEEPS = [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(60)"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux binds a process to cores")
@pytest.mark.parametrize("one_core", [True, False])
def test_a_child_is_kept_on_one_core_only_where_asked(tmp_path: Path, *, one_core: bool) -> None:
    log = tmp_path / "child.log"
    child = Child("sleeper", _SLEEPS, log_file=log, one_core=one_core)
    child.start()
    try:
        child.wait_ready(lambda: "ready" in log.read_text(), timeout=30)
        assert len(os.sched_getaffinity(child.pid)) == (1 if one_core else len(os.sched_getaffinity(0)))
    finally:
        child.stop()
