"""The end of a child's log, for a person to read: JSON lines as plain ones, exceptions unfolded."""

import json
from pathlib import Path

_LINES = 12
_LONGEST = 300
_FRAME = ("service", "timestamp", "logger", "level", "event", "exception")


def tail(path: Path) -> str:
    """Return the last lines, indented, and where the whole log is."""
    lines = path.read_text(errors="replace").splitlines()[-_LINES:] if path.exists() else []
    told = [f"  {text}" for line in lines for text in readable(line)]
    return "\n".join([*(told or ["  (it wrote nothing)"]), f"(whole log: {path})"])


def readable(line: str) -> list[str]:
    """Turn one log line into lines of plain text."""
    try:
        entry = json.loads(line)
        fields = " ".join(f"{name}={value}" for name, value in entry.items() if name not in _FRAME)
        head = f"{entry['timestamp'][11:19]} {entry['level']:8} {entry['event']} {fields}".rstrip()
    except (ValueError, TypeError, KeyError):
        return [line[:_LONGEST]]
    trace = str(entry.get("exception", "")).splitlines()
    return [head[:_LONGEST], *(f"    {each}" for each in trace[-_LINES:])]
