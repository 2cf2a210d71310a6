"""First answers in the gateway's database; bodies are sealed, because some show a secret once.

The sealing key is made of a secret that the database does not hold: who reads a copy of it reads no answer.
"""

import hashlib
import json
import secrets
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pymongo.errors import DuplicateKeyError

from services.gateway.application.door.first_answers import (
    KEPT_FOR,
    LEASE,
    Claim,
    Claimed,
    KeptAnswer,
    OtherRequest,
    Running,
)
from switchyard.mongo.client import Database
from switchyard.mongo.failures import translated

_NONCE_BYTES: Final = 12


class MongoFirstAnswers:
    """The FirstAnswers port; `_id` is the hash of tenant, credential, route and key."""

    def __init__(self, database: Database, secret: str) -> None:
        self._collection = database["first_answers"]
        self._cipher = AESGCM(hashlib.sha256(b"first-answers\0" + secret.encode()).digest())

    async def prepare(self) -> None:
        """Let the database forget answers when their day is over."""
        with translated():
            await self._collection.create_index("expires_at", expireAfterSeconds=0)

    async def claim(self, key: bytes, *, fingerprint: bytes, now: datetime) -> Claim:
        owner = secrets.token_hex(8)
        document = {
            "_id": key,
            "fingerprint": fingerprint,
            "owner": owner,
            "lease_until": now + LEASE,
            "expires_at": now + KEPT_FOR,
        }
        with translated():
            try:
                await self._collection.insert_one(document)
            except DuplicateKeyError:
                return await self._claimed_before(key, fingerprint, owner, now)
        return Claimed(owner)

    async def _claimed_before(self, key: bytes, fingerprint: bytes, owner: str, now: datetime) -> Claim:
        document = await self._collection.find_one({"_id": key})
        if document is None:
            return Running()  # released or expired between the two calls: the caller asks again
        if document["fingerprint"] != fingerprint:
            return OtherRequest()
        if (sealed := document.get("answer")) is not None:
            return self._opened(key, sealed) or Running()
        if document["lease_until"] > now:
            return Running()
        mark = {"_id": key, "owner": document["owner"]}
        taken = await self._collection.update_one(mark, {"$set": {"owner": owner, "lease_until": now + LEASE}})
        return Claimed(owner) if taken.matched_count else Running()

    async def keep(self, key: bytes, owner: str, answer: KeptAnswer) -> None:
        with translated():
            await self._collection.update_one(
                {"_id": key, "owner": owner}, {"$set": {"answer": self._sealed(key, answer)}}
            )

    async def release(self, key: bytes, owner: str) -> None:
        with translated():
            await self._collection.delete_one({"_id": key, "owner": owner})

    def _sealed(self, key: bytes, answer: KeptAnswer) -> bytes:
        head = json.dumps({"status": answer.status, "headers": answer.headers}).encode()
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, head + b"\n" + answer.body, key)

    def _opened(self, key: bytes, sealed: bytes) -> KeptAnswer | None:
        """Open an answer; None where it was sealed under another secret."""
        try:
            plain = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], key)
        except InvalidTag:
            return None
        head, _, body = plain.partition(b"\n")
        fields: dict[str, Any] = json.loads(head)
        headers = tuple((str(name), str(value)) for name, value in fields["headers"])
        return KeptAnswer(status=fields["status"], headers=headers, body=body)
