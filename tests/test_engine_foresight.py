"""The stage at which a task begins says before it is kept what it will refuse: nothing is stored, nothing set aside."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from callsheet.contract import Bring, Order
from callsheet.errors import InvalidInput
from callsheet.tasks import File, Filter, NewTask
from engine_fixtures import INPUT, MODEL, RUNNING, House, Vendor, a_house, a_png, chunks


class Foreseeing(Vendor):
    """A vendor that refuses some prompts beforehand, and all videos of pictures that are wider than high."""

    def __init__(self, **script: Any) -> None:
        super().__init__(**script)
        self.asked: list[tuple[Order, dict[str, File]]] = []

    async def check(self, order: Order, files: Mapping[str, File], bring: Bring) -> None:
        self.asked.append((order, dict(files)))
        wide = any((file.width or 0) > (file.height or 0) for file in files.values())
        if wide or order.input.get("prompt") == "no":
            raise InvalidInput("That is not made here.", hint="Ask another.", param="prompt").because("no_pose")
        for file in files.values():
            assert (await bring(file)).is_file()


def run(story: Any) -> None:
    asyncio.run(story)


async def upload(house: House, width: int, height: int) -> str:
    return (await house.library.put("local", chunks(a_png(width, height)), "a.png", None)).id


async def kept(house: House) -> tuple[int, int]:
    tasks = await house.engine.list("local", Filter(), 10, None)
    return len(tasks.tasks), (await house.store.balance("local")).held


def test_what_is_refused_beforehand_is_no_task_and_holds_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        stage = Foreseeing(submit=[RUNNING])
        async with a_house(tmp_path, {"studio": stage}) as house:
            for again in range(2):
                with pytest.raises(InvalidInput) as refused:
                    await house.submit(input={"prompt": "no"}, idempotency_key=f"once {again // 2}")
                assert (refused.value.param, refused.value.reason) == ("prompt", "no_pose")
            assert (await kept(house), stage.calls) == ((0, 0), [])
            with pytest.raises(InvalidInput):
                await house.engine.quote("local", MODEL, {"prompt": "no"})
            task = await house.submit(idempotency_key="once 0")
            assert (await kept(house))[0] == 1
            assert stage.asked[-1][0].input == task.input
            assert stage.asked[-1][0].task_id == ""

    run(story())


def test_what_files_say_is_asked_once_they_are_here(tmp_path: Path) -> None:
    async def story() -> None:
        stage = Foreseeing()
        async with a_house(tmp_path, {"studio": stage}, started=False) as house:
            high, wide = await upload(house, 30, 40), await upload(house, 40, 30)
            await house.submit("studio/still", {"image": high})
            assert [list(files) for _, files in stage.asked] == [[], [high]]
            with pytest.raises(InvalidInput):
                await house.submit("studio/still", {"image": wide})
            assert (await kept(house))[0] == 1

    run(story())


def test_words_that_are_refused_fetch_no_file(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, {"studio": Foreseeing()}, started=False) as house:
            with pytest.raises(InvalidInput, match="not made here"):  # and not: no such file
                await house.submit("studio/still", {"image": f"file_{'0' * 26}", "prompt": "no"})

    run(story())


def test_a_file_that_another_task_has_made_is_known_and_one_still_to_come_is_not(tmp_path: Path) -> None:
    async def story() -> None:
        stage = Foreseeing()
        async with a_house(tmp_path, {"studio": Vendor(), "previz": stage}, started=False) as house:
            first = await house.submit(stage="studio")
            waits = NewTask("studio/still", {"image": {"from": first.id}, "prompt": "yes"}, stage="previz")
            with pytest.raises(InvalidInput, match="video"):
                await house.engine.submit("local", waits)  # a clip is no still, whoever is asked
            assert [files for _, files in stage.asked] == [{}]

    run(story())


@pytest.mark.parametrize("order", [("vendor", "previz"), ("previz", "vendor")])
def test_only_the_stage_at_which_it_begins_is_asked(order: tuple[str, str], tmp_path: Path) -> None:
    async def story() -> None:
        previz = Foreseeing(local=True)
        routing = f'{{"{MODEL}": ["{order[0]}", "{order[1]}"]}}'
        async with a_house(tmp_path, {"studio": Vendor(), "previz": previz}, started=False, routing=routing) as house:
            if order[0] == "vendor":
                task = await house.submit(input={**INPUT, "prompt": "no"})
                assert (task.stage, previz.asked) == (MODEL, [])
            else:
                with pytest.raises(InvalidInput):
                    await house.submit(input={**INPUT, "prompt": "no"})
            with pytest.raises(InvalidInput):
                await house.submit(input={**INPUT, "prompt": "no"}, stage="previz")

    run(story())
