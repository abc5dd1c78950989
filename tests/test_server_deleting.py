from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx2

from callsheet.client import Client
from callsheet.settings import load

PICTURE = {"prompt": "A red door", "resolution": "360p"}


def test_a_task_is_found_by_its_words_and_deleted_with_its_files_over_http(
    tmp_path: Path, serve_home: Callable[..., AbstractContextManager[Any]]
) -> None:
    with serve_home(load(tmp_path, environ={})) as running, httpx2.Client(base_url=running.url, timeout=60) as http:
        with Client(running.url) as client:
            task = client.run("text-to-image", PICTURE, timeout=60, metadata={"scene": "12A"})
            assert [one.id for one in client.list(text="red DOOR", stage="previz").data] == [task.id]
            assert client.list(text="blue").data == ()
            assert client.exchanges(task) == (), "no vendor was asked"
            link = task.artifacts[0].url
            assert http.get(link).status_code == 200
            client.delete(task)
            assert client.list(text="door").data == ()
        assert http.get(link).status_code == 404
        gone = http.delete(f"/v1/tasks/{task.id}")
        assert (gone.status_code, gone.json()["error"]["code"]) == (404, "not_found")
        assert http.get(f"/v1/tasks/{task.id}/exchanges").status_code == 404
        assert http.get("/v1/tasks", params={"text": "a b c d e"}).json()["error"]["param"] == "text"
        long = http.post("/v1/tasks", json={"model": "text-to-video", "input": {"prompt": "long", "duration": 10}})
        early = http.delete(f"/v1/tasks/{long.json()['id']}")
        assert (early.status_code, early.json()["error"]["code"]) == (409, "conflict")
        assert "Cancel it first" in early.json()["error"]["hint"]
        http.post(f"/v1/tasks/{long.json()['id']}/cancel")
