"""The order of takes in a real browser: the server's own over all of them, any other only where all are loaded."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page, expect

from callsheet.settings import load
from studio import takes_fixtures
from studio.studio_fixtures import MakeTab

FIRST, SECOND = ({"model": "flowchart", "input": {"prompt": f"{word}; end"}} for word in ("Start", "Begin"))


def shown(page: Page) -> list[str | None]:
    return [one.get_attribute("data-task") for one in page.locator(".take-card[data-task]").all()]


def orders(page: Page) -> list[str]:
    return page.get_by_label("Order").locator("option").all_inner_texts()


def test_the_first_of_all_comes_first_where_the_oldest_are_asked_for(
    tmp_path: Path,
    serve_home: Callable[..., AbstractContextManager[Any]],
    open_tab: MakeTab,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(takes_fixtures, "MANY", 200)
    takes_fixtures.fill(tmp_path)
    with serve_home(load(tmp_path, environ={})) as running:
        page = open_tab(server=running).open("/takes?view=list&order=dearest")
        expect(page.locator(".card-title").first).to_contain_text("shot 200 of")
        expect(page.get_by_label("Order").locator("option")).to_have_text(["Newest first", "Oldest first"])
        page.get_by_label("Order").select_option("oldest")
        expect(page.locator(".card-title").nth(1)).to_contain_text("shot 2 of")
        page.reload()
        expect(page.locator(".card-title").nth(2)).to_contain_text("shot 3 of")


def test_the_oldest_come_first_and_a_new_take_comes_behind_them(
    tmp_path: Path, serve_home: Callable[..., AbstractContextManager[Any]], open_tab: MakeTab
) -> None:
    with (
        serve_home(load(tmp_path, environ={})) as running,
        httpx2.Client(base_url=running.url, trust_env=False, timeout=60) as http,
    ):
        ids = [http.post("/v1/tasks", json=one).raise_for_status().json()["id"] for one in (FIRST, SECOND)]
        page = open_tab(server=running).open("/takes")
        expect(page.locator(f"[data-task={ids[1]}]")).to_be_visible()
        assert shown(page) == ids[::-1]
        assert orders(page) == ["Newest first", "Oldest first", "Longest run first", "Dearest first", "By model"]
        page.get_by_label("Order").select_option("oldest")
        expect(page).to_have_url(re.compile("order=oldest"))
        expect(page.locator(".take-card").first).to_have_attribute("data-task", ids[0])
        ids.append(http.post("/v1/tasks", json={**FIRST, "metadata": {"take": "3"}}).raise_for_status().json()["id"])
        page.evaluate("dispatchEvent(new Event('focus'))")
        expect(page.locator(f"[data-task={ids[2]}]")).to_be_visible()
        assert shown(page) == ids
        page.get_by_label("Order").select_option("longest")
        expect(page).to_have_url(re.compile("order=longest"))
        expect(page.locator(".take-card[data-task]")).to_have_count(3)
