"""The one YAML file that describes a tenant; it remembers the line of everything, to name it in errors."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import yaml

#: In the order in which later things refer to earlier ones; the key that names each thing.
KINDS: Mapping[str, str] = {
    "sites": "id",
    "teams": "id",
    "skills": "id",
    "pools": "id",
    "business-hours": "id",
    "holidays": "id",
    "queues": "id",
    "routing-profiles": "id",
    "agents": "id",
    "floor-rules": "id",
    "shifts": "id",
    "provider-accounts": "provider",
    "entry-points": "id",
    "ticket-types": "id",
    "scorecards": "id",
    "templates": "id",
}


class _Words(yaml.SafeLoader):
    """Dates, times of day, and `on`, an overflow's field, stay the words they are written as.

    YAML 1.1 would read 18:00 as a number of minutes, and `on`, `off`, `yes` and `no` as true and false.
    """


def _is_kept(tag: str, first: str) -> bool:
    return not tag.endswith((":timestamp", ":int")) and (not tag.endswith(":bool") or first in "tTfF")


_Words.yaml_implicit_resolvers = {
    first: [(tag, fits) for tag, fits in known if _is_kept(tag, first)]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Words.add_implicit_resolver(
    "tag:yaml.org,2002:int",
    re.compile(r"^[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)$"),
    list("-+0123456789"),
)


class TenantFileError(Exception):
    """The file cannot be used; the message names the line."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Item:
    """One thing to be put: its fields as they stand, and the line of each by JSON pointer."""

    kind: str
    id: str
    fields: Mapping[str, Any]
    lines: Mapping[str, int]

    def line_of(self, pointer: str) -> int:
        """Return the line of the field, or of what is nearest around it."""
        while pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines[pointer]


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantFile:
    path: Path
    tenant: str
    items: tuple[Item, ...]

    def of_kind(self, kind: str) -> list[Item]:
        return [item for item in self.items if item.kind == kind]


def load(path: Path, variables: Mapping[str, str]) -> TenantFile:
    """Read the file, `${NAME}` replaced from `variables`. Raises TenantFileError."""
    root = _compose(path, variables)
    sections = {_text(path, key): node for key, node in root.value}
    tenant = sections.pop("tenant", None)
    if tenant is None:
        raise TenantFileError(f"{path}:1: `tenant` is missing")
    for name, node in sections.items():
        if name not in KINDS:
            raise TenantFileError(f"{path}:{_line(node)}: `{name}` is unknown; known are {', '.join(KINDS)}")
        if not isinstance(node, yaml.SequenceNode):
            raise TenantFileError(f"{path}:{_line(node)}: `{name}` must be a list")
    items = [_item(path, kind, node) for kind in KINDS if kind in sections for node in sections[kind].value]
    return TenantFile(path=path, tenant=_text(path, tenant), items=tuple(items))


def _compose(path: Path, variables: Mapping[str, str]) -> yaml.MappingNode:
    try:
        text = Template(path.read_text()).substitute(variables)
        root = yaml.compose(text, _Words)
    except KeyError as missing:
        raise TenantFileError(f"{path}: the variable {missing} has no value; give it by --set") from missing
    except ValueError as error:
        raise TenantFileError(f"{path}: {error}; write $$ for a dollar sign") from error
    except (OSError, yaml.YAMLError) as error:
        raise TenantFileError(f"{path}: {error}") from error
    if not isinstance(root, yaml.MappingNode):
        raise TenantFileError(f"{path}:1: must be a mapping that names `tenant`")
    return root


def _item(path: Path, kind: str, node: yaml.Node) -> Item:
    fields = _construct(node)
    name = KINDS[kind]
    if not isinstance(fields, dict) or not isinstance(fields.get(name), str):
        raise TenantFileError(f"{path}:{_line(node)}: one of `{kind}` has no `{name}`")
    return Item(kind=kind, id=fields[name], fields=fields, lines=dict(_lines(node, "")))


def _construct(node: yaml.Node) -> Any:
    loader = _Words("")
    try:
        return loader.construct_object(node, deep=True)
    finally:
        loader.dispose()


def _lines(node: yaml.Node, pointer: str) -> list[tuple[str, int]]:
    found = [(pointer, _line(node))]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = _lines(value, f"{pointer}/{key.value}")
            found += [(inner[0][0], _line(key)), *inner[1:]]
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            found += _lines(value, f"{pointer}/{number}")
    return found


def _line(node: yaml.Node) -> int:
    line: int = node.start_mark.line
    return line + 1


def _text(path: Path, node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise TenantFileError(f"{path}:{_line(node)}: a plain word is expected here")
    return str(node.value)
