"""Rules that import contracts cannot say. Each takes one module and names what breaks it; its docstring, the bug."""

import ast
import re
from collections.abc import Callable, Iterator

from tests.architecture.source import Source, dotted, imported

Rule = Callable[[Source], Iterator[str]]

_CLOCKS = frozenset({"now", "utcnow", "today"})
_IMPURE = frozenset({"time", "random", "secrets", "uuid", "uuid_utils", "asyncio", "threading", "os", "socket"})
_DRIVERS = frozenset({"motor", "pymongo", "bson"})
_CONSTRUCTED = re.compile(
    r"(FastAPI|APIRouter|CollectorRegistry|Counter|Gauge|Histogram|Summary|TracerProvider|Settings|\w+Settings"
    r"|AIOKafka\w+|AsyncIOMotorClient|MongoClient|(Async)?Client|KafkaPublisher|MongoAggregates|connect"
    r"|Event|Lock|Semaphore|Queue|create_task|get_event_loop|open|ThreadPoolExecutor|ProcessPoolExecutor)"
)
_NOT_CONSTRUCTED = frozenset({"collections.Counter", "Counter"})
_NOUNS = frozenset(
    {
        *("contact", "contacts", "ticket", "tickets", "agent", "agents", "customer", "customers", "caller", "survey"),
        *("surveys", "evaluation", "evaluations", "scorecard", "offer", "offers", "disposition", "wallboard", "skill"),
        *("skills", "campaign", "ivr", "sms", "voicemail", "csat", "workorder"),
    }
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_VAGUE = frozenset({"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "base", "shared"})


def domain_is_given_time_and_chance(source: Source) -> Iterator[str]:
    """A domain that reads a clock or draws an id decides differently when its journal is replayed."""
    if "domain" not in source.parts[2:3]:
        return
    for module in imported(source):
        if module.partition(".")[0] in _IMPURE:
            yield f"{source.name} imports {module}"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CLOCKS:
            yield f"{source.name}:{node.lineno} calls {dotted(node.func)}"


def a_simulation_draws_from_named_streams_only(source: Source) -> Iterator[str]:
    """A clock, or a draw from outside of the seeded streams, makes a simulation give other figures each time."""
    if "simulation" not in source.parts[2:3]:
        return
    allowed = {"random"} if source.parts[-1] == "chance" else set()
    for module in imported(source):
        if module.partition(".")[0] in _IMPURE - allowed:
            yield f"{source.name} imports {module}"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CLOCKS:
            yield f"{source.name}:{node.lineno} calls {dotted(node.func)}"


def only_stores_know_the_database(source: Source) -> Iterator[str]:
    """A query outside the adapters escapes the tenant filter and the write concern that the stores keep."""
    if source.is_below("switchyard.mongo", "switchyard.stack", "switchyard.testing") or "adapters" in source.parts:
        return
    for module in imported(source):
        if module.partition(".")[0] in _DRIVERS:
            yield f"{source.name} imports {module}"


def only_the_kit_knows_kafka(source: Source) -> Iterator[str]:
    """aiokafka's defaults lose messages; the kit's settings, and the engine's own loop, are where that is mended."""
    if source.is_below("switchyard.kafka", "switchyard.testing", "services.routing.adapters"):
        return
    for module in imported(source):
        if module.partition(".")[0] in {"aiokafka", "confluent_kafka"}:
            yield f"{source.name} imports {module}"


def nothing_is_constructed_at_import(source: Source) -> Iterator[str]:
    """What an import makes, no test can replace, and every process pays for."""
    if source.is_below("cli"):
        return
    counter_is_a_dict = "collections.Counter" in imported(source)
    for call in _calls_at_import(source.tree):
        name = dotted(call.func)
        if name in _NOT_CONSTRUCTED and counter_is_a_dict:
            continue
        if _CONSTRUCTED.fullmatch(name.rpartition(".")[2]):
            yield f"{source.name}:{call.lineno} constructs {name}"


def _calls_at_import(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls that run when the module is imported: not those inside functions, nor dataclass field factories."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.Call):
            yield node
        if isinstance(node, ast.If) and "__main__" in ast.unparse(node.test):
            continue
        yield from _calls_at_import(node)


def the_kit_knows_no_business(source: Source) -> Iterator[str]:
    """A kit that knows a contact cannot serve the next product, and hides a service's rule from its owner."""
    if not source.is_below("switchyard") or source.is_below("switchyard.testing"):
        return
    for node in ast.walk(source.tree):
        for name in _identifiers(node):
            nouns = _NOUNS.intersection(word.lower() for word in _WORD.findall(name))
            if nouns:
                yield f"{source.name}:{getattr(node, 'lineno', 0)} names {name}"


def _identifiers(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
            yield name
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name


def names_say_what_is_inside(source: Source) -> Iterator[str]:
    """A module called `utils` takes whatever nobody placed."""
    if source.parts[-1] in _VAGUE:
        yield f"{source.name} is named for nothing"


def nothing_is_left_undone(source: Source) -> Iterator[str]:
    """A stub passes for a feature until a customer finds it."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Raise) and "NotImplementedError" in ast.unparse(node):
            yield f"{source.name}:{node.lineno} raises NotImplementedError"
    for number, line in enumerate(source.text.splitlines(), 1):
        if re.search(r"#.*\b(TODO|FIXME|XXX|HACK)\b", line):
            yield f"{source.name}:{number} {line.strip()}"


RULES: tuple[Rule, ...] = (
    domain_is_given_time_and_chance,
    a_simulation_draws_from_named_streams_only,
    only_stores_know_the_database,
    only_the_kit_knows_kafka,
    nothing_is_constructed_at_import,
    the_kit_knows_no_business,
    names_say_what_is_inside,
    nothing_is_left_undone,
)
