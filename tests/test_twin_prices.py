"""What a scenario says that tasks cost: charged by the twin, and told in its vendors' own answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from callsheet import catalog
from callsheet.contract import Order
from callsheet.errors import SetupError
from callsheet.tasks import State, Update
from callsheet.twin import Twin
from callsheet.twin.reading import read
from record_fixtures import a_driver
from twin_fixtures import MODEL, Vidu

PRICES = {"vidu": 4, "vidu/viduq3-pro/*": 12, "vidu/viduq3-pro/img2video": 20}


@pytest.fixture(scope="module")
def twin() -> Iterator[Twin]:
    with Twin({"prices": PRICES}, seed=1, speed=0) as twin:
        yield twin


def test_the_nearest_name_says_the_price_and_the_catalogue_where_none_does() -> None:
    known, scenario = catalog.load(), read({"prices": PRICES})
    ids = ("vidu/viduq3-pro/img2video", MODEL, "vidu/audio-tts")
    assert [scenario.price(known.model(id)) for id in ids] == [20, 12, 4]
    wiro = next(iter(known.vendor("wiro").models.values()))
    assert scenario.price(wiro) is None


@pytest.mark.parametrize("wrong", [{"vidoo": 4}, {"vidu/nothing": 4}, {"vidu": -1}, {"vidu": "much"}])
def test_a_price_of_nobody_or_of_less_than_nothing_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SetupError, match="prices"):
        read({"prices": wrong})


def test_vidus_answers_tell_the_price_from_the_first_on_and_nothing_once_it_is_given_back(twin: Twin) -> None:
    twin.reset()
    client = Vidu(twin)
    with client.http:
        created = client.submit().json()
        twin.advance(30)
        assert (created["credits"], client.poll(created["task_id"]).json()["credits"]) == (12, 12)
        twin.add(do="fail", verb="submit", times=1)
        failed = client.begun(prompt="a blue door")
        canceled = client.begun(prompt="a green door")
        client.cancel(canceled)
        twin.advance(30)
        assert [client.poll(id).json()["credits"] for id in (failed, canceled)] == [0, 0]
    assert twin.tasks()["credits"] == 12


def test_our_driver_hears_what_a_task_came_to(twin: Twin, tmp_path: Path) -> None:
    twin.reset()
    model = catalog.load().model(MODEL)

    async def made() -> Update:
        driver = a_driver("vidu", tmp_path, twin.base("vidu"))
        order = Order("task_1", model, model.check({"prompt": "a red door"}), {})
        begun = await driver.submit(order)
        await asyncio.to_thread(twin.advance, 30)
        update = await driver.poll(order, begun.remote or "")
        await driver.close()
        return update

    update = asyncio.run(made())
    assert (update.state, update.usage) == (State.SUCCEEDED, {"credits": 12})


def test_a_reset_may_bring_other_prices(twin: Twin) -> None:
    twin.reset(scenario={"prices": {"vidu": 3}})
    with Vidu(twin).http as http:
        http.post("/ent/v2/text2video", json={"model": "viduq3-pro", "prompt": "a red door"}).raise_for_status()
    assert twin.tasks()["credits"] == 3
    twin.reset(scenario={"prices": PRICES})
