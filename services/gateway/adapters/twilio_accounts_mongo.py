"""Provider accounts in MongoDB, their secrets encrypted: a copy of the database sends no SMS and forges no webhook."""

import base64
import os
import time
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError, PyMongoError

from services.gateway.application.provider_accounts import AccountStale, ProviderAccount
from switchyard.eventing.aggregates import StoreUnavailable
from switchyard.mongo.client import Collection

#: A changed account is used by the other replicas this much later at worst; a webhook costs no read meanwhile.
FRESH_SECONDS = 5.0
_SECRETS = ("auth_token", "secondary_auth_token")
_PLAIN = ("account_sid", "api_base_url", "from_number", "voice_number", "confirms_opt_out")
_MOST_KNOWN = 10_000
_NONCE_BYTES = 12


class MongoProviderAccounts:
    """`key` has 32 bytes and encrypts the accounts' secrets."""

    def __init__(self, collection: Collection, key: bytes, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._collection = collection
        self._cipher = AESGCM(key)
        self._monotonic = monotonic
        self._known: dict[str, tuple[float, ProviderAccount | None]] = {}

    async def find(self, tenant: str, provider: str) -> ProviderAccount | None:
        name = f"{tenant}/{provider}"
        known = self._known.get(name)
        if known is not None and self._monotonic() - known[0] < FRESH_SECONDS:
            return known[1]
        try:
            document = await self._collection.find_one({"_id": name})
        except PyMongoError as error:
            raise StoreUnavailable(str(error)) from error
        return self._remember(name, self._account(document) if document else None)

    async def of_tenant(self, tenant: str) -> list[ProviderAccount]:
        try:
            documents = await self._collection.find({"tenant": tenant}).sort("_id", 1).to_list(length=100)
        except PyMongoError as error:
            raise StoreUnavailable(str(error)) from error
        return [self._account(document) for document in documents]

    async def put(self, account: ProviderAccount, *, if_version: int | None = None) -> ProviderAccount:
        name = f"{account.tenant}/{account.provider}"
        filters: dict[str, Any] = {"_id": name} | ({} if if_version is None else {"version": if_version})
        try:
            document = await self._collection.find_one_and_update(
                filters,
                {"$set": self._fields(account, name), "$inc": {"version": 1}},
                upsert=if_version is None,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            return await self.put(account, if_version=if_version)
        except PyMongoError as error:
            raise StoreUnavailable(str(error)) from error
        if document is None:
            raise AccountStale(await self._version(name))
        return self._remember(name, self._account(document)) or account

    async def remove(self, tenant: str, provider: str, *, if_version: int | None = None) -> bool:
        name = f"{tenant}/{provider}"
        filters: dict[str, Any] = {"_id": name} | ({} if if_version is None else {"version": if_version})
        try:
            result = await self._collection.delete_one(filters)
        except PyMongoError as error:
            raise StoreUnavailable(str(error)) from error
        self._known.pop(name, None)
        if result.deleted_count == 0 and if_version is not None and (version := await self._version(name)):
            raise AccountStale(version)
        return bool(result.deleted_count)

    async def _version(self, name: str) -> int:
        try:
            document = await self._collection.find_one({"_id": name}, {"version": 1})
        except PyMongoError as error:
            raise StoreUnavailable(str(error)) from error
        return int(document["version"]) if document else 0

    def _remember(self, name: str, account: ProviderAccount | None) -> ProviderAccount | None:
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[name] = (self._monotonic(), account)
        return account

    def _fields(self, account: ProviderAccount, name: str) -> dict[str, Any]:
        plain = {field: getattr(account, field) for field in _PLAIN}
        sealed = {field: self._seal(getattr(account, field), f"{name}/{field}") for field in _SECRETS}
        return {"tenant": account.tenant, "provider": account.provider, **plain, **sealed}

    def _account(self, document: dict[str, Any]) -> ProviderAccount:
        name = document["_id"]
        fields: dict[str, Any] = {field: document[field] for field in ("tenant", "provider", "version", *_PLAIN)}
        fields |= {field: self._open(document[field], f"{name}/{field}") for field in _SECRETS}
        return ProviderAccount(**fields)

    def _seal(self, secret: str, place: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, secret.encode(), place.encode())).decode()

    def _open(self, sealed: str, place: str) -> str:
        raw = base64.b64decode(sealed)
        try:
            return self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode()).decode()
        except InvalidTag:
            raise StoreUnavailable("A provider account was stored under another key.") from None
