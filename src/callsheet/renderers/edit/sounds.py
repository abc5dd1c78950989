"""Sounds as files: mix lays several over each other, extract-audio takes that of a clip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from callsheet.errors import RenderError
from callsheet.renderers.edit.assemble import span
from callsheet.renderers.edit.origin import notes
from callsheet.renderers.edit.reel import Stereo, reel, sound
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
    heard = mixed(tracks, total, scene.extra.get("loudness"))
    return [_written(scene, [row["audio"] for _, row in rows], heard, total, out, progress)]


def extract(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """The sound of `video` from `start` to `end`, sample for sample in step with its picture."""
    clip = reel(scene.extra["video"])
    if not clip.has_audio:
        raise RenderError("video has no sound.", hint="Look at has_audio of the file before.", param="video").because(
            "media_silent", param="video"
        )
    start, end = span(scene.extra)
    last = clip.seconds if end is None else min(clip.seconds, Fraction(end).limit_denominator(1_000_000))
    count = round(last * SAMPLE_RATE) - round(start * SAMPLE_RATE)
    if count < 1:
        raise RenderError(
            "Nothing of video lies there.", hint=f"It lasts {float(clip.seconds):.3f} s.", param="start"
        ).because("part_empty", param="video", length=round(float(clip.seconds), 3))
    heard = sound(clip, Fraction(start).limit_denominator(1_000_000), count)
    return [_written(scene, [clip.path], heard, count, out, progress)]


def _rows(given: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    if "tracks" in given:
        return [(f"tracks[{index}]", row) for index, row in enumerate(given["tracks"])]
    return [(f"audios[{index}]", {"audio": path}) for index, path in enumerate(given["audios"])]


def _written(
    scene: Scene, sources: list[Any], heard: Iterator[Stereo], count: int, out: Path, progress: Progress
) -> Made:
    format = scene.extra.get("format", "m4a")
    path, told = out / f"sound.{format}", notes(scene, sources)
    kind = write_sound(path, heard, told, format=format, frames=count, progress=progress)
    facts = {"samples": count, "preview": told["preview"], "inputs": told["inputs"]}
    return Made(path, kind, duration=count / SAMPLE_RATE, extra=facts)
