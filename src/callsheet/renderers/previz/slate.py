"""The slate: a slim strip at the foot of the picture with the prompt and what the shot is."""

from __future__ import annotations

import cv2
import numpy as np

from callsheet.renderers.previz import lettering
from callsheet.renderers.previz.mark import Overlay
from callsheet.renderers.scene import Scene

_PAPER = (247, 243, 234)
_AMBER = (255, 196, 92)


class Slate:
    """Made once per piece, laid onto every frame. Pictures under 200 pixels wide or 120 high have no room for one."""

    def __init__(self, scene: Scene, facts: tuple[str, ...]) -> None:
        self._strip = _strip(scene.width, scene.height, scene.prompt, facts)
        self._height = scene.height

    @property
    def overlay(self) -> Overlay | None:
        """What it lays onto each frame; None where there is no room for it."""
        if self._strip is None:
            return None
        keep, add = self._strip
        return self._height - keep.shape[0], 0, keep, add

    def lay(self, rgb: np.ndarray) -> None:
        """Lay the strip onto a frame, in place."""
        if self._strip is None:
            return
        keep, add = self._strip
        part = rgb[rgb.shape[0] - keep.shape[0] :]
        cv2.multiply(part, keep, dst=part, scale=1 / 255)
        cv2.add(part, add, dst=part)


def rows(scene: Scene) -> int:
    """How many rows at the foot of the scene's frames a slate with its prompt fills with words."""
    return _Sizes(scene.width, scene.height, scene.prompt).tall if _has_room(scene.width, scene.height) else 0


def shot_facts(scene: Scene, seed: int, move: str | None) -> tuple[str, ...]:
    """What a shot is, in a few words each: size, and for a clip its speed, length and camera, and the seed."""
    facts = [f"{scene.width}×{scene.height}"]
    if move is not None:
        fps = float(scene.fps)
        facts += [f"{fps:g} fps" if fps == round(fps) else f"{fps:.2f} fps", f"{float(scene.exact_duration):g} s", move]
    return (*facts, f"seed {seed}")


def _strip(width: int, height: int, prompt: str, facts: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray] | None:
    """What to multiply the foot of the frame by (255 keeps) and what to add to it."""
    if not _has_room(width, height):
        return None
    sizes = _Sizes(width, height, prompt)
    size, small, margin, lines, tall = sizes.size, sizes.small, sizes.margin, sizes.lines, sizes.tall
    rise = round(tall * 0.9)
    rows = np.linspace(0, 1, tall + rise, dtype=np.float32)
    shade = np.clip(rows * (tall + rise) / (rise + 0.35 * tall), 0, 1)
    keep = (
        np.repeat(np.rint(255 * (1 - 0.66 * shade**1.2))[:, None, None], width, axis=1)
        .repeat(3, axis=2)
        .astype(np.uint8)
    )
    text = np.zeros_like(keep)
    bar = max(2, round(size * 0.14))
    y = rise + round(margin * 0.9)
    foot = tall + rise - round(margin * 0.75)
    text[y : foot + 1, margin : margin + bar] = _AMBER
    left = margin + bar + round(size * 0.55)
    for line in lines:
        lettering.draw(text, line, (left, y + round(size * 0.98)), size, _PAPER, weight=500)
        y += round(size * 1.42)
    label = lettering.fit("   ·   ".join(facts), small, width - left - margin, weight=500)
    lettering.draw(text, label, (left, foot), small, (214, 208, 196), weight=500)
    cover = text.max(axis=2, keepdims=True).astype(np.float32) / 255
    return np.rint(keep * (1 - np.minimum(1, cover * 1.03))).astype(np.uint8), text


def _has_room(width: int, height: int) -> bool:
    return width >= 200 and height >= 120


class _Sizes:
    """How large everything on a slate is: letters, margin, the lines of the prompt, and all together."""

    def __init__(self, width: int, height: int, prompt: str) -> None:
        short = min(width, height)
        self.size = max(11, round(short * 0.027))
        self.small = max(9, round(self.size * 0.72))
        self.margin = max(8, round(short * 0.032))
        room, lines = width - 2 * self.margin - round(0.02 * width), 2 if height > width else 1
        self.lines = lettering.wrap(prompt, self.size, room, lines=lines) if prompt.strip() else []
        self.tall = round(
            self.margin * 0.9 + len(self.lines) * self.size * 1.42 + self.small * 1.25 + self.margin * 0.75
        )
