"""`switchyard apply`: bring a tenant to what its file says, through the REST door."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx

from cli.tenant_file import KINDS, Item, TenantFile, TenantFileError

_TRIES = 30
_PAUSE_SECONDS = 0.5
#: What refers to things of the same kind, or of kinds that come later.
_ONWARD: Mapping[str, tuple[str, ...]] = {"queues": ("steps", "overflows", "when_closed")}
#: For the rest things of one kind do not refer to each other, so they may be put side by side.
_SIDE_BY_SIDE = 6
#: What may differ though nothing was changed.
_BOOKKEEPING = frozenset({"version", "updated_at", "warnings"})

_KEYED = frozenset({"attributes", "channel_offers", "channel_targets", "channels", "queue_ranks"})

Say = Callable[[str], None]
Thing = Mapping[str, Any]


def apply(file: TenantFile, client: httpx.Client, *, say: Say) -> Counter[str]:
    """Put what differs; return how many were `made`, `changed` and `unchanged`. Raises TenantFileError."""
    outcomes: dict[tuple[str, str], str] = {}
    onward: list[tuple[Item, Thing | None]] = []
    for kind in KINDS:
        items = file.of_kind(kind)
        present = _present(client, kind) if items else {}
        onward += [(item, present.get(item.id)) for item in items if _looks_onward(item)]
        # A new thing stands without what looks onward until the rest is there; one that is there waits as it is.
        now = [_without_onward(item) for item in items if item.id not in present or not _looks_onward(item)]
        for item, what in zip(now, _put_side_by_side(file, now, present, client), strict=True):
            outcomes[item.kind, item.id] = what
    for item, what in _put_in_turn(file, onward, client):
        outcomes.setdefault((item.kind, item.id), what)
    for (kind, name), what in outcomes.items():
        if what != "unchanged":
            say(f"{what:9} {kind}/{name}")
    return Counter(outcomes.values())


def _looks_onward(item: Item) -> bool:
    return any(item.fields.get(field) for field in _ONWARD.get(item.kind, ()))


def _without_onward(item: Item) -> Item:
    fields = {name: value for name, value in item.fields.items() if name not in _ONWARD.get(item.kind, ())}
    return replace(item, fields=fields)


def _put_side_by_side(
    file: TenantFile, items: Sequence[Item], present: Mapping[str, Thing], client: httpx.Client
) -> list[str]:
    with ThreadPoolExecutor(max_workers=_SIDE_BY_SIDE) as pool:
        return list(pool.map(lambda item: _apply_item(file, item, present.get(item.id), client), items))


def _put_in_turn(
    file: TenantFile, items: Sequence[tuple[Item, Thing | None]], client: httpx.Client
) -> Iterator[tuple[Item, str]]:
    """Put one after the other; what is refused is tried again after the rest, for that may have been in its way."""
    refused: list[tuple[Item, Thing | None]] = []
    for item, present in items:
        try:
            yield item, _apply_item(file, item, present, client)
        except TenantFileError:
            refused.append((item, present))
    for item, present in refused:
        yield item, _apply_item(file, item, present, client)


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
    # A file says what shall be: who is to have a queue's skills may stand further below, or come another day.
    later = {"allow_unstaffed": "true"} if item.kind == "queues" else {}
    answer = _ask(client, "PUT", f"/v1/{item.kind}/{item.id}", json=item.fields, params=later)
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
        return all(key in present and _says_field(key, present[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list):
        same_length = isinstance(present, list) and len(present) == len(wanted)
        return same_length and all(map(says_as_much, present, wanted))
    return bool(present == wanted)


def _says_field(name: str, present: Any, wanted: Any) -> bool:
    """What stands under keys of the tenant's own is taken away by leaving it out; other fields have defaults."""
    if (
        name in _KEYED
        and isinstance(wanted, Mapping)
        and isinstance(present, Mapping)
        and present.keys() - wanted.keys()
    ):
        return False
    return says_as_much(present, wanted)


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
