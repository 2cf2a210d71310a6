"""Write the Python of every contract below proto/ into switchyard/, or, with --check, say what is out of date.

Generated modules are committed, because a partner installs them, and never edited.
"""

import argparse
import filecmp
import sys
import tempfile
from importlib import resources
from pathlib import Path

from grpc_tools import protoc

PROTO = Path(__file__).resolve().parent
ROOT = PROTO.parent


def generate(into: Path) -> None:
    """Compile every contract into `into`, which gets the layout of the packages."""
    sources = sorted(str(path.relative_to(PROTO)) for path in PROTO.glob("switchyard/**/*.proto"))
    well_known = resources.files("grpc_tools") / "_proto"
    code = protoc.main(
        ["protoc", f"-I{PROTO}", f"-I{well_known}", f"--python_out={into}", f"--pyi_out={into}", *sources]
    )
    if code != 0:
        raise SystemExit(code)
    for package in (into / "switchyard").rglob("*_pb2.py"):
        _make_packages(package.parent, top=into / "switchyard")


def _make_packages(folder: Path, top: Path) -> None:
    while folder != top:
        (folder / "__init__.py").touch()
        folder = folder.parent


def outdated(fresh: Path) -> list[str]:
    """Name the generated files that are missing, differ, or should not be there."""
    expected = {path.relative_to(fresh): path for path in fresh.rglob("*.py*")}
    trees = (ROOT / "switchyard/events", ROOT / "switchyard/internal")
    present = {path.relative_to(ROOT) for tree in trees for path in tree.rglob("*_pb2.py*") if path.suffix != ".pyc"}
    differing = [path for path, made in expected.items() if not _same(made, ROOT / path)]
    strangers = [path for path in present if path not in expected]
    return sorted(str(path) for path in (*differing, *strangers))


def _same(made: Path, committed: Path) -> bool:
    return committed.exists() and filecmp.cmp(made, committed, shallow=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail where the output would differ")
    if not parser.parse_args().check:
        generate(ROOT)
        return
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder))
        stale = outdated(Path(folder))
    if stale:
        sys.exit("out of date, run `make proto`: " + ", ".join(stale))


if __name__ == "__main__":
    main()
