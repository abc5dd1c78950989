"""Credits over HTTP: what accounts have, what keys may do, and how every door says that it is enough."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from callsheet.tasks import Artifact
from vendor_fixtures import IssuedKey, Serve, Stage, staged, until

MODEL = {"model": "vidu/viduq3-pro/text2video", "input": {"prompt": "a red fox"}}
RUNWAY = {"taskType": "gen2", "options": {"gen2Options": {"text_prompt": "A boat.", "seed": 7}}}
WONDERSHARE = "/v1/open/capacity/application/tm_text2video_b"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[Stage]:
    prices = {"ledger__prices": '{"vidu/*": 4, "mediaio/*": {"credits": 4}, "w*": 4, "runway_relay/*": 4, "edraw*": 4}'}
    with staged(serve_home, tmp_path_factory.mktemp("stage"), **prices) as found:
        found.make_key("first")
        yield found


def limited(stage: Stage, **limits: Any) -> IssuedKey:
    key = stage.make_key("k")
    with stage.as_operator() as operator:
        changed = operator.patch(f"/v1/keys/{key.id}", json=limits).raise_for_status().json()
    assert {name: changed["limits"][name] for name in limits} == limits
    return key


def funded(stage: Stage, amount: float) -> IssuedKey:
    key = stage.make_key("k")
    with stage.as_operator() as operator:
        made = operator.post("/v1/ledger/funds", json={"account": key.account, "amount": amount})
        assert (made.status_code, made.json()["available"]) == (201, amount)
    return key


def native(stage: Stage, key: IssuedKey) -> httpx2.Client:
    return stage.client(headers={"authorization": f"Bearer {key.key}"})


def ask(stage: Stage, door: str, key: IssuedKey) -> httpx2.Response:
    """One task through this door, as its clients ask for it."""
    basic = base64.b64encode(f"{key.key}:{key.secret}".encode()).decode()
    bearer = {"authorization": f"Bearer {key.key}"}
    asked: dict[str, tuple[str, dict[str, str], Any]] = {
        "native": ("/v1/tasks", bearer, MODEL),
        "vidu": (
            "/ent/v2/text2video",
            {"authorization": f"Token {key.key}"},
            {"model": "viduq3-pro", "prompt": "a red fox"},
        ),
        "mediaio": ("/generation/imagen/t2i-imagen-4", {"x-api-key": key.key}, {"data": {"prompt": "a puppy"}}),
        "wiro": ("/Run/wiro/camera-angle-editor", {"x-api-key": key.key}, {}),
        "wondershare": (
            WONDERSHARE,
            {"x-app-key": key.key, "authorization": f"Basic {basic}"},
            {"prompt": "a red fox", "duration": 5},
        ),
        "runway_relay": ("/runway/tasks", bearer, RUNWAY),
        "edrawmax": ("/api/ai/skills/generate-flowchart", bearer, {"prompt": "a -> b"}),
    }
    path, headers, body = asked[door]
    with stage.client(None if door == "native" else door, headers=headers) as client:
        return client.post(path, json=body)


DOORS = ["native", "vidu", "mediaio", "wondershare", "runway_relay", "edrawmax"]
NO_CREDIT: dict[str, tuple[int, Any]] = {
    "native": (402, lambda said: said["error"]["code"] == "no_credit"),
    "vidu": (400, lambda said: said["reason"] == "CreditInsufficient"),
    "mediaio": (200, lambda said: said["code"] == 490505),
    "wondershare": (200, lambda said: said["code"] == 680402),
    "runway_relay": (402, lambda said: "credits" in said["error"]["message"]),
    "edrawmax": (200, lambda said: said["code"] == 500 and "credits" in said["msg"]),
}
TOO_MANY: dict[str, tuple[int, Any]] = {
    "native": (429, lambda said: said["error"]["code"] == "too_many"),
    "vidu": (429, lambda said: said["reason"] == "TooManyRequests"),
    "mediaio": (200, lambda said: said["code"] == 490000 and "a minute" in said["msg"]),
    "wondershare": (200, lambda said: said["code"] == 680429),
    "runway_relay": (429, lambda said: "a minute" in said["error"]["message"]),
    "edrawmax": (200, lambda said: said["code"] == 3001),
}


@pytest.mark.parametrize("door", DOORS)
def test_an_account_without_the_credits_is_refused_in_the_words_of_each_door(stage: Stage, door: str) -> None:
    stage.stub.reset()
    key = funded(stage, 5)
    status, says = NO_CREDIT[door]
    assert ask(stage, door, key).status_code in (200, 201)
    refused = ask(stage, door, key)
    assert refused.status_code == status, refused.text
    assert says(refused.json()), refused.text
    assert len(stage.stub.orders) <= 1, "what was refused went nowhere"
    with native(stage, key) as client:
        assert len(client.get("/v1/tasks").json()["data"]) == 1


@pytest.mark.parametrize("door", DOORS)
def test_a_key_over_its_rate_is_told_when_to_come_back(stage: Stage, door: str) -> None:
    stage.stub.reset()
    key = limited(stage, rate=1)
    status, says = TOO_MANY[door]
    assert ask(stage, door, key).status_code in (200, 201)
    refused = ask(stage, door, key)
    assert refused.status_code == status, refused.text
    assert says(refused.json()), refused.text
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert (refused.headers["ratelimit-limit"], refused.headers["ratelimit-remaining"]) == ("1", "0")


def test_the_answers_say_how_much_of_the_rate_is_left(stage: Stage) -> None:
    key = limited(stage, rate=3)
    left = [ask(stage, "native", key).headers.get("ratelimit-remaining") for _ in range(4)]
    assert left == ["2", "1", "0", "0"]
    assert "ratelimit-limit" not in ask(stage, "native", stage.make_key()).headers


def test_a_place_is_free_again_when_a_task_has_ended(stage: Stage) -> None:
    stage.stub.run()
    key = limited(stage, concurrent=1)
    first = ask(stage, "native", key).json()
    assert ask(stage, "native", key).status_code == 429
    with native(stage, key) as client:
        client.post(f"/v1/tasks/{first['id']}/cancel").raise_for_status()
        until(lambda: client.get(f"/v1/tasks/{first['id']}").json()["state"], lambda state: state == "canceled")
    stage.stub.reset()
    assert ask(stage, "native", key).status_code == 201


def test_credits_tell_what_is_held_and_what_was_spent(stage: Stage) -> None:
    stage.stub.run()
    key = funded(stage, 10)
    first = ask(stage, "native", key).json()
    assert first["usage"] == {"held": 4}
    with native(stage, key) as client:
        held = client.get("/v1/credits").json()
        assert (held["metered"], held["available"], held["held"], held["spent"]) == (True, 6, 4, 0)
        (hold,) = client.get("/v1/credits", params={"open": "true"}).json()["data"]
        assert (hold["kind"], hold["task"], hold["amount"]) == ("hold", first["id"], 4)
        stage.stub.succeed(Artifact(text="made", name="made.txt"), credits=2.5)
        path = f"/v1/tasks/{first['id']}"
        done = until(lambda: client.get(path).json(), lambda found: found["state"] not in ("queued", "running"))
        spent = client.get("/v1/credits", params={"limit": 2}).json()
        of_task = client.get("/v1/credits", params={"task": first["id"]}).json()["data"]
        assert client.get("/v1/credits", params={"open": "true"}).json()["data"] == [], "it has ended"
        rest = client.get("/v1/credits", params={"limit": 2, "cursor": spent["next"]}).json()
        assert client.get("/v1/credits", params={"account": "local"}).status_code == 403
    assert (done["state"], done["usage"]) == ("succeeded", {"credits": 2.5})
    assert (spent["available"], spent["held"], spent["spent"]) == (7.5, 0, 2.5)
    assert [entry["kind"] for entry in spent["data"]] == ["release", "settle"]
    assert [entry["kind"] for entry in (*rest["data"], *of_task)] == ["hold", "fund", "hold", "settle", "release"]
    with native(stage, stage.make_key()) as stranger:
        assert stranger.get("/v1/credits", params={"task": first["id"]}).status_code == 404


def test_the_credit_calls_of_the_vendors_answer_from_the_ledger(stage: Stage) -> None:
    key, free = funded(stage, 10.9), stage.make_key()
    limits = {"budget": 7, "period": "month", "concurrent": 3}
    with stage.as_operator() as operator:
        operator.patch(f"/v1/keys/{key.id}", json=limits).raise_for_status()
    for one, left, at_once in ((key, 7, 3), (free, 2**31 - 1, 2**31 - 1)):
        with stage.client("vidu", headers={"authorization": f"Token {one.key}"}) as client:
            (remains,) = client.get("/ent/v2/credits").json()["remains"]
            assert (remains["credit_remain"], remains["concurrency_limit"]) == (left, at_once)
        with stage.client("mediaio", headers={"x-api-key": one.key}) as client:
            assert client.post("/user/credits", json={}).json()["data"] == {"credits": left}
    with native(stage, key) as client:
        told = client.get("/v1/credits").json()
    assert told["available"] == 7
    assert {name: told["key"][name] for name in limits} == limits
    with stage.as_operator() as operator:
        listed = {one["id"]: one["standing"] for one in operator.get("/v1/keys").json()["data"]}
    assert listed[key.id] == told["key"], "the operator sees how far each key has gone"
    assert told["key"]["resets_at"].endswith("-01T00:00:00.000Z")


def test_the_operator_pays_in_gives_back_and_checks(stage: Stage) -> None:
    stage.stub.reset()
    key = funded(stage, 10)
    task = ask(stage, "native", key).json()
    with native(stage, key) as client:
        path = f"/v1/tasks/{task['id']}"
        done = until(lambda: client.get(path).json(), lambda found: found["state"] not in ("queued", "running"))
        assert client.post("/v1/ledger/funds", json={"account": key.account, "amount": 5}).status_code == 403
        refused = client.get("/v1/ledger/check")
        assert refused.status_code == 403
        assert "key" not in refused.json()["error"]["message"], "it is the ledger that was asked for"
    with stage.as_operator() as operator:
        back = operator.post("/v1/ledger/refunds", json={"task": task["id"], "memo": "not what was asked"})
        assert (back.status_code, back.json()["amount"]) == (201, done["usage"]["credits"])
        assert operator.post("/v1/ledger/refunds", json={"task": task["id"]}).status_code == 409
        assert operator.post("/v1/ledger/funds", json={"account": key.account, "amount": -10.5}).status_code == 409
        taken = operator.post("/v1/ledger/funds", json={"account": key.account, "amount": -10})
        assert taken.json()["available"] == 0
        for wrong in (0, 1e10, "many"):
            asked = {"account": key.account, "amount": wrong}
            assert operator.post("/v1/ledger/funds", json=asked).status_code == 422
        listed = {one["account"]: one for one in operator.get("/v1/ledger/accounts").json()["data"]}
        assert listed[key.account]["metered"] is True
        assert operator.get("/v1/credits", params={"account": key.account}).json()["account"] == key.account
        check = operator.get("/v1/ledger/check").json()
    assert (check["ok"], check["faults"]) == (True, [])


def test_what_has_no_price_is_refused_to_a_metered_account_and_told_of_any_other(
    serve_home: Serve, tmp_path: Path
) -> None:
    with staged(serve_home, tmp_path) as stage:
        with stage.client() as client:
            task = client.post("/v1/tasks", json=MODEL).raise_for_status().json()
            assert task["usage"] == {"priced": False}
            assert client.post("/v1/quotes", json=MODEL).json()["credits"] is None
        rich = funded(stage, 1000)
        refused = ask(stage, "native", rich)
        assert refused.status_code == 402
        said = refused.json()["error"]
        assert "No price is known" in said["message"]
        assert '[ledger.prices] "vidu/viduq3-pro/text2video"' in said["hint"]
        assert 'ledger.unpriced = "allow"' in said["hint"]
        assert ask(stage, "native", limited(stage, budget=5)).status_code == 402, "a budget needs a price as well"
        with stage.as_operator() as operator:
            (unpriced,) = operator.get("/v1/ledger/check").json()["unpriced"]
        assert (unpriced["model"], unpriced["tasks"]) == ("vidu/viduq3-pro/text2video", 1)
