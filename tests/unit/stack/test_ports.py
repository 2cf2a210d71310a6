"""Ports chosen for children of the local stack."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from switchyard.stack.ports import free_port

_CHOOSER = "from switchyard.stack import ports; ports._CANDIDATES = {candidates}; print(ports.free_port())"


def test_a_port_is_given_once() -> None:
    with ThreadPoolExecutor(8) as threads:
        ports = list(threads.map(lambda _: free_port(), range(200)))
    assert len(set(ports)) == 200


def test_another_process_is_not_given_a_port_of_this_one() -> None:
    ours = free_port()
    code = _CHOOSER.format(candidates=f"[{ours}] * 1_000 + list(range(27_000, 27_010))")
    chosen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert int(chosen.stdout) in range(27_000, 27_010)
