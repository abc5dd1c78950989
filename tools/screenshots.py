"""Takes the pictures of the studio for the docs: `python -m tools.screenshots`, all of them or those that are named."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tools.chromium import SETTING, chromium

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "pictures" / "studio"
STILL = ROOT / "src" / "callsheet" / "demo" / "still.jpg"

SIZE = (1280, 800)
QUALITY = 80
PATIENCE = 300

SHEET = """[sheet]
title = "The light goes on"

[defaults]
seed = 7
resolution = "540p"

[shots.cliff]
model = "text-to-image"
prompt = "a lighthouse on a cliff at dusk"

[shots.opening]
model = "image-to-video"
image = "@cliff"
camera_move = "push-in"
duration = 2

[shots.village]
model = "text-to-video"
prompt = "a fishing village at night"
duration = 2

[shots.film]
model = "concat"
videos = ["@opening", "@village"]
"""

Steps = Callable[[Page, "Stage"], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """A server with something on it: ids of its tasks by what they are, and the token of its operator."""

    url: str
    token: str
    tasks: dict[str, str]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its file's name, the page, what is done there first, and how it is looked at."""

    name: str
    path: str
    steps: Steps | None = None
    theme: str = "light"
    lang: str = "en"
    size: tuple[int, int] = SIZE


def make(page: Page, stage: Stage) -> None:
    """A form that is filled in, with what came of it."""
    page.evaluate(f"localStorage.setItem('callsheet.make.takes', '[\"{stage.tasks['harbour']}\"]')")
    page.goto(f"{stage.url}/studio/make?task={stage.tasks['harbour']}")
    page.wait_for_selector(".take .player video")
    page.wait_for_selector(".foot-quote .credits")
    page.evaluate("document.querySelector('.take video').pause()")


def sheet(page: Page, stage: Stage) -> None:
    """A sheet, played to its end."""
    page.get_by_role("button", name="Write one").click()
    page.get_by_label("Text of the call sheet").fill(SHEET)
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_selector('[data-shot="film"] video', timeout=PATIENCE * 1000)


def mask(page: Page, stage: Stage) -> None:
    """A mask, half drawn."""
    page.set_input_files(".param-image input[type=file]", STILL)
    page.get_by_role("button", name="Draw the mask").click()
    box = page.locator(".mask-board canvas").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.28, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    for share in (0.3, 0.45, 0.6):
        page.mouse.move(box["x"] + box["width"] * 0.27, box["y"] + box["height"] * share, steps=4)
    page.mouse.up()


def chooser(page: Page, stage: Stage) -> None:
    """The search among models."""
    page.keyboard.press("/")
    page.locator(".chooser-head input").fill("image to video")


PICTURES = (
    Picture("make", "/make", make),
    Picture("models", "/make", chooser, theme="dark"),
    Picture("mask", "/make?model=previz/redraw", mask),
    Picture("takes", "/takes"),
    Picture("task", "/takes/{harbour}", theme="dark"),
    Picture("compare", "/compare?a={harbour}&b={tilt}"),
    Picture("sheets", "/sheets", sheet, size=(1600, 800)),
    Picture("webhooks", "/webhooks"),
    Picture("ledger", "/ledger"),
    Picture("keys", "/keys"),
    Picture("health", "/health", theme="dark"),
    Picture("phone", "/takes", lang="zh", size=(390, 800)),
)


def main(wanted: list[str]) -> None:
    """Fill a fresh home, show every page, and write what is seen."""
    unknown = sorted(set(wanted) - {one.name for one in PICTURES})
    if unknown:
        raise SystemExit(
            f"no picture is called {', '.join(unknown)}; there are {', '.join(one.name for one in PICTURES)}"
        )
    program = chromium()
    if program is None:
        raise SystemExit(f"no Chromium: install one, or name one in {SETTING}")
    OUT.mkdir(parents=True, exist_ok=True)
    with served() as stage, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        for one in PICTURES:
            if not wanted or one.name in wanted:
                print(f"{one.name}.webp: {taken(browser, stage, one):,} bytes", flush=True)
        browser.close()


def taken(browser: Any, stage: Stage, one: Picture) -> int:
    """Take one picture; gives its bytes."""
    width, height = one.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=one.theme,
        locale={"en": "en-GB", "zh": "zh-CN"}[one.lang],
        timezone_id="UTC",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{stage.url}/studio/make")
    header = {"x-callsheet-studio": "1"}
    signed_in = context.request.post(f"{stage.url}/studio/session", data={"key": stage.token}, headers=header)
    assert signed_in.ok, signed_in.text()
    page.goto(f"{stage.url}/studio{one.path.format(**stage.tasks)}")
    page.wait_for_selector("main > *:not(.waiting)")
    if one.steps:
        one.steps(page, stage)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(800)  # pictures that come in late, and what fades
    with Image.open(io.BytesIO(page.screenshot())) as seen:
        path = OUT / f"{one.name}.webp"
        seen.convert("RGB").save(path, "WEBP", quality=QUALITY, method=6)
    context.close()
    return path.stat().st_size


@contextmanager
def served() -> Generator[Stage]:
    """A server of a fresh home, with takes, keys, credits and a message that is told in vain."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "callsheet", "serve", "--port", "0", "--home", home]
        quiet = {**os.environ, "CALLSHEET_FETCH__ALLOW": '["127.0.0.1"]', "CALLSHEET_LOG__LEVEL": "warning"}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=quiet)
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[-1]
            token = httpx2.Response(200, content=(Path(home) / "server.json").read_bytes()).json()["token"]
            headers = {"authorization": f"Bearer {token}"}
            with httpx2.Client(base_url=url, headers=headers, timeout=60, trust_env=False) as client:
                yield Stage(url, token, filled(client))
        finally:
            process.terminate()
            process.wait(30)


def filled(client: httpx2.Client) -> dict[str, str]:
    """Make what the pictures show; gives the tasks' ids by name."""
    still = client.post(
        "/v1/files?name=harbour.jpg", content=STILL.read_bytes(), headers={"content-type": "image/jpeg"}
    )
    image = still.json()["id"]
    client.post("/v1/ledger/funds", json={"account": "local", "amount": 500, "memo": "November"})
    for name, more in (
        ("edit bay", {"rate": 60, "concurrent": 4}),
        ("nightly renders", {"budget": 200, "period": "day"}),
    ):
        client.post("/v1/keys", json={"name": name, **more})
    clip = {"resolution": "540p", "duration": 2}
    wanted: dict[str, tuple[str, dict[str, Any]]] = {
        "fox": ("text-to-video", {"prompt": "a red fox in fresh snow under the northern lights", **clip}),
        "city": ("text-to-video", {"prompt": "雨夜的城市街道，霓虹灯", "aspect_ratio": "9:16", **clip}),
        "desert": ("text-to-image", {"prompt": "dunes at dusk, a lone tree", "resolution": "540p"}),
        "music": ("music", {"prompt": "calm piano and strings, slow", "duration": 12}),
        "steps": ("flowchart", {"prompt": "Script approved? yes: shoot. no: rewrite, then script approved."}),
        "tilt": ("vidu/viduq3-pro/img2video", {"prompt": "the harbour wakes", "image": image, "duration": 2}),
        "harbour": (
            "image-to-video",
            {"prompt": "the harbour at golden hour", "image": image, "camera_move": "push-in", "seed": 7, **clip},
        ),
    }
    made: dict[str, str] = {}
    for name, (model, given) in wanted.items():
        webhook = {"webhook": "http://127.0.0.1:9/takes"} if name == "desert" else {}
        answer = client.post("/v1/tasks", json={"model": model, "input": given, **webhook})
        if answer.status_code != 201:
            raise SystemExit(f"{name}: {answer.text}")
        made[name] = answer.json()["id"]
    endless = {"prompt": "one long take through the old town", "duration": 90, "resolution": "1080p"}
    canceled = client.post("/v1/tasks", json={"model": "text-to-video", "input": endless}).json()["id"]
    client.post(f"/v1/tasks/{canceled}/cancel")
    for task in made.values():
        ended(client, task)
    return made


def ended(client: httpx2.Client, task: str) -> None:
    """Wait for a task's end."""
    for _ in range(PATIENCE * 4):
        if client.get(f"/v1/tasks/{task}").json()["state"] in ("succeeded", "failed", "canceled"):
            return
        time.sleep(0.25)
    raise SystemExit(f"{task} did not end within {PATIENCE} s")


if __name__ == "__main__":
    main(sys.argv[1:])
