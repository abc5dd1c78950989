"""The example call sheets, copied into the package, so that every installation brings them along."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "examples" / "sheets"


def pages() -> dict[str, str]:
    """Each as it stands under examples/."""
    return {f"src/callsheet/sheets/examples/{one.name}": one.read_text() for one in sorted(FOLDER.glob("*.toml"))}
