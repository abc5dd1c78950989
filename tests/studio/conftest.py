"""The fixtures of the studio's tests."""

from __future__ import annotations

from studio.studio_fixtures import browser, open_tab, pictures, program, studio, studio_settings, tab
from studio.takes_fixtures import made

__all__ = ["browser", "made", "open_tab", "pictures", "program", "studio", "studio_settings", "tab"]
