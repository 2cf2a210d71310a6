"""What the settings at the door refuse is refused in a scenario too: impossible rules, circles, wrong expressions."""

from collections.abc import Iterator
from dataclasses import fields

from services.routing.domain.expressions import ExpressionInvalid, Expressions, Scope
from services.routing.domain.organisation import Queue
from services.routing.domain.queue_faults import queue_faults
from services.routing.domain.settings import CHOICES
from services.routing.domain.ways_out import leading_back
from services.routing.simulation.reader import Fault
from services.routing.simulation.scenario import Scenario, SimulatedQueue


def rule_faults(scenario: Scenario, expressions: Expressions) -> Iterator[Fault]:
    """Name what is wrong with the rules of every queue."""
    queues = {queue.id: _as_setting(queue) for queue in scenario.queues}
    for number, queue in enumerate(scenario.queues):
        root, setting = f"/queues/{number}", queues[queue.id]
        if queue.rules.choice not in CHOICES:
            yield Fault(f"{root}/choice", f"must be one of {', '.join(CHOICES)}")
        for fault in queue_faults(setting):
            yield Fault(f"{root}{fault.pointer}", fault.detail)
        for placed in leading_back(setting, queues):
            yield Fault(f"{root}{placed.pointer}/to_queue", "This way leads back to the queue.")
        yield from _expression_faults(queue, root, expressions)


def _expression_faults(queue: SimulatedQueue, root: str, expressions: Expressions) -> Iterator[Fault]:
    rules = queue.rules
    texts = [("/agent_rule", rules.agent_rule, Scope.CONTACT_AND_AGENT)]
    texts += [(f"/steps/{index}/when", step.when, Scope.CONTACT) for index, step in enumerate(rules.steps)]
    for pointer, text, scope in texts:
        try:
            if text:
                expressions.check(text, scope)
        except ExpressionInvalid as error:
            yield Fault(f"{root}{pointer}", str(error))


def _as_setting(queue: SimulatedQueue) -> Queue:
    """Give the rules as the queue's setting has them, as far as both know the same fields."""
    shared = {each.name for each in fields(Queue)} & {each.name for each in fields(queue.rules)} - {"channel_targets"}
    return Queue(id=queue.id, name=queue.id, **{name: getattr(queue.rules, name) for name in sorted(shared)})
