"""The project's own modules, parsed once."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ("switchyard.events.", "switchyard.internal.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A module: its dotted name, its text and its syntax tree."""

    name: str
    text: str
    tree: ast.Module

    def is_below(self, *packages: str) -> bool:
        return any(self.name == package or self.name.startswith(package + ".") for package in packages)

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.name.split("."))


def parse(name: str, text: str) -> Source:
    return Source(name=name, text=text, tree=ast.parse(text))


@cache
def sources(*tops: str) -> tuple[Source, ...]:
    """Every module below the top packages, generated code aside."""
    paths = sorted(path for top in tops for path in (ROOT / top).rglob("*.py"))
    found = (parse(_name(path), path.read_text()) for path in paths)
    return tuple(source for source in found if not source.name.startswith(GENERATED))


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` of an attribute chain; empty where it is none."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            inner = dotted(value)
            return f"{inner}.{name}" if inner else ""
    return ""


def imported(source: Source) -> set[str]:
    """Return the modules that the source imports, wherever it does."""
    found: set[str] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found
