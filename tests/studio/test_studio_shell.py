"""The frame of the studio in a real browser: pages, keys, languages, light and dark, signing in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from playwright.sync_api import expect

from callsheet.server.studio.route import PAGES
from callsheet.server.studio.shelf import STATIC
from callsheet.settings import Settings, load
from studio.studio_fixtures import MakeTab, Tab

IS_DARK = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).every((part) => part < 80)"
"""Whether the page is dark."""

TWO_LANGUAGES = """async (names) => {
  const at = document.querySelector("script[type=module]").src;
  const faults = [];
  for (const name of names) {
    const { en, zh } = (await import(new URL(`words/${name}.js`, at))).default;
    const only = (one, other) => Object.keys(one).filter((key) => !(key in other) && !/[.](one|other)$/.test(key));
    for (const key of [...only(en, zh), ...only(zh, en)]) faults.push(`${name}: ${key} in one language`);
    const slots = (text) => (text.match(/[{]\\w+[}]/g) ?? []).sort().join();
    for (const key of Object.keys(en)) {
      if (key in zh && slots(en[key]) !== slots(zh[key])) faults.push(`${name}: ${key} has other slots`);
      if (![en, zh].every((one) => !(key in one) || String(one[key]).trim())) faults.push(`${name}: ${key} is empty`);
    }
  }
  return faults;
}"""


WATCH = """async (ids) => {
  const at = document.querySelector("script[type=module]").src;
  const { watch } = await import(new URL("core/api.js", at));
  const stops = [];
  const heard = (id) => new Promise((done) => stops.push(watch(id, ({ type, seq }) => done([id, type, seq]))));
  const all = await Promise.all([...ids, ids[0]].map(heard));
  for (const stop of stops) stop();
  return all;
}"""


@pytest.fixture(scope="module")
def guarded(
    browser: Any,
    serve_home: Callable[[Settings], AbstractContextManager[Any]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Any]:
    """A server that asks for a key: `key` is one."""
    settings = load(tmp_path_factory.mktemp("guarded"), {"server.worker": False}, environ={})
    with serve_home(settings) as running, running.client(running.operator) as operator:
        running.key = operator.post("/v1/keys", json={"name": "colour desk", "account": "desk"}).json()
        yield running


def test_every_page_of_the_navigation_is_shown_without_a_complaint(tab: Tab) -> None:
    page = tab.open()
    links = page.locator("#nav a")
    expect(links).to_have_count(len(PAGES))
    for at, name in enumerate(PAGES):
        links.nth(at).click()
        expect(links.nth(at)).to_have_attribute("aria-current", "page")
        expect(page.locator("main .waiting")).to_have_count(0)
        expect(page.locator("main h1, main h2").first).to_be_attached()
        expect(page).to_have_url(f"{tab.url}/studio/{name}")
    page.go_back()
    expect(links.nth(len(PAGES) - 2)).to_have_attribute("aria-current", "page")


def test_all_words_are_there_in_both_languages(tab: Tab) -> None:
    names = sorted(path.stem for path in (STATIC / "words").glob("*.js") if path.stem != "about")
    assert tab.open("/make").evaluate(TWO_LANGUAGES, names) == []


def test_keys_lead_everywhere_and_a_list_says_so(tab: Tab) -> None:
    page = tab.open("/make")
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page).to_have_url(f"{tab.url}/studio/health")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard")
    expect(keys).to_contain_text("Takes")
    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(page).to_have_url(f"{tab.url}/studio/health")  # the page behind a dialog hears no key
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)


def test_language_and_light_are_chosen_and_stay_over_a_reload(tab: Tab) -> None:
    page = tab.open("/make")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("#nav")).to_contain_text("镜次")
    page.get_by_role("button", name="明暗随系统").click()
    page.get_by_role("button", name="浅色").click()
    page.wait_for_function(IS_DARK)
    page.reload()
    expect(page.locator("#nav")).to_contain_text("镜次")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.wait_for_function(IS_DARK)


def test_with_less_motion_asked_for_a_colour_changes_at_once(open_tab: MakeTab) -> None:
    page = open_tab(theme="light").open("/make")
    expect(page.get_by_role("heading").first).to_be_attached()
    assert page.evaluate(f"(document.documentElement.dataset.theme = 'dark') && {IS_DARK}")


def test_with_keys_one_signs_in_before_anything_is_seen_and_out_again(open_tab: MakeTab, guarded: Any) -> None:
    tab = open_tab(server=guarded)
    page = tab.open("/make")
    expect(page.get_by_role("heading", name="This server asks for a key")).to_be_visible()
    assert tab.axe() == []
    page.get_by_label("Key", exact=True).fill("cs_wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not known here")
    page.get_by_label("Key", exact=True).fill(guarded.key["key"])
    page.keyboard.press("Enter")
    expect(page.locator(".form .field").first).to_be_visible()
    expect(page.locator(".who")).to_have_text("colour desk")
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert guarded.key["key"] not in kept
    assert "callsheet_studio" not in kept, "no script reads the cookie"
    page.reload()
    expect(page.locator(".form .field").first).to_be_visible()
    with guarded.client(guarded.operator) as operator:
        operator.delete(f"/v1/keys/{guarded.key['id']}")
    page.locator(".form textarea").first.fill("asks for a quote with a key that is gone")
    expect(page.get_by_role("heading", name="This server asks for a key")).to_be_visible()
    page.get_by_label("Key", exact=True).fill(guarded.operator)
    page.keyboard.press("Enter")
    expect(page.locator(".who")).to_have_text("Operator")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="This server asks for a key")).to_be_visible()


def test_many_tasks_are_watched_at_once_and_leave_the_browser_connections_for_the_rest(
    open_tab: MakeTab, guarded: Any
) -> None:
    tab = open_tab(server=guarded)
    page = tab.open("/make")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    with guarded.client(guarded.operator) as operator:
        body = {"model": "text-to-image", "input": {"prompt": "watched"}}
        ids = [operator.post("/v1/tasks", json=body).json()["id"] for _ in range(6)]
    page.get_by_label("Key", exact=True).fill(guarded.operator)
    page.keyboard.press("Enter")
    expect(page.locator(".form .field").first).to_be_visible()
    assert page.evaluate(WATCH, ids) == [[one, "created", 1] for one in [*ids, ids[0]]]
    streams = [url for url in asked if "/events" in url]
    assert 1 <= len(streams) <= 3
    assert len({url for url in asked if "/timeline" in url}) == len(ids) - len(streams)


def test_on_a_phone_the_pages_are_behind_one_button_and_nothing_is_wider(open_tab: MakeTab) -> None:
    tab = open_tab(width=320, height=640, lang="zh", theme="dark")
    page = tab.open("/make")
    expect(page.locator("#nav a").first).to_be_hidden()
    page.get_by_role("button", name="页面").click()
    expect(page.locator("#nav a").first).to_be_visible()
    assert tab.axe() == []
    page.locator("#nav a").nth(1).click()
    expect(page).to_have_url(f"{tab.url}/studio/takes")
    expect(page.locator("#nav a").first).to_be_hidden()
    assert tab.overflow() == []
