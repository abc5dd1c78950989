"""The page of call sheets in a real browser: played to the end, taken up after a reload, faults at their line."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from callsheet.vendors.previz import driver_prompts
from studio.studio_fixtures import Held, MakeTab, Tab

FILM = """[sheet]
title = "A red boat"

[defaults]
resolution = "360p"
seed = 7

[shots.still]
model = "text-to-image"
prompt = "a red boat{words}"
width = 96
height = 64

[shots.opening]
model = "image-to-video"
image = "@still"
duration = 0.5
fps = 8

[shots.film]
model = "concat"
videos = ["@opening", "@opening"]
"""


def film(words: str = "") -> str:
    return FILM.replace("{words}", words)


def write(tab: Tab, sheet: str) -> Page:
    """Open the page and put a sheet into its text."""
    page = tab.open("/sheets")
    page.get_by_role("button", name="Write one").click()
    page.get_by_label("Text of the call sheet").fill(sheet)
    return page


def shot(page: Page, name: str) -> Any:
    return page.locator(f'[data-shot="{name}"]')


@pytest.fixture
def let_go(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Until this is set, what `[[slow …]]` holds up goes on, however long a page takes to load meanwhile."""
    said = threading.Event()
    monkeypatch.setattr(driver_prompts._Held, "left", lambda held, now: 0.0 if said.is_set() else 1.0)
    return said


def test_a_sheet_is_priced_played_to_its_end_and_found_again_after_a_reload(
    tab: Tab, studio: Any, let_go: threading.Event, pictures: Path
) -> None:
    page = write(tab, film(" [[slow 1]]"))
    expect(page.get_by_role("heading", name="A red boat", level=1)).to_be_visible()
    expect(page.locator(".sheets-total")).to_have_text("0 credits")
    expect(shot(page, "film")).to_contain_text("takes from opening")
    expect(page.locator(".shots-lines path")).to_have_count(2)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(shot(page, "film")).to_contain_text("Waiting")
    page.reload()
    expect(page.locator(".sheets-total")).to_contain_text("under way")
    let_go.set()
    for name in ("still", "opening", "film"):
        expect(shot(page, name)).to_contain_text("Succeeded")
    expect(page.locator(".sheets-total")).to_have_text("All of it is made")
    expect(shot(page, "film").locator("video")).to_be_visible()
    page.screenshot(path=pictures / "sheets-played.png", full_page=True)
    assert (tab.overflow(), tab.axe()) == ([], [])
    with studio.client() as api:
        tasks = api.get("/v1/tasks", params={"metadata[sheet]": "A red boat"}).json()["data"]
    assert len(tasks) == 3, "the reload made nothing anew"

    shot(page, "opening").get_by_role("button", name="Make opening anew").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 shots are made, with all that hangs on them: opening, film.")
    dialog.get_by_role("button", name="Make anew").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".sheets-total")).to_have_text("All of it is made")
    with studio.client() as api:
        again = api.get("/v1/tasks", params={"metadata[sheet]": "A red boat"}).json()["data"]
    assert len(again) == 5, "the still stands"


def test_a_fault_is_shown_at_its_line_and_goes_when_it_is_mended(tab: Tab) -> None:
    page = write(tab, film().replace('"@still"', '"@stil"'))
    fault = page.locator(".sheets-fault")
    expect(fault).to_contain_text("opening takes from @stil, and no shot is called so.")
    expect(page.locator(".editor-numbers .wrong")).to_have_text("16")
    fault.get_by_role("button", name="Line 16").click()
    chosen = page.evaluate("document.activeElement.value.slice(document.activeElement.selectionStart, "
                           "document.activeElement.selectionEnd)")  # fmt: skip
    assert chosen == 'image = "@stil"'
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_disabled()
    assert tab.axe() == []
    page.get_by_label("Text of the call sheet").fill(film())
    expect(fault).to_be_empty()
    expect(shot(page, "opening")).to_be_visible()


def test_nothing_is_played_whose_price_was_not_shown(tab: Tab) -> None:
    page = write(tab, film())
    play = page.get_by_role("button", name="Play", exact=True)
    expect(play).to_be_enabled()
    held = Held(page, "**/v1/sheets/plan")
    played: list[str] = []
    page.on("request", lambda one: played.append(one.url) if one.url.endswith("/v1/sheets") else None)
    with page.expect_request("**/v1/sheets/plan"):
        page.get_by_label("Text of the call sheet").fill(film(" at dawn"))
        expect(play).to_be_disabled()
        page.keyboard.press("Control+Enter")
        expect(page.locator(".sheets-total")).to_be_empty()
    expect(play).to_be_disabled()
    held.let_go()
    expect(play).to_be_enabled()
    assert played == []


def test_a_failed_shot_says_why_and_has_its_price_again(tab: Tab) -> None:
    page = write(tab, film(" [[fail]]"))
    page.get_by_role("button", name="Play", exact=True).click()
    expect(shot(page, "still").locator(".shot-failed")).to_be_visible()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled()
    expect(shot(page, "still")).to_contain_text("0 credits")


def test_a_path_is_uploaded_and_the_sheet_is_saved_as_a_file(tab: Tab, tmp_path: Path) -> None:
    page = write(tab, film(" file").replace('"@still"', '"stills/boat.png"'))
    named = page.get_by_role("region", name="Files that the sheet names")
    expect(named).to_contain_text("not uploaded yet")
    Image.new("RGB", (64, 64), "red").save(tmp_path / "boat.png")
    named.locator("input[type=file]").set_input_files(tmp_path / "boat.png")
    expect(named).to_contain_text("boat.png")
    expect(shot(page, "opening")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file").click()
    assert Path(download.value.path()).read_text() == film(" file").replace('"@still"', '"stills/boat.png"')


@pytest.mark.parametrize(("width", "theme", "lang"), [(360, "dark", "zh"), (1280, "light", "en")])
def test_an_example_is_chosen_and_shown_whole_at_every_width(
    open_tab: MakeTab, width: int, theme: str, lang: str, pictures: Path
) -> None:
    tab = open_tab(width=width, theme=theme, lang=lang)
    page = tab.open("/sheets")
    expect(page.locator(".sheets-examples button")).to_have_count(3)
    assert (tab.overflow(), tab.axe()) == ([], [])
    page.locator(".sheets-examples button", has_text="production.toml").click()
    expect(page.locator(".shot")).to_have_count(10)
    assert (tab.overflow(), tab.axe()) == ([], [])
    page.screenshot(path=pictures / f"sheets-{width}-{theme}-{lang}.png", full_page=True)


def test_the_stage_can_be_changed_for_all_that_generates(tab: Tab) -> None:
    page = write(tab, film(" stage").replace("fps = 8", 'fps = 8\non = "vidu/viduq3-pro/img2video"'))
    expect(page.locator(".sheets-fault")).to_contain_text("Nothing here can run")
    page.get_by_label("Runs").select_option("previz")
    expect(shot(page, "opening")).to_contain_text("previz")
    expect(page.locator(".sheets-fault")).to_be_empty()
