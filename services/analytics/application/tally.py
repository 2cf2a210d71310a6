"""Adding to counter documents so that each event is counted once, whoever counts it and however often.

A document carries the offset up to which its shard is counted into it. An event at or beyond that offset is added and
the offset moved on in the same compare-and-set, so a crash between two documents leaves each of them right.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from services.analytics.application.ports import Change, DocumentKey, FigureStore

#: Documents whose offset is remembered: a busy hour's intervals and dimensions.
_MOST_KNOWN = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One event's addition to one counter of one document."""

    key: DocumentKey
    offset: int
    counter: str
    amount: int


class Tally:
    """Adds postings to one generation of figures."""

    def __init__(self, store: FigureStore) -> None:
        self._store = store
        self._known: OrderedDict[DocumentKey, int] = OrderedDict()

    async def add(self, postings: Iterable[Posting]) -> None:
        """Count every posting not yet counted."""
        pending: dict[DocumentKey, list[Posting]] = defaultdict(list)
        for posting in postings:
            pending[posting.key].append(posting)
        await self._learn(pending.keys() - self._known.keys())
        while changes := [change for key, added in pending.items() if (change := self._change(key, added))]:
            if await self._store.apply(changes):
                self._remember({change.key: change.next_offset for change in changes})
                return
            await self._learn({change.key for change in changes})

    def forget(self) -> None:
        """Trust nothing remembered: a write may or may not have been taken."""
        self._known.clear()

    def _change(self, key: DocumentKey, added: list[Posting]) -> Change | None:
        expected = self._known.get(key, 0)
        amounts: dict[str, int] = defaultdict(int)
        for posting in added:
            if posting.offset >= expected:
                amounts[posting.counter] += posting.amount
        if not amounts:
            return None
        next_offset = max(posting.offset for posting in added) + 1
        return Change(key=key, expected=expected, next_offset=next_offset, amounts=amounts)

    async def _learn(self, keys: AbstractSet[DocumentKey]) -> None:
        if keys:
            self._remember(dict.fromkeys(keys, 0) | dict(await self._store.next_offsets(keys)))

    def _remember(self, offsets: Mapping[DocumentKey, int]) -> None:
        self._known.update(offsets)
        while len(self._known) > max(_MOST_KNOWN, len(offsets)):
            self._known.popitem(last=False)
