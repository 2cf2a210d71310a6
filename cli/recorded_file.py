"""A recorded day from the file that `python -m services.routing export` wrote."""

import json
from pathlib import Path

from cli.scenario_file import ScenarioFileError
from services.routing.adapters.journal_span import read_steps
from services.routing.simulation.recorded_day import RecordedDay


def load_recorded(path: Path) -> RecordedDay:
    """Read a day. Raises ScenarioFileError."""
    try:
        with path.open() as file:
            head = json.loads(file.readline())
            return RecordedDay(int(head["since"]), int(head["until"])).read(read_steps(file)).close()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ScenarioFileError(f"{path} is no exported day: {error}") from error
