"""The envelope `{code, msg, data}`: what a code means to a request that costs, and to a question about a task."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any, get_args

import httpx2
import pytest

from callsheet import catalog
from callsheet.catalog.shape import VendorFacts
from callsheet.contract import Order
from callsheet.errors import Rejected, Unauthorized, Unavailable, Unsure, VendorError
from callsheet.tasks import State
from callsheet.vendors.mediaio.driver import MediaIoDriver
from callsheet.vendors.wondershare.driver import WondershareDriver
from callsheet.wires.envelope import ask_envelope
from callsheet.wires.meaning import error_of

CATALOG = catalog.load()
MEDIAIO, WONDERSHARE = CATALOG.vendor("mediaio"), CATALOG.vendor("wondershare")
Answer = Callable[[httpx2.Request], httpx2.Response]


def answering(status: int = 200, **parts: Any) -> Answer:
    return lambda request: httpx2.Response(status, **parts)


def asked(answer: Answer, *, paid: bool = False) -> Mapping[str, Any]:
    async def ask() -> Mapping[str, Any]:
        transport = httpx2.MockTransport(answer)
        async with httpx2.AsyncClient(base_url="https://vendor.example", transport=transport) as client:
            return await ask_envelope(client, MEDIAIO, "/x", {}, paid=paid)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("answer", "paid", "free"),
    [
        (answering(json={"code": 374004, "msg": "who?", "data": {}}), Unauthorized, Unauthorized),
        (answering(json={"code": 490505, "msg": "", "data": {}}), Rejected, Rejected),
        (answering(json={"code": 555, "msg": "busy"}), Rejected, Unavailable),
        (answering(json={"msg": "no code"}), Unsure, Unavailable),
        (answering(json=[1]), Unsure, Unavailable),
        (answering(json={"code": 0, "data": "text"}), Unsure, Unavailable),
        (answering(text="<html>"), Unsure, Unavailable),
        (answering(400, json={"code": 374004, "msg": "who?"}), Unauthorized, Unauthorized),
        (answering(400, json={"code": 555}), Rejected, Unavailable),
        (answering(400, text="no"), Rejected, Unavailable),
        (answering(401, text="no"), Unauthorized, Unauthorized),
        (answering(429, headers={"retry-after": "7"}), Unavailable, Unavailable),
        (answering(502, text="bad gateway"), Unsure, Unavailable),
        (answering(headers={"content-encoding": "gzip"}, content=b"no gzip"), Unsure, Unavailable),
        (answering(content=b"[" * 100_000), Unsure, Unavailable),
    ],
)
def test_what_an_answer_means_depends_on_what_it_may_have_cost(
    answer: Answer, paid: type[VendorError], free: type[VendorError]
) -> None:
    with pytest.raises(paid) as costly:
        asked(answer, paid=True)
    with pytest.raises(free) as asking:
        asked(answer)
    assert isinstance(costly.value, paid)
    assert isinstance(asking.value, free)
    assert costly.value.reason == asking.value.reason is not None


def test_the_words_of_a_vendor_are_told_apart_from_ours() -> None:
    with pytest.raises(Rejected) as refused:
        asked(answering(json={"code": 490505, "msg": "素材违规", "data": {}}), paid=True)
    assert refused.value.reason == "vendor_answered"
    assert refused.value.values == {"vendor": "Media.io", "code": "490505", "quoted": "素材违规"}
    with pytest.raises(Unavailable) as busy:
        asked(answering(502, text="bad gateway"))
    assert busy.value.values == {"code": "502", "quoted": "bad gateway"}


def test_an_answer_in_spite_of_its_code_counts_only_for_a_question() -> None:
    answer = answering(json={"code": 680001, "msg": "failed", "data": {"status": 4}})
    assert asked(answer) == {"status": 4}
    with pytest.raises(Rejected, match="680001"):
        asked(answer, paid=True)
    assert asked(answering(json={"code": "0", "data": {"credits": 1}})) == {"credits": 1}


def test_a_lost_answer_to_a_paid_request_is_never_sent_twice() -> None:
    def lost(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("silence", request=request)

    def unreachable(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("nobody", request=request)

    with pytest.raises(Unsure):
        asked(lost, paid=True)
    with pytest.raises(Unavailable):
        asked(lost)
    with pytest.raises(Unavailable):
        asked(unreachable, paid=True)


def an_order(model: str) -> Order:
    found = CATALOG.model(model)
    return Order("task_1", found, found.check({"prompt": "a boat"}), {}, callback="https://us.example/told")


def polled(kind: type[Any], vendor: Any, model: str, data: Any) -> Any:
    async def ask() -> Any:
        transport = httpx2.MockTransport(answering(json={"code": 0, "msg": "", "data": data}))
        driver = kind(httpx2.AsyncClient(base_url="https://vendor.example", transport=transport), vendor)
        try:
            return await driver.poll(an_order(model), "r")
        finally:
            await driver.close()

    return asyncio.run(ask())


def test_a_success_that_cannot_be_read_is_asked_for_again() -> None:
    wondershare = (WondershareDriver, WONDERSHARE, "wondershare/tm_text2video_b")
    for result in ("{", "[1]", 5, None, ""):
        with pytest.raises(Unavailable):
            polled(*wondershare, {"status": 3, "result": result})
    with pytest.raises(Unavailable):
        polled(*wondershare, {"task_id": "r"})
    with pytest.raises(Unavailable):
        polled(MediaIoDriver, MEDIAIO, "mediaio/t2i-imagen-4", {"status": "completed", "result": "[{"})
    with pytest.raises(Unavailable):
        polled(MediaIoDriver, MEDIAIO, "mediaio/t2i-imagen-4", {"task_id": "r"})


def test_a_file_named_twice_is_one_file() -> None:
    one, two = "https://a.example/1.png", "https://a.example/2.png"
    both = json.dumps({"image_path": [one], "images_path": [one, two]})
    found = polled(WondershareDriver, WONDERSHARE, "wondershare/tm_text2video_b", {"status": "3", "result": both})
    assert found.state is State.SUCCEEDED
    assert [made.url for made in found.artifacts] == [one, two]


def test_an_entry_that_failed_beside_others_names_no_file() -> None:
    entries = [
        {"val": "store/1.png", "preview": "https://a.example/1.png", "status": "completed"},
        {"val": "store/2.png", "preview": "", "status": "failed"},
    ]
    data = {"status": "completed", "result": entries}
    found = polled(MediaIoDriver, MEDIAIO, "mediaio/t2i-imagen-4", data)
    assert [one.url for one in found.artifacts] == ["https://a.example/1.png"]


@pytest.mark.parametrize(
    ("kind", "vendor", "model"),
    [
        (WondershareDriver, WONDERSHARE, "wondershare/tm_text2video_b"),
        (MediaIoDriver, MEDIAIO, "mediaio/t2i-imagen-4"),
    ],
)
def test_nothing_is_sent_to_stop_what_cannot_be_stopped(kind: Any, vendor: Any, model: str) -> None:
    async def cancel() -> None:
        def never(request: httpx2.Request) -> httpx2.Response:
            raise AssertionError(request.url)

        driver = kind(httpx2.AsyncClient(transport=httpx2.MockTransport(never)), vendor)
        assert not driver.local
        with pytest.raises(Rejected, match="no call that stops"):
            await driver.cancel(an_order(model), "r")
        await driver.close()

    asyncio.run(cancel())


def test_a_callback_address_goes_along() -> None:
    sent: list[httpx2.Request] = []

    def taken(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        return httpx2.Response(200, json={"code": 0, "msg": "", "data": {"task_id": "r"}})

    async def submit(kind: Any, vendor: Any, model: str) -> Any:
        driver = kind(httpx2.AsyncClient(base_url="https://v.example", transport=httpx2.MockTransport(taken)), vendor)
        try:
            return await driver.submit(an_order(model))
        finally:
            await driver.close()

    assert asyncio.run(submit(WondershareDriver, WONDERSHARE, "wondershare/tm_text2video_b")).remote == "r"
    assert asyncio.run(submit(MediaIoDriver, MEDIAIO, "mediaio/t2i-imagen-4")).remote == "r"
    assert b"https://us.example/told" in sent[0].content
    assert b"us.example" not in sent[1].content, "Media.io calls nobody back"


def test_whatever_a_catalogue_may_call_an_error_is_a_class_of_errors() -> None:
    _, names = get_args(VendorFacts.model_fields["errors"].annotation)
    for name in get_args(names):
        vendor = dataclasses.replace(MEDIAIO, errors={"7": name})
        assert type(error_of(vendor, 7, "No.")).__name__ == name
    assert error_of(MEDIAIO, "no code of theirs", "No.") is None
