"""Fixtures for every test: a broker, a database, and names that no other test uses.

`--broker=apache` runs the tests that take `broker` on Apache Kafka instead of the embedded one.
"""

import os
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from switchyard.mongo.client import Database, MongoSettings, connect
from switchyard.stack.apache_kafka import ApacheKafka, JavaMissing
from switchyard.stack.tansu import Tansu
from switchyard.testing.processes import (
    Broker,
    RunningDatabase,
    running_apache_kafka,
    running_database,
    running_tansu,
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--broker", choices=("embedded", "apache"), default="embedded", help="what `broker` is")


@pytest.fixture(scope="module")
def embedded_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tansu]:
    """The broker of `make run`, a fresh one for each module: services read their topics from the beginning."""
    with running_tansu(tmp_path_factory.mktemp("tansu")) as broker:
        yield broker


@pytest.fixture(scope="session")
def apache_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApacheKafka]:
    """Apache Kafka; where Java is missing the test is skipped, but fails in CI, where nothing may go untested."""
    try:
        with running_apache_kafka(tmp_path_factory.mktemp("kafka")) as broker:
            yield broker
    except JavaMissing as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def broker(request: pytest.FixtureRequest) -> Broker:
    """The broker that the run was asked for."""
    name = "apache_kafka" if request.config.getoption("--broker") == "apache" else "embedded_broker"
    chosen: Broker = request.getfixturevalue(name)
    return chosen


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDatabase]:
    """A database server; `uri` is where."""
    with running_database(tmp_path_factory.mktemp("database")) as running:
        yield running


@pytest.fixture
def unique() -> str:
    """A word that no other test has: for tenants, topics, groups, databases."""
    return uuid.uuid4().hex[:12]


@pytest_asyncio.fixture
async def mongo(database: RunningDatabase, unique: str) -> AsyncIterator[Database]:
    """An empty database of the test's own."""
    name = f"test_{unique}"
    client = connect(MongoSettings(uri=database.uri, database=name))
    try:
        yield client[name]
        await client.drop_database(name)
    finally:
        client.close()
