"""Lists of tasks: pages that neither lose nor repeat one, by filters that each have an index, and by words."""

from __future__ import annotations

from typing import Any

from callsheet.store import paging
from callsheet.store.database import Database, Records, Step
from callsheet.store.rows import file_of, task_of
from callsheet.tasks import Filter, Page, State, Task

REACH = 20_000
"""How many tasks one page looks through at most for words; its cursor goes on where it stopped."""


class Listing:
    """The part of the store that lists tasks."""

    _database: Database

    async def list_tasks(self, account: str | None, filter: Filter, limit: int, cursor: str | None = None) -> Page:
        """A page of an account's tasks, newest first unless `filter.oldest`, with their artifacts.

        `limit` is 1 to 1,000. InvalidInput for a cursor that is garbage or of a list with other filters. Tasks added
        while someone pages are newer than every page to come, or come with the last of them where the oldest come
        first: none is lost, none comes twice. With the filter `text` a page may be short, or empty, and still have a
        next one: it looks through REACH tasks and no more.
        `account` None, with the filter `unsure` only, is all accounts.
        """
        paging.check_limit(limit)
        mark = paging.digest("tasks", account, paging.filter_parts(filter))
        begin = paging.read_cursor(cursor, mark, 0 if filter.oldest else paging.END)
        whole = await self._bounds(filter, *((begin, paging.END) if filter.oldest else (0, begin)))
        near = await self._within_reach(account, filter, *whole)
        records = await self._records(account, filter, *near, limit + 1)
        page, following = records[:limit], None
        if len(records) > limit:
            following = paging.write_cursor(page[-1]["seq"] + int(filter.oldest), mark)
        elif near != whole:
            following = paging.write_cursor(near[int(filter.oldest)], mark)
        return Page(await self._with_artifacts(page), following)

    async def _bounds(self, filter: Filter, after: int, before: int) -> tuple[int, int]:
        if filter.created_from is not None:
            records = await self._database.read("seq_from", {"at": filter.created_from})
            after = max(after, records[0]["seq"] if records else paging.END)
        if filter.created_to is not None:
            records = await self._database.read("seq_to", {"at": filter.created_to})
            before = min(before, records[0]["seq"] + 1 if records else 0)
        return after, before

    async def _within_reach(self, account: str | None, filter: Filter, after: int, before: int) -> tuple[int, int]:
        """What of this one page may look through: all of it, or for words no more than REACH tasks."""
        if not paging.words(filter.text) or before <= after:
            return after, before
        asked: dict[str, Any] = {"account": account}
        if filter.oldest:
            records = await self._database.read("said_on_to", {**asked, "after": after, "reach": REACH})
            return after, min(before, records[0]["seq"]) if records else before
        records = await self._database.read("said_back_to", {**asked, "before": before, "reach": REACH - 1})
        return max(after, records[0]["seq"]) if records else after, before

    async def _records(self, account: str | None, filter: Filter, after: int, before: int, limit: int) -> Records:
        if before <= after:
            return []
        answers = await self._database.read_all(paging.list_steps(account, filter, after, before, limit))
        found = (record for answer in answers for record in answer)
        return sorted(found, key=lambda each: each["seq"], reverse=not filter.oldest)

    async def _with_artifacts(self, records: Records) -> tuple[Task, ...]:
        ended = [record["id"] for record in records if record["state"] == State.SUCCEEDED]
        answers = await self._database.read_all([Step("files_of_task", {"task_id": task_id}) for task_id in ended])
        files = {task_id: tuple(map(file_of, answer)) for task_id, answer in zip(ended, answers, strict=True)}
        return tuple(task_of(record, files.get(record["id"], ())) for record in records)
