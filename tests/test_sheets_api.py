"""Call sheets over HTTP and the SDK: planned, priced, handed in once, played on, refused at their line."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest

from callsheet.catalog import load
from callsheet.client import AsyncClient
from callsheet.errors import InvalidInput, NoCredit
from callsheet.sheets import Known, Player, Wish, examples, parse
from callsheet.tasks import Page, Quote
from conftest import Served

FILM = """
[sheet]
title = "A small film"

[shots.still]
model = "text-to-image"
prompt = "a fox at dawn, {name}"
seed = 7

[shots.opening]
model = "image-to-video"
image = "@still"
duration = 1

[shots.film]
model = "concat"
videos = ["@opening", "@opening"]
"""
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000040000000400806000000aa6971de0000004c49444154789cedcf310d00000803"
    "3080fd3b6b3de0e0a0e9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9"
)


def film(name: str) -> str:
    return FILM.replace("{name}", name)


def plan(api: httpx2.Client, sheet: str, status: int = 200, **more: Any) -> Any:
    answer = api.post("/v1/sheets/plan", json={"sheet": sheet, **more})
    assert answer.status_code == status, answer.text
    return answer.json() if status == 200 else answer.json()["error"]


def play(api: httpx2.Client, sheet: str, status: int = 201, key: str = "", **more: Any) -> Any:
    headers = {"idempotency-key": key} if key else {}
    answer = api.post("/v1/sheets", json={"sheet": sheet, **more}, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json() if status < 400 else answer.json()["error"]


def ids(played: Mapping[str, Any]) -> dict[str, str]:
    return {shot["name"]: shot["task"]["id"] for shot in played["shots"]}


def count(api: httpx2.Client) -> int:
    return len(api.get("/v1/tasks", params={"limit": 100}).json()["data"])


def ended(api: httpx2.Client, task: str) -> None:
    with api.stream("GET", f"/v1/tasks/{task}/events") as events:  # which end with the task
        events.read()


def test_a_plan_says_order_needs_stages_and_prices_and_hands_nothing_in(api: httpx2.Client) -> None:
    before = count(api)
    found = plan(api, film("planned"))
    assert [(one["name"], one["after"], one["line"]) for one in found["shots"]] == [
        ("still", [], 5),
        ("opening", ["still"], 10),
        ("film", ["opening"], 15),
    ]
    assert [one["stage"] for one in found["shots"]] == ["previz", "previz", "edit/concat"]
    assert (found["title"], found["credits"], found["unknown"], found["refusal"]) == ("A small film", 0, [], None)
    assert all(one["quote"]["credits"] == 0 and not one["found"] and not one["task"] for one in found["shots"])
    assert count(api) == before


def test_a_played_sheet_is_tasks_that_wait_for_each_other_and_is_found_again(api: httpx2.Client) -> None:
    played = play(api, film("played"))
    tasks = {one["name"]: one["task"] for one in played["shots"]}
    assert tasks["film"]["input"]["videos"] == [{"from": tasks["opening"]["id"], "output": 0}] * 2
    assert tasks["opening"]["metadata"] | {"take": ""} == {"sheet": "A small film", "shot": "opening", "take": ""}
    before = count(api)
    again = play(api, film("played"), 200)
    assert ids(again) == ids(played)
    assert all(one["found"] for one in again["shots"])
    planned = plan(api, film("played"))
    assert {one["name"]: one["task"]["id"] for one in planned["shots"]} == ids(played)
    assert all(one["quote"] is None for one in planned["shots"])
    assert count(api) == before


def test_what_is_fresh_is_made_anew_and_once_under_one_key(api: httpx2.Client) -> None:
    first = ids(play(api, film("fresh")))
    fresh = ids(play(api, film("fresh"), key="once", fresh=["opening"]))
    assert {name for name in first if first[name] != fresh[name]} == {"opening", "film"}
    assert ids(play(api, film("fresh"), key="once", fresh=["opening"])) == fresh, "asked again after a lost answer"
    assert not set(ids(play(api, film("fresh"), fresh="*")).values()) & {*first.values(), *fresh.values()}


def test_a_shot_alone_is_made_with_what_it_takes_and_a_failed_one_is_tried_anew(api: httpx2.Client) -> None:
    played = play(api, film("alone"), only="opening", changes={"opening.duration": 2})
    assert [(one["name"], one["task"]["input"].get("duration")) for one in played["shots"]] == [
        ("still", None),
        ("opening", 2),
    ]
    api.post(f"/v1/tasks/{ids(played)['opening']}/cancel").raise_for_status()
    still, opening = plan(api, film("alone"), only="opening", changes={"opening.duration": 2})["shots"]
    assert still["found"]
    assert (opening["found"], opening["task"]["state"], opening["quote"]["credits"]) == (False, "canceled", 0)
    again = ids(play(api, film("alone"), only="opening", changes={"opening.duration": 2}))
    assert again["still"] == ids(played)["still"]
    assert again["opening"] != ids(played)["opening"]


def test_a_shot_whose_task_was_deleted_is_made_anew_however_often(api: httpx2.Client) -> None:
    seen: set[str] = set()
    for _ in range(4):
        made = ids(play(api, film("deleted"), only="still"))["still"]
        assert made not in seen
        seen.add(made)
        api.post(f"/v1/tasks/{made}/cancel").raise_for_status()
        ended(api, made)
        assert api.delete(f"/v1/tasks/{made}").status_code == 204
    fault = {}
    for status in (201, 409):
        answer = play(api, film("deleted"), status, key="once", only="still", fresh="*")
        if status == 409:
            fault = answer
        else:
            made = ids(answer)["still"]
            api.post(f"/v1/tasks/{made}/cancel").raise_for_status()
            ended(api, made)
            api.delete(f"/v1/tasks/{made}").raise_for_status()
    assert "which was deleted" in fault["message"], "what one key has made is never made twice under it"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('"@still"', '"@stil"', 12, "film.toml:12: opening takes from @stil"),
        ("duration = 1", "duration = 900", 13, "film.toml:13: opening: duration cannot be 900"),
        ('"concat"', '"conkat"', 16, "film.toml:16: No model is called"),
        ("seed = 7", "seed = ", 8, "film.toml is no TOML"),
        ('"@still"', '"still.png"', 12, "film.toml:12: opening: image names still.png, and no such file is there"),
    ],
)
def test_a_fault_is_named_with_its_line(api: httpx2.Client, old: str, new: str, line: int, said: str) -> None:
    for refused in (plan, play):
        fault = refused(api, film("wrong").replace(old, new), 422, name="film.toml")
        assert fault["line"] == line
        assert said in fault["message"]
    if "still.png" in new:
        assert "upload it (POST /v1/files) and write its id" in fault["hint"]


def test_what_nothing_here_can_run_is_refused_at_its_shot(api: httpx2.Client) -> None:
    sheet = film("wiro").replace("duration = 1\n", 'duration = 1\non = "vidu/viduq3-pro/img2video"\n')
    fault = plan(api, sheet, 409)
    assert fault["line"] == 10
    assert fault["message"].startswith("opening: Nothing here can run")


def test_a_path_stands_for_an_uploaded_file_and_counts_by_its_content(api: httpx2.Client, tmp_path: Path) -> None:
    sheet = film("file").replace('"@still"', '"stills/fox.png"')
    (first, second), sum = uploads(api, 2), f"sha256:{hashlib.sha256(PIXEL).hexdigest()}"
    unsent = plan(api, sheet, files={"stills/fox.png": sum})
    assert "opening: stills/fox.png is not uploaded yet." in unsent["refusal"]
    assert play(api, sheet, 422, files={"stills/fox.png": sum})["line"] == 10
    before = count(api)
    played = ids(play(api, sheet, files={"stills/fox.png": first}))
    assert count(api) == before + 3
    assert ids(play(api, sheet, 200, files={"stills/fox.png": second})) == played, "another id of the same bytes"
    assert ids(play(api, sheet, 200, files={"stills/fox.png": sum})) == played, "what stands needs no upload"
    unknown = plan(api, sheet, 422, files={"stills/fox.png": first, "b.png": first})
    assert "names no file 'b.png'" in unknown["message"]
    assert plan(api, sheet, 404, files={"stills/fox.png": "file_0"})["message"].startswith("stills/fox.png: ")


def uploads(api: httpx2.Client, number: int) -> list[str]:
    return [
        api.post("/v1/files", files={"file": ("fox.png", PIXEL, "image/png")}).raise_for_status().json()["id"]
        for _ in range(number)
    ]


def test_no_file_of_the_server_is_read(api: httpx2.Client, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(PIXEL)
    sheet = film("secret").replace('"@still"', f'"{tmp_path / "secret.png"}"')
    assert "no such file is there" in plan(api, sheet, 422)["message"]


@pytest.mark.parametrize(
    "odd",
    [
        "[sheet]\nbudget = nan\n",
        "[sheet]\nbudget = inf\n",
        "[sheet]\nbudget = 1e400\n",
        f"[sheet]\nbudget = {'9' * 400}\n",
        f"[defaults]\nseed = {'9' * 5000}\n",
        f"[defaults]\nseed = 0x{'f' * 5000}\n",
        f"[defaults]\nseed = {'[' * 50_000}\n",
        "[defaults]\n" + "".join(f"k{number} = 1\n" for number in range(501)),
        "[shots.when]\nmodel = 'lip-sync'\nvideo = 1979-05-27\n",
        "[shots.many]\nmodel = 'lip-sync'\nvideo = nan\n",
    ],
)
def test_what_toml_can_say_and_nothing_here_can_mean_is_refused(api: httpx2.Client, odd: str) -> None:
    shot = '[shots.still]\nmodel = "text-to-image"\nprompt = "a fox"\n'
    for refused in (plan, play):
        assert refused(api, odd + shot, 422)["code"] == "invalid_input"


def test_the_sdk_plans_plays_and_names_the_line(house: Served) -> None:
    async def story() -> None:
        async with AsyncClient(house.url) as client:
            planned = await client.plan_sheet(film("sdk"), on="previz", name="film.toml")
            assert (planned.shots[0].name, planned.shots[0].stage) == ("still", "previz")
            made = await client.play_sheet(film("sdk"), on="previz")
            again = await client.play_sheet(film("sdk"), on="previz")
            assert [one.task.id for one in made.shots] == [one.task.id for one in again.shots]
            anew = await client.play_sheet(film("sdk"), on="previz", fresh=["*"])
            assert not any(one.found for one in anew.shots)
            with pytest.raises(InvalidInput) as fault:
                await client.plan_sheet(film("sdk").replace("duration = 1", "duraton = 1"))
            assert (fault.value.line, fault.value.param) == (13, "shots.opening.duraton")
            named = [one.name for one in await client.sheet_examples()]
            assert named == ["fifteen-seconds.toml", "production.toml", "redraw.toml"]

    asyncio.run(story())


def test_the_examples_are_whole_and_say_what_they_are(api: httpx2.Client) -> None:
    for one in examples():
        assert one.title
        assert one.about.endswith(".")
        assert plan(api, one.text, on="previz")["title"] == one.title


class Priced:
    """Tasks that all cost two credits, but for those of one model, whose price nobody knows."""

    async def quote(self, account: str, model: str, input: Mapping[str, Any], stage: str | None = None) -> Quote:
        return Quote(model, "vidu/x", None if model == "image-to-video" else 2.0, "said")

    async def list(self, *asked: Any) -> Page:
        return Page(())


def budgeted(budget: float, model: str) -> None:
    text = FILM.replace('film"\n', f'film"\nbudget = {budget}\n').replace('"text-to-image"', f'"{model}"')
    sheet = parse(text, load(), Wish(), name="film.toml", known=Known(lambda path: False, ""))
    asyncio.run(Player(Priced(), Any, "local").plan(sheet)).check()  # type: ignore[arg-type]


def test_a_budget_is_kept_and_not_where_a_price_is_not_known() -> None:
    with pytest.raises(NoCredit, match="costs 4 credits, and the budget is 3"):
        budgeted(3, "text-to-image")
    with pytest.raises(InvalidInput, match="No price is documented for opening, so the budget of 9"):
        budgeted(9, "text-to-image")
