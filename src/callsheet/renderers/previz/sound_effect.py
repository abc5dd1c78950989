"""Sound effects: a prompt, or prompts in their windows, played by recipes and written as sound files."""

from __future__ import annotations

from pathlib import Path

from callsheet.errors import RenderError
from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.previz import shoot
from callsheet.renderers.previz.effects import windows
from callsheet.renderers.previz.effects.score import Heard, perform, perform_windows
from callsheet.renderers.scene import Made, Progress, Scene
from callsheet.renderers.sound.write import write_sound

FORMATS = ("mp3", "wav", "flac", "m4a")


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Make `count` sounds `out/effect-1.mp3` ..., exactly as long as asked; piece i from seed + i.

    `extra["shots"]` is a list of {from, to, prompt}: each sounds in its window and nowhere else. Raises RenderError for
    a window that lies outside the sound, and RenderError or StorageError when a file cannot be written.
    """
    ending = "mp3" if scene.format == "mp4" else scene.format.lower()
    if ending not in FORMATS:
        raise RenderError(f"A sound cannot be written as {ending!r}.", hint=f"Use one of {', '.join(FORMATS)}.")
    made: list[Made] = []
    for index, piece in enumerate(shoot.pieces(scene)):
        heard = _heard(piece)
        path = out / f"effect-{index + 1}.{ending}"
        facts = shoot.facts(piece) | heard.facts
        kind = write_sound(path, heard.blocks(), facts, format=ending, frames=heard.count)
        made.append(Made(path, kind, duration=heard.count / SAMPLE_RATE, extra=heard.facts))
        progress((index + 1) / scene.count)
    return made


def _heard(scene: Scene) -> Heard:
    count = round(scene.duration * SAMPLE_RATE)
    shots = scene.extra.get("shots")
    if not shots:
        return perform(scene.prompt, count, scene.seed, scene.negative_prompt)
    return perform_windows([windows.window(shot, scene.duration) for shot in shots], count, scene.seed)
