"""What a slow machine or a slow line must not change, in a real browser that is held up on purpose."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Route, expect

from callsheet.client import Client, Task
from studio.make_fixtures import field, opened, tasks
from studio.studio_fixtures import Held, Tab, awaited
from studio.takes_fixtures import until

PARTS = """
  const at = document.querySelector("script[type=module]").src;
  const { html, render } = await import(new URL("lib/index.js", at));
  const box = document.createElement("section");
  document.querySelector("main").append(box);
  const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
"""

AT_ONCE = f"""async () => {{
  {PARTS}
  const {{ useKeys }} = await import(new URL("core/keys.js", at));
  const {{ Dialog }} = await import(new URL("parts/Dialog.js", at));
  let heard = 0;
  const Part = () => (useKeys({{ z: [() => (heard += 1), ""] }}), html`<p>drawn</p>`);
  render(html`<${{Part}} />`, box);
  press("z");
  render(html`<${{Part}} /><${{Dialog}} title="drawn" onClose=${{() => {{}}}} />`, box);
  press("z"); // behind a dialog nothing hears
  const found = [heard, box.querySelector("dialog").open];
  render(null, box);
  return found;
}}"""

STEPPED = f"""async (file) => {{
  {PARTS}
  const {{ Player }} = await import(new URL("parts/Player.js", at));
  render(html`<${{Player}} file=${{file}} keys />`, box);
  press("ArrowRight");
  press("ArrowRight");
  await new Promise((done) => requestAnimationFrame(done));
  const found = box.querySelector(".frame b").textContent;
  render(null, box);
  return found;
}}"""

FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Waits until what the page was told is drawn."""

TWO_KEYS = """async () => {
  const [first, second] = ["g", "h"].map((key) => new KeyboardEvent("keydown", { key, bubbles: true }));
  document.body.dispatchEvent(first);
  await new Promise((done) => setTimeout(done, 1300)); // the page was busy
  document.body.dispatchEvent(second);
}"""


TYPED = """() => {
  const field = document.getElementById("takes-search");
  const type = (text) => {
    field.value = text;
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  };
  const tell = history.replaceState.bind(history);
  history.replaceState = (...told) => {
    tell(...told);
    if (!told[2].includes("text=")) return;
    history.replaceState = tell;
    type("harbour wall");
  };
  type("harbour");
  document.querySelector(".states .chip:last-child").click();
}"""
"""Types, presses a state before what was typed is looked for, and types on just as it is."""


def test_keys_and_dialogs_are_there_as_soon_as_they_are_drawn(tab: Tab) -> None:
    assert tab.open("/health").evaluate(AT_ONCE) == [1, True]


def test_two_keys_pressed_after_each_other_count_however_late_the_page_gets_to_them(tab: Tab) -> None:
    page = tab.open("/make")
    page.evaluate(TWO_KEYS)
    expect(page).to_have_url(f"{tab.url}/studio/health")


def test_what_is_typed_while_the_page_looks_for_what_was_typed_before_is_not_lost(tab: Tab) -> None:
    page = tab.open("/takes")
    page.evaluate(TYPED)
    expect(page).to_have_url(re.compile("text=harbour.wall"))
    expect(page).to_have_url(re.compile("state=canceled"))
    expect(page.get_by_role("searchbox")).to_have_value("harbour wall")


def test_a_clip_is_stepped_as_soon_as_it_is_drawn(tab: Tab, studio: Any, made: dict[str, Task]) -> None:
    with studio.client() as client:
        clip = client.get(f"/v1/tasks/{made['clip'].id}").json()["artifacts"][0]
    assert tab.open("/health").evaluate(STEPPED, clip) == "2"


def test_backwards_a_clip_gets_to_its_first_frame_and_stays_there_though_seeking_takes_long(
    tab: Tab, made: dict[str, Task]
) -> None:
    page = tab.open(f"/takes/{made['clip'].id}")
    until(page, "document.querySelector('video')?.readyState >= 2")
    page.keyboard.press("End")
    expect(page.locator(".frame b")).to_have_text("23")
    page.evaluate("Object.defineProperty(document.querySelector('video'), 'seeking', { get: () => true })")
    page.keyboard.press("j")
    page.evaluate("document.querySelector('video').dispatchEvent(new Event('ended'))")  # as a seek to the end may do
    expect(page.locator(".frame b")).to_have_text("0")
    page.evaluate("document.querySelector('video').dispatchEvent(new Event('ended'))")
    page.evaluate(FRAMES)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert page.evaluate("[...document.querySelectorAll('video')].map((one) => one.paused)") == [True]
    until(page, "document.querySelector('video').currentTime < 1 / 24")


@pytest.mark.parametrize(("path", "sheet"), [("/health", "office"), ("/compare", "takes"), ("/takes", "player")])
def test_a_page_is_shown_when_all_its_stylesheets_are_there(tab: Tab, path: str, sheet: str) -> None:
    held = Held(tab.page, f"**/styles/{sheet}.css")
    page = tab.page
    with page.expect_response(f"**/pages{path}.js"):
        page.goto(f"{tab.url}/studio{path}", wait_until="commit")
    until(page, f"document.querySelector('link[href$=\"/{sheet}.css\"]')")
    page.evaluate(FRAMES)
    expect(page.locator("main > .waiting")).to_have_count(1)
    held.let_go()
    expect(page.locator("main > .waiting")).to_have_count(0)


@pytest.mark.parametrize(("path", "state"), [("/takes/{}", ".task-head .state"), ("/make", ".take .state")])
def test_an_answer_that_comes_late_does_not_undo_what_was_heard_since(
    tab: Tab, studio: Any, path: str, state: str
) -> None:
    with Client(studio.url) as client:
        task = client.submit("text-to-image", {"prompt": f"late on {path} [[stuck]]"})
        asked: list[Route] = []
        answers: list[APIResponse] = []

        def second_waits(route: Route) -> None:
            answer = route.fetch()
            asked.append(route)
            answers.append(answer)
            if len(asked) != 2:
                route.fulfill(response=answer)

        page = tab.page
        page.add_init_script(f"localStorage.setItem('callsheet.make.takes', JSON.stringify(['{task.id}']))")
        page.route(f"**/v1/tasks/{task.id}", second_waits)
        tab.open(path.format(task.id))
        awaited(page, lambda: len(asked) == 2)
        client.cancel(task)
        expect(page.locator(state)).to_have_text("Cancelled")
        with page.expect_event("requestfinished"):
            asked[1].fulfill(response=answers[1])
        assert answers[1].json()["state"] != "canceled"
        page.evaluate(FRAMES)
        expect(page.locator(state)).to_have_text("Cancelled")


def test_the_second_half_of_a_double_click_is_none_however_late_it_comes(tab: Tab, studio: Any) -> None:
    page = opened(tab, "previz/text-to-image")
    field(page, "resolution").get_by_role("button", name="360p").click()
    field(page, "prompt").locator("textarea").fill("clicked once and a half")
    make = page.get_by_role("button", name="Make", exact=True)
    make.click()
    expect(page.locator(".take h2")).to_have_text("clicked once and a half")
    expect(make).to_be_enabled()
    page.evaluate("(now) => { performance.now = () => now + 10_000 }", page.evaluate("performance.now()"))
    sent: list[str] = []
    page.on(
        "request", lambda one: sent.append(one.url) if one.method == "POST" and one.url.endswith("/tasks") else None
    )
    make.dispatch_event("click", {"detail": 2, "bubbles": True})
    page.evaluate(FRAMES)
    assert sent == []
    assert len(tasks(studio, "clicked once and a half")) == 1
