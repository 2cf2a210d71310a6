"""Which cluster a broker belongs to: a restarted memory-only broker is another one, and its offsets begin again."""

import asyncio

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from switchyard.eventing.ports import BrokerUnavailable
from switchyard.kafka.settings import KafkaSettings


async def cluster_id(settings: KafkaSettings) -> str:
    """Ask the broker for its cluster's id. Raises BrokerUnavailable."""
    admin = AIOKafkaAdminClient(
        bootstrap_servers=settings.bootstrap,
        client_id=settings.client_id,
        request_timeout_ms=settings.request_timeout_ms,
    )
    try:
        await asyncio.wait_for(admin.start(), settings.request_timeout_ms / 1000)
        described = await admin.describe_cluster()
    except (KafkaError, TimeoutError, OSError) as error:
        raise BrokerUnavailable(f"no cluster at {settings.bootstrap}: {error}") from error
    finally:
        await admin.close()
    return str(described["cluster_id"])
