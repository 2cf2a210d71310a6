"""The rules hold in the whole source, and each finds the violation planted for it."""

import pytest

from tests.architecture import rules
from tests.architecture.rules import RULES, Rule
from tests.architecture.source import parse, sources


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_holds(rule: Rule) -> None:
    broken = [fault for source in sources("switchyard", "services", "cli") for fault in rule(source)]
    assert not broken, f"{rule.__doc__}\n" + "\n".join(broken)


PLANTED = [
    (rules.domain_is_given_time_and_chance, "services.x.domain.y", "from datetime import datetime\ndatetime.now()"),
    (rules.domain_is_given_time_and_chance, "services.x.domain.y", "import datetime\ndatetime.datetime.utcnow()"),
    (rules.domain_is_given_time_and_chance, "services.x.domain.y", "from uuid import uuid4"),
    (rules.domain_is_given_time_and_chance, "services.x.domain", "import random"),
    (rules.domain_is_given_time_and_chance, "services.x.domain.y", "def f():\n    import time"),
    (rules.a_simulation_draws_from_named_streams_only, "services.x.simulation.y", "import random"),
    (rules.a_simulation_draws_from_named_streams_only, "services.x.simulation.chance", "import secrets"),
    (rules.a_simulation_draws_from_named_streams_only, "services.x.simulation.y", "def f():\n    datetime.now()"),
    (rules.only_stores_know_the_database, "services.x.application.y", "from motor.motor_asyncio import A"),
    (rules.only_stores_know_the_database, "services.x.entrypoints.http", "import bson.raw_bson"),
    (rules.only_stores_know_the_database, "switchyard.service.x", "from pymongo import MongoClient"),
    (rules.only_the_kit_knows_kafka, "services.notify.adapters.x", "from aiokafka import AIOKafkaProducer"),
    (rules.only_the_kit_knows_kafka, "cli.x", "import confluent_kafka"),
    (rules.nothing_is_constructed_at_import, "services.x.entrypoints.http", "router = APIRouter()"),
    (rules.nothing_is_constructed_at_import, "services.x.adapters.telemetry", "C = Counter('a', 'b')"),
    (rules.nothing_is_constructed_at_import, "services.x.y", "class A:\n    lock = asyncio.Lock()"),
    (rules.nothing_is_constructed_at_import, "services.x.y", "settings = Settings()"),
    (rules.nothing_is_constructed_at_import, "services.x.y", "if True:\n    client = httpx.AsyncClient()"),
    (rules.the_kit_knows_no_business, "switchyard.eventing.x", "def of(contact_id): ..."),
    (rules.the_kit_knows_no_business, "switchyard.service.x", "class TicketStore: ..."),
    (rules.the_kit_knows_no_business, "switchyard.mongo.x", "f(agent=1)"),
    (rules.names_say_what_is_inside, "services.x.application.utils", ""),
    (rules.names_say_what_is_inside, "switchyard.common", ""),
    (rules.nothing_is_left_undone, "services.x.y", "def f():\n    raise NotImplementedError('later')"),
    (rules.nothing_is_left_undone, "services.x.y", "x = 1  # " + "TODO: mend"),
]


@pytest.mark.parametrize(("rule", "module", "text"), PLANTED)
def test_a_planted_violation_is_found(rule: Rule, module: str, text: str) -> None:
    assert list(rule(parse(module, text)))


ALLOWED = [
    (
        rules.domain_is_given_time_and_chance,
        "services.x.adapters.clock",
        "from datetime import datetime\ndatetime.now()",
    ),
    (rules.domain_is_given_time_and_chance, "services.x.domain.y", "from datetime import timedelta\nA = timedelta(1)"),
    (rules.a_simulation_draws_from_named_streams_only, "services.x.simulation.chance", "import random"),
    (rules.only_stores_know_the_database, "services.x.adapters.mongo", "import motor"),
    (rules.only_the_kit_knows_kafka, "services.routing.adapters.command_log", "import aiokafka"),
    (rules.nothing_is_constructed_at_import, "services.x.y", "def f():\n    return APIRouter()"),
    (rules.nothing_is_constructed_at_import, "services.x.y", "from collections import Counter\nA = Counter()"),
    (rules.nothing_is_constructed_at_import, "services.x.__main__", "if __name__ == '__main__':\n    open('x')"),
    (rules.the_kit_knows_no_business, "switchyard.service.x", "queue = asyncio.Queue()"),
]


@pytest.mark.parametrize(("rule", "module", "text"), ALLOWED)
def test_what_is_right_is_let_through(rule: Rule, module: str, text: str) -> None:
    assert not list(rule(parse(module, text)))
