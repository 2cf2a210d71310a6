"""A scenario, or what changes a recorded day, from a YAML or JSON file; faults are told by the file's lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from services.routing.simulation.reading import ScenarioInvalid


class ScenarioFileError(Exception):
    """The file cannot be used; the message names lines and fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioFile:
    """What the file says, and the line of everything in it by JSON pointer."""

    path: Path
    plain: dict[str, Any]
    lines: dict[str, int]

    def refusal(self, invalid: ScenarioInvalid) -> str:
        """Say what is wrong, a line for each field."""
        return "\n".join(
            f"{self.path}:{self._line_of(fault.pointer)}: `{fault.pointer}` {fault.detail}" for fault in invalid.faults
        )

    def _line_of(self, pointer: str) -> int:
        """Give the line of a field, or of what is nearest around it."""
        while pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines[pointer]


def nothing_changed(path: Path) -> ScenarioFile:
    """Give what changes where no file says anything; faults are told of the recorded day's own file."""
    return ScenarioFile(path=path, plain={}, lines={"": 1})


def load(path: Path) -> ScenarioFile:
    """Read a file; JSON is YAML too. Raises ScenarioFileError."""
    try:
        text = path.read_text()
        root = yaml.compose(text, yaml.SafeLoader)
        plain = yaml.safe_load(text)
        if root is None or not isinstance(plain, dict):
            raise ScenarioFileError(f"{path}:1: must be a mapping of the fields that docs/simulation.md names")
        return ScenarioFile(path=path, plain=plain, lines=dict(_lines(root, "")))
    except RecursionError as error:
        raise ScenarioFileError(
            f"{path}: lists or mappings stand within each other without end, or too deep"
        ) from error
    except (OSError, ValueError, OverflowError, yaml.YAMLError) as error:
        raise ScenarioFileError(f"{path}: {error}") from error


def _lines(node: yaml.Node, pointer: str) -> Iterator[tuple[str, int]]:
    yield pointer, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = f"{pointer}/{key.value}"
            yield from _lines(value, inner)
            yield inner, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _lines(value, f"{pointer}/{number}")
