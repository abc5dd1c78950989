"""Sounds as files: mix lays several over each other, extract-audio takes that of a clip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from callsheet.renderers.edit.checks import heard
from callsheet.renderers.edit.frames import Stereo, sound
from callsheet.renderers.edit.origin import notes
from callsheet.renderers.edit.reel import reel
from callsheet.renderers.edit.tracks import fitted, mixed, track
from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.scene import Made, Progress, Scene
from callsheet.renderers.sound.write import write_sound


def mix(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Lay `tracks` (or `audios`) over each other, at `loudness` where one is asked for."""
    rows = _rows(scene.extra)
    asked = scene.extra.get("duration")
    whole = None if asked is None else round(asked * SAMPLE_RATE)
    tracks, total = fitted([track(row, at) for at, row in rows], whole)
    sounds = mixed(tracks, total, scene.extra.get("loudness"))
    return [_written(scene, [row["audio"] for _, row in rows], sounds, total, out, progress)]


def extract(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """The sound of `video` from `start` to `end`, sample for sample in step with its picture."""
    clip, start, count = heard(scene.extra, reel)
    taken = sound(clip, start, count)
    return [_written(scene, [clip.path], taken, count, out, progress)]


def _rows(given: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    if "tracks" in given:
        return [(f"tracks[{index}]", row) for index, row in enumerate(given["tracks"])]
    return [(f"audios[{index}]", {"audio": path}) for index, path in enumerate(given["audios"])]


def _written(
    scene: Scene, sources: list[Any], sounds: Iterator[Stereo], count: int, out: Path, progress: Progress
) -> Made:
    format = scene.extra.get("format", "m4a")
    path, told = out / f"sound.{format}", notes(scene, sources)
    kind = write_sound(path, sounds, told, format=format, frames=count, progress=progress)
    facts = {"samples": count, "preview": told["preview"], "inputs": told["inputs"]}
    return Made(path, kind, duration=count / SAMPLE_RATE, extra=facts)
