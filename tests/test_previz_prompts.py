"""Test prompts: a marker in a prompt makes previz fail, refuse, take its time or hang, and nothing else does."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from callsheet import catalog
from callsheet.contract import Order
from callsheet.errors import Rejected
from callsheet.renderers.pool import Pool
from callsheet.settings import load
from callsheet.tasks import State, Update
from callsheet.vendors.previz.driver import PrevizDriver, local_driver
from callsheet.vendors.previz.driver_prompts import NEVER, Cue, CuedDriver, read
from engine_fixtures import DONE, Clock, Vendor, a_house

TINY = {"width": 64, "height": 36, "duration": 0.5, "fps": 8}
MOVES = {move.id: move.index for move in catalog.load().vocabulary.camera_moves}


def cued(clock: Clock, **parts: Any) -> tuple[CuedDriver, Vendor]:
    inner = Vendor(local=True, slots=2, **parts)
    return CuedDriver(inner, clock), inner  # type: ignore[arg-type]


def an_order(prompt: str | None, task_id: str = "task_1") -> Order:
    input: Mapping[str, Any] = {"duration": 1} if prompt is None else {"prompt": prompt, "duration": 1}
    return Order(task_id, catalog.load().model("previz/text-to-video"), input, {})


@pytest.mark.parametrize(
    ("prompt", "cue", "bare"),
    [
        ("[[fail]]", Cue("fail"), ""),
        ("a red door [[reject]]", Cue("reject"), "a red door"),
        ("a [[stuck]] door", Cue("stuck"), "a door"),
        ("[[slow 30]] a red door", Cue("render", 30), "a red door"),
        ("[[slow 0.5]]a door", Cue("render", 0.5), "a door"),
        ("[[fail]] a door [[slow 8]]", Cue("fail", 8), "a door"),
        ("[[stuck]] [[fail]] [[slow 1]] [[slow 2]]", Cue("stuck", 1), ""),
        ("[[slow 5]] a door [[opens]]", Cue("render", 5), "a door [[opens]]"),
    ],
)
def test_markers_are_read_and_taken_out(prompt: str, cue: Cue, bare: str) -> None:
    assert read(prompt) == (cue, bare)


@pytest.mark.parametrize(
    "prompt",
    ["a  red door ", "[[door]]", "[[slow]]", "[[slow -1]]", "[[slow 1e9]]", "[[FAIL]]", "[fail]", "[[ fail ]]", ""],
)
def test_everything_else_is_left_as_it_is(prompt: str) -> None:
    assert read(prompt) == (None, prompt)


def test_a_prompt_without_a_marker_and_an_input_without_a_prompt_go_straight_to_the_renderer() -> None:
    async def story() -> None:
        driver, inner = cued(Clock())
        for order in (an_order("a [[red]] door"), an_order(None)):
            await driver.submit(order)
            assert inner.orders[-1] is order
            assert await driver.poll(order, "task_1") is DONE
        assert driver.slots == 2

    asyncio.run(story())


def test_fail_fails_a_task_that_had_begun(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        driver, inner = cued(clock)
        async with a_house(tmp_path, {"previz": driver}) as house:
            task = await house.ended(await house.submit("text-to-video", {"prompt": "a door [[fail]]"}))
            assert (task.state, task.error and task.error.code) == (State.FAILED, "render_failed")
            assert task.error is not None
            assert (task.error.retryable, "[[fail]]" in task.error.message) == (False, True)
            assert await house.types(task) == ["created", "routed", "started", "failed"]
            assert task.input["prompt"] == "a door [[fail]]", "the caller's words stay as they were"
            assert inner.calls == []

    asyncio.run(story())


def test_reject_is_a_refusal_before_anything_begins(tmp_path: Path) -> None:
    async def story() -> None:
        driver, inner = cued(Clock())
        async with a_house(tmp_path, {"previz": driver}) as house:
            task = await house.ended(await house.submit("text-to-video", {"prompt": "[[reject]] a door"}))
            assert (task.state, task.error and task.error.code) == (State.FAILED, "rejected")
            assert "started" not in await house.types(task)
            assert inner.calls == []

    asyncio.run(story())


def test_slow_takes_that_long_its_progress_is_even_and_then_the_real_render_comes() -> None:
    async def story() -> None:
        clock = Clock()
        driver, inner = cued(clock)
        order = an_order("a door [[slow 30]]")
        begun = await driver.submit(order)
        assert (begun.state, begun.remote) == (State.RUNNING, "task_1")
        assert inner.orders[0].input == {"prompt": "a door", "duration": 1}
        seen = []
        for _ in range(30):
            seen.append(await driver.poll(order, "task_1"))
            clock.pass_(1)
        assert [update.state for update in seen] == [State.RUNNING] * 30
        assert [update.progress for update in seen] == pytest.approx([second / 30 for second in range(30)])
        assert all(0 < (update.again or 0) <= 0.5 for update in seen)
        assert inner.count("poll") == 0
        assert await driver.poll(order, "task_1") is DONE

    asyncio.run(story())


def test_slow_with_another_end_is_that_end_later() -> None:
    async def story() -> None:
        clock = Clock()
        driver, _ = cued(clock)
        for prompt in ("[[slow 8]] [[fail]]", "[[slow 8]] [[reject]]"):
            order = an_order(prompt)
            await driver.submit(order)
            clock.pass_(7.9)
            assert (await driver.poll(order, "task_1")).state is State.RUNNING
            clock.pass_(0.1)
            if "fail" in prompt:
                assert (await driver.poll(order, "task_1")).state is State.FAILED
            else:
                with pytest.raises(Rejected):
                    await driver.poll(order, "task_1")

    asyncio.run(story())


def test_stuck_never_ends_until_it_is_canceled_and_takes_no_slot(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        driver, inner = cued(clock, submit=[DONE])
        async with a_house(tmp_path, {"previz": driver}, clock=clock) as house:
            stuck = [await house.submit("text-to-video", {"prompt": f"[[stuck]] door {n}"}) for n in range(3)]
            for task in stuck:
                await house.sees(task, "started")
            house.pass_(10 * 86_400)
            done = await house.ended(await house.submit("text-to-video", {"prompt": "a door"}))
            assert done.state is State.SUCCEEDED, "two slots, three that are stuck, and still there is room"
            for task in stuck:
                assert (await house.engine.get("local", task.id)).state is State.RUNNING
                await house.engine.cancel("local", task.id)
                assert (await house.ended(task)).state is State.CANCELED
            assert inner.count("cancel") == 0
            assert driver.slots == 2

    asyncio.run(story())


def test_a_slow_render_that_is_canceled_is_canceled_in_the_renderer_too() -> None:
    async def story() -> None:
        driver, inner = cued(Clock())
        order = an_order("[[slow 30]]")
        await driver.submit(order)
        assert await driver.cancel(order, "task_1") == Update(State.CANCELED)
        assert inner.count("cancel") == 1
        assert driver.slots == 2

    asyncio.run(story())


def test_a_stuck_task_is_rarely_looked_at_and_news_reach_whoever_listens() -> None:
    async def story() -> None:
        driver, inner = cued(Clock())
        heard: list[str] = []
        driver.notify = heard.append
        inner.notify("task_1")
        assert heard == ["task_1"]
        assert (await driver.submit(an_order("[[stuck]]"))).again == NEVER
        await driver.close()
        assert inner.closed

    asyncio.run(story())


def test_the_marker_is_not_in_the_picture(tmp_path: Path) -> None:
    """The same pixels with and without: no letter of it is painted, and the seed that follows from it is the same."""

    async def story() -> None:
        plain = PrevizDriver(Pool(1), tmp_path / "renders", MOVES, slots=1)
        async with a_house(tmp_path, {"previz": CuedDriver(plain)}, provenance__mode="off") as house:
            given = [{**TINY, "prompt": prompt} for prompt in ("a red door", "a red [[slow 0.01]] door")]
            tasks = [await house.ended(await house.submit("text-to-video", one), within=60) for one in given]
            assert [task.state for task in tasks] == [State.SUCCEEDED] * 2
            assert len({task.artifacts[0].sha256 for task in tasks}) == 1
            alone = await house.submit("text-to-video", {**TINY, "prompt": "[[slow 0.01]]"})
            assert (await house.ended(alone, within=60)).state is State.SUCCEEDED

    asyncio.run(story())


def test_a_setting_switches_them_off(tmp_path: Path) -> None:
    assert isinstance(local_driver(load(tmp_path, environ={}), Pool(1)), CuedDriver)
    without = load(tmp_path, environ={"CALLSHEET_RENDER__TEST_PROMPTS": "false"})
    assert isinstance(local_driver(without, Pool(1)), PrevizDriver)


def test_the_models_of_every_vendor_listen_while_they_run_on_previz(server: Any) -> None:
    video = {model.vendor: model for model in catalog.load().models(capability="text-to-video")}
    assert {"previz", "vidu", "wondershare", "mediaio"} <= video.keys()
    with server.client() as client:
        for model in video.values():
            given = {"model": model.id, "input": {"prompt": "a red door [[reject]]"}}
            task = client.post("/v1/tasks", json=given).raise_for_status().json()
            assert task["stage"] == "previz", model.id
            with client.stream("GET", f"/v1/tasks/{task['id']}/events") as events:
                *_, last = [line for line in events.iter_lines() if line.startswith("data: ")]
            assert '"code":"rejected"' in last.replace(" ", ""), (model.id, last)
