"""What a file says of its origin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from callsheet.provenance import manifest, xmp
from callsheet.provenance.carriers import Unfit, look
from callsheet.provenance.facts import Provenance


def read(path: Path) -> Provenance | None:
    """What callsheet wrote into a file, whatever its format; None where it says nothing. OSError."""
    try:
        with path.open("rb") as file:
            packet = look(file, path.stat().st_size).packet
        return xmp.read(packet) if packet else None
    except Unfit:
        return None


def inspect(path: Path) -> dict[str, Any]:
    """All that a file says, as JSON.

    `content_type` of what it is, `callsheet` what callsheet wrote, `xmp` whether it holds a packet by anyone, `c2pa`
    None, or whose manifest it holds and whether the file is still as it was signed (`state`, with the extra only).
    `why` says what keeps it from being read. OSError.
    """
    told: dict[str, Any] = {"content_type": None, "callsheet": None, "xmp": False, "c2pa": None}
    try:
        with path.open("rb") as file:
            layout = look(file, path.stat().st_size)
        told |= {"content_type": layout.content_type, "xmp": layout.packet is not None}
        told["c2pa"] = _manifest(path, layout.content_type) if layout.sealed else None
        facts = xmp.read(layout.packet) if layout.packet else None
    except Unfit as error:
        return told | {"why": str(error)}
    if facts is not None:
        told["callsheet"] = facts.told() | ({"prompt": facts.prompt} if facts.prompt else {})
    return told


def _manifest(path: Path, content_type: str) -> dict[str, Any]:
    if not manifest.available():
        return {"state": "not checked: that takes the extra callsheet[c2pa]"}
    try:
        return manifest.states(path, content_type)
    except Exception as error:  # the library's own errors, of a manifest that anybody may have written
        return {"state": f"cannot be read: {error}"}
