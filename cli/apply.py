"""`switchyard apply`: bring a tenant to what its file says, through the REST door."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from cli.tenant_file import KINDS, Item, TenantFile, TenantFileError

_TRIES = 30
_PAUSE_SECONDS = 0.5
#: Things of one kind do not refer to each other, so they may be put side by side.
_SIDE_BY_SIDE = 6
#: What may differ though nothing was changed.
_BOOKKEEPING = frozenset({"version", "updated_at", "warnings"})

Say = Callable[[str], None]
Thing = Mapping[str, Any]


def apply(file: TenantFile, client: httpx.Client, *, say: Say) -> Counter[str]:
    """Put what differs; return how many were `made`, `changed` and `unchanged`. Raises TenantFileError."""
    done: Counter[str] = Counter()
    with ThreadPoolExecutor(max_workers=_SIDE_BY_SIDE) as pool:
        for kind in KINDS:
            items = file.of_kind(kind)
            present = _present(client, kind) if items else {}
            outcomes = pool.map(lambda item, there=present: _apply_item(file, item, there.get(item.id), client), items)
            for item, what in zip(items, outcomes, strict=True):
                done[what] += 1
                if what != "unchanged":
                    say(f"{what:9} {item.kind}/{item.id}")
    return done


def _present(client: httpx.Client, kind: str) -> dict[str, Thing]:
    """Return what is there of a kind, by id."""
    found: dict[str, Thing] = {}
    cursor: str | None = ""
    while cursor is not None:
        parameters = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
        answer = _ask(client, "GET", f"/v1/{kind}", params=parameters)
        if answer.status_code != 200:
            raise TenantFileError(f"/v1/{kind} cannot be read: {answer.status_code} {answer.text[:300]}")
        page = answer.json()
        found |= {thing["id"]: thing for thing in page["items"]}
        cursor = page.get("next")
    return found


def _apply_item(file: TenantFile, item: Item, present: Thing | None, client: httpx.Client) -> str:
    if present is not None and says_as_much(present, item.fields):
        return "unchanged"
    answer = _ask(client, "PUT", f"/v1/{item.kind}/{item.id}", json=item.fields)
    if answer.status_code >= 400:
        raise TenantFileError(refusal(file, item, answer))
    if present is None:
        return "made"
    return "unchanged" if _without_bookkeeping(answer.json()) == _without_bookkeeping(present) else "changed"


def _without_bookkeeping(thing: Thing) -> dict[str, Any]:
    return {key: value for key, value in thing.items() if key not in _BOOKKEEPING}


def _ask(client: httpx.Client, method: str, path: str, **arguments: Any) -> httpx.Response:
    """Ask until the door does not say "later": a stack that has just started may still be joining its groups."""
    for _ in range(_TRIES):
        answer = client.request(method, path, **arguments)
        if answer.status_code not in {429, 503}:
            break
        time.sleep(_PAUSE_SECONDS)
    return answer


def says_as_much(present: Any, wanted: Any) -> bool:
    """Whether what is there has every wanted value; a value that it does not show, such as a secret, is put again."""
    if isinstance(wanted, Mapping):
        if not isinstance(present, Mapping):
            return False
        return all(key in present and says_as_much(present[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list):
        same_length = isinstance(present, list) and len(present) == len(wanted)
        return same_length and all(map(says_as_much, present, wanted))
    return bool(present == wanted)


def refusal(file: TenantFile, item: Item, answer: httpx.Response) -> str:
    """Say what the door refused, by the lines of the file."""
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    where = f"{file.path}:{item.line_of('')}: {item.kind}/{item.id}"
    told = [f"{where}: {answer.status_code} {problem.get('code', '')}: {problem.get('detail', answer.text[:200])}"]
    for error in problem.get("errors", ()):
        pointer = str(error.get("pointer", ""))
        line = item.line_of(pointer if pointer.startswith("/") else "")
        told.append(f"{file.path}:{line}: `{pointer}`: {error.get('detail', '')}")
    return "\n".join(told)
