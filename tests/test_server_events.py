"""The event stream over real HTTP: replay, live news, signs of life, and every way to end."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest

from callsheet.server.events import EventStream
from callsheet.tasks import Event

TASK = {"model": "text-to-video", "input": {"prompt": "a red fox in fresh snow"}}


@pytest.fixture
def task(api: httpx2.Client) -> str:
    return api.post("/v1/tasks", json=TASK).json()["id"]


def messages(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """Each message as its fields; comments as `{"comment": ...}`."""
    fields: dict[str, Any] = {}
    for line in lines:
        if line.startswith(":"):
            yield {"comment": line[1:].strip()}
        elif line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield fields
            fields = {}


def watched(api: httpx2.Client, task: str, **more: Any) -> list[dict[str, Any]]:
    with api.stream("GET", f"/v1/tasks/{task}/events", **more) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["cache-control"] == "no-store"
        return [one for one in messages(response.iter_lines()) if "comment" not in one]


def test_an_ended_task_is_replayed_and_the_stream_ends(api: httpx2.Client, task: str) -> None:
    api.post(f"/v1/tasks/{task}/cancel")
    told = watched(api, task)
    timeline = api.get(f"/v1/tasks/{task}/timeline").json()["data"]
    assert [int(one["id"]) for one in told] == [event["seq"] for event in timeline]
    assert [one["event"] for one in told] == [event["type"] for event in timeline]
    assert told[-1]["event"] == "canceled"
    for one, event in zip(told, timeline, strict=True):
        assert json.loads(one["data"]) == {name: event[name] for name in ("seq", "type", "at", "data")}


def test_a_stream_goes_on_behind_the_last_event_seen(api: httpx2.Client, task: str) -> None:
    api.post(f"/v1/tasks/{task}/cancel")
    everything = watched(api, task)
    assert watched(api, task, headers={"last-event-id": "1"}) == everything[1:]
    assert watched(api, task, params={"after": 1}) == everything[1:]
    assert watched(api, task, params={"after": 0}, headers={"last-event-id": "1"}) == everything[1:]
    assert watched(api, task, headers={"last-event-id": everything[-1]["id"]}) == []


@pytest.mark.parametrize("given", ["", "one", "-1", "1.5", "9" * 19])
def test_a_last_event_id_that_is_none_is_refused(api: httpx2.Client, task: str, given: str) -> None:
    answer = api.get(f"/v1/tasks/{task}/events", headers={"last-event-id": given})
    assert (answer.status_code, answer.json()["error"]["param"]) == (422, "Last-Event-ID")


def test_news_comes_while_it_happens(house: Any, api: httpx2.Client, task: str) -> None:
    with house.client() as watcher, watcher.stream("GET", f"/v1/tasks/{task}/events") as response:
        told = messages(response.iter_lines())
        while next(told).get("id") != "1":
            pass
        api.post(f"/v1/tasks/{task}/cancel")
        assert [one["event"] for one in told if "event" in one][-1] == "canceled"


def test_silence_is_broken_by_signs_of_life(house: Any, api: httpx2.Client, task: str) -> None:
    with house.changed(keep_alive=0.02), api.stream("GET", f"/v1/tasks/{task}/events") as response:
        told = messages(response.iter_lines())
        comments = 0
        while comments < 4:
            comments += "comment" in next(told)


def test_a_watcher_who_leaves_is_let_go(house: Any, api: httpx2.Client, task: str) -> None:
    with house.client() as watcher, watcher.stream("GET", f"/v1/tasks/{task}/events") as response:
        lines = response.iter_lines()
        next(lines)
        assert crowd(house).inside >= 1
    _until(lambda: crowd(house).inside == 0)


def test_a_fault_in_the_middle_cuts_the_connection(house: Any, api: httpx2.Client, task: str) -> None:
    class Faulty:
        def __getattr__(self, name: str) -> Any:
            return getattr(tasks, name)

        async def events(self, account: str, task_id: str, after: int = 0) -> AsyncIterator[Any]:
            async for event in tasks.events(account, task_id, after):
                yield event
                raise RuntimeError("the inside")

    tasks = house.app.state.parts.tasks
    with house.changed(tasks=Faulty()), api.stream("GET", f"/v1/tasks/{task}/events") as response:
        told = messages(response.iter_lines())
        assert next(one for one in told if "id" in one)["id"] == "1"
        with pytest.raises(httpx2.RemoteProtocolError):  # half an answer must not look like a whole one
            list(told)


def test_a_reader_who_takes_nothing_is_not_read_ahead_for() -> None:
    pulled = 0

    async def endless() -> AsyncIterator[Event]:
        nonlocal pulled
        while True:
            pulled += 1
            yield Event("task_1", pulled, 0, "noted", {"note": "x" * 1000})

    async def story() -> None:
        full, gone = asyncio.Event(), asyncio.Event()
        sent = 0

        async def send(message: Any) -> None:
            nonlocal sent
            sent += 1
            if sent == 10:  # as a server does once its buffers are full
                full.set()
                await gone.wait()

        async def receive() -> Any:
            await gone.wait()
            return {"type": "http.disconnect"}

        stream = EventStream(endless(), 15.0, asyncio.Event())
        answering = asyncio.create_task(stream({"type": "http"}, receive, send))
        await full.wait()
        for _ in range(50):
            await asyncio.sleep(0)
        assert pulled <= 10
        gone.set()
        await answering

    asyncio.run(story())


def crowd(house: Any) -> Any:
    return house.app.state.crowd


def _until(true: Any) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)
