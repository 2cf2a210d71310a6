"""What makes a queue's rules impossible, whatever other settings there are."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from services.routing.domain.organisation import Queue
from services.routing.domain.queue_steps import LAST_STEPS, ON_LENGTH, OVERFLOW_CAUSES, RuleStep, WayOut
from services.routing.domain.setting_fault import Fault, repeated
from services.routing.domain.settings import CHOICES, SkillLevel
from services.routing.domain.ways_out import ways_out


def queue_faults(queue: Queue) -> Iterator[Fault]:
    yield from skill_faults(queue.required_skills, "/required_skills")
    yield from skill_faults(queue.preferred_skills, "/preferred_skills")
    yield from repeated(queue.sites, "/sites")
    yield from _one_of(CHOICES, queue.choice, "/choice")
    yield from _order_faults(queue.steps)
    for index, step in enumerate(queue.steps):
        yield from _step_faults(step, queue.id, f"/steps/{index}")
    yield from _overflow_faults(queue)
    for placed in ways_out(queue):
        yield from _way_out_faults(placed.way, placed.pointer)


def skill_faults(skills: Sequence[SkillLevel], pointer: str) -> Iterator[Fault]:
    """A skill named twice would have two levels."""
    return repeated([skill.skill_id for skill in skills], pointer)


def _one_of(words: Sequence[str], word: str, pointer: str) -> Iterator[Fault]:
    if word not in words:
        yield Fault(pointer, f"{word!r} is none of {', '.join(words)}.")


def _order_faults(steps: Sequence[RuleStep]) -> Iterator[Fault]:
    for index, (before, after) in enumerate(pairwise(steps), start=1):
        if after.after_seconds <= before.after_seconds:
            yield Fault(f"/steps/{index}/after_seconds", "A step comes later than the one before it.")
        if before.then is not None and not before.when:
            yield Fault(f"/steps/{index}", "No contact is left for this step: the one before it lets all go.")


def _step_faults(step: RuleStep, queue_id: str, pointer: str) -> Iterator[Fault]:
    changes = (step.relax_levels, step.raise_priority, step.add_queues, step.add_sites, step.add_agents, step.then)
    if not any(changes):
        yield Fault(pointer, "The step changes nothing.")
    for field, names in _added(step):
        yield from repeated(names, f"{pointer}/{field}")
    if queue_id in step.add_queues:
        index = step.add_queues.index(queue_id)
        yield Fault(f"{pointer}/add_queues/{index}", "The queue's own agents are asked from the start.")


def _added(step: RuleStep) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ("add_queues", step.add_queues), ("add_sites", step.add_sites), ("add_agents", step.add_agents)


def _overflow_faults(queue: Queue) -> Iterator[Fault]:
    causes = [overflow.on for overflow in queue.overflows]
    for index, overflow in enumerate(queue.overflows):
        yield from _one_of(OVERFLOW_CAUSES, overflow.on, f"/overflows/{index}/on")
        if overflow.on in causes[:index]:
            yield Fault(f"/overflows/{index}/on", f"There is a way out on {overflow.on} already.")
        if (overflow.limit > 0) != (overflow.on == ON_LENGTH):
            detail = "Overflow on length begins at a limit of 1 or more; other causes have none."
            yield Fault(f"/overflows/{index}/limit", detail)


def _way_out_faults(way: WayOut, pointer: str) -> Iterator[Fault]:
    if bool(way.to_queue) == bool(way.last_step):
        yield Fault(pointer, "A way out names either a queue or a last step.")
    elif way.last_step:
        yield from _one_of(LAST_STEPS, way.last_step, f"{pointer}/last_step")
