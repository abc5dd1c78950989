"""The page of the ledger in a real browser: money of a priced task, funding, budgets of keys, the check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from callsheet.settings import Settings
from studio.studio_fixtures import MakeTab, signed_in
from vendor_fixtures import Stage, staged

MODEL = {"model": "vidu/viduq3-pro/text2video", "input": {"prompt": "a red fox"}}


@pytest.fixture(scope="module")
def stage(
    tmp_path_factory: pytest.TempPathFactory, serve_home: Callable[[Settings], AbstractContextManager[Any]]
) -> Iterator[Stage]:
    with staged(serve_home, tmp_path_factory.mktemp("ledger"), ledger__prices='{"vidu/*": 4}') as found:
        yield found


def number(page: Page, label: str) -> Any:
    return page.locator(".balance dl > div", has_text=label).locator("dd")


@pytest.fixture(scope="module")
def spender(stage: Stage) -> Iterator[Any]:
    """A key whose account was paid ten credits; one task of four is made, another is under way."""
    key = stage.make_key("spender")
    with stage.as_operator() as operator:
        operator.post("/v1/ledger/funds", json={"account": key.account, "amount": 10, "memo": "to begin"})
        operator.patch(f"/v1/keys/{key.id}", json={"budget": 9, "period": "month"})
    with stage.served.client(key.key) as api:
        made = api.post("/v1/tasks", json=MODEL).json()
        from_first = stage_ended(api, made["id"])
        assert from_first["usage"] == {"credits": 4}
        stage.stub.run()
        api.post("/v1/tasks", json=MODEL).raise_for_status()
    yield key, made["id"]
    stage.stub.reset()


def stage_ended(api: Any, task: str) -> dict[str, Any]:
    with api.stream("GET", f"/v1/tasks/{task}/events") as events:
        for _ in events.iter_lines():
            pass
    return api.get(f"/v1/tasks/{task}").json()


def test_a_key_sees_what_its_account_has_each_entry_and_what_is_open(
    open_tab: MakeTab, stage: Stage, spender: Any, pictures: Path
) -> None:
    key, task = spender
    tab = open_tab(server=stage.served)
    page = signed_in(tab, key.key, "/ledger")
    for label, said in (("Available", "1"), ("Set aside", "4"), ("Spent", "4"), ("Funds", "2")):
        expect(number(page, label)).to_have_text(said)
    expect(number(page, "Your key")).to_contain_text("8 of 9 credits")
    expect(page.locator("tbody tr")).to_have_count(4)
    expect(page.locator("tbody tr").last).to_contain_text("Paid in")
    page.screenshot(path=pictures / "ledger-key.png", full_page=True)
    page.get_by_role("button", name="Open holds").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Set aside")
    page.get_by_role("button", name="Entries").click()
    page.get_by_label("Of task").fill(task)
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.get_by_role("button", name="Pay in")).to_have_count(0)


def test_the_operator_pays_in_sees_budgets_and_has_everything_checked(
    open_tab: MakeTab, stage: Stage, spender: Any, pictures: Path
) -> None:
    key, _ = spender
    tab = open_tab(server=stage.served, width=1920, theme="dark")
    page = signed_in(tab, stage.served.operator, "/ledger")
    page.get_by_label("Account").select_option(key.account)
    expect(number(page, "Spent")).to_have_text("4")
    page.get_by_role("button", name="Pay in").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Credits").fill("2.5")
    dialog.get_by_label("What it is about").fill("a little more")
    assert tab.axe() == []
    dialog.get_by_role("button", name="Pay in").click()
    expect(number(page, "Funds")).to_have_text("4.5")
    expect(page.locator("tbody tr").first).to_contain_text("a little more")
    page.get_by_role("button", name="Budgets of keys").click()
    expect(page.locator("tbody tr", has_text="spender")).to_contain_text("8 of 9 credits")
    page.screenshot(path=pictures / "ledger-operator.png", full_page=True)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("It adds up")).to_be_visible()


@pytest.mark.parametrize(("width", "theme", "lang"), [(360, "dark", "zh"), (1280, "light", "en")])
def test_the_ledger_fits_and_can_be_read_by_all(
    open_tab: MakeTab, stage: Stage, spender: Any, width: int, theme: str, lang: str, pictures: Path
) -> None:
    tab = open_tab(server=stage.served, width=width, theme=theme, lang=lang)
    page = signed_in(tab, spender[0].key, "/ledger")
    expect(page.locator("tbody tr").first).to_be_visible()
    assert (tab.overflow(), tab.axe()) == ([], [])
    page.screenshot(path=pictures / f"ledger-{width}-{theme}-{lang}.png", full_page=True)
