"""How a scene's files are looked at: opened, or taken at the word of their headers, which were read when they came."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import numpy as np

from callsheet.renderers import media
from callsheet.renderers.edit.reel import Reel, reel
from callsheet.renderers.media import Facts

_MOST_FRAMES = 1_000_000


class Unknown(Exception):
    """Nothing is known of this file yet."""


class Look(Protocol):
    """What may be asked of a file."""

    def facts(self, path: Path) -> Facts:
        """What its headers say."""
        ...

    def clip(self, path: str, name: str) -> Reel:
        """When each frame of a clip shows; `name` is its param."""
        ...


class Opened:
    """Opens the files."""

    def facts(self, path: Path) -> Facts:
        """What its headers say. Raises as `media.probe` does."""
        return media.probe(path)

    def clip(self, path: str, name: str) -> Reel:
        """When each frame of a clip shows. Raises RenderError as `reel` does."""
        return reel(path, name)


class Told:
    """Opens nothing. `known` is what headers said, by path; of all others it raises Unknown.

    `doubtful` is whether something was told that a header need not have right: how long it is, and in how many frames.
    """

    def __init__(self, known: Mapping[Path, Facts]) -> None:
        self.doubtful = False
        self._known = known

    def facts(self, path: Path) -> Facts:
        """What its headers said."""
        if path not in self._known:
            raise Unknown
        found = self._known[path]
        self.doubtful = self.doubtful or found.kind != "image"
        return found

    def clip(self, path: str, name: str) -> Reel:
        """A clip of even frames, of the length and the rate that its headers said."""
        found = self.facts(Path(path))
        if not (found.duration and found.fps and found.width and found.height):
            raise Unknown
        frames = max(1, round(found.duration * found.fps))
        if frames > _MOST_FRAMES:
            raise Unknown
        times, base = np.arange(frames, dtype=np.int64), 1 / found.fps
        size = (found.width, found.height)
        return Reel(Path(path), name, *size, times, base, frames, found.fps, steady=True, has_audio=found.has_audio)
