"""What a run counted: a line now and then while it goes on, and a table at its end, in `make soak`.

A test that tries the same again and again takes the fixture `tally`: its counts of all parameters of a test are added
up, of its measures the highest is shown.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.failure.scale import SOAK

#: So often a round that is over is told of.
_PROGRESS_SECONDS = 30.0
_COUNT, _MEASURE, _VIOLATIONS = "counted ", "measured ", "violations"


class Tally:
    """What one test counted; it travels with the test's report, so a run in several processes has it too."""

    def __init__(self, node: pytest.Item) -> None:
        self._node = node
        self._told = time.monotonic()

    def count(self, what: str, number: int) -> None:
        self._node.user_properties.append((_COUNT + what, number))

    def measure(self, what: str, value: float) -> None:
        """Keep a figure; `what` ends in its unit."""
        self._node.user_properties.append((_MEASURE + what, value))

    def holds(self, violations: list[str]) -> None:
        """Count violations of what must hold, and fail where there are any."""
        self._node.user_properties.append((_VIOLATIONS, len(violations)))
        assert violations == []

    def rounds(self, most: int, what: str) -> Iterator[int]:
        """Number rounds from 0, count those that were gone through, and tell how far it is."""
        done = 0
        try:
            for done in range(most):
                self._tell(f"{done} of {most} {what}")
                yield done
            done = most
        finally:
            self.count(what, done)

    def _tell(self, how_far: str) -> None:
        if SOAK and time.monotonic() - self._told >= _PROGRESS_SECONDS:
            self._told = time.monotonic()
            reporter = self._node.config.pluginmanager.getplugin("capturemanager")
            with reporter.global_and_fixture_disabled():
                print(f"\n  {self._node.name}: {how_far}", file=sys.stderr, flush=True)  # noqa: T201


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Tally:
    return Tally(request.node)


@dataclass
class _Row:
    """One test, all its parameters together."""

    seconds: float = 0.0
    failed: int = 0
    violations: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    measures: dict[str, float] = field(default_factory=dict)

    def add(self, report: pytest.TestReport) -> None:
        self.seconds += report.duration
        self.failed += report.failed
        if report.when != "teardown":
            return
        for name, value in report.user_properties:
            if name == _VIOLATIONS:
                self.violations += int(str(value))
            elif name.startswith(_COUNT):
                what = name.removeprefix(_COUNT)
                self.counts[what] = self.counts.get(what, 0) + int(str(value))
            elif name.startswith(_MEASURE):
                what = name.removeprefix(_MEASURE)
                self.measures[what] = max(self.measures.get(what, 0.0), float(str(value)))

    def counted(self) -> str:
        counts = [f"{number:,} {what}" for what, number in self.counts.items()]
        return ", ".join([*counts, *(f"{what} {value:g}" for what, value in self.measures.items())])


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not SOAK:
        return
    terminalreporter.section("what was tried")
    terminalreporter.write_line("seconds  violations  failed  what")
    for name, row in _rows(terminalreporter).items():
        terminalreporter.write_line(f"{row.seconds:7.0f}  {row.violations:10}  {row.failed:6}  {name}")
        if said := row.counted():
            terminalreporter.write_line(f"{'':27}{said}")


def _rows(reporter: pytest.TerminalReporter) -> dict[str, _Row]:
    rows: dict[str, _Row] = {}
    for reports in reporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                rows.setdefault(report.nodeid.partition("[")[0].removeprefix("tests/"), _Row()).add(report)
    return rows
