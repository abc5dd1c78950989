"""Law *mirror*: our driver pointed at our own dialect gives the same task back, for every vendor and model."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from callsheet import catalog
from callsheet.app import vendors
from callsheet.catalog import Model, Param
from callsheet.contract import Driver, Order
from callsheet.errors import Rejected, VendorError
from callsheet.tasks import Artifact, Failure, State, Update
from catalog_fixtures import inputs
from record_fixtures import a_driver, an_order, kind_of, media_host, missing
from vendor_fixtures import Serve, Stage, staged, until, with_drivers
from vendor_media import media

CATALOG = catalog.load()
BOTH = [vendor for vendor in CATALOG.vendors if not {"dialect.py", "driver.py"} & {*missing(vendor.id)}]
MODELS = [model for vendor in BOTH for model in vendor.models.values()]
FIRSTS = [next(iter(vendor.models.values())) for vendor in BOTH]
WITHIN = 60.0
ANSWERS_AT_ONCE = "edrawmax"
ENDS = ("succeeded", "failed", "canceled")
ENDINGS = {"image": "png", "video": "mp4", "audio": "mp3"}
REAL_DRIVERS = vendors.drivers


def model_id(model: Model) -> str:
    return model.id


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[Stage]:
    with staged(serve_home, tmp_path_factory.mktemp("stage"), provenance__mode="auto") as found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("driver")


@pytest.mark.parametrize("model", MODELS, ids=model_id)
@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_the_same_task_comes_back(model: Model, stage: Stage, folder: Path, data: st.DataObject) -> None:
    stage.stub.reset()
    order = an_order(model, data.draw(inputs(model)), folder, linked=False)
    update = asyncio.run(_run(stage, order, folder, until=State.SUCCEEDED))
    assert update.state is State.SUCCEEDED, update
    [made] = stage.stub.orders
    assert made.model.id == model.id
    assert _by_content(made.input, made.media) == _by_content(order.input, order.media)
    made = [_bytes(stage, one) for one in update.artifacts]
    assert made == stage.kept()
    assert len(made) == len(_expected(order))


@pytest.mark.parametrize("model", FIRSTS, ids=model_id)
def test_a_failure_comes_back_as_one(model: Model, stage: Stage, folder: Path) -> None:
    stage.stub.reset()
    stage.stub.fail("rejected", "It is not allowed.")
    update = asyncio.run(_run(stage, _plain_order(model, folder), folder, until=State.FAILED))
    assert update.state is State.FAILED
    assert update.failure is not None
    assert update.failure.reason is not None


@pytest.mark.parametrize("model", [one for one in FIRSTS if one.vendor != ANSWERS_AT_ONCE], ids=model_id)
def test_a_task_under_way_comes_back_as_one(model: Model, stage: Stage, folder: Path) -> None:
    stage.stub.reset()
    stage.stub.run(0.4)
    update = asyncio.run(_run(stage, _plain_order(model, folder), folder, until=State.RUNNING))
    assert update.state is State.RUNNING
    assert update.remote


@pytest.mark.parametrize("model", FIRSTS, ids=model_id)
def test_what_is_stopped_here_is_stopped_there_where_the_vendor_has_a_call_for_it(
    model: Model, stage: Stage, folder: Path
) -> None:
    stage.stub.reset()
    stage.stub.run(0.4)
    order = _plain_order(model, folder)
    if any(endpoint.name == "cancel" for endpoint in CATALOG.vendor(model.vendor).endpoints):
        assert asyncio.run(_stopped(stage, order, folder)).state is State.CANCELED
        assert stage.task(stage.newest()["id"])["state"] == "canceled"
    elif model.vendor != ANSWERS_AT_ONCE:
        with pytest.raises(Rejected):
            asyncio.run(_stopped(stage, order, folder))


async def _stopped(stage: Stage, order: Order, folder: Path) -> Update:
    driver = a_driver(order.model.vendor, folder, stage.base(order.model.vendor))
    try:
        remote = (await driver.submit(order)).remote or ""
        async with asyncio.timeout(WITHIN):
            update = await driver.cancel(order, remote)
            while not update.state.final:
                await asyncio.sleep(0.02)
                update = await driver.poll(order, remote)
        return update
    finally:
        await driver.close()


@pytest.mark.parametrize("model", FIRSTS, ids=model_id)
def test_a_whole_callsheet_before_another_brings_the_files_home(
    model: Model, stage: Stage, serve_home: Serve, tmp_path: Path
) -> None:
    stage.stub.reset()
    access = {"key": "any", "secret": "any", "base_url": stage.base(model.vendor)}
    with (
        with_drivers(serve_home, tmp_path, REAL_DRIVERS, vendors=json.dumps({model.vendor: access})) as front,
        front.client() as client,
        media_host() as host,
    ):
        input = _plain_input(model, lambda param: f"{host}/{kind_of(param)}.{ENDINGS[kind_of(param)]}")
        asked = {"model": model.id, "input": input}
        task = client.post("/v1/tasks", json=asked).raise_for_status().json()
        assert task["stage"] == model.id
        ended = until(lambda: client.get(f"/v1/tasks/{task['id']}").json(), lambda one: one["state"] in ENDS)
        assert ended["state"] == "succeeded", ended["error"]
        made = [client.get(file["url"]).content for file in ended["artifacts"]]
        assert made == stage.kept()  # the stamp of the callsheet that made it stays, and no second one is added
    assert len(made) == len(_expected(an_order(model, input, tmp_path)))


def _plain_order(model: Model, folder: Path) -> Order:
    return an_order(
        model, _plain_input(model, lambda param: f"https://media.example/{param.name}"), folder, linked=False
    )


def _plain_input(model: Model, address: Callable[[Param], str]) -> dict[str, Any]:
    """What a model cannot do without."""
    samples: dict[str, Any] = {"string": "a red door", "integer": 1, "number": 1, "boolean": True}
    given: dict[str, Any] = {}
    for name, param in model.params.items():
        if param.required and param.is_media:
            given[name] = [address(param)] if param.many else address(param)
        elif param.required:
            given[name] = next(iter(param.values), samples[param.type])
    return given


async def _run(stage: Stage, order: Order, folder: Path, until: State) -> Update:
    vendor = order.model.vendor
    driver = a_driver(vendor, folder, stage.base(vendor))
    try:
        return await _followed(driver, order, until)
    except VendorError as error:
        return Update(
            State.FAILED, failure=Failure(error.code, error.message, error.retryable, error.reason, error.values)
        )
    finally:
        await driver.close()


async def _followed(driver: Driver, order: Order, until: State) -> Update:
    update = await driver.submit(order)
    remote = update.remote or ""
    async with asyncio.timeout(WITHIN):
        while not update.state.final and update.state is not until:
            await asyncio.sleep(0.02)
            update = await driver.poll(order, remote)
    return Update(update.state, remote, update.progress, update.artifacts, update.failure, update.usage)


def _by_content(value: Any, paths: Mapping[str, Path]) -> Any:
    """An input with what its files hold in place of their ids."""
    if isinstance(value, Mapping):
        return {name: _by_content(one, paths) for name, one in value.items()}
    if isinstance(value, list):
        return [_by_content(one, paths) for one in value]
    if isinstance(value, str) and value in paths:
        return hashlib.sha256(paths[value].read_bytes()).hexdigest()
    return value


def _expected(order: Order) -> list[bytes]:
    made: list[bytes] = []
    for output in order.model.outputs:
        count = output.count if isinstance(output.count, int) else order.input.get(output.count, 1)
        made += [media(output.kind, number) for number in range(count)]
    return made


def _bytes(stage: Stage, artifact: Artifact) -> bytes:
    if artifact.text is not None:
        return artifact.text.encode()
    assert artifact.url is not None
    assert artifact.url.startswith(stage.url)
    return httpx2.get(artifact.url, trust_env=False, timeout=60).raise_for_status().content
