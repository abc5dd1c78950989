"""One take's page in a real browser: its story, what was said to its vendor, and what is made of it next."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from playwright.sync_api import expect

from callsheet.client import Client, Task
from callsheet.twin import Twin
from studio.studio_fixtures import Held, MakeTab, Tab
from studio.takes_fixtures import MODEL, with_twin


@pytest.fixture(scope="module")
def vidu(
    tmp_path_factory: pytest.TempPathFactory, serve_home: Callable[..., AbstractContextManager[Any]], browser: Any
) -> Iterator[tuple[Any, Twin]]:
    with with_twin(tmp_path_factory.mktemp("promoted"), serve_home) as both:
        yield both


def test_a_preview_is_made_for_real_once_with_its_price_said_before(vidu: tuple[Any, Twin], open_tab: MakeTab) -> None:
    running, _ = vidu
    input = {"prompt": "a red door", "duration": 1, "resolution": "540p"}
    with Client(running.url) as client:
        preview = client.wait(client.submit(MODEL, input, stage="previz"), timeout=120)
        page = open_tab(server=running).open(f"/takes/{preview.id}")
        page.keyboard.press("p")
        dialog = page.get_by_role("dialog")
        expect(dialog.locator(".offer").first).to_contain_text(MODEL)
        expect(dialog.locator(".spinner")).to_have_count(0)
        make = dialog.get_by_role("button", name=re.compile("^Make it"))
        expect(make).to_be_disabled()
        price = client.quote(MODEL, preview.input, stage=MODEL).credits
        dialog.get_by_role("radio").first.check()
        expect(make).to_have_text(f"Make it for {price:g} credits")
        held = Held(page, "**/v1/tasks")
        make.dblclick()
        held.let_go()  # not before: the second press would be on what is shown then
        expect(page).not_to_have_url(re.compile(preview.id))
        made = page.url.rsplit("/", 1)[1]
        real = client.wait(made, timeout=60)
        assert (real.stage, real.metadata["promoted_from"]) == (MODEL, preview.id)
        assert {name: real.input[name] for name in input} == input
        assert [task.id for task in client.list(stage=MODEL).data] == [made], "two presses are one task"


def test_what_was_paid_for_is_made_with_another_seed_only_by_way_of_its_price(
    vidu: tuple[Any, Twin], open_tab: MakeTab
) -> None:
    running, _ = vidu
    with Client(running.url) as client:
        task = client.wait(client.submit(MODEL, {"prompt": "a green kite", "seed": 3}, stage=MODEL), timeout=60)
        page = open_tab(server=running).open("/make")
        page.evaluate("id => localStorage.setItem('callsheet.make.takes', JSON.stringify([id]))", task.id)
        page.reload()
        page.get_by_role("button", name="Again with another seed").click()
        expect(page.locator(".param-prompt textarea")).to_have_value("a green kite")
        expect(page.locator(".param-seed input")).not_to_have_value("3")
        expect(page.locator(".foot-quote")).to_contain_text("20 credits")
        assert [one.id for one in client.list(text="a green kite").data] == [task.id]


def test_what_was_said_to_the_vendor_is_shown_without_its_key(vidu: tuple[Any, Twin], open_tab: MakeTab) -> None:
    running, _ = vidu
    with Client(running.url) as client:
        task = client.wait(client.submit(MODEL, {"prompt": "a blue boat"}, stage=MODEL), timeout=60)
    tab = open_tab(server=running)
    page = tab.open(f"/takes/{task.id}")
    said = page.locator(".wire details")
    expect(said.first).to_contain_text("POST")
    expect(said.first).to_contain_text("/ent/v2/text2video")
    said.first.locator("summary").click()
    expect(said.first).to_contain_text("a blue boat")
    expect(said.nth(1)).to_be_visible()
    assert "very-secret" not in page.content()
    expect(page.locator(".timeline")).to_contain_text("Sending it to vidu")
    expect(page.locator(".timeline .good")).to_contain_text("Succeeded")
    expect(page.locator(".moves li").first).to_contain_text("Set aside")
    assert tab.axe() == []


def test_a_take_is_followed_made_again_and_deleted(tab: Tab, studio: Any) -> None:
    with Client(studio.url) as client:
        small = client.submit("text-to-image", {"prompt": "a small door", "resolution": "360p", "seed": 3})
        page = tab.open(f"/takes/{small.id}")
        expect(page.locator(".timeline .good")).to_contain_text("Succeeded")
        expect(page.locator(".picture-box img")).to_be_visible()
        page.keyboard.press("r")
        page.get_by_role("button", name="Make it again").click()
        expect(page).not_to_have_url(re.compile(small.id))
        again = client.wait(page.url.rsplit("/", 1)[1], timeout=60)
        assert (again.input, again.metadata["again_of"]) == (small.input, small.id)
        expect(page.get_by_role("link", name=small.id)).to_be_visible()
        expect(page.get_by_role("button", name="Delete")).to_be_visible()
        page.keyboard.press("d")
        page.get_by_role("button", name="Delete it").click()
        expect(page).to_have_url(re.compile(r"/takes$"))
        assert again.id not in [task.id for task in client.list().data]


def test_an_output_is_taken_into_the_form_of_what_comes_next(tab: Tab, made: dict[str, Task]) -> None:
    page = tab.open(f"/takes/{made['pictures'].id}")
    page.get_by_label("Use this in").select_option("image-to-video")
    expect(page).to_have_url(re.compile("/make$"))
    kept = page.evaluate("localStorage.getItem('callsheet.make.form.previz/image-to-video')")
    assert made["pictures"].artifacts[0].id in kept


@pytest.mark.parametrize(("theme", "width", "lang"), [("light", 1280, "en"), ("dark", 360, "zh"), ("dark", 1920, "en")])
def test_a_takes_page_is_for_everyone(
    open_tab: MakeTab, made: dict[str, Task], theme: str, width: int, lang: str
) -> None:
    tab = open_tab(theme=theme, width=width, lang=lang)
    page = tab.open(f"/takes/{made['clip'].id}")
    expect(page.locator(".timeline .good")).to_be_visible()
    assert tab.axe() == []
    assert tab.overflow() == []
    page.get_by_role("button", name={"en": "Make it for real", "zh": "正式制作"}[lang]).click()
    expect(page.get_by_role("dialog")).to_contain_text("CALLSHEET_VENDORS__VIDU__KEY")
    assert (tab.axe(), tab.overflow()) == ([], [])
