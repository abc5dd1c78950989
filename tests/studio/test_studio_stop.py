"""A play stopped from its page in a real browser: asked first, said what it comes to, and played on afterwards."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from cli_fixtures import until
from studio.studio_fixtures import MakeTab, Passing, Tab

FILM = """[sheet]
title = "A boat that waits, {lang}"

[shots.still]
model = "text-to-image"
prompt = "a red boat [[stuck]]"

[shots.opening]
model = "image-to-video"
image = "@still"
duration = 0.5
"""


BEGUN = 'data: {"seq": 1, "type": "started", "at": "2026-11-21T10:00:00.000Z", "data": {}}\n\n'


def states(api: Any, lang: str) -> set[str]:
    tasks = api.get("/v1/tasks", params={"metadata[sheet]": f"A boat that waits, {lang}"}).json()["data"]
    return {task["state"] for task in tasks}


def write(tab: Tab, sheet: str) -> Page:
    """The page of call sheets with this one in its text."""
    page = tab.open("/sheets")
    page.evaluate("(text) => localStorage.setItem('callsheet.sheets.text', JSON.stringify(text))", sheet)
    page.reload()
    return page


@pytest.mark.parametrize(("lang", "theme", "width"), [("en", "light", 1280), ("zh", "dark", 360)])
def test_a_play_is_stopped_whole_after_it_was_asked(
    studio: Any, open_tab: MakeTab, pictures: Path, lang: str, theme: str, width: int
) -> None:
    english = lang == "en"
    play, stop, leave, sure = ("Play", "Stop", "Leave it", "Stop it") if english else ("播放", "停止", "算了", "停止")
    tab = open_tab(lang=lang, theme=theme, width=width)
    page = write(tab, FILM.replace("{lang}", lang))
    page.get_by_role("button", name=play, exact=True).click()
    expect(page.locator("[data-shot=opening]")).to_contain_text("Waiting" if english else "等待中")
    page.get_by_role("button", name=stop, exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("What waits is never sent" if english else "等待中的镜头不会再发送")
    page.screenshot(path=pictures / f"sheets-stop-{lang}.png")
    assert (tab.overflow(), tab.axe()) == ([], [])
    dialog.get_by_role("button", name=leave).click()
    expect(page.get_by_role("button", name=stop, exact=True)).to_be_visible()
    page.get_by_role("button", name=stop, exact=True).click()
    toasts = Passing(page, ".toast")
    dialog.get_by_role("button", name=sure).click()
    toasts.said("The end of 2 shots" if english else "2 个镜头")
    expect(page.get_by_role("button", name=stop, exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name=play, exact=True)).to_be_enabled()
    with studio.client() as api:
        assert states(api, lang) == {"canceled"}


def test_a_play_that_was_stopped_is_over_before_the_page_hears_so_from_its_tasks(studio: Any, tab: Tab) -> None:
    streams: list[Route] = []

    def stopped(route: Route) -> None:
        """What runs comes to its end a moment after the answer: here the page hears it when that is over."""
        answer = route.fetch()
        with studio.client() as api:
            until(lambda: states(api, "unheard") == {"canceled"}, "the play goes on")
        route.fulfill(response=answer)

    def begin(route: Route) -> None:
        streams.append(route)
        if len(streams) <= 2:  # one for each shot, cut behind its beginning; what follows waits
            route.fulfill(content_type="text/event-stream", body=BEGUN)

    tab.page.route("**/v1/tasks/*/events?*", begin)
    tab.page.route("**/v1/sheets/cancel", stopped)
    page = write(tab, FILM.replace("{lang}", "unheard"))
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator("[data-shot=opening]")).to_contain_text("Running")
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Stop it").click()
    expect(page.locator("[data-shot=opening]")).not_to_have_class(re.compile("running"))
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled()
