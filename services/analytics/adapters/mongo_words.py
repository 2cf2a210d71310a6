"""How shards and counter documents are named in MongoDB."""

from services.analytics.application.ports import DocumentKey, Shard


def shard_text(shard: Shard) -> str:
    return f"{shard.cluster}/{shard.topic}/{shard.partition}"


def parse_shard(text: str) -> Shard:
    cluster, topic, partition = text.rsplit("/", 2)
    return Shard(cluster, topic, int(partition))


def document_id(key: DocumentKey) -> str:
    """Name a counter document; no part but the last can hold a space."""
    about = key.dimension
    return f"{shard_text(key.shard)} {key.tenant} {key.start} {about.kind} {about.channel} {about.key}"
