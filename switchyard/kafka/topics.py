"""Creating the topics that are missing; those that exist are left as they are."""

import asyncio
import time
from collections.abc import Sequence

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from switchyard.eventing.ports import BrokerUnavailable
from switchyard.kafka.topic_files import TopicFile, TopicSpec, load_topics, specs

log = structlog.get_logger(__name__)

__all__ = ["TopicFile", "TopicSpec", "create_topics", "create_topics_of", "load_topics"]

#: A broker that has just started answers late: asking again is harmless until then.
_PATIENCE_SECONDS = 60.0
_ANSWER_MS = 20_000
_PAUSE_SECONDS = 0.5


async def create_topics(bootstrap: str, topics: Sequence[TopicFile], *, replication: int = 1) -> list[str]:
    """Create what is missing of these topics and of their dead letters'; returns the names of what was created.

    With a replication of 3 a write needs two replicas. Raises BrokerUnavailable, after a minute.
    """
    return await create_topics_of(bootstrap, specs(list(topics)), replication=replication)


async def create_topics_of(bootstrap: str, wanted: Sequence[TopicSpec], *, replication: int = 1) -> list[str]:
    """Create what is missing of any topics, as `create_topics` does."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return await _create_missing(bootstrap, wanted, replication)
        except BrokerUnavailable as error:
            if time.monotonic() > until:
                raise
            log.warning("topics-put-off", error=str(error))
            await asyncio.sleep(_PAUSE_SECONDS)


async def _create_missing(bootstrap: str, wanted: Sequence[TopicSpec], replication: int) -> list[str]:
    admin = AIOKafkaAdminClient(
        bootstrap_servers=bootstrap, client_id="switchyard-topics", request_timeout_ms=_ANSWER_MS
    )
    try:
        await admin.start()
        present = set(await admin.list_topics())
        missing = [spec for spec in wanted if spec.name not in present]
        if not missing:
            return []
        made = await admin.create_topics([_new(spec, replication) for spec in missing], timeout_ms=_ANSWER_MS)
        for name, code, *rest in made.topic_errors:
            _check(name, code, rest)
    except (KafkaError, TimeoutError, OSError) as error:
        raise BrokerUnavailable(f"topics at {bootstrap}: {error}") from error
    finally:
        await admin.close()
    return [spec.name for spec in missing]


def _new(spec: TopicSpec, replication: int) -> NewTopic:
    settings = dict(spec.settings)
    if replication > 1:
        settings["min.insync.replicas"] = str(replication - 1)
    return NewTopic(spec.name, spec.partitions, replication, topic_configs=settings)


def _check(name: str, code: int, rest: Sequence[str | None]) -> None:
    """Another process may have created it since we looked."""
    if code not in (0, TopicAlreadyExistsError.errno):
        raise BrokerUnavailable(f"topic {name}: {for_code(code).__name__} {' '.join(filter(None, rest))}")
