from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from callsheet.store.database import migrations, queries
from callsheet.store.opening import open_checked
from callsheet.store.rows import record_of_row
from callsheet.tasks import Filter
from store_fixtures import NOW, a_row, a_store, task_id


def test_tasks_that_an_older_version_kept_are_found_by_their_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = a_row(1, input={"prompt": "A Red DOOR"}, metadata={"scene": "12A"})
    with monkeypatch.context() as older:
        older.setattr("callsheet.store.opening.migrations", lambda: migrations()[:1])
        connection = open_checked(tmp_path / "callsheet.db")
        connection.execute(queries()["raise_task_counter"], {"now": NOW})
        connection.execute(queries()["add_task"], record_of_row(row))
        connection.close()

    async def story() -> None:
        async with a_store(tmp_path) as store:
            for text in ("red door", "12a", task_id(1)):
                assert [task.id for task in (await store.list_tasks("local", Filter(text=text), 5)).tasks] == [
                    task_id(1)
                ]
            await store.add_task(a_row(2, input={"prompt": "a blue door"}))
            assert len((await store.list_tasks("local", Filter(text="door"), 5)).tasks) == 2

    asyncio.run(story())
