"""Lists of tasks: pages that neither lose nor repeat one, by filters that each have an index, and by words."""

from __future__ import annotations

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
        """A page of an account's tasks, newest first, with their artifacts.

        `limit` is 1 to 1,000. InvalidInput for a cursor that is garbage or of a list with other filters. Tasks added
        while someone pages are newer than every page to come: none is lost, none comes twice. With the filter `text` a
        page may be short, or empty, and still have a next one: it looks through REACH tasks and no more.
        `account` None, with the filter `unsure` only, is all accounts.
        """
        paging.check_limit(limit)
        mark = paging.digest("tasks", account, paging.filter_parts(filter))
        after, before = await self._bounds(filter, paging.read_cursor(cursor, mark))
        floor = await self._within_reach(account, filter, after, before)
        steps = paging.list_steps(account, filter, max(after, floor), before, limit + 1)
        answers = await self._database.read_all(steps) if before > after else []
        records = sorted((record for answer in answers for record in answer), key=lambda each: -each["seq"])
        page, following = records[:limit], None
        if len(records) > limit:
            following = paging.write_cursor(page[-1]["seq"], mark)
        elif floor > after:
            following = paging.write_cursor(floor, mark)
        return Page(await self._with_artifacts(page), following)

    async def _bounds(self, filter: Filter, before: int) -> tuple[int, int]:
        after = 0
        if filter.created_from is not None:
            records = await self._database.read("seq_from", {"at": filter.created_from})
            after = records[0]["seq"] if records else paging.END
        if filter.created_to is not None:
            records = await self._database.read("seq_to", {"at": filter.created_to})
            before = min(before, records[0]["seq"] + 1 if records else 0)
        return after, before

    async def _within_reach(self, account: str | None, filter: Filter, after: int, before: int) -> int:
        """Where a page that looks for words ends at the latest; 0 where it may go to the end."""
        if not paging.words(filter.text) or before <= after:
            return 0
        asked = {"account": account, "before": before, "reach": REACH - 1}
        records = await self._database.read("said_back_to", asked)
        return records[0]["seq"] if records else 0

    async def _with_artifacts(self, records: Records) -> tuple[Task, ...]:
        ended = [record["id"] for record in records if record["state"] == State.SUCCEEDED]
        answers = await self._database.read_all([Step("files_of_task", {"task_id": task_id}) for task_id in ended])
        files = {task_id: tuple(map(file_of, answer)) for task_id, answer in zip(ended, answers, strict=True)}
        return tuple(task_of(record, files.get(record["id"], ())) for record in records)
