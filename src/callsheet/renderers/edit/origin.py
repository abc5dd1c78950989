"""Where an edited file comes from: the hashes of what went in, and whether any of it was a preview."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError
from PIL import Image

from callsheet.renderers import sniff
from callsheet.renderers.encode import PREVIEW
from callsheet.renderers.scene import Scene

EDIT = "callsheet edit"
"""The comment in the metadata of every file edited here."""

_UNREADABLE = (FFmpegError, OSError, ValueError, SyntaxError)


def notes(scene: Scene, sources: Iterable[str | Path], **told: Any) -> dict[str, Any]:
    """What the metadata of an edited file says: that it was edited here, from which files, as what was asked.

    Its comment says preview where any of the files does, so that no edit ever makes a preview look real.
    """
    paths = list(dict.fromkeys(map(Path, sources)))
    preview = any(is_preview(path) for path in paths)
    return {
        "title": f"{EDIT}: {scene.capability}",
        "comment": f"{PREVIEW}; {EDIT}" if preview else EDIT,
        "generator": f"callsheet {version('callsheet')} edit",
        "capability": scene.capability,
        "preview": preview,
        "inputs": [f"sha256:{digest(path)}" for path in paths],
        "asked": _plain(scene.extra),
        **told,
    }


def is_preview(path: Path) -> bool:
    """Whether a file's own metadata says that it is a preview, whatever container it is in."""
    return any(PREVIEW in words for words in _words(path))


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _words(path: Path) -> list[str]:
    """Everything that a file's metadata says in words."""
    found = sniff.sniff(path)
    try:
        if found is not None and found.kind == "image":
            with Image.open(path) as image:
                told = [*image.info.values(), *image.getexif().values()]
            return [one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in told]
        with av.open(str(path), options={"protocol_whitelist": "file"}, metadata_errors="replace") as container:
            streams = [one for stream in container.streams for one in stream.metadata.values()]
            return [*container.metadata.values(), *streams]
    except _UNREADABLE:
        return []


def _plain(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked, without where the files lay on this machine: those stand under `inputs`, by content."""
    return {name: one for name, one in given.items() if not _names_files(one)}


def _names_files(one: Any) -> bool:
    if isinstance(one, str):
        return one.startswith("/") or ":\\" in one or len(one) > 2000
    if isinstance(one, Mapping):
        return any(map(_names_files, one.values()))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return isinstance(one, list | tuple) and any(map(_names_files, one))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
