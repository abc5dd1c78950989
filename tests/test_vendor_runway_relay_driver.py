"""What the driver of a Runway relay makes of answers that no document shows, and of none."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest

from callsheet import catalog
from callsheet.contract import Order
from callsheet.errors import Rejected, Unavailable, Unsure
from callsheet.tasks import State, Update
from callsheet.vendors.runway_relay.driver import RunwayRelayDriver

VENDOR = catalog.load().vendor("runway_relay")
ORDER = Order("task_01", VENDOR.models["runway_relay/gen2/text-to-video"], {"prompt": "x"}, {})

Verb = Callable[[RunwayRelayDriver], Awaitable[Update]]


def submit(driver: RunwayRelayDriver) -> Awaitable[Update]:
    return driver.submit(ORDER)


def poll(driver: RunwayRelayDriver) -> Awaitable[Update]:
    return driver.poll(ORDER, "a/../b")


def outcome(verb: Verb, answer: Any, seen: list[httpx2.Request] | None = None) -> Update | Exception:
    """What a verb makes of an answer: a status and a body, or a failure of the line."""

    def answering(request: httpx2.Request) -> httpx2.Response:
        if seen is not None:
            seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return httpx2.Response(answer[0], json=answer[1])

    async def run() -> Update | Exception:
        client = httpx2.AsyncClient(base_url=VENDOR.base_url, transport=httpx2.MockTransport(answering))
        driver = RunwayRelayDriver(client, VENDOR)
        try:
            return await verb(driver)
        except Exception as error:
            return error
        finally:
            await driver.close()

    return asyncio.run(run())


@pytest.mark.parametrize("answer", [(200, {}), (200, {"task": {}}), (200, []), (502, {}), httpx2.ReadTimeout("late")])
def test_a_create_that_may_have_been_accepted_is_never_sent_twice(answer: Any) -> None:
    assert type(outcome(submit, answer)) is Unsure


def test_a_create_that_was_not_accepted_is_no_mystery() -> None:
    refused = outcome(submit, (200, {"error": {"message": "no quota"}}))
    assert type(refused) is Rejected
    assert "no quota" in str(refused)
    assert type(outcome(submit, httpx2.ConnectError("down"))) is Unavailable


@pytest.mark.parametrize(
    "answer", [(404, {"error": {"message": "not yet"}}), (200, {}), (500, {}), httpx2.ReadError("x")]
)
def test_a_question_that_fails_does_not_give_a_paid_task_up(answer: Any) -> None:
    assert type(outcome(poll, answer)) is Unavailable


def test_an_unknown_state_is_still_running_and_noted() -> None:
    update = outcome(poll, (200, {"task": {"status": "DREAMING", "progressRatio": 0.25}}))
    assert isinstance(update, Update)
    assert (update.state, update.progress) == (State.RUNNING, 0.25)
    assert "DREAMING" in (update.note or "")


def test_an_id_stays_one_part_of_the_path() -> None:
    seen: list[httpx2.Request] = []
    outcome(poll, (200, {"task": {"status": "RUNNING"}}), seen)
    assert seen[0].url.raw_path == b"/runway/tasks/a%2F..%2Fb"


def test_the_callback_goes_along_where_we_can_be_reached() -> None:
    seen: list[httpx2.Request] = []
    order = Order("task_01", ORDER.model, ORDER.input, {}, callback="https://us.example/callbacks/1")
    outcome(lambda driver: driver.submit(order), (200, {"task": {"id": "r", "status": "PENDING"}}), seen)
    assert b'"notify_hook":"https://us.example/callbacks/1"' in seen[0].content
