"""A played sheet canceled whole: what waits is never sent, what is made stays, asking twice is asking once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from callsheet.catalog import load as catalogue
from callsheet.client import AsyncClient
from callsheet.errors import Conflict, InvalidInput, NotFound
from callsheet.settings import load
from callsheet.sheets import AS_WRITTEN, Known, Player, Plays, parse, stop, title_of
from callsheet.store import Store
from callsheet.store.postgres import Postgres, opened
from callsheet.tasks import Cancellation, Filter, NewTask, Page, Quote, State, Task
from callsheet.twin import Twin
from conftest import Served
from many_fixtures import fresh

FILM = """
[sheet]
title = "A stopped film"

[shots.card]
model = "text-to-image"
prompt = "a fox at dawn"
width = 64
height = 64

[shots.still]
model = "text-to-image"
prompt = "a fox at dusk [[stuck]]"

[shots.opening]
model = "vidu/viduq3-pro/img2video"
image = "@still"
duration = 5

[shots.film]
model = "concat"
videos = ["@opening", "@opening"]
"""

NO_FILES = Known(lambda path: False, "There are none")


@pytest.fixture(scope="module")
def api(
    tmp_path_factory: pytest.TempPathFactory, serve_home: Callable[..., AbstractContextManager[Served]]
) -> Iterator[httpx2.Client]:
    """A home whose Vidu is the twin and costs four credits a second."""
    with Twin({}, seed=1, vendor="vidu") as twin:
        named = {
            "VENDORS": json.dumps({"vidu": {"key": "key-of-vidu", "base_url": twin.base("vidu")}}),
            "LEDGER__PRICES": json.dumps({"vidu/*": {"credits": 4, "per": "second"}}),
            "FETCH__ALLOW": "127.0.0.1",
        }
        environ = {f"CALLSHEET_{name}": value for name, value in named.items()}
        with (
            serve_home(load(tmp_path_factory.mktemp("stopped"), environ=environ)) as running,
            running.client() as found,
        ):
            yield found


def test_what_waits_is_never_sent_and_its_credits_are_free_again(api: httpx2.Client) -> None:
    played = api.post("/v1/sheets", json={"sheet": FILM}).raise_for_status().json()
    tasks = {one["name"]: one["task"]["id"] for one in played["shots"]}
    api.get(f"/v1/tasks/{tasks['card']}/events").raise_for_status()  # which ends with the task
    other = api.post("/v1/tasks", json={"model": "flowchart", "input": {"prompt": "[[stuck]]"}}).json()["id"]
    ended = api.post("/v1/sheets/cancel", json={"title": "A stopped film"}).raise_for_status().json()
    assert [one["name"] for one in ended["shots"]] == ["still", "opening", "film"], "the card is made, and stays"
    assert ended["credits"] == {"held": 0, "charged": 0, "released": 20}
    for one in ended["shots"][1:]:
        assert (one["task"]["state"], one["task"]["cancel"]["outcome"]) == ("canceled", "canceled")
    for name in ("still", "opening", "film"):
        api.get(f"/v1/tasks/{tasks[name]}/events").raise_for_status()
        assert api.get(f"/v1/tasks/{tasks[name]}").json()["state"] == "canceled", name
    assert api.get(f"/v1/tasks/{tasks['card']}").json()["state"] == "succeeded"
    assert api.get(f"/v1/tasks/{tasks['opening']}/exchanges").json()["data"] == [], "no vendor was asked"
    again = api.post("/v1/sheets/cancel", json={"title": "A stopped film"}).raise_for_status().json()
    assert (again["shots"], again["credits"]) == ([], {"held": 0, "charged": 0, "released": 0})
    assert api.get(f"/v1/tasks/{other}").json()["state"] in ("queued", "running"), "no shot of it"
    api.post(f"/v1/tasks/{other}/cancel").raise_for_status()
    back = api.post("/v1/sheets/plan", json={"sheet": FILM}).raise_for_status().json()
    assert [one["found"] for one in back["shots"]] == [True, False, False, False], "played again it goes on from there"


def test_a_title_of_which_nothing_was_played_is_not_found(api: httpx2.Client) -> None:
    async def story() -> None:
        async with AsyncClient(str(api.base_url)) as client:
            with pytest.raises(NotFound, match="No sheet with the title 'A film of mine'"):
                await client.cancel_sheet("A film of mine")

    asyncio.run(story())
    assert api.post("/v1/sheets/cancel", json={}).json()["error"]["param"] == "title"


class Desk:
    """Tasks kept in a list, the second of which is handed in only once `go` is set."""

    def __init__(self) -> None:
        self.made: list[Task] = []
        self.second, self.go = asyncio.Event(), asyncio.Event()

    async def quote(self, *asked: Any) -> Quote:
        return Quote("m", "previz", 0.0, "said")

    async def list(self, account: str, filter: Filter, limit: int, cursor: str | None) -> Page:
        fits = (one for one in self.made if filter.metadata.items() <= one.metadata.items())
        return Page(tuple(one for one in reversed([*fits]) if not filter.state or one.state in filter.state))

    async def submit(self, account: str, new: NewTask) -> tuple[Task, bool]:
        if self.made:
            self.second.set()
            await self.go.wait()
        name = f"task_{len(self.made)}"
        task = Task(name, account, new.model, "c", "previz", State.QUEUED, 0.0, new.input, 0, metadata=new.metadata)
        self.made.append(task)
        return task, True

    async def canceling(self, account: str, task_id: str) -> tuple[Task, Cancellation]:
        place = next(at for at, one in enumerate(self.made) if one.id == task_id)
        self.made[place] = replace(self.made[place], state=State.CANCELED)
        return self.made[place], Cancellation(True, "canceled", "No stage has it.", 0, 0, 0)


def test_a_play_that_is_being_handed_in_stops_where_it_is(tmp_path: Path) -> None:
    """The cancel comes while the second of four shots is on its way: that one is the last, and ends with the rest."""

    async def story() -> None:
        desk, plays = Desk(), Plays()
        player: Any = Player(desk, None, "local", plays=plays)  # type: ignore[arg-type]
        plan = await player.plan(parse(FILM, catalogue(), AS_WRITTEN, name="film", known=NO_FILES))
        handing = asyncio.create_task(player.hand_in(plan))
        await desk.second.wait()
        stopping = asyncio.create_task(stop(desk, plays, "local", "A stopped film"))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        assert not stopping.done(), "it waits until nothing more can come"
        desk.go.set()
        assert [one.shot for one in await stopping] == ["card", "still"]
        with pytest.raises(Conflict, match="canceled while it was handed in"):
            await handing
        assert [one.state for one in desk.made] == [State.CANCELED] * 2
        again = await player.hand_in(
            await player.plan(parse(FILM, catalogue(), AS_WRITTEN, name="film", known=NO_FILES))
        )
        assert [*again] == ["card", "still", "opening", "film"], "a play after that is one of its own"

    asyncio.run(story())


def test_a_play_stops_though_another_server_is_asked_to_stop_it(postgres: str) -> None:
    """Two servers on one PostgreSQL: one hands in the second shot of four while the other is asked to stop the play."""
    uri = fresh(postgres)

    async def story() -> None:
        stores = [Store(Postgres(await opened(uri, 2)), lambda: 0) for _ in range(2)]
        here, there = map(Plays, stores)
        desk = Desk()
        player: Any = Player(desk, None, "local", plays=here)  # type: ignore[arg-type]
        sheet = parse(FILM, catalogue(), AS_WRITTEN, name="film", known=NO_FILES)
        handing = asyncio.create_task(player.hand_in(await player.plan(sheet)))
        await desk.second.wait()
        ended = await stop(desk, there, "local", "A stopped film")  # type: ignore[arg-type]
        assert [one.shot for one in ended] == ["card"], "the second is not there yet"
        desk.go.set()
        with pytest.raises(Conflict, match="canceled while it was handed in"):
            await handing
        assert [one.state for one in desk.made] == [State.CANCELED] * 2, "one stop was enough"
        again = await player.hand_in(await player.plan(sheet))
        assert [*again] == ["card", "still", "opening", "film"], "a play after that is one of its own"
        for store in stores:
            await store.close()

    asyncio.run(story())


def test_a_sheet_is_known_by_its_title_whatever_else_is_wrong_with_it(tmp_path: Path) -> None:
    (tmp_path / "film.toml").write_text('[sheet]\ntitle = "A film"\n[shots.one]\nmodel = "no such"\n')
    (tmp_path / "plain.toml").write_text("[shots.one]\n")
    (tmp_path / "broken.toml").write_text("[sheet\n")
    assert (title_of(tmp_path / "film.toml"), title_of(tmp_path / "plain.toml")) == ("A film", "plain")
    with pytest.raises(InvalidInput, match="cannot be read"):
        title_of(tmp_path / "broken.toml")
