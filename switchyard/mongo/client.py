"""The connection to MongoDB, with what keeps acknowledged writes: majority, journal, and a deadline on everything."""

from dataclasses import dataclass
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase

Document = dict[str, Any]
MongoClient = AsyncIOMotorClient[Document]
Database = AsyncIOMotorDatabase[Document]
Collection = AsyncIOMotorCollection[Document]
Client = AsyncIOMotorClient[Document]


@dataclass(frozen=True, slots=True, kw_only=True)
class MongoSettings:
    """`timeout_ms` bounds every operation, its retries and the choice of a server included."""

    uri: str
    database: str
    timeout_ms: int = 5_000
    max_pool_size: int = 50
    app_name: str = "switchyard"


def connect(settings: MongoSettings) -> MongoClient:
    """Make the client; it connects when first used, and times it reads are in UTC."""
    return AsyncIOMotorClient(
        settings.uri,
        w="majority",
        journal=True,
        readConcernLevel="majority",
        timeoutMS=settings.timeout_ms,
        serverSelectionTimeoutMS=settings.timeout_ms,
        maxPoolSize=settings.max_pool_size,
        tz_aware=True,
        appname=settings.app_name,
    )
