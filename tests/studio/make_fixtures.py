"""The form of the page that makes things, as a test uses it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from studio.studio_fixtures import Tab


def picture(width: int = 96, height: int = 64) -> bytes:
    """A picture with something in it, as PNG."""
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[..., 2] = np.linspace(40, 220, width, dtype=np.uint8)
    rgb[height // 4 : height // 2, width // 4 : width // 2] = (230, 180, 60)
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "PNG")
    return out.getvalue()


def opened(tab: Tab, model: str) -> Page:
    """The form of a model."""
    page = tab.open(f"/make?model={model}")
    expect(page.locator(".chosen small")).to_have_text(model)
    expect(page.locator(".form .field").first).to_be_visible()
    return page


def given(page: Page, name: str, content: bytes | None = None) -> None:
    """A picture for a param, chosen as a file."""
    file = {"name": f"{name}.png", "mimeType": "image/png", "buffer": content or picture()}
    page.set_input_files(f".param-{name} input[type=file]", files=[file])
    expect(page.locator(f".param-{name} .medium")).to_be_visible()


def field(page: Page, name: str) -> Locator:
    return page.locator(f".param-{name}")


def tasks(studio: Any, prompt: str) -> list[dict[str, Any]]:
    with studio.client() as client:
        found = client.get("/v1/tasks", params={"limit": 100}).json()["data"]
    return [one for one in found if one["input"].get("prompt") == prompt]
