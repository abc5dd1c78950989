"""The board of takes in a real browser: a hundred thousand of them, filters in the address, and the keyboard alone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page, expect

from callsheet.settings import load
from callsheet.store import sqlite
from callsheet.store.database import Step
from studio.studio_fixtures import PATIENCE, MakeTab, Passing
from studio.takes_fixtures import MANY, fill

CARDS = ".take-card[data-task]"

DAY = "2023-11-15"
"""A day on which there are takes in every time zone."""


@pytest.fixture(scope="module")
def many(
    tmp_path_factory: pytest.TempPathFactory, serve_home: Callable[..., AbstractContextManager[Any]], browser: Any
) -> Iterator[Any]:
    home = tmp_path_factory.mktemp("many")
    fill(home)
    with serve_home(load(home, environ={})) as running:
        yield running


def reads(request: Any) -> bool:
    return request.method == "GET" and "/v1/" in request.url


def asked(page: Page) -> list[str]:
    """What is read of the API from here on."""
    found: list[str] = []
    page.on("request", lambda one: found.append(one.url.split("/v1/")[1]) if reads(one) else None)
    return found


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the database does: an entry for each hundred steps of its machine, which no other load makes more."""
    plain, done = sqlite._run, list[int]()

    def run(connection: Connection, step: Step) -> Any:
        connection.set_progress_handler(lambda: done.append(1), 100)
        try:
            return plain(connection, step)
        finally:
            connection.set_progress_handler(None, 0)

    monkeypatch.setattr(sqlite, "_run", run)
    return done


def test_a_page_of_the_list_costs_the_same_at_any_depth_of_a_hundred_thousand(many: Any, work: list[int]) -> None:
    with httpx2.Client(base_url=many.url, trust_env=False, timeout=60) as http:

        def page(**query: Any) -> tuple[int, dict[str, Any]]:
            before = len(work)
            found = http.get("/v1/tasks", params={"limit": 60, **query}).json()
            return len(work) - before, found

        first, newest = page()
        deep, oldest = page(created_to="2023-11-14T23:00:00Z")
        failed, _ = page(state="failed")
        assert [len(newest["data"]), len(oldest["data"])] == [60, 60]
        assert newest["data"][0]["id"] > oldest["data"][0]["id"]
        worded, few = page(text="LIGHTHOUSE shot")
        nothing, none = page(text="no such word")
        assert len(few["data"]) == 20
        assert few["next"], "a page looks through so many tasks, and its cursor goes on"
        assert none["data"] == []
        assert none["next"]
        assert 0 < max(deep, failed) < 2 * first
        assert max(worded, nothing) < 100 * first, "to look through all of them would be more than twice that"


def test_a_hundred_thousand_takes_are_scrolled_with_few_elements_and_few_requests(many: Any, open_tab: MakeTab) -> None:
    tab = open_tab(server=many)
    requests = asked(tab.page)
    page = tab.open("/takes")
    expect(page.locator(CARDS).first).to_be_visible()
    expect(page.locator(".loaded")).to_contain_text(re.compile(r"\d+ loaded"))
    elements, seen = [], set()
    end = time.monotonic() + 2 * PATIENCE / 1000
    while (loaded := int(re.sub(r"\D", "", page.locator(".loaded").inner_text()))) < 1000:
        assert time.monotonic() < end, f"{loaded} loaded"
        page.mouse.wheel(0, 2500)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        elements.append(page.locator(".take-card").count())
        seen.add(page.locator(CARDS).first.get_attribute("data-task"))
    assert len(seen) > 10
    assert max(elements) < 120, "only what is in view is drawn"
    pages = [one for one in requests if one.startswith("tasks?") and "limit=60" in one]
    assert len(pages) <= loaded / 60 + 2, "one request a page, and none for a single card"
    assert not [one for one in requests if re.match(r"tasks/", one)]
    assert page.evaluate("document.querySelectorAll('*').length") < 3500


def test_filters_are_the_address_and_hold_over_a_reload(many: Any, open_tab: MakeTab) -> None:
    page = open_tab(server=many).open("/takes?view=list")
    page.get_by_role("button", name="Failed").click()
    expect(page).to_have_url(re.compile(r"state=failed"))
    expect(page.locator(f"{CARDS} .state:not(.failed)")).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type("lighthouse")
    expect(page).to_have_url(re.compile(r"text=lighthouse"))
    expect(page.locator(".card-title").first).to_contain_text(f"shot {MANY} of the lighthouse")
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value("lighthouse")
    expect(page.get_by_role("button", name="Failed")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".card-title").first).to_contain_text("lighthouse")
    page.get_by_role("searchbox").fill("no such word")
    expect(page.get_by_role("button", name="Search further back")).to_be_visible()
    page.goto(f"{many.url}/studio/takes?from={DAY}&to={DAY}&stage=previz")
    expect(page.get_by_role("button", name="Filter (3)")).to_be_visible()
    expect(page.locator(CARDS).first).to_be_visible()
    page.get_by_role("button", name="Filter (3)").click()
    page.get_by_role("button", name="Clear the filter").click()
    expect(page).to_have_url(re.compile(r"/takes$"))


def test_the_keyboard_alone_walks_selects_compares_and_opens(many: Any, open_tab: MakeTab) -> None:
    tab = open_tab(server=many)
    page = tab.open("/takes")
    expect(page.locator(CARDS).first).to_be_visible()
    ids = [page.locator(CARDS).nth(at).get_attribute("data-task") for at in range(3)]
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(f"[data-task={ids[2]}] .card-open")).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_role("region", name="2 selected")).to_be_visible()
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile(rf"/compare\?a={ids[0]}&b={ids[2]}"))
    page.go_back()
    expect(page.locator(CARDS).first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/takes/{ids[0]}"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"shot {MANY}")
    page.keyboard.press("b")
    expect(page.locator(CARDS).first).to_be_visible()


@pytest.mark.parametrize(("theme", "width", "lang"), [("light", 1280, "en"), ("dark", 360, "zh")])
def test_the_board_is_for_everyone(many: Any, open_tab: MakeTab, theme: str, width: int, lang: str) -> None:
    tab = open_tab(server=many, theme=theme, width=width, lang=lang)
    page = tab.open("/takes?state=failed")
    expect(page.locator(CARDS).first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".board .chosen")).to_be_visible()
    page.locator(".filter-line [aria-expanded]").click()
    previz = page.locator(".filter-more option").filter(has_text=re.compile("^previz$"))
    expect(previz).to_have_count(2)  # as a vendor and as a stage: all that can be chosen is there
    assert tab.axe() == []
    assert tab.overflow() == []


def test_takes_come_change_and_go_on_the_board_by_itself(
    tmp_path: Path, serve_home: Callable[..., AbstractContextManager[Any]], open_tab: MakeTab
) -> None:
    with (
        serve_home(load(tmp_path, environ={})) as running,
        httpx2.Client(base_url=running.url, trust_env=False, timeout=60) as http,
    ):
        page = open_tab(server=running).open("/takes")
        expect(page.get_by_text("No takes yet")).to_be_visible()
        requests = asked(page)
        long = {"prompt": "a long shot [[stuck]]"}
        slow = http.post("/v1/tasks", json={"model": "text-to-video", "input": long}).json()["id"]
        page.evaluate("dispatchEvent(new Event('focus'))")
        card = page.locator(f"[data-task={slow}]")
        card.hover()
        card.get_by_role("checkbox").check()
        page.get_by_role("button", name="Cancel", exact=True).click()
        toasts = Passing(page, ".toast")
        page.get_by_role("button", name="Cancel it").click()
        toasts.said("It")
        expect(card.locator(".state")).to_have_class(re.compile("canceled"))
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(card.get_by_role("checkbox")).not_to_be_checked()
        card.get_by_role("checkbox").check()
        page.keyboard.press("d")
        page.get_by_role("button", name="Delete it").click()
        expect(card).to_have_count(0)
        assert http.get(f"/v1/tasks/{slow}").status_code == 404
        assert f"tasks/{slow}" not in requests, "no card asks for itself"
