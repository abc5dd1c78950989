"""The list of keys with how far each has gone: as many questions for many keys as for one."""

from __future__ import annotations

import sqlite3
from collections import Counter

import pytest

from callsheet.store import sqlite
from callsheet.store.database import Records, Step
from conftest import Served


def test_the_list_of_keys_asks_no_question_for_each_of_them(house: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    run, asked = sqlite._run, Counter[str]()

    def counted(connection: sqlite3.Connection, step: Step) -> Records:
        asked[step.query] += 1
        return run(connection, step)

    with house.client(house.operator) as operator:
        made = [operator.post("/v1/keys", json={"name": f"key {number}", "rate": 60}).json() for number in range(4)]
        monkeypatch.setattr(sqlite, "_run", counted)
        listed = {one["id"]: one for one in operator.get("/v1/keys").raise_for_status().json()["data"]}
    assert {listed[one["id"]]["standing"]["rate"] for one in made} == {60}
    assert asked["keys"] <= 2
    assert not {query for query in asked if query != "keys" and query.startswith("key")}, asked
