"""A tenant's scorecards: the built-in one, unless it changed it, and its own. Versions never change; a change adds one.

The version that is current is kept aside before the next takes its place, so that a crash in between loses none.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.quality.application.ports import Recorded, Scorecards
from services.quality.domain.built_in import BUILT_IN_ID, built_in_scorecard
from services.quality.domain.errors import (
    ScorecardExists,
    ScorecardNotFound,
    TooManyScorecards,
    VersionStale,
)
from services.quality.domain.scorecard import MOST_SCORECARDS, Scorecard, check_scorecard
from switchyard.eventing.aggregates import AggregateExists


async def find_scorecard(scorecards: Scorecards, tenant: str, id: str) -> Recorded[Scorecard]:  # noqa: A002
    """Return the current version. Raises ScorecardNotFound."""
    stored = await scorecards.find(tenant, id)
    if stored is not None:
        return stored
    if id == BUILT_IN_ID:
        return Recorded(value=built_in_scorecard())
    raise ScorecardNotFound(id)


async def find_version(scorecards: Scorecards, tenant: str, id: str, version: int) -> Scorecard:  # noqa: A002
    """Raises ScorecardNotFound."""
    current = (await find_scorecard(scorecards, tenant, id)).value
    found = current if current.version == version else await scorecards.find_former(tenant, id, version)
    if found is None:
        raise ScorecardNotFound(f"{id} version {version}")
    return found


async def list_scorecards(scorecards: Scorecards, tenant: str) -> Sequence[Scorecard]:
    """Return the current versions, the built-in one first, then by id."""
    stored = {recorded.value.id: recorded.value for recorded in await scorecards.all(tenant)}
    first = stored.pop(BUILT_IN_ID, None) or built_in_scorecard()
    return [first, *(stored[id_] for id_ in sorted(stored))]


async def add_scorecard(scorecards: Scorecards, tenant: str, scorecard: Scorecard) -> Scorecard:
    """Raises ScorecardInvalid, ScorecardExists, TooManyScorecards."""
    check_scorecard(scorecard)
    if scorecard.id == BUILT_IN_ID:
        raise ScorecardExists(scorecard.id)
    if len(await scorecards.all(tenant)) >= MOST_SCORECARDS:
        raise TooManyScorecards(MOST_SCORECARDS)
    try:
        return (await scorecards.add(tenant, scorecard)).value
    except AggregateExists as error:
        raise ScorecardExists(scorecard.id) from error


async def put_scorecard(
    scorecards: Scorecards, tenant: str, wanted: Scorecard, expected: int | None
) -> tuple[Scorecard, bool]:
    """Make the scorecard be so, as its next version where it differs; says whether it is new.

    Raises ScorecardInvalid, ScorecardNotFound, VersionStale, TooManyScorecards, AggregateConflict.
    """
    check_scorecard(wanted)
    try:
        current = await find_scorecard(scorecards, tenant, wanted.id)
    except ScorecardNotFound:
        if expected is not None:
            raise
        return await add_scorecard(scorecards, tenant, replace(wanted, version=1)), True
    if expected is not None and expected != current.value.version:
        raise VersionStale(current.value.version)
    following = replace(wanted, version=current.value.version + 1)
    if replace(following, version=current.value.version) == current.value:
        return current.value, False
    await scorecards.keep_former(tenant, current.value)
    if current.mark is None:
        return (await scorecards.add(tenant, following)).value, False
    return (await scorecards.save(tenant, current, following)).value, False
