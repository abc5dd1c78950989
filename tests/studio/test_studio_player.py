"""The player in a real browser: real clips, sounds, pictures and diagrams made on previz."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from callsheet.client import Task
from studio.studio_fixtures import MakeTab, Passing, Tab
from studio.takes_fixtures import until

FRAME = ".frame b"

INKED = """canvas => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  const colours = new Set();
  let inked = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3]) { inked += 1; colours.add(data.slice(at, at + 3).join()); }
  }
  return [inked, [...colours]];
}"""


def ready(page: Page, element: str = "video") -> None:
    until(page, f"document.querySelector('{element}')?.readyState >= 2")


def test_what_is_played_is_loaded_once_however_often_its_task_is_read(tab: Tab, made: dict[str, Task]) -> None:
    loads: list[str] = []
    tab.page.on("request", lambda one: loads.append(one.url) if "/content" in one.url else None)
    page = tab.open("/takes")
    expect(page.locator(f"[data-task={made['clip'].id}] video")).to_have_count(1)
    with page.expect_response(lambda one: "/v1/tasks?" in one.url):
        page.evaluate("dispatchEvent(new Event('focus'))")
    page.locator(f"[data-task={made['clip'].id}] .card-open").click()
    ready(page)
    expect(page.locator(".timeline .good")).to_be_visible()
    addresses = {one for one in loads if made["clip"].artifacts[0].id in one}
    assert len(addresses) == 1


def test_a_clip_is_played_stepped_and_shuttled_to_the_frame(tab: Tab, made: dict[str, Task]) -> None:
    page = tab.open(f"/takes/{made['clip'].id}")
    ready(page)
    expect(page.locator(FRAME)).to_have_text("0")
    expect(page.locator(".frame")).to_contain_text("/ 23")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator(FRAME)).to_have_text("3")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(FRAME)).to_have_text("2")
    until(page, "Math.abs(document.querySelector('video').currentTime - 2.5 / 24) < 0.001")
    page.keyboard.press("End")
    expect(page.locator(FRAME)).to_have_text("23")
    page.keyboard.press("j")
    expect(page.locator(FRAME)).to_have_text("0")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.get_by_role("button", name="Loop").click()
    page.get_by_label("Speed").select_option("4")
    page.keyboard.press("Home")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator(FRAME)).to_have_text("23")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.get_by_role("slider", name="Position").fill("12")
    expect(page.locator(FRAME)).to_have_text("12")
    expect(page.locator(".measures")).to_contain_text("Preview")
    expect(page.locator(".measures")).to_contain_text("24 fps")
    with page.expect_download() as loading:
        page.get_by_role("link", name=re.compile("^Download")).click()
    assert loading.value.path().stat().st_size == made["clip"].artifacts[0].bytes


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_sound_has_its_wave_drawn_on_which_one_seeks(open_tab: MakeTab, made: dict[str, Task], theme: str) -> None:
    tab = open_tab(theme=theme)
    page = tab.open(f"/takes/{made['loud'].id}")
    ready(page, "audio")
    expect(page.locator(".wave-wait")).to_have_count(0)
    until(page, f"({INKED})(document.querySelector('.wave canvas'))[0] > 2000")
    page.get_by_role("slider", name="Position").click()  # its middle
    until(page, "Math.abs(document.querySelector('audio').currentTime - 1.5) < 0.1")
    until(page, f"({INKED})(document.querySelector('.wave canvas'))[1].length >= 2")
    page.get_by_role("button", name="Loop").click()  # it does not end before the second press, however late that comes
    page.keyboard.press("k")
    until(page, "document.querySelector('audio').currentTime > 1.7")
    page.keyboard.press("k")
    until(page, "document.querySelector('audio').paused")
    assert tab.axe() == []


def test_pictures_are_a_strip_and_each_is_shown_at_any_size(tab: Tab, made: dict[str, Task]) -> None:
    page = tab.open(f"/takes/{made['pictures'].id}")
    outputs = page.get_by_role("group", name="Outputs").get_by_role("button")
    expect(outputs).to_have_count(2)
    first = page.locator(".picture-box img").get_attribute("src")
    outputs.nth(1).click()
    expect(page.locator(".picture-box img")).not_to_have_attribute("src", first or "")
    page.keyboard.press("1")
    own = made["pictures"].artifacts[1].width
    until(page, f"Math.abs(document.querySelector('.picture-box img').getBoundingClientRect().width - {own}) < 0.01")
    page.keyboard.press("+")
    expect(page.locator(".picture-box")).to_have_class(re.compile("free"))
    page.keyboard.press("0")
    expect(page.locator(".picture-box")).to_have_class(re.compile("fit"))


def test_a_diagram_comes_with_a_source_that_can_be_changed_and_copied(open_tab: MakeTab, made: dict[str, Task]) -> None:
    tab = open_tab(permissions=["clipboard-read", "clipboard-write"])
    page = tab.open(f"/takes/{made['chart'].id}")
    until(page, "document.querySelector('.picture-box img')?.naturalWidth > 100")
    expect(page.get_by_role("link", name=re.compile("^Download"))).to_have_count(3)
    page.get_by_role("button", name="Source").click()
    source = page.get_by_role("textbox", name="Source")
    expect(source).to_have_value(re.compile("flowchart"))
    source.fill("flowchart TD; a-->b")
    buttons = Passing(page, ".player-text button")
    page.get_by_role("button", name="Copy", exact=True).click()
    buttons.said("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "flowchart TD; a-->b"
    assert tab.axe() == []
