"""Law *record*: each documented exchange, sent and understood by our driver, accepted and answered by our dialect."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from callsheet import catalog, errors
from callsheet.contract import Driver
from callsheet.errors import VendorError
from callsheet.tasks import State, Update
from record_fixtures import (
    VENDORS,
    Examples,
    Exchange,
    Recorded,
    a_driver,
    an_order,
    at,
    brought_home,
    callback_of,
    cases,
    examples,
    media_host,
    missing,
    place_of,
    shape_faults,
)
from vendor_fixtures import WITHIN, Receiver, Serve, Stage, receiving, staged, until

_numbers = itertools.count(1)
CATALOG = catalog.load()
MARKS = {"vidu": "payload"}
"""By vendor, the field in which our driver sends our own id along."""

OTHERS = [vendor.id for vendor in CATALOG.vendors if vendor.base_url != "local"]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[Stage]:
    with staged(serve_home, tmp_path_factory.mktemp("stage")) as found:
        yield found


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with media_host() as found:
        yield found


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.mark.parametrize("vendor", OTHERS)
def test_a_vendor_has_both_sides_and_a_record(vendor: str) -> None:
    assert missing(vendor) == []
    submitted = {one.model for one in examples(vendor) if one.verb == "submit"}
    assert submitted, "a submit is documented"
    assert submitted - {None} <= set(CATALOG.vendor(vendor).models)


@pytest.mark.parametrize("vendor", [one for one in OTHERS if (VENDORS / one / "examples.json").exists()])
def test_the_record_says_where_it_is_from(vendor: str) -> None:
    record = Examples.model_validate_json((VENDORS / vendor / "examples.json").read_text())
    assert record.source
    assert datetime.date.fromisoformat(record.checked) <= datetime.date.today()
    names = [one.name for one in record.exchanges]
    assert sorted(set(names)) == sorted(names)
    for one in record.exchanges:
        assert one.source, one.name
        assert one.request.path.startswith("/") or one.verb == "callback", one.name
        if one.for_driver and one.verb == "submit":
            assert one.model is not None, one.name
            assert one.input is not None, one.name


@pytest.mark.parametrize(("vendor", "exchange"), cases("driver.py", "examples.json", side="driver"))
def test_our_driver_sends_this_and_understands_the_answer(
    vendor: str, exchange: Exchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Recorded(vendor, exchange)
    client = httpx2.AsyncClient
    monkeypatch.setattr(
        httpx2, "AsyncClient", lambda **parts: client(**(parts | {"transport": httpx2.MockTransport(record)}))
    )
    outcome = asyncio.run(_driven(vendor, exchange, tmp_path))
    sent = next(
        one for one in record.asked if (one.method, one.url.path) == (exchange.request.method, exchange.request.path)
    )
    if not exchange.lenient:
        assert _unmarked(vendor, _said(sent), exchange) == exchange.request.body
        assert {name: str(value) for name, value in exchange.request.query.items()} == dict(sent.url.params)
    assert exchange.update is not None
    assert _as_told(outcome, exchange.update) == exchange.update


def _unmarked(vendor: str, said: Any, exchange: Exchange) -> Any:
    """What was sent without our own mark, by which a task is found whose answer was lost: no document has it."""
    mark = MARKS.get(vendor)
    if isinstance(said, dict) and mark in said and mark not in (exchange.request.body or {}):
        assert str(said[mark]).startswith("task_")
        return {name: value for name, value in said.items() if name != mark}
    return said


async def _driven(vendor: str, exchange: Exchange, folder: Path) -> Update | VendorError:
    driver = a_driver(vendor, folder)
    try:
        return await _verb(driver, vendor, exchange, folder)
    except VendorError as error:
        return error
    finally:
        await driver.close()


async def _verb(driver: Driver, vendor: str, exchange: Exchange, folder: Path) -> Update:
    model, input = exchange.model, exchange.input
    if model is None or input is None:
        first = _submit_for(vendor, exchange)
        model, input = first.model, first.input
    assert model is not None
    assert input is not None
    callback = callback_of(CATALOG.vendor(vendor), exchange.request.body)
    order = an_order(CATALOG.model(model), input, folder, callback=callback)
    if exchange.verb == "submit":
        return await driver.submit(order)
    assert exchange.remote is not None, "whose state is asked"
    verb = driver.poll if exchange.verb == "poll" else driver.cancel
    return await verb(dataclasses.replace(order, media={}, links={}), exchange.remote)


def _submit_for(vendor: str, exchange: Exchange) -> Exchange:
    """The documented submit that a later exchange may follow: of the same model and id where there is one."""
    submits = [one for one in examples(vendor) if one.verb == "submit" and one.model and _id_place(one) is not None]
    submits = submits or [one for one in examples(vendor) if one.verb == "submit" and one.model]
    return min(submits, key=lambda one: (one.model != exchange.model and exchange.model is not None, one.lenient))


def _said(request: httpx2.Request) -> Any:
    return json.loads(request.content) if request.content else None


def _as_told(outcome: Update | VendorError, wanted: dict[str, Any]) -> dict[str, Any]:
    """What came out, as far as the record speaks of it."""
    if isinstance(outcome, VendorError):
        names = [one.__name__ for one in type(outcome).__mro__]
        return {"error": wanted["error"] if wanted.get("error") in names else f"{names[0]}: {outcome}"}
    told: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(outcome), default=dict))
    return _named(told, wanted)


def _named(told: Any, wanted: Any) -> Any:
    if isinstance(told, dict) and isinstance(wanted, dict):
        return {name: _named(told.get(name), one) for name, one in wanted.items()}
    if isinstance(told, list) and isinstance(wanted, list) and len(told) == len(wanted):
        return [_named(one, other) for one, other in zip(told, wanted, strict=True)]
    return told


@pytest.mark.parametrize(("vendor", "exchange"), cases("dialect.py", "examples.json", side="dialect"))
def test_our_dialect_accepts_this_and_answers_in_that_shape(
    vendor: str, exchange: Exchange, stage: Stage, host: str, receiver: Receiver
) -> None:
    stage.stub.reset()
    replay = _Replay(stage, vendor, host, receiver)
    if exchange.verb == "callback":
        assert not shape_faults(exchange.request.body, replay.callback(exchange), exchange.more, "callback")
        return
    response = replay.answer(exchange)
    assert response.status_code == exchange.response.status, response.text
    if exchange.response.text is None:
        assert not shape_faults(exchange.response.body, response.json(), exchange.more), response.text


class _Replay:
    """Says documented things to a dialect, in the state in which they were said."""

    def __init__(self, stage: Stage, vendor: str, host: str, receiver: Receiver) -> None:
        self._stage = stage
        self._vendor = CATALOG.vendor(vendor)
        self._host = host
        self._receiver = receiver

    def answer(self, exchange: Exchange) -> httpx2.Response:
        """The dialect's answer, the task it is about being as far as the record shows it."""
        if exchange.verb == "submit" or exchange.remote is None:
            self._script(exchange, at_submit=True)
            return self._send(exchange)
        ours = self._begun(exchange)
        self._bring(exchange)
        return self._send(exchange, ours)

    def callback(self, exchange: Exchange) -> Any:
        """What the dialect tells the receiver."""
        path = f"/told/{next(_numbers)}"  # what an earlier task still has to tell goes elsewhere
        self._begun(exchange, callback=self._receiver.url + path)
        self._bring(exchange)
        wanted = len(CATALOG.vendor(self._vendor.id).callback.states) if self._vendor.callback else 0
        assert wanted, "the vendor's facts say when it calls"
        until(lambda: self._stage.newest()["webhook_state"], lambda state: state == "delivered")
        return [one for one in self._receiver.received if one.path == path][-1].json

    def _begun(self, exchange: Exchange, callback: str | None = None) -> str:
        """Submit what the exchange follows; the id that our answer gives it."""
        first = _submit_for(self._vendor.id, exchange)
        self._stage.stub.wait()
        response = self._send(first, callback=callback)
        place = _id_place(first)
        assert place is not None, f"{first.name} shows no id"
        return at(response.json(), place)

    def _script(self, exchange: Exchange, *, at_submit: bool) -> None:
        stub, update = self._stage.stub, exchange.update or {}
        if "error" in update:
            known = getattr(errors, update["error"])
            stub.refuse(known("The vendor said no.")) if not known.retryable else stub.fail(known.code)
            return
        match update.get("state"):
            case State.SUCCEEDED:
                stub.succeed()
            case State.FAILED:
                stub.fail(update.get("failure", {}).get("code", "rejected"))
            case State.RUNNING if not at_submit:
                stub.run(update.get("progress") or 0.4)
            case _:
                stub.wait()

    def _bring(self, exchange: Exchange) -> None:
        """The newest task to the state that the exchange shows."""
        state = (exchange.update or {}).get("state")
        if exchange.verb == "cancel" or state is None:
            return
        task_id = self._stage.newest()["id"]
        if state == State.CANCELED:
            with self._stage.as_operator() as native:
                native.post(f"/v1/tasks/{task_id}/cancel").raise_for_status()
        self._script(exchange, at_submit=False)
        self._stage.task(task_id, WITHIN, state)

    def _send(self, exchange: Exchange, remote: str | None = None, callback: str | None = None) -> httpx2.Response:
        request = exchange.request
        body = brought_home(request.body, self._host, self._vendor, exchange)
        if callback is not None and self._vendor.callback is not None:
            body = {**body, self._vendor.callback.param: callback}
        parts: dict[str, Any] = {"headers": request.headers, "params": request.query or None}
        content = request.text if body is None else json.dumps(body)
        path = request.path
        if remote is not None and exchange.remote is not None:
            path = path.replace(exchange.remote, remote)
            content = content.replace(exchange.remote, remote) if content else content
            parts["params"] = json.loads(json.dumps(parts["params"]).replace(exchange.remote, remote))
        if body is not None and not any(name.lower() == "content-type" for name in request.headers):
            parts["headers"] = {**request.headers, "content-type": "application/json"}
        with self._stage.client(self._vendor.id) as client:
            return client.request(request.method, path, content=content, **parts)


def _id_place(submit: Exchange) -> tuple[str | int, ...] | None:
    remote = (submit.update or {}).get("remote") or submit.remote
    return place_of(remote, submit.response.body) if remote else None
