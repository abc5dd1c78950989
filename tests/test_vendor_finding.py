"""Drivers that look for a task whose answer was lost: what counts as certain, and what a callback names."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest

from callsheet import catalog
from callsheet.contract import Call, Named, Order
from callsheet.settings import load
from callsheet.vendors.mediaio.driver import MediaIoDriver
from callsheet.vendors.runway_relay.driver import RunwayRelayDriver
from callsheet.vendors.vidu.driver import Vidu, driver
from callsheet.vendors.wiro.driver import WiroDriver
from callsheet.vendors.wondershare.driver import WondershareDriver
from callsheet.wires.calling import named_in
from vendor_fixtures import Serve, staged

MODELS = catalog.load()
SENT = 1_795_255_200_000
CALLBACK = "https://here.example/callbacks/wiro/task_1/proof"
WIRO = MODELS.model("wiro/ShareGPT4Video-EN")
FILE = f"file_{'0' * 25}1"
VIDU = MODELS.model("vidu/viduq3-pro/text2video")


def an_order(model: Any, input: Mapping[str, Any], callback: str | None = None) -> Order:
    return Order("task_1", model, model.check(input), {}, callback=callback)


def a_wiro(*tasks: dict[str, Any]) -> WiroDriver:
    def answer(request: httpx2.Request) -> httpx2.Response:
        assert request.url.path.endswith("/Task/List")
        start = int(json.loads(request.content)["start"])
        return httpx2.Response(200, json={"result": True, "errors": [], "tasklist": list(tasks[start : start + 100])})

    client = httpx2.AsyncClient(base_url="https://api.wiro.ai/v1", transport=httpx2.MockTransport(answer))
    return WiroDriver(client, MODELS.vendor("wiro"))


def shown(order: Order, token: str, *, after: int = 1, **changed: Any) -> dict[str, Any]:
    wire = order.model.to_wire(dict(order.input))
    parameters = {
        name: f"https://cdn.example/{value}.mp4" if value == FILE else str(value) for name, value in wire.items()
    }
    parameters |= changed
    return {"socketaccesstoken": token, "createtime": str(SENT // 1000 + after), "parameters": parameters}


def a_wiro_order(callback: str | None = None) -> Order:
    return an_order(WIRO, {"video": FILE, "conversation_mode": "v0"}, callback)


def found(driver: WiroDriver | Vidu, order: Order) -> str | None:
    async def story() -> str | None:
        update = await driver.find(order, SENT)
        await driver.close()
        return update.remote if update else None

    return asyncio.run(story())


def test_wiro_knows_the_only_task_of_that_time_with_exactly_this_request() -> None:
    order = a_wiro_order()
    others = [
        shown(order, "old", after=-500),
        shown(order, "later", after=5000),
        shown(order, "b", convMode="plain"),
    ]
    assert found(a_wiro(shown(order, "t"), *others), order) == "t"


def test_two_of_the_same_are_not_certain_nor_is_one_with_more() -> None:
    order = a_wiro_order()
    assert found(a_wiro(shown(order, "one"), shown(order, "two")), order) is None
    assert found(a_wiro(shown(order, "one", seed="7")), order) is None
    another = shown(order, "one")["parameters"]["inputVideoUrl"].replace("1.mp4", "2.mp4")
    assert found(a_wiro(shown(order, "one", inputVideoUrl=another)), order) is None
    assert found(a_wiro({**shown(order, "one"), "modelslugowner": "x", "modelslugproject": "another"}), order) is None
    assert found(a_wiro(), order) is None


def test_our_own_callback_address_is_certain_however_many_are_the_same() -> None:
    order = a_wiro_order(CALLBACK)
    ours = shown(order, "ours", callbackUrl=CALLBACK)
    theirs = shown(order, "theirs", callbackUrl=CALLBACK.replace("task_1", "task_2"))
    assert found(a_wiro(theirs, ours), order) == "ours"


def test_wiros_list_is_read_page_by_page_until_it_is_too_old() -> None:
    order = a_wiro_order()
    many = [shown(order, f"n{n}", after=100, convMode=f"mode {n}") for n in range(150)]
    assert found(a_wiro(*many, shown(order, "t"), shown(order, "ancient", after=-9000)), order) == "t"


def a_vidu(rows: list[dict[str, Any]], payloads: Mapping[str, str], asked: list[httpx2.URL] | None = None) -> Vidu:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if asked is not None:
            asked.append(request.url)
        if request.url.path.endswith("/creations"):
            remote = request.url.path.split("/")[-2]
            return httpx2.Response(200, json={"id": remote, "state": "success", "payload": payloads.get(remote, "")})
        page = int(request.url.params.get("pager.page_token", 0))
        token = str(page + 1) if page + 1 < len(rows) else ""
        return httpx2.Response(200, json={"tasks": rows[page : page + 1], "next_page_token": token})

    client = httpx2.AsyncClient(base_url="https://api.vidu.com/ent/v2", transport=httpx2.MockTransport(answer))
    return Vidu(client, "https://api.vidu.com", "the-key")


def test_vidu_gives_our_id_back_as_the_payload_of_the_task_that_is_ours() -> None:
    order, asked = an_order(VIDU, {"prompt": "a red door"}), list[httpx2.URL]()
    rows = [{"id": str(n), "model": "viduq3-pro", "prompt": "a red door"} for n in range(3)]
    rows.append({"id": "9", "model": "viduq3-pro", "prompt": "another"})
    driver = a_vidu(rows, {"0": "task_0", "1": "", "2": "task_1", "9": "task_1"}, asked)
    assert found(driver, order) == "2"
    assert [url.path.split("/")[-2] for url in asked if url.path.endswith("/creations")] == ["0", "1", "2"]
    assert asked[0].params["created_at.from"] == "2026-11-21T09:55:00.000000Z"
    assert found(a_vidu(rows, {}), order) is None


def test_what_vidu_is_sent_carries_our_id() -> None:
    sent: list[Any] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(json.loads(request.content))
        return httpx2.Response(200, json={"task_id": "1", "state": "created"})

    client = httpx2.AsyncClient(base_url="https://api.vidu.com/ent/v2", transport=httpx2.MockTransport(answer))
    vidu = Vidu(client, "https://api.vidu.com", "k")
    asyncio.run(vidu.submit(an_order(VIDU, {"prompt": "a red door"})))
    asyncio.run(vidu.close())
    assert sent[0]["payload"] == "task_1"


def test_one_callsheet_finds_at_another_what_it_lost_the_answer_of(tmp_path: Path, serve_home: Serve) -> None:
    """Our driver against our own dialect: two submits of the same, and one whose answer is forgotten."""
    with staged(serve_home, tmp_path) as stage:
        stage.stub.run()
        given = {"vendors": {"vidu": {"key": "x", "base_url": f"{stage.served.url}/as/vidu"}}}

        async def story() -> None:
            live = driver(load(tmp_path / "other", given, environ={}))
            assert live is not None
            ours = Order("task_ours", VIDU, VIDU.check({"prompt": "a red door"}), {})
            lost, _ = [await live.submit(one) for one in (ours, dataclasses.replace(ours, task_id="task_other"))]
            update = await live.find(ours, time.time_ns() // 1_000_000)
            assert update is not None
            assert update.remote == lost.remote
            assert await live.find(dataclasses.replace(ours, task_id="task_none"), time.time_ns() // 1_000_000) is None
            await live.close()

        asyncio.run(story())


def a_call(body: Any) -> Call:
    return Call("POST", "/", "", {}, body if isinstance(body, bytes) else json.dumps(body).encode())


def test_a_callback_names_the_task_as_its_vendor_writes_it() -> None:
    client = httpx2.AsyncClient()
    vendors = MODELS.vendor
    named: list[tuple[Named, Any, str | None]] = [
        (Vidu(client, "", "k"), {"id": "77", "state": "success"}, "77"),
        (WiroDriver(client, vendors("wiro")), {"tasklist": [{"socketaccesstoken": "tok"}]}, "tok"),
        (WiroDriver(client, vendors("wiro")), {"socketaccesstoken": "top", "tasklist": []}, "top"),
        (WondershareDriver(client, vendors("wondershare")), {"code": 0, "data": {"task_id": "w"}}, "w"),
        (WondershareDriver(client, vendors("wondershare")), {"task_id": "w"}, "w"),
        (RunwayRelayDriver(client, vendors("runway_relay")), {"task": {"id": "r"}}, "r"),
        (RunwayRelayDriver(client, vendors("runway_relay")), {"task": None}, None),
    ]
    for named_by, body, expected in named:
        assert named_by.named(a_call(body)) == expected, body
    assert not isinstance(MediaIoDriver(client, vendors("mediaio")), Named)
    asyncio.run(client.aclose())


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[]", b"7", b'"x"', b"{}", {"id": True}, {"id": "x" * 501}, {"id": "a\nb"}]
)
def test_garbage_names_nothing(body: Any) -> None:
    assert named_in(a_call(body), "id") is None
    assert named_in(a_call(body), "tasklist", "0", "id") is None
