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
#: Things of one kind are put side by side; one that names another, not yet made, is put once more after it.
_SIDE_BY_SIDE = 6
#: What a change counts up though nothing else changed.
_BOOKKEEPING = frozenset({"version", "updated_at"})

Say = Callable[[str], None]
Thing = Mapping[str, Any]


def apply(file: TenantFile, client: httpx.Client, *, say: Say) -> Counter[str]:
    """Put what differs; return how many were `made`, `changed` and `unchanged`. Raises TenantFileError."""
    done: Counter[str] = Counter()
    with ThreadPoolExecutor(max_workers=_SIDE_BY_SIDE) as pool:
        for kind in KINDS:
            items = file.of_kind(kind)
            present = _present(client, kind) if items else {}
            while items:
                outcomes = pool.map(lambda item, there=present: _apply_item(item, there.get(item.id), client), items)
                items = _told(file, dict(zip(items, outcomes, strict=True)), done, say)
    return done


def _told(file: TenantFile, outcomes: Mapping[Item, str | httpx.Response], done: Counter[str], say: Say) -> list[Item]:
    """Tell what was done, and return what was too early. Raises TenantFileError where nothing comes of waiting."""
    early = {item: what for item, what in outcomes.items() if isinstance(what, httpx.Response)}
    for item, what in outcomes.items():
        if isinstance(what, str):
            done[what] += 1
            if what != "unchanged":
                say(f"{what:9} {item.kind}/{item.id}")
    for item, answer in early.items():
        if len(early) == len(outcomes) or not _is_early(answer):
            raise TenantFileError(refusal(file, item, answer))
    return list(early)


def _is_early(answer: httpx.Response) -> bool:
    return answer.status_code == 422 and answer.json().get("code") == "reference-unknown"


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


def _apply_item(item: Item, present: Thing | None, client: httpx.Client) -> str | httpx.Response:
    """Put what differs, and say what that did; what is refused gives the answer."""
    if present is not None and says_as_much(present, item.fields):
        return "unchanged"
    answer = _ask(client, "PUT", f"/v1/{item.kind}/{item.id}", json=item.fields)
    if answer.status_code >= 400:
        return answer
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
