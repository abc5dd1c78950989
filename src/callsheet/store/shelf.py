"""The plain records of the store: files and keys."""

from __future__ import annotations

from collections.abc import Sequence

from callsheet.store import paging
from callsheet.store.database import Database, Step
from callsheet.store.keys import KeyRow, key_of, record_of_key
from callsheet.store.missing import no_file, no_key
from callsheet.store.rows import file_of, record_of_file
from callsheet.tasks import Clock, File


class Shelf:
    """Files and keys over any Database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add_file(self, file: File) -> File:
        """Keep what is known of a file whose bytes are stored already. Artifacts go through `Store.patch`."""
        await self._database.write(file_steps(file, 0))
        return file

    async def file(self, account: str | None, file_id: str) -> File:
        """One file; `account` None only behind a checked signature. NotFound."""
        records = await self._database.read("file", {"id": file_id, "account": account})
        if not records:
            raise no_file(file_id)
        return file_of(records[0])

    async def outputs(self, account: str, task_id: str) -> dict[int, File]:
        """What a task made and still has, by its number, from 0 on."""
        records = await self._database.read("outputs", {"task_id": task_id, "account": account})
        return {record["position"]: file_of(record) for record in records}

    async def list_files(self, account: str, limit: int, cursor: str | None) -> tuple[list[File], str | None]:
        """Newest first, and the cursor of the next page or None at the end."""
        paging.check_limit(limit)
        mark = paging.digest("files", account)
        before = paging.read_cursor(cursor, mark)
        records = await self._database.read("list_files", {"account": account, "before": before, "limit": limit + 1})
        page = records[:limit]
        following = paging.write_cursor(page[-1]["seq"], mark) if len(records) > limit else None
        return [file_of(record) for record in page], following

    async def delete_file(self, account: str, file_id: str) -> File:
        """Forget a file and answer what it was; its bytes are the caller's to delete once `blob_users` is 0."""
        (records,) = await self._database.write([Step("delete_file", {"id": file_id, "account": account})])
        if not records:
            raise no_file(file_id)
        return file_of(records[0])

    async def expired_files(self, now: int, limit: int = 100) -> list[File]:
        """Files past their time, oldest first, of all accounts; what an unfinished task needs stays."""
        return [file_of(record) for record in await self._database.read("expired_files", {"now": now, "limit": limit})]

    async def blob_users(self, sha256: str) -> int:
        """How many files, of all accounts, name these bytes."""
        (record,) = await self._database.read("blob_users", {"sha256": sha256})
        return record["users"]

    async def unnamed(self, sums: Sequence[str]) -> set[str]:
        """Which of these bytes, in order, no file of any account names."""
        if not sums:
            return set()
        records = await self._database.read("named_between", {"first": sums[0], "last": sums[-1]})
        return set(sums) - {record["sha256"] for record in records}

    async def add_key(self, key: KeyRow) -> KeyRow:
        """Keep a new key."""
        await self._database.write([Step("add_key", record_of_key(key))])
        return key

    async def key_by_hash(self, hash: str) -> KeyRow | None:
        """The key with this hash, revoked or not; None when there is none."""
        records = await self._database.read("key_by_hash", {"hash": hash})
        return key_of(records[0]) if records else None

    async def keys(self) -> list[KeyRow]:
        """All keys, newest first, revoked ones too."""
        return [key_of(record) for record in await self._database.read("keys", {})]

    async def keys_of(self, account: str, limit: int) -> list[KeyRow]:
        """The newest keys of an account that are not revoked."""
        asked = {"account": account, "limit": limit}
        return [key_of(record) for record in await self._database.read("keys_of", asked)]

    async def revoke_key(self, key_id: str, now: int) -> KeyRow:
        """From now on it opens nothing; the first revocation stands. NotFound."""
        (records,) = await self._database.write([Step("revoke_key", {"id": key_id, "now": now})])
        if not records:
            raise no_key(key_id)
        return key_of(records[0])


def file_steps(file: File, position: int) -> list[Step]:
    """What keeps one file, within any transaction."""
    return [Step("raise_file_counter"), Step("add_file", record_of_file(file, position))]
