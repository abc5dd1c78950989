"""Edits as tasks: routed by their bare capability, quoted at nothing, done in the pool that all local renders share."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import httpx2
import pytest

from callsheet import catalog
from callsheet.catalog import LOCAL
from callsheet.cli.inputs import build
from callsheet.contract import Order
from callsheet.engine.routing import Routing
from callsheet.errors import InvalidInput
from callsheet.renderers.pool import Pool
from callsheet.renderers.render import CAPABILITIES
from callsheet.tasks import State
from callsheet.vendors.edit.driver import EditDriver
from callsheet.vendors.previz.driver import PrevizDriver
from cli_fixtures import Shell
from edit_fixtures import a_clip, a_sound, frames_of, number_of, tone
from test_server_rendered import follow

CATALOG = catalog.load()
EDITS = [model.capability for model in CATALOG.models(vendor="edit")]


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    found = Shell(tmp_path_factory.mktemp("edits"))
    a_clip(found.folder / "a.mp4", 12, sound=tone(0.5))
    a_clip(found.folder / "b.mp4", 12, tint=1)
    a_sound(found.folder / "m.wav", tone(1))
    yield found
    found.end()


def test_every_edit_has_a_renderer_and_its_bare_capability_goes_to_it() -> None:
    routing = Routing(CATALOG, ["previz", "edit"])
    assert len(EDITS) == 10
    assert set(EDITS) <= CAPABILITIES
    for name in EDITS:
        assert routing.runs(name)
        assert CATALOG.find(name, {}).id == f"edit/{name}"
    plan = routing.plan("concat", {"videos": ["file_A"]})
    assert (plan.run.id, plan.stage) == ("edit/concat", "edit/concat")
    assert routing.plan("text-to-image", {"prompt": "x"}).stage == "previz"
    assert LOCAL == ("previz", "edit")


def upload(client: httpx2.Client, path: Path) -> str:
    return client.post("/v1/files", files={"file": (path.name, path.read_bytes())}).json()["id"]


def test_an_edit_goes_the_whole_way_over_http(client: httpx2.Client, tmp_path: Path) -> None:
    ids = [upload(client, a_clip(tmp_path / f"{n}.mp4", 6, tint=n)) for n in range(2)]
    asked = {"model": "concat", "input": {"videos": ids}}
    quote = client.post("/v1/quotes", json=asked).json()
    assert (quote["credits"], quote["stage"]) == (0, "edit/concat")
    task = client.post("/v1/tasks", json=asked).json()
    assert follow(client, task["id"])[-1]["type"] == "succeeded"
    done = client.get(f"/v1/tasks/{task['id']}").json()
    (artifact,) = done["artifacts"]
    assert (done["stage"], artifact["content_type"], artifact["duration"]) == ("edit/concat", "video/mp4", 0.5)
    with av.open(io.BytesIO(client.get(artifact["url"]).content)) as clip:
        assert [number_of(frame.to_ndarray(format="rgb24")) for frame in clip.decode(video=0)] == [*range(6)] * 2


def test_a_sound_is_no_clip_and_is_refused_at_once(api: httpx2.Client, tmp_path: Path) -> None:
    ids = [upload(api, a_clip(tmp_path / "1.mp4", 2)), upload(api, a_sound(tmp_path / "1.wav", tone(0.1)))]
    answer = api.post("/v1/tasks", json={"model": "concat", "input": {"videos": ids}})
    assert answer.status_code == 422
    assert answer.json()["error"]["param"] == "videos"
    rows = {"clips": [{"video": ids[0]}, {"video": ids[1]}]}
    answer = api.post("/v1/tasks", json={"model": "concat", "input": rows})
    assert answer.json()["error"]["param"] == "clips[1].video"


def test_edits_are_listed_like_any_model(api: httpx2.Client) -> None:
    listed = api.get("/v1/models", params={"vendor": "edit"}).json()["data"]
    assert [model["capability"] for model in listed] == EDITS
    schema = api.get("/v1/models/edit/thumbnail").json()["input_schema"]
    assert schema["properties"]["at"]["anyOf"] == [
        {"type": "number", "minimum": 0},
        {"type": "string", "enum": ["first", "last", "sharpest", "typical"]},
    ]


@pytest.mark.parametrize(("given", "taken"), [(2, 2), (2.5, 2.5), ("last", "last"), (0, 0)])
def test_a_moment_is_a_number_of_seconds_or_a_word(given: Any, taken: Any) -> None:
    assert CATALOG.model("edit/thumbnail").check({"video": "file_A", "at": given})["at"] == taken


@pytest.mark.parametrize("given", ["end", -1, True, "2.5", None])
def test_any_other_moment_is_refused_with_what_is_allowed(given: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        CATALOG.model("edit/thumbnail").check({"video": "file_A", "at": given})
    assert caught.value.param == "at"
    assert "last" in (caught.value.hint or "") or "seconds" in (caught.value.hint or "")


def test_media_inside_a_list_are_named_as_outside(tmp_path: Path) -> None:
    params = CATALOG.model("edit/mix").params
    built = build(params, ['tracks=[{"audio": "@a.wav", "duck": 12}, {"audio": "@task_1#audio"}]'], {})
    assert built == {"tracks": [{"audio": Path("a.wav"), "duck": 12}, {"audio": {"from": "task_1", "output": "audio"}}]}


def test_edits_run_from_the_command_line(shell: Shell) -> None:
    done = shell("run", "concat", "-i", "videos=@a.mp4", "-i", "videos=@b.mp4", "-i", "transition=dissolve", "--json")
    path = shell.folder / done.json["files"][0]
    assert done.json["stage"] == "edit/concat"
    assert len(frames_of(path)) == 24 - 12
    rows = '[{"audio": "@m.wav"}, {"audio": "@m.wav", "offset": 0.5, "gain": -6}]'
    done = shell("run", "mix", "-i", f"tracks={rows}", "-i", "format=wav", "--json")
    assert done.json["artifacts"][0]["duration"] == 1.5
    still = shell("run", "thumbnail", "-i", "video=@a.mp4", "-i", "at=last", "--json")
    assert still.json["artifacts"][0]["content_type"] == "image/png"
    assert "it renders here" in shell("doctor").out


def test_previews_and_edits_share_one_pool_and_each_hears_of_its_own(tmp_path: Path) -> None:
    async def story() -> None:
        pool = Pool(1)
        edit = EditDriver(pool, tmp_path / "edit", slots=1)
        previz = PrevizDriver(pool, tmp_path / "previz", {}, slots=1)
        heard: dict[str, set[str]] = {"edit": set(), "previz": set()}
        ended = asyncio.Event()

        def note(who: str, remote: str) -> None:
            heard[who].add(remote)
            if all(pool.poll(name).__class__.__name__ == "Done" for name in ("task_1", "task_2")):
                ended.set()

        edit.notify, previz.notify = (lambda name, who=who: note(who, name) for who in ("edit", "previz"))
        model = CATALOG.model("edit/trim")
        cut = Order("task_1", model, model.check({"video": "file_1"}), {"file_1": a_clip(tmp_path / "1.mp4", 4)})
        model = CATALOG.model("previz/text-to-image")
        paint = Order("task_2", model, model.check({"prompt": "x", "width": 64, "height": 64}), {})
        try:
            await edit.submit(cut)
            await previz.submit(paint)
            await asyncio.wait_for(ended.wait(), 60)
            assert heard == {"edit": {"task_1"}, "previz": {"task_2"}}
            assert len(pool._children) == 1
            for driver, order in ((edit, cut), (previz, paint)):
                update = await driver.poll(order, order.task_id)
                assert (update.state, len(update.artifacts), update.usage) == (State.SUCCEEDED, 1, {"credits": 0})
        finally:
            await edit.close()
            await previz.close()

    asyncio.run(story())
