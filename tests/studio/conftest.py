"""The fixtures of the studio's tests."""

from __future__ import annotations

from studio.studio_fixtures import browser, open_tab, pictures, program, studio, studio_settings, tab

__all__ = ["browser", "open_tab", "pictures", "program", "studio", "studio_settings", "tab"]
