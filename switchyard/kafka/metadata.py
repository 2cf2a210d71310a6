"""What a broker tells of itself: its cluster's id, and the partitions of topics.

Asked by the admin client, because a consumer without a group knows only the topics that existed when it connected.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from switchyard.eventing.ports import BrokerUnavailable
from switchyard.kafka.settings import KafkaSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """`cluster` changes when a memory-only broker is started again."""

    cluster: str
    partitions: tuple[TopicPartition, ...]


async def layout_of(settings: KafkaSettings, topics: Sequence[str]) -> Layout:
    """Ask for the partitions of all these topics. Raises BrokerUnavailable, also while one of them is missing."""
    admin = AIOKafkaAdminClient(
        bootstrap_servers=settings.bootstrap,
        client_id=settings.client_id,
        request_timeout_ms=settings.request_timeout_ms,
    )
    try:
        async with asyncio.timeout(settings.request_timeout_ms / 1000):
            await admin.start()
            described = await admin.describe_cluster()
            found = await admin.describe_topics(list(topics))
    except (KafkaError, TimeoutError, OSError) as error:
        raise BrokerUnavailable(f"no answer from {settings.bootstrap}: {error}") from error
    finally:
        await admin.close()
    partitions = [
        TopicPartition(topic["topic"], partition["partition"]) for topic in found for partition in topic["partitions"]
    ]
    missing = set(topics) - {partition.topic for partition in partitions}
    if missing:
        raise BrokerUnavailable(f"topics that do not exist yet: {', '.join(sorted(missing))}")
    return Layout(cluster=str(described["cluster_id"]), partitions=tuple(sorted(partitions)))
