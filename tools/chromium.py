"""Finds the browser that the studio's tests and pictures are made with; none is downloaded."""

from __future__ import annotations

import os
import shutil

SETTING = "CALLSHEET_TEST_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The program of the browser, by the setting or by its usual names."""
    return os.environ.get(SETTING) or next(filter(None, map(shutil.which, NAMES)), None)
