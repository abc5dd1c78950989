"""Chains: a task takes what another makes, waits for it as a row, goes on with it, and fails clearly with it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from callsheet.contract import Order
from callsheet.errors import CallsheetError, InvalidInput, NotFound, NotMade
from callsheet.tasks import Artifact, NewTask, State, Update
from engine_chains import a_sketch, cast_of, studio, taking, waits
from engine_fixtures import FAILED, Vendor, a_house, a_png, chunks

TEXT = Update(State.SUCCEEDED, artifacts=(Artifact(text=" a fox in the snow \n", name="told.txt"),))


def run(story: Any) -> None:
    asyncio.run(story)


def test_a_task_waits_for_anothers_output_and_goes_on_with_its_file(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = studio(tmp_path / "made", a_png(40, 20))
        async with a_house(tmp_path, {"studio": vendor}) as house:
            first = await a_sketch(house)
            second = await waits(house, first)
            assert second.state is State.QUEUED
            assert second.input == {"image": {"from": first.id, "output": 0}}
            assert (await house.store.row(second.id)).phase == "wait"
            vendor.gate.set()
            done = await house.ended(second)
            made = (await house.engine.get("local", first.id)).artifacts[0]
            assert done.state is State.SUCCEEDED, done.error
            assert done.input == {"image": made.id}
            assert vendor.orders[-1].media == {made.id: (await house.library.local(made))}
            assert await house.types(second) == [
                *("created", "routed", "waiting", "resumed", "submitting", "started"),
                *("answered", "collected", "succeeded"),
            ]
            told = await house.engine.timeline("local", second.id)
            named = {"param": "image", "task": first.id, "output": 0}
            assert [event.data for event in told if event.type in ("waiting", "resumed")] == [
                {"for": [named]},
                {"given": [{**named, "file": made.id}]},
            ]

    run(story())


def test_a_chain_of_an_output_that_is_there_goes_straight_through(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = studio(tmp_path / "made", a_png(40, 20), a_png(20, 40))
        vendor.gate.set()
        async with a_house(tmp_path, {"studio": vendor}) as house:
            first = await house.ended(await a_sketch(house))
            second = await waits(house, first, output=1)
            assert second.input == {"image": first.artifacts[1].id}
            assert "waiting" not in await house.types(second)
            kinds = await house.submit("studio/cast", cast_of(first, "image"))
            assert kinds.input["subjects"][0]["images"] == [first.artifacts[0].id]

    run(story())


def test_an_image_where_a_clip_is_wanted_is_refused_before_it_is_made(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, {"studio": studio(tmp_path / "made")}) as house:
            clip = await house.submit()
            with pytest.raises(InvalidInput, match="makes video, and image takes image") as refused:
                await waits(house, clip)
            assert refused.value.param == "image"

    run(story())


def test_a_text_becomes_the_prompt_and_is_judged_as_one(tmp_path: Path) -> None:
    async def story() -> None:
        gate = asyncio.Event()
        words = ["a fox in the snow", "too long " * 9]

        async def told(order: Order) -> Update:
            if not gate.is_set():
                return Update(State.RUNNING, again=0.25)
            return Update(State.SUCCEEDED, artifacts=(Artifact(text=f" {words.pop(0)}\n", name="told.txt"),))

        async with a_house(tmp_path, {"studio": Vendor(poll=[told])}) as house:
            still = await house.library.put("local", chunks(a_png()), "still.png", None)
            good, long = [await house.submit("studio/teller", {"image": still.id}) for _ in range(2)]
            first, second = [
                await house.submit("studio/sketch", {"prompt": {"from": task.id, "output": "text"}})
                for task in (good, long)
            ]
            gate.set()
            await house.ended(good)
            await house.sees(first, "resumed")
            assert (await house.engine.get("local", first.id)).input["prompt"] == "a fox in the snow"
            failed = await house.ended(second)
            assert failed.error is not None
            assert failed.error.code == "invalid_input"
            assert "The first text of " + long.id in failed.error.message
            assert "At most 40 characters" in failed.error.message

    run(story())


@pytest.mark.parametrize(
    ("upstream", "said"),
    [
        (Vendor(submit=[FAILED]), "failed (rejected): Not that. So there is no output 0 to take."),
        (Vendor(poll=[TEXT]), "takes image"),
    ],
)
def test_what_cannot_come_fails_the_one_that_waits_and_all_behind_it(
    tmp_path: Path, upstream: Vendor, said: str
) -> None:
    async def story() -> None:
        async with a_house(tmp_path, {"studio": upstream}, started=False) as house:
            first = await a_sketch(house)
            second = await house.submit("studio/teller", taking(first))
            third = await house.submit("studio/sketch", {"prompt": {"from": second.id, "output": "text"}})
            await house.engine.start()
            ended = await house.ended(second)
            assert ended.error is not None
            assert first.id in ended.error.message
            assert said in ended.error.message or "should be an image" in ended.error.message
            assert ended.state is State.FAILED
            last = await house.ended(third)
            assert last.error is not None
            assert second.id in last.error.message
            assert last.error.code == "not_made"
            assert upstream.count("submit") == 1, "only the first was ever sent"

    run(story())


def test_canceling_a_waiting_task_ends_it_at_once_and_what_it_waited_for_goes_on(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = studio(tmp_path / "made", a_png())
        async with a_house(tmp_path, {"studio": vendor}) as house:
            first = await a_sketch(house)
            second = await waits(house, first)
            assert (await house.engine.cancel("local", second.id)).state is State.CANCELED
            vendor.gate.set()
            assert (await house.ended(first)).state is State.SUCCEEDED
            assert vendor.count("submit") == 1

    run(story())


def test_canceling_what_is_waited_for_fails_the_waiting_at_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, {"studio": studio(tmp_path / "made")}) as house:
            first = await a_sketch(house)
            second = await waits(house, first)
            await house.sees(first, "started")
            await house.engine.cancel("local", first.id)
            failed = await house.ended(second)
            assert failed.error is not None
            assert (failed.error.code, failed.error.retryable) == ("not_made", False)
            assert failed.error.message.startswith(f"{first.id} was canceled, so there is no output 0 to take.")
            with pytest.raises(NotMade, match="was canceled"):
                await waits(house, first)

    run(story())


def test_only_a_task_of_the_same_account_can_be_named(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, {"studio": studio(tmp_path / "made")}, started=False) as house:
            first = await a_sketch(house)
            for account, task_id in (("another", first.id), ("local", "task_01JNOBODY")):
                with pytest.raises(NotFound) as refused:
                    await house.engine.submit(account, NewTask("studio/still", {"image": {"from": task_id}}))
                assert refused.value.param == "image"
            for wrong in (
                {"from": "file_1"},
                {"from": first.id, "output": "song"},
                {"from": first.id, "outptu": 0},
                {},
            ):
                with pytest.raises(InvalidInput, match=r'Write \{"from"') as unclear:
                    await house.submit("studio/still", {"image": wrong})
                assert unclear.value.param == "image"

    run(story())


def test_an_output_that_is_not_there_is_told_from_one_that_is_gone(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = studio(tmp_path / "made", a_png(), a_png())
        vendor.gate.set()
        async with a_house(tmp_path, {"studio": vendor}) as house:
            first = await house.ended(await a_sketch(house))
            with pytest.raises(NotMade, match=r"has no output 2. Its outputs: 0 \(image\), 1 \(image\)"):
                await waits(house, first, output=2)
            await house.library.delete("local", first.artifacts[0].id)
            with pytest.raises(NotMade, match=f"The file of output 0 of {first.id} has expired or was deleted"):
                await waits(house, first)
            assert (await waits(house, first, output=1)).input == {"image": first.artifacts[1].id}

    run(story())


def test_an_output_is_judged_by_the_models_limits_when_it_is_there(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = studio(tmp_path / "made", a_png(200, 100))
        async with a_house(tmp_path, {"studio": vendor}) as house:
            first = await a_sketch(house)
            second = await waits(house, first)
            quoted = await house.engine.quote("local", "studio/still", taking(first))
            assert quoted.basis == "No price is documented."
            vendor.gate.set()
            failed = await house.ended(second)
            assert failed.error is not None
            assert failed.error.message == (
                f"Output 0 of {first.id} will not do. image has 20,000 pixels. At most 10,000."
            )
            with pytest.raises(CallsheetError, match="will not do"):
                await waits(house, first)
            assert vendor.count("submit") == 1

    run(story())
