"""Two takes compared in a real browser: in sync to the frame, behind an edge, at one loudness."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from callsheet.client import Task
from studio.studio_fixtures import PATIENCE, MakeTab, Tab
from studio.takes_fixtures import until

TIMES = "[...document.querySelectorAll('video')].map((one) => one.currentTime)"

STRAYED = f"""async (far) => {{
  const [leader, other] = document.querySelectorAll("video");
  const stray = () => {{ other.currentTime = Math.max(0, leader.currentTime - far); }};
  stray();
  for (let before = leader.currentTime, end = performance.now() + {PATIENCE}; performance.now() < end; ) {{
    await new Promise((done) => requestAnimationFrame(done));
    if (leader.currentTime < before) stray(); // both began anew, which puts them together by itself
    else if (!other.seeking && Math.abs(leader.currentTime - other.currentTime) <= 1 / 24) return true;
    before = leader.currentTime;
  }}
  return false;
}}"""
"""Puts the second clip so many seconds behind while they play, and tells whether it catches up again."""


def test_two_clips_play_pause_and_seek_within_a_frame_of_each_other(tab: Tab, made: dict[str, Task]) -> None:
    page = tab.open(f"/compare?a={made['clip'].id}&b={made['other'].id}")
    until(page, "[...document.querySelectorAll('video')].filter((one) => one.readyState >= 3).length === 2")
    page.get_by_label("Speed").select_option("0.25")
    page.keyboard.press("Space")
    until(page, f"({TIMES}).every((one) => one > 0.1)")
    assert page.evaluate(STRAYED, 3 / 24), "while they play"
    page.keyboard.press("k")
    until(page, "[...document.querySelectorAll('video')].every((one) => one.paused && !one.seeking)")
    until(page, f"new Set(({TIMES}).map((one) => Math.floor(one * 24))).size === 1")  # to the frame when they stand
    page.get_by_role("slider", name="Position").fill("17")
    until(page, f"({TIMES}).every((one) => Math.floor(one * 24) === 17)")
    page.keyboard.press("ArrowRight")
    until(page, f"({TIMES}).every((one) => Math.floor(one * 24) === 18)")


def test_the_address_keeps_both_the_edge_is_moved_and_what_differs_is_told(tab: Tab, made: dict[str, Task]) -> None:
    page = tab.open(f"/compare?a={made['clip'].id}&b={made['other'].id}")
    page.get_by_role("button", name="Wipe").click()
    expect(page).to_have_url(re.compile("mode=wipe"))
    edge = page.get_by_role("slider", name="Edge between A and B")
    edge.fill("25")
    page.get_by_role("button", name="Swap").click()
    expect(page).to_have_url(re.compile(f"a={made['other'].id}"))
    page.reload()
    expect(page.locator(".side").first).to_contain_text("a lighthouse at noon")
    expect(edge).to_have_value("25")
    expect(page.locator("figure").nth(1)).to_have_attribute("style", re.compile(r"inset\(0px 0px 0px 25%\)"))
    expect(page.locator("figure").nth(0)).to_have_attribute("style", re.compile(r"inset\(0px 75% 0px 0px\)"))
    rows = page.locator(".differences tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("prompt")
    expect(rows.nth(1)).to_contain_text("seed")
    page.get_by_label("also what is the same").check()
    expect(rows.nth(4)).to_be_visible()
    assert tab.axe() == []


def test_of_two_sounds_the_louder_is_turned_down_and_one_press_changes_which_is_heard(
    tab: Tab, made: dict[str, Task]
) -> None:
    page = tab.open(f"/compare?a={made['loud'].id}&b={made['soft'].id}")
    turned = page.locator("[data-gain]")
    expect(turned).to_have_count(1)
    gain = float(turned.get_attribute("data-gain") or 0)
    assert gain < 0
    until(page, "[...document.querySelectorAll('audio')].some((one) => one.volume < 1)")
    volumes = page.evaluate("[...document.querySelectorAll('audio')].map((one) => one.volume)")
    assert min(volumes) == pytest.approx(10 ** (gain / 20), rel=0.01)
    assert max(volumes) == 1
    heard = "[...document.querySelectorAll('audio')].map((one) => !one.muted)"
    until(page, f"JSON.stringify({heard}) === '[true,false]'")
    page.keyboard.press("a")
    until(page, f"JSON.stringify({heard}) === '[false,true]'")


@pytest.mark.parametrize(("theme", "width", "lang"), [("dark", 1280, "en"), ("light", 360, "zh")])
def test_the_comparison_is_for_everyone(
    open_tab: MakeTab, made: dict[str, Task], theme: str, width: int, lang: str
) -> None:
    tab = open_tab(theme=theme, width=width, lang=lang)
    nothing: Any = tab.open("/compare")
    expect(nothing.locator(".empty p")).to_contain_text("Choose both above." if lang == "en" else "请在上方")
    page: Any = tab.open(f"/compare?a={made['clip'].id}&b={made['other'].id}")
    expect(page.locator("video")).to_have_count(2)
    assert tab.axe() == []
    assert tab.overflow() == []
    page.locator(".side button").nth(1).click()
    page.locator(f".choices [data-task={made['other'].id}]").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(re.compile(f"b={made['other'].id}"))
