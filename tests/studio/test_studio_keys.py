"""The page of keys in a real browser: made and shown once, used, limited, revoked; the operator's alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from callsheet.settings import Settings, load
from studio.studio_fixtures import MakeTab, signed_in


@pytest.fixture
def own(tmp_path: Path, serve_home: Callable[[Settings], AbstractContextManager[Any]]) -> Iterator[Any]:
    """A server of its own: the first key closes it to all who have none."""
    with serve_home(load(tmp_path / "home", {"server.worker": False}, environ={})) as running:
        yield running


def test_a_key_is_made_shown_once_used_limited_and_revoked(open_tab: MakeTab, own: Any, pictures: Path) -> None:
    tab = open_tab(server=own)
    page = signed_in(tab, own.operator, "/keys")
    expect(page.get_by_text("There is no key yet")).to_be_visible()
    page.get_by_role("button", name="Create a key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("studio app")
    dialog.get_by_label("Budget in credits").fill("25")
    dialog.get_by_label("Budget for").select_option("month")
    page.screenshot(path=pictures / "keys-create.png")
    assert tab.axe() == []
    dialog.get_by_role("button", name="Create a key").click()
    key = dialog.get_by_label("Key", exact=True).input_value()
    secret = dialog.get_by_label("Secret", exact=True).input_value()
    assert key
    assert secret != key
    assert tab.axe() == []
    dialog.get_by_role("button", name="I have kept both").click()
    row = page.locator("tbody tr", has_text="studio app")
    expect(row).to_contain_text("Budget in credits: 25 (a month)")
    assert key not in page.content()

    with own.client(key) as api:
        assert api.get("/v1/credits").json()["key"]["budget"] == 25
        row.get_by_role("button", name="Change the limits of studio app").click()
        page.get_by_role("dialog").get_by_label("Budget in credits").fill("")
        page.get_by_role("dialog").get_by_label("Tasks a minute").fill("3")
        page.get_by_role("dialog").get_by_role("button", name="Save").click()
        expect(row).to_contain_text("Tasks a minute: 3")
        limits = api.get("/v1/credits").json()["key"]
        assert (limits["rate"], limits["budget"]) == (3, None)
        page.screenshot(path=pictures / "keys.png")

        row.get_by_role("button", name="Revoke studio app").click()
        page.get_by_role("dialog").get_by_role("button", name="Revoke", exact=True).click()
        expect(page.get_by_text("Show the revoked key")).to_be_visible()
        assert api.get("/v1/credits").status_code == 401


@pytest.mark.parametrize(("width", "theme", "lang"), [(360, "light", "zh"), (1280, "dark", "en")])
def test_who_is_not_the_operator_is_told_what_is_needed(
    open_tab: MakeTab, width: int, theme: str, lang: str, pictures: Path
) -> None:
    tab = open_tab(width=width, theme=theme, lang=lang)
    page = tab.open("/keys")
    expect(page.locator(".empty")).to_contain_text("server.json")
    assert (tab.overflow(), tab.axe()) == ([], [])
    page.screenshot(path=pictures / f"keys-{width}-{theme}-{lang}.png")
