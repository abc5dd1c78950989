"""A play stopped from its page in a real browser: asked first, said what it comes to, and played on afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from studio.studio_fixtures import MakeTab

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


@pytest.mark.parametrize(("lang", "theme", "width"), [("en", "light", 1280), ("zh", "dark", 360)])
def test_a_play_is_stopped_whole_after_it_was_asked(
    studio: Any, open_tab: MakeTab, pictures: Path, lang: str, theme: str, width: int
) -> None:
    english = lang == "en"
    play, stop, leave, sure = ("Play", "Stop", "Leave it", "Stop it") if english else ("播放", "停止", "算了", "停止")
    tab = open_tab(lang=lang, theme=theme, width=width)
    page = tab.open("/sheets")
    page.evaluate(
        "(text) => localStorage.setItem('callsheet.sheets.text', JSON.stringify(text))", FILM.replace("{lang}", lang)
    )
    page.reload()
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
    dialog.get_by_role("button", name=sure).click()
    expect(page.locator(".toast").first).to_contain_text("The end of 2 shots" if english else "2 个镜头")
    expect(page.get_by_role("button", name=stop, exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name=play, exact=True)).to_be_enabled()
    with studio.client() as api:
        tasks = api.get("/v1/tasks", params={"metadata[sheet]": f"A boat that waits, {lang}"}).json()["data"]
    assert {task["state"] for task in tasks} == {"canceled"}
