"""The page of webhooks in a real browser: what a real receiver was told, each try, and telling it once more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from callsheet.settings import Settings
from studio.studio_fixtures import MakeTab, signed_in
from test_server_webhooks import receiver
from vendor_fixtures import Stage, staged, until

TASK = {"model": "vidu/viduq3-pro/text2video", "input": {"prompt": "a red fox"}}


@pytest.fixture(scope="module")
def stage(
    tmp_path_factory: pytest.TempPathFactory, serve_home: Callable[[Settings], AbstractContextManager[Any]]
) -> Iterator[Stage]:
    with staged(serve_home, tmp_path_factory.mktemp("webhooks"), webhooks__attempts="1") as found:
        yield found


@pytest.fixture(scope="module")
def told(stage: Stage) -> Iterator[tuple[Any, str]]:
    """A receiver that refused one message and took another, and the task of the one that it refused."""
    with receiver(500, 204) as heard, stage.client() as api:
        tasks: list[str] = []
        for state in ("gave_up", "delivered"):
            tasks.append(api.post("/v1/tasks", json={**TASK, "webhook": heard.url}).json()["id"])
            until(
                lambda: [one["state"] for one in api.get("/v1/webhooks").json()["data"]],
                lambda found, state=state: found[:1] == [state],
            )
        yield heard, tasks[0]


def test_a_message_that_was_given_up_is_told_again_to_a_real_receiver(
    open_tab: MakeTab, stage: Stage, told: tuple[Any, str], pictures: Path
) -> None:
    heard, task = told
    tab = open_tab(server=stage.served)
    page = tab.open("/webhooks")
    lines = page.locator(".webhooks-list li")
    expect(lines).to_have_count(2)
    page.get_by_label("State").select_option("gave_up")
    expect(lines).to_have_count(1)
    lines.first.get_by_role("button").click()
    message = page.locator(".message")
    expect(message.locator(".tries li")).to_have_count(1)
    expect(message).to_contain_text("500")
    expect(message.locator("pre").first).to_contain_text(task)
    assert tab.axe() == []
    page.screenshot(path=pictures / "webhooks-1280.png", full_page=True)
    before = len(heard.heard)
    message.get_by_role("button", name="Tell it once more").click()
    expect(message.locator(".tries li")).to_have_count(2)
    expect(message.locator(".tries li").first).to_contain_text("204")
    assert len(heard.heard) == before + 1
    assert heard.heard[-1][0]["webhook-id"] == heard.heard[0][0]["webhook-id"]
    page.get_by_label("State").select_option("delivered")
    expect(lines).to_have_count(2)
    page.get_by_label("Of task").fill(task)
    page.keyboard.press("Enter")
    expect(lines).to_have_count(1)


@pytest.mark.parametrize(("width", "theme", "lang"), [(360, "dark", "zh"), (1920, "light", "en")])
def test_the_page_fits_and_explains_the_signature(
    open_tab: MakeTab, stage: Stage, told: tuple[Any, str], width: int, theme: str, lang: str, pictures: Path
) -> None:
    tab = open_tab(server=stage.served, width=width, theme=theme, lang=lang)
    page = tab.open("/webhooks")
    page.locator(".webhooks-list li").first.get_by_role("button").click()
    expect(page.locator(".message .tries li").first).to_be_visible()
    page.locator(".signature summary").click()
    expect(page.locator(".signature")).to_contain_text("webhook-signature")
    assert (tab.overflow(), tab.axe()) == ([], [])
    page.screenshot(path=pictures / f"webhooks-{width}-{theme}-{lang}.png", full_page=True)


def test_the_operator_sees_what_the_tasks_of_any_account_told(
    open_tab: MakeTab, stage: Stage, told: tuple[Any, str]
) -> None:
    heard, _ = told
    key = stage.make_key("app")
    with stage.served.client(key.key) as api:
        task = api.post("/v1/tasks", json={**TASK, "webhook": heard.url}).json()["id"]
        until(lambda: api.get("/v1/webhooks").json()["data"], lambda found: found and found[0]["state"] == "delivered")
    page = signed_in(open_tab(server=stage.served), stage.served.operator, "/webhooks")
    lines = page.locator(".webhooks-list li")
    expect(lines).to_have_count(2)
    page.get_by_label("Account").select_option(key.account)
    expect(lines).to_have_count(1)
    lines.first.get_by_role("button").click()
    expect(page.locator(".message")).to_contain_text(task)
