"""Whether a setting may be saved: what it says of itself, what it names, and where its ways lead."""

from collections.abc import Iterator

from services.routing.application.settings.errors import (
    CrossesPools,
    CycleOfOverflows,
    ExpressionRefused,
    PoolFixed,
    ReferenceUnknown,
    SettingImpossible,
    SettingNotFound,
)
from services.routing.application.settings.ports import Ports, SettingsStore
from services.routing.application.settings.reading import find_setting
from services.routing.application.settings.shift_checks import check_shift
from services.routing.application.settings.way_checks import check_ways_out
from services.routing.domain.expressions import ExpressionInvalid, Expressions, Scope
from services.routing.domain.organisation import KINDS, ConfiguredAgent, Queue, Setting
from services.routing.domain.organisation_faults import faults
from services.routing.domain.organisation_rules import Reference, references
from services.routing.domain.setting_fault import Fault
from services.routing.domain.ways_out import leading_back, next_queues


async def check_setting(ports: Ports, tenant: str, before: Setting | None, wanted: Setting) -> None:
    """Raises SettingError, StoreUnavailable."""
    _check_alone(ports.expressions, wanted)
    if isinstance(wanted, Queue):
        await _check_ways(ports.store, tenant, wanted)
    named = await _named(ports.store, tenant, wanted)
    if isinstance(before, Queue) and isinstance(wanted, Queue) and before.pool != wanted.pool:
        raise PoolFixed(f"A queue stays in its pool, {before.pool}; make another queue instead.", ("/pool",))
    if isinstance(wanted, Queue | ConfiguredAgent):
        _check_pools(wanted, named)
    await check_ways_out(ports.store, tenant, wanted)
    await check_shift(ports.store, tenant, wanted)
    if isinstance(before, ConfiguredAgent) and isinstance(wanted, ConfiguredAgent) and before.pool != wanted.pool:
        await _check_steps_of_others(ports.store, tenant, wanted)


def _check_alone(expressions: Expressions, wanted: Setting) -> None:
    found = list(faults(wanted))
    if found:
        raise SettingImpossible.of(found)
    refused = list(_refused_expressions(expressions, wanted)) if isinstance(wanted, Queue) else []
    if refused:
        raise ExpressionRefused.of(refused)


def _refused_expressions(expressions: Expressions, queue: Queue) -> Iterator[Fault]:
    texts = [("/agent_rule", queue.agent_rule, Scope.CONTACT_AND_AGENT)]
    texts += [(f"/steps/{index}/when", step.when, Scope.CONTACT) for index, step in enumerate(queue.steps)]
    for pointer, text, scope in texts:
        try:
            if text:
                expressions.check(text, scope)
        except ExpressionInvalid as error:
            yield Fault(pointer, str(error))


async def _check_ways(store: SettingsStore, tenant: str, queue: Queue) -> None:
    others = await _reachable(store, tenant, queue)
    circular = leading_back(queue, others)
    if circular:
        detail = "This way leads back to the queue."
        raise CycleOfOverflows.of([Fault(f"{placed.pointer}/to_queue", detail) for placed in circular])


async def _reachable(store: SettingsStore, tenant: str, queue: Queue) -> dict[str, Queue]:
    """Read every queue that contacts of this one may come to, itself aside."""
    found: dict[str, Queue] = {}
    ahead = list(next_queues(queue))
    while ahead:
        queue_id = ahead.pop()
        if queue_id == queue.id or queue_id in found:
            continue
        recorded = await store.find(Queue, tenant, queue_id)
        if recorded is not None and not recorded.removed:
            found[queue_id] = recorded.value
            ahead += next_queues(recorded.value)
    return found


async def _named(store: SettingsStore, tenant: str, wanted: Setting) -> dict[Reference, Setting]:
    found: dict[Reference, Setting] = {}
    missing: list[Reference] = []
    for reference in references(wanted):
        try:
            found[reference] = (await find_setting(store, reference.kind, tenant, reference.id)).value
        except SettingNotFound:
            missing.append(reference)
    if missing:
        told = ", ".join(f"{KINDS[each.kind].removesuffix('s')} {each.id!r}" for each in missing)
        raise ReferenceUnknown(f"There is no {told}.", [each.pointer for each in missing])
    return found


def _check_pools(wanted: Queue | ConfiguredAgent, named: dict[Reference, Setting]) -> None:
    crossing = [
        reference.pointer
        for reference, setting in named.items()
        if isinstance(setting, Queue | ConfiguredAgent) and setting.pool != wanted.pool
    ]
    if crossing:
        kind = "queue" if isinstance(wanted, Queue) else "agent"
        raise CrossesPools(f"The {kind} is in pool {wanted.pool}; what is named here is in another.", crossing)


async def _check_steps_of_others(store: SettingsStore, tenant: str, agent: ConfiguredAgent) -> None:
    """An agent who goes to another pool cannot be asked by steps of queues that stay."""
    naming = await store.page(Queue, tenant, where={"steps.add_agents": agent.id}, limit=5)
    staying = ", ".join(each.value.id for each in naming if each.value.pool != agent.pool)
    if staying:
        raise CrossesPools(f"Steps of these queues name the agent: {staying}.", ("/pool",))
