"""What was measured, in words: English or Chinese, with every number behind a word as data too."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from callsheet.renderers.footage.shape import Shot
from callsheet.renderers.previz.caption.look import Seen, Stretch
from callsheet.renderers.previz.caption.phrases import PHRASES

# Where words begin: the camera's way in picture widths a second, the pictures' change, light and spread from 0 to 1.
_STILL_WAY, _STILL_MOTION, _FAST_WAY, _FAST_MOTION = 0.015, 0.02, 0.45, 0.5
_MOVES = (("right", 0.015), ("up", 0.015), ("zoom", 0.02), ("turn", 3.0))
_SIDE_MOVE = 0.4
_DARK, _DIM, _BRIGHT, _NIGHT, _DAY = 0.22, 0.37, 0.65, 0.24, 0.43
_FLAT, _HARD = 0.11, 0.24


def data(seen: Seen) -> dict[str, Any]:
    """The report for machines."""
    facts = seen.facts
    shots = [{**_numbers(one), **_read(one.shot)} for one in seen.stretches]
    return {
        "measured": True,
        "recognised": False,
        "kind": facts.kind,
        "width": facts.width,
        "height": facts.height,
        "duration": seen.duration,
        "fps": seen.fps,
        "sound": {"present": facts.has_audio, "loudness": seen.loudness},
        "shots": shots,
        "words": seen.words,
    }


def text(seen: Seen, language: str) -> str:
    """The report for people, in `en` or `zh`: a sentence of what it is, then one for each shot."""
    say, shots = PHRASES[language], [one.shot for one in seen.stretches]
    lines = [say["measured"], _whole(seen, say)]
    if seen.facts.kind == "video":
        cuts = ", ".join(f"{shot.start:.2f}" for shot in shots[1:])
        lines.append(say["cuts"].format(count=len(shots), cuts=cuts) if cuts else say["one shot"])
    lines += [_shot(number, shot, say, language, seen) for number, shot in enumerate(seen.stretches, 1)]
    lines += [say["words"].format(name=say[name], words=value) for name, value in _told(seen.words).items()]
    return "\n".join(lines) + "\n"


def _whole(seen: Seen, say: Mapping[str, str]) -> str:
    facts = seen.facts
    if facts.kind == "image":
        return say["image"].format(width=facts.width, height=facts.height)
    sound = say["silent"]
    if facts.has_audio:
        level = seen.loudness
        sound = say["sound"].format(level=level) if level is not None else say["quiet"]
    fps = f"{seen.fps or 0:.3f}".rstrip("0").rstrip(".")
    return say["video"].format(
        seconds=f"{seen.duration or 0:.2f}", width=facts.width, height=facts.height, fps=fps, sound=sound
    )


def _shot(number: int, stretch: Stretch, say: Mapping[str, str], language: str, seen: Seen) -> str:
    shot, read = stretch.shot, _read(stretch.shot)
    light = say["light"].format(light=say[read["light"]], contrast=say[f"contrast {read['contrast']}"])
    if read["like"]:
        light += say["like"].format(like=say[read["like"]])
    colours = say["and"].join(f"{getattr(one, language)} ({one.share:.0%})" for one in stretch.colours)
    if seen.facts.kind == "image":
        return say["still"].format(light=light, colours=colours)
    camera = say["and"].join(say[move] for move in read["camera"]) or say["steady"]
    return say["shot"].format(
        number=number, start=f"{shot.start:.2f}", end=f"{shot.end:.2f}", motion=say[read["motion"]], camera=camera,
        light=light, colours=colours,
    )  # fmt: skip


def _read(shot: Shot) -> dict[str, Any]:
    """The words that the numbers of a shot allow."""
    way = math.hypot(shot.camera.right, shot.camera.up) + abs(shot.camera.zoom)
    still = way < _STILL_WAY and shot.motion < _STILL_MOTION
    fast = way > _FAST_WAY or shot.motion > _FAST_MOTION
    light = "dark" if shot.brightness < _DARK else "dim" if shot.brightness < _DIM else "bright"
    return {
        "motion": "resting" if still else "fast" if fast else "slow",
        "camera": _camera(shot),
        "light": light if shot.brightness < _DIM or shot.brightness > _BRIGHT else "medium",
        "contrast": "low" if shot.contrast < _FLAT else "high" if shot.contrast > _HARD else "medium",
        "like": "night-like" if shot.brightness < _NIGHT else "day-like" if shot.brightness > _DAY else None,
    }


def _camera(shot: Shot) -> list[str]:
    """What the camera does, strongest first."""
    names = {
        "right": ("pan right", "pan left"),
        "up": ("tilt up", "tilt down"),
        "zoom": ("zoom in", "zoom out"),
        "turn": ("turn right", "turn left"),
    }
    rates = {part: float(getattr(shot.camera, part)) for part in names}
    found = [(abs(rates[part]) / least, names[part][rates[part] < 0]) for part, least in _MOVES]
    found = [(force, name) for force, name in found if force > 1]
    strongest = max((force for force, _ in found), default=0.0)
    return [name for force, name in sorted(found, reverse=True) if force >= _SIDE_MOVE * strongest]


def _numbers(stretch: Stretch) -> dict[str, Any]:
    measured = asdict(stretch.shot)
    measured["measured_camera"] = measured.pop("camera")
    measured["measured_motion"] = measured.pop("motion")
    measured["measured_contrast"] = measured.pop("contrast")
    return measured | {"palette": [asdict(one) for one in stretch.colours]}


def _told(words: Mapping[str, str]) -> dict[str, str]:
    """The file's own words; of a preview's description the prompt alone."""
    said = dict(words)
    with suppress(ValueError, AttributeError):
        prompt = json.loads(said.get("description", "")).get("prompt")
        said.pop("description")
        if prompt:
            said["prompt"] = str(prompt)
    return said
