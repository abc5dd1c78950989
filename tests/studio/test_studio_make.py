"""The page that makes things, in a real browser, on a server that really makes them."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import httpx2
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from callsheet import catalog
from studio.make_fixtures import field, given, opened, picture, tasks
from studio.studio_fixtures import PATIENCE, Held, MakeTab, Tab
from studio.takes_fixtures import until

EVERY_FORM = """async (ids) => {
  const at = document.querySelector("script[type=module]").src;
  const { html, render } = await import(new URL("lib/index.js", at));
  const { params } = await import(new URL("pages/make/schema.js", at));
  const { Form } = await import(new URL("pages/make/Form.js", at));
  const box = document.createElement("section");
  document.querySelector("main").replaceChildren(box);
  const faults = [];
  for (const id of ids) {
    const { input_schema } = await (await fetch(`/v1/models/${id}`)).json();
    const all = params(input_schema);
    render(html`<${Form} key=${id} params=${all} form=${{}} onSet=${() => {}} />`, box);
    const names = all.map((one) => one.name);
    const without = (what) => names.filter((name) => !box.querySelector(what(`.param-${name}`)));
    const missing = without((one) => `.form > ${one}, .form-shape > ${one}`);
    const bare = without((one) => `${one} :is(input, textarea, select, button)`);
    if (missing.length || bare.length || !all.length) faults.push(`${id}: ${missing} ${bare}`);
  }
  return faults;
}"""

ALL_WORDS = """async () => {
  const at = document.querySelector("script[type=module]").src;
  const load = (name) => import(new URL(`words/${name}.js`, at)).then((one) => one.default ?? one.ABOUT);
  const names = ["params", "about", "values", "capabilities"];
  const [params, about, values, capabilities] = await Promise.all(names.map(load));
  return { zh: Object.keys({ ...params.zh, ...values.zh, ...capabilities.zh }), about: Object.keys(about.zh) };
}"""

DROP = """(box, [text, name, type]) => {
  const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const given = new DataTransfer();
  given.items.add(new File([bytes], name, { type }));
  box.dispatchEvent(new DragEvent("drop", { dataTransfer: given, bubbles: true, cancelable: true }));
}"""


def test_every_model_of_the_catalogue_has_a_form_with_all_its_params(tab: Tab) -> None:
    ids = [one.id for one in catalog.load().models()]
    assert len(ids) > 100
    page = opened(tab, "previz/text-to-video")
    assert page.evaluate(EVERY_FORM, ids) == []


def test_every_param_capability_and_camera_move_has_its_words_in_chinese(tab: Tab) -> None:
    known = catalog.load()
    words = opened(tab, "previz/text-to-image").evaluate(ALL_WORDS)
    names = {name for model in known.models() for name in model.params}
    moves = known.model("previz/image-to-video").params["camera_move"].values
    wanted = {*(f"param.{one}" for one in names), *(f"capability.{one}" for one in known.capabilities)}
    wanted |= {f"move.{one}" for one in moves}
    assert sorted(wanted - set(words["zh"])) == []
    assert sorted(names - set(words["about"])) == []


def test_a_clip_is_made_from_a_dropped_picture_and_plays_in_place(tab: Tab, studio: Any) -> None:
    page = opened(tab, "previz/image-to-video")
    said = [base64.b64encode(picture()).decode(), "harbour.png", "image/png"]
    page.locator(".param-image .drop").evaluate(DROP, said)
    expect(field(page, "image").locator(".medium-name")).to_have_text("harbour.png")
    expect(field(page, "image")).to_contain_text("96 × 64")
    prompt = "A lighthouse, 海鸥 over the harbour"
    field(page, "prompt").locator("textarea").fill(prompt)
    expect(field(page, "prompt").locator(".count")).to_have_text(re.compile("33 / 10,000 · Latin letters · Chinese"))
    field(page, "camera_move").get_by_role("button", name="Push in").click()
    field(page, "aspect_ratio").get_by_role("button", name="9:16").click()
    field(page, "resolution").get_by_role("button", name="360p").click()
    field(page, "duration").locator("input[type=number]").fill("0.5")
    expect(page.locator(".foot-quote")).to_contain_text("0 credits on previz")
    expect(page.locator(".foot-quote")).to_contain_text("Previz costs nothing.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".take .player video")).to_be_visible(timeout=2 * PATIENCE)
    expect(page.locator(".take .state")).to_have_text("Succeeded")
    until(page, "document.querySelector('.take .player video')?.readyState >= 1")
    assert page.locator(".take .player video").evaluate("one => [one.videoWidth, one.videoHeight]") == [360, 640]
    (task,) = tasks(studio, prompt)
    wanted = {"camera_move": "push-in", "aspect_ratio": "9:16", "resolution": "360p", "duration": 0.5}
    assert {name: task["input"][name] for name in wanted} == wanted
    assert task["input"]["image"].startswith("file_")
    page.get_by_role("button", name="Again with another seed").click()
    expect(page.locator(".strip-of-takes li")).to_have_count(2)
    expect(page.locator(".take .player video")).to_be_visible(timeout=2 * PATIENCE)
    first, second = tasks(studio, prompt)
    assert first["input"]["seed"] != second["input"].get("seed")


def test_a_drawn_mask_is_white_on_black_in_the_pictures_own_size(tab: Tab, studio: Any) -> None:
    page = opened(tab, "previz/redraw")
    draw = page.get_by_role("button", name="Draw the mask")
    expect(draw).to_be_disabled()
    given(page, "image", picture(200, 120))
    draw.click()
    board = page.locator(".mask-board canvas")
    expect(board).to_be_visible()
    until(page, "document.querySelector('.mask-board img')?.complete")
    box = board.bounding_box()
    assert box
    across, down = box["width"] / 200, box["height"] / 120

    def stroke(x: float, y: float, to: float) -> None:
        page.mouse.move(box["x"] + x * across, box["y"] + y * down)
        page.mouse.down()
        page.mouse.move(box["x"] + to * across, box["y"] + y * down, steps=4)
        page.mouse.up()

    page.locator(".mask-tools input[type=range]").fill("20")
    stroke(40, 40, 160)
    stroke(100, 100, 120)
    page.keyboard.press("Control+z")
    page.keyboard.press("e")
    stroke(100, 40, 100.5)
    page.get_by_role("button", name="Use the mask").click()
    expect(field(page, "mask").locator(".medium-name")).to_have_text("mask.png")
    with studio.client() as client:
        files = client.get("/v1/files", params={"limit": 100}).json()["data"]
        drawn = next(one["id"] for one in files if one["name"] == "mask.png")  # an output may have come since
        mask = np.asarray(Image.open(io.BytesIO(client.get(f"/v1/files/{drawn}/content").content)).convert("L"))
    assert mask.shape == (120, 200)
    assert set(np.unique(mask)) == {0, 255}
    assert mask[40, 50] == mask[40, 150] == mask[32, 60] == 255, "where the brush went"
    assert mask[40, 100] == 0, "where it was erased"
    assert mask[100, 110] == 0, "what was undone"
    assert mask[10, 10] == mask[60, 60] == 0, "where nothing was drawn"


def test_what_the_server_refuses_is_said_at_its_field(tab: Tab) -> None:
    page = opened(tab, "previz/text-to-video")
    expect(page.locator(".foot-quote")).to_have_text("Still needed: Prompt")
    page.get_by_role("button", name="Make", exact=True).click()
    prompt = field(page, "prompt")
    expect(prompt.locator(".error")).to_contain_text("needs the param prompt")
    expect(prompt.locator("textarea")).to_be_focused()
    expect(prompt.locator("textarea")).to_have_attribute("aria-invalid", "true")
    prompt.locator("textarea").fill("a fox")
    expect(prompt.locator(".error")).to_have_count(0)
    field(page, "duration").locator("input[type=number]").fill("500")
    expect(field(page, "duration").locator(".error")).to_contain_text("120")  # by the quote, before anything is sent
    field(page, "duration").locator("input[type=number]").fill("1")
    expect(field(page, "duration").locator(".error")).to_have_count(0)
    page.locator(".form-more summary").click()
    field(page, "width").locator("input[type=number]").fill("320")
    expect(page.locator(".foot-quote")).to_contain_text("Width and height come together")


def test_shots_are_rows_and_json_and_an_error_says_which(tab: Tab) -> None:
    page = opened(tab, "previz/multi-shot")
    shots = field(page, "shots")
    for at in range(2):
        shots.get_by_role("button", name="Add").click()
        shots.locator("li").nth(at).locator("textarea").first.fill(f"shot {at}")
    shots.locator("li").nth(1).locator(".param-duration input[type=number]").fill("900")
    expect(shots.locator(".error").first).to_contain_text("shots[1].duration")
    shots.locator("li").nth(1).get_by_role("button", name="Move forward").click()
    shots.get_by_role("button", name="JSON").click()
    raw = shots.locator("textarea.mono")
    expect(raw).to_have_value(re.compile(r'^\[\s+\{\s+"prompt": "shot 1",\s+"duration": 900\s+\}'))
    raw.fill('[{"prompt": "only"}')
    expect(shots.locator(".error").first).to_be_visible()
    raw.fill('[{"promt": "only"}]')
    expect(shots).to_contain_text("There is no promt here")
    raw.fill('[{"prompt": "only"}]')
    shots.get_by_role("button", name="As rows").click()
    expect(shots.locator("li")).to_have_count(1)


def test_a_form_is_as_it_was_after_a_reload_and_begins_from_a_task(tab: Tab, studio: Any) -> None:
    page = opened(tab, "previz/text-to-image")
    field(page, "prompt").locator("textarea").fill("kept over a reload")
    page.get_by_role("button", name="Throw the dice").click()
    expect(field(page, "seed").locator("input")).to_have_value(re.compile(r"^\d+$"))
    seed = field(page, "seed").locator("input").input_value()
    page.reload()
    expect(page.locator(".chosen small")).to_have_text("previz/text-to-image")
    expect(field(page, "prompt").locator("textarea")).to_have_value("kept over a reload")
    expect(field(page, "seed").locator("input")).to_have_value(seed)
    with studio.client() as client:
        body = {"model": "previz/text-to-image", "input": {"prompt": "of a task", "resolution": "360p", "seed": 5}}
        task = client.post("/v1/tasks", json=body).json()
    tab.open(f"/make?task={task['id']}")
    expect(field(page, "prompt").locator("textarea")).to_have_value("of a task")
    expect(field(page, "seed").locator("input")).to_have_value("5")


def test_neither_a_double_click_nor_a_lost_answer_makes_two_tasks(tab: Tab, studio: Any) -> None:
    page = opened(tab, "previz/text-to-image")
    field(page, "resolution").get_by_role("button", name="360p").click()
    field(page, "prompt").locator("textarea").fill("clicked twice")
    make = page.get_by_role("button", name="Make", exact=True)
    make.dblclick()
    expect(page.locator(".take h2")).to_have_text("clicked twice")
    assert len(tasks(studio, "clicked twice")) == 1

    def lose(route: Route) -> None:
        sent = {"content": route.request.post_data_buffer, "headers": route.request.all_headers()}
        httpx2.post(route.request.url, **sent, timeout=60)
        route.abort("connectionreset")

    page.route("**/v1/tasks", lose, times=1)
    field(page, "prompt").locator("textarea").fill("answer lost")
    make.click()
    expect(page.locator(".toast.bad")).to_contain_text("could not be reached")
    assert len(tasks(studio, "answer lost")) == 1
    page.reload()
    page.get_by_role("button", name="Make", exact=True).click()
    expect(page.locator(".take h2")).to_have_text("answer lost")
    assert len(tasks(studio, "answer lost")) == 1


def test_what_may_cost_is_not_handed_in_before_its_price_is_shown(tab: Tab, studio: Any) -> None:
    page = opened(tab, "vidu/viduq3-pro/text2video")
    make, price = page.get_by_role("button", name="Make", exact=True), page.locator(".foot-quote")
    field(page, "prompt").locator("textarea").fill("a priced fox")
    expect(price).to_contain_text("credits")
    expect(make).to_be_enabled()
    held = Held(page, "**/v1/quotes")
    with page.expect_request("**/v1/quotes"):
        field(page, "prompt").locator("textarea").fill("a priced fox in snow")
        expect(make).to_be_disabled()
        page.keyboard.press("Control+Enter")
    expect(make).to_be_disabled()
    held.let_go()
    expect(make).to_be_enabled()
    assert tasks(studio, "a priced fox in snow") == []


def test_a_stage_without_a_key_says_what_to_set_and_cannot_be_picked(tab: Tab) -> None:
    page = opened(tab, "vidu/viduq3-pro/text2video")
    stages = page.get_by_role("combobox", name="Where it runs").locator("option")
    expect(stages.nth(2)).to_have_text("vidu: set CALLSHEET_VENDORS__VIDU__KEY")
    expect(stages.nth(2)).to_be_disabled()
    expect(stages.nth(1)).to_be_enabled()


def test_a_model_is_found_by_typing_alone_and_an_earlier_output_taken_as_input(tab: Tab, studio: Any) -> None:
    with studio.client() as client:
        body = {"model": "previz/text-to-image", "input": {"prompt": "taken on", "resolution": "360p"}}
        task = client.post("/v1/tasks", json=body).json()
        with client.stream("GET", f"/v1/tasks/{task['id']}/events") as events:
            events.read()
    page = opened(tab, "previz/text-to-video")
    page.locator("h1").click(force=True)
    page.keyboard.press("/")
    expect(page.locator(".entry").first).to_be_visible()
    page.keyboard.type("first last frame")
    expect(page.locator(".entry").first).to_contain_text("previz/first-last-frame")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".chosen small")).to_have_text("previz/first-last-frame")
    field(page, "image").get_by_role("button", name="From a take").click()
    page.locator(".outputs button").filter(has_text="taken on").click()
    expect(field(page, "image").locator(".medium")).to_contain_text("output 0")
    asked: list[Any] = []
    page.on("request", lambda one: asked.append(one.post_data_json) if one.url.endswith("/v1/quotes") else None)
    given(page, "last_image")
    expect(page.locator(".foot-quote")).to_contain_text("0 credits")
    assert asked[-1]["input"]["image"] == {"from": task["id"], "output": 0}


@pytest.mark.parametrize(("theme", "lang"), [("light", "en"), ("dark", "zh")])
def test_the_page_is_accessible_and_fits_a_phone(open_tab: MakeTab, theme: str, lang: str) -> None:
    tab = open_tab(theme=theme, lang=lang, width=360, height=740)
    page = opened(tab, "previz/image-to-video")
    given(page, "image")
    page.locator(".form-more summary").click()
    expect(page.locator(".foot-quote .credits")).to_be_visible()
    assert tab.overflow() == []
    assert tab.axe() == []
    if lang == "zh":
        expect(field(page, "prompt").locator("label")).to_have_text("提示词")
        expect(field(page, "motion").get_by_role("button").nth(1)).to_have_text("小")
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    else:
        page.locator(".chosen").click()
        page.locator(".chooser-head input").fill("redraw")
        expect(page.locator(".entry")).to_have_count(2)
        assert tab.axe() == []
        assert tab.overflow() == []
