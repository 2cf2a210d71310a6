"""Files in MongoDB: pieces first, the record that names them last, so that what is found is whole."""

from typing import Any

from pymongo.errors import DuplicateKeyError, PyMongoError

from services.gateway.application.attachments import AttachmentContent
from services.gateway.domain.attachment import Attachment
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.mongo.client import Collection

#: A document may hold 16 MiB; smaller pieces keep the server's and our memory low.
PIECE_BYTES = 1024 * 1024


class MongoAttachments:
    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def keep(self, tenant: str, attachment: Attachment, content: bytes) -> None:
        try:
            await self._keep(f"{tenant}/{attachment.id}", tenant, attachment, content)
        except PyMongoError as error:
            raise StoreUnavailable(str(error)) from error

    async def fetch(self, tenant: str, attachment_id: str) -> AttachmentContent | None:
        try:
            return await self._fetch(f"{tenant}/{attachment_id}")
        except PyMongoError as error:
            raise StoreUnavailable(str(error)) from error

    async def _keep(self, name: str, tenant: str, attachment: Attachment, content: bytes) -> None:
        pieces = [content[start : start + PIECE_BYTES] for start in range(0, len(content), PIECE_BYTES)]
        for number, piece in enumerate(pieces):
            await self._insert({"_id": f"{name}/{number}", "tenant": tenant, "piece": piece})
        await self._insert(
            {
                "_id": name,
                "tenant": tenant,
                "name": attachment.name,
                "media_type": attachment.media_type,
                "size_bytes": attachment.size_bytes,
                "pieces": len(pieces),
            }
        )

    async def _insert(self, document: dict[str, Any]) -> None:
        try:
            await self._collection.insert_one(document)
        except DuplicateKeyError:
            return  # an earlier try stored the very same: ids follow from the content

    async def _fetch(self, name: str) -> AttachmentContent | None:
        record = await self._collection.find_one({"_id": name})
        if record is None:
            return None
        pieces = [await self._collection.find_one({"_id": f"{name}/{number}"}) for number in range(record["pieces"])]
        attachment = Attachment(
            id=name.rpartition("/")[2],
            name=record["name"],
            media_type=record["media_type"],
            size_bytes=record["size_bytes"],
        )
        return AttachmentContent(attachment=attachment, content=b"".join(piece["piece"] for piece in pieces if piece))
