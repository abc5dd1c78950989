"""The health page in a real browser: the server's checks, its work, and a vendor that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from callsheet.errors import Unavailable
from callsheet.settings import Settings
from studio.studio_fixtures import MakeTab, signed_in
from vendor_fixtures import Stage, staged, until

TASK = {"model": "vidu/viduq3-pro/text2video", "input": {"prompt": "a red fox"}}


@pytest.fixture(scope="module")
def stage(
    tmp_path_factory: pytest.TempPathFactory, serve_home: Callable[[Settings], AbstractContextManager[Any]]
) -> Iterator[Stage]:
    """One task was made by Vidu; then Vidu does not answer any more."""
    with staged(serve_home, tmp_path_factory.mktemp("health"), vendors__vidu__key="vda_x") as found:
        with found.client() as api:
            done = api.post("/v1/tasks", json=TASK).json()["id"]
            until(lambda: api.get(f"/v1/tasks/{done}").json()["state"], lambda state: state == "succeeded")
            found.stub.refuse(Unavailable("503 from upstream.", retry_after=600))
            api.post("/v1/tasks", json=TASK)
        yield found


@pytest.mark.parametrize(("width", "theme", "lang"), [(360, "dark", "zh"), (1280, "light", "en")])
def test_the_checks_the_work_and_a_failing_vendor_are_shown(
    open_tab: MakeTab, stage: Stage, width: int, theme: str, lang: str, pictures: Path
) -> None:
    tab = open_tab(server=stage.served, width=width, theme=theme, lang=lang)
    page = tab.open("/health")
    vidu = page.locator('[data-vendor="vidu"]')
    expect(vidu).to_contain_text("vendor_unavailable")
    expect(vidu).to_contain_text("503 from upstream.")
    expect(page.locator("[data-vendor]").first).to_have_attribute(
        "data-vendor", "vidu"
    )  # what needs a look comes first
    expect(page.locator(".checks").first.locator("dd.good")).to_have_count(6)
    if lang == "en":
        expect(vidu).to_contain_text("Failing")
        expect(vidu).to_contain_text("1 tried again")
        expect(page.get_by_label("Work", exact=True)).to_contain_text("Queued1")
    assert (tab.overflow(), tab.axe()) == ([], [])
    page.screenshot(path=pictures / f"health-{width}-{theme}-{lang}.png", full_page=True)


def test_what_is_not_ready_is_shown_as_it_is(open_tab: MakeTab, stage: Stage) -> None:
    async def ready() -> dict[str, str | None]:
        return {"store": None, "disk": "almost full"}

    with stage.served.changed(ready=ready):
        page = open_tab(server=stage.served).open("/health")
        expect(page.get_by_role("heading", name="Not ready")).to_be_visible()
        expect(page.locator(".checks").first).to_contain_text("almost full")


def test_a_key_of_an_account_sees_vendors_without_what_others_do_there(open_tab: MakeTab, stage: Stage) -> None:
    key = stage.make_key("app")
    page = signed_in(open_tab(server=stage.served), key.key, "/health")
    expect(page.locator('[data-vendor="vidu"]')).to_contain_text("yes")
    expect(page.locator('[data-vendor="vidu"]')).not_to_contain_text("503")
