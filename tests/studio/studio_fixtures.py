"""A real browser on a real server: one of each for a test file, a fresh context (cookies, storage) for each test."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from callsheet.settings import Settings, load
from tools.chromium import SETTING, chromium

MISSING = f"no Chromium for the studio's tests: install one (Debian: `apt install chromium`), or name one in {SETTING}"

SLOWER = float(os.environ.get("CALLSHEET_TEST_THROTTLE") or 1)
"""How many times slower the browser is made, and how late its server's answers: a test that races shows itself."""

PATIENCE = round(60_000 * max(1, SLOWER / 4))
"""Milliseconds that a page gets for anything, also on a machine that does much else."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def program() -> str:
    """The browser's program. Where none is installed the test is skipped and says what to do."""
    found = chromium()
    if found is None:
        pytest.skip(MISSING)
    return found


@pytest.fixture(scope="module")
def browser(program: str) -> Iterator[Browser]:
    """One Chromium for a test file, and not longer: while Playwright runs, its thread can run no other event loop."""
    # A container has no sandbox to give, and little shared memory.
    flags = [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--autoplay-policy=no-user-gesture-required",
    ]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=flags, timeout=PATIENCE)
        yield started
        started.close()


@pytest.fixture(scope="session")
def studio_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Those of the studio's server: a fresh home in which tasks are really made, on previz."""
    return load(tmp_path_factory.mktemp("studio"), environ={})


@pytest.fixture(scope="session")
def studio(
    program: str, studio_settings: Settings, serve_home: Callable[[Settings], AbstractContextManager[Any]]
) -> Iterator[Any]:
    """A served home without keys, for all tests of a process: a conftest.Served. Make your own for what changes it."""
    with serve_home(studio_settings) as running:
        yield running


class Tab:
    """One page of a browser on one server; what it complains of is remembered."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        slow_down(page, SLOWER)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        # A browser writes every answer from 400 on to the console, also those that the page asked for on purpose.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")

    def open(self, path: str = "") -> Page:
        """Show a page, `/make`, and wait until it is drawn."""
        self.page.goto(f"{self.url}/studio{path}")
        expect(self.page.locator("main .waiting")).to_have_count(0)
        return self.page

    def axe(self) -> list[str]:
        """What axe finds wrong on the page as it is: rule, help, and where."""
        found = Axe().run(self.page, options={"runOnly": RULES}).response["violations"]
        return [f"{one['id']}: {one['help']}: {[node['target'] for node in one['nodes']][:4]}" for one in found]

    def overflow(self) -> list[str]:
        """The elements that make the page wider than the window."""
        return self.page.evaluate(
            """() => {
              const wide = document.documentElement.clientWidth;
              if (document.documentElement.scrollWidth <= wide) return [];
              const all = [...document.querySelectorAll("body *")];
              const out = all.filter((one) => one.getBoundingClientRect().right > wide + 1);
              return out.map((one) => one.tagName + "." + one.className).slice(0, 8);
            }"""
        )


def slow_down(page: Page, times: float) -> None:
    """Have the page run as on a machine that is so many times slower, and wait for each answer as over a long line."""
    if times <= 1:
        return
    line = page.context.new_cdp_session(page)
    line.send("Emulation.setCPUThrottlingRate", {"rate": times})
    late = {"offline": False, "latency": 20 * times, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", late)


def signed_in(tab: Tab, word: str, path: str) -> Page:
    """The page as whoever has this key, or the operator's token, sees it."""
    answer = tab.page.context.request.post(
        f"{tab.url}/studio/session", data={"key": word}, headers={"x-callsheet-studio": "1", "origin": tab.url}
    )
    assert answer.ok, answer.text()
    return tab.open(path)


def awaited(page: Page, found: Callable[[], Any]) -> None:
    """Wait until the test has heard something of the page."""
    end = time.monotonic() + PATIENCE / 1000
    while not found():
        assert time.monotonic() < end, "it was not heard"
        page.wait_for_timeout(20)


class Passing:
    """What elements of a page say in passing: it counts as seen however soon it goes again."""

    def __init__(self, page: Page, selector: str) -> None:
        self._page = page
        page.evaluate(
            """(selector) => {
              window.passing = [];
              const look = () => document.querySelectorAll(selector).forEach((one) => passing.push(one.textContent));
              const whatever = { childList: true, subtree: true, characterData: true };
              new MutationObserver(look).observe(document.body, whatever);
            }""",
            selector,
        )

    def said(self, text: str) -> None:
        """Wait until one of them has said this, or see that it has."""
        awaited(self._page, lambda: self._page.evaluate(f"passing.some((one) => one.includes({json.dumps(text)}))"))


class Held:
    """The requests of a page to an address, which wait until the test lets them go on."""

    def __init__(self, page: Page, address: str) -> None:
        self._page = page
        self._routes: list[Route] = []
        page.route(address, lambda route: self._routes.append(route))

    def let_go(self) -> None:
        """Let the first of them go on, as soon as it was made."""
        awaited(self._page, lambda: self._routes)
        self._routes[0].continue_()


MakeTab = Callable[..., Tab]


@pytest.fixture
def open_tab(browser: Browser, studio: Any) -> Iterator[MakeTab]:
    """`open_tab(width=360, theme="dark", lang="zh", server=other)`: a tab of a fresh context. It may not complain."""
    contexts: list[BrowserContext] = []
    tabs: list[Tab] = []

    def make(
        width: int = 1280, height: int = 800, theme: str = "light", lang: str = "en", server: Any = None, **more: Any
    ) -> Tab:
        locale = {"en": "en-GB", "zh": "zh-CN"}[lang]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            locale=locale,
            reduced_motion="reduce",
            **more,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        tabs.append(Tab(context.new_page(), (server or studio).url))
        return tabs[-1]

    yield make
    for context in contexts:
        context.close()
    complaints = [one for tab in tabs for one in tab.complaints]
    assert complaints == [], complaints


@pytest.fixture
def tab(open_tab: MakeTab) -> Tab:
    """A tab as most people have it: 1280 by 800, light, English."""
    return open_tab()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what a test wants to look at."""
    return tmp_path_factory.mktemp("pictures")
