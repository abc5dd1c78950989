"""What a preview is refused for before anything is drawn: each by the function that its renderer calls too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from callsheet.renderers.looking import Look
from callsheet.renderers.previz import bounds, casting, shots
from callsheet.renderers.previz.controls import refuse_pose
from callsheet.renderers.previz.diagrams import reading as diagrams
from callsheet.renderers.previz.effects import windows
from callsheet.renderers.previz.picture import left_out
from callsheet.renderers.previz.speech import languages, reading
from callsheet.renderers.scene import Scene


def _mask(scene: Scene, _: Look) -> None:
    refuse_pose(scene.extra.get("control"))
    left_out.asked(scene.prompt)


def _reference_to_image(scene: Scene, _: Look) -> None:
    refuse_pose(scene.extra.get("control"))


def _upscale(scene: Scene, look: Look) -> None:
    if scene.image is not None:
        found = look.facts(scene.image)
        bounds.enlarged(scene, found.width or 1, found.height or 1)


def _video_upscale(scene: Scene, look: Look) -> None:
    if scene.video is not None:
        bounds.bounded(look.facts(scene.video), scene)


def _multi_shot(scene: Scene, _: Look) -> None:
    shots.morphs(scene, shots.given(scene))


def _reference_to_video(scene: Scene, _: Look) -> None:
    casting.subjects(scene)


def _template_to_video(scene: Scene, _: Look) -> None:
    casting.enough(scene)


def _sound_effect(scene: Scene, _: Look) -> None:
    for shot in scene.extra.get("shots") or ():
        windows.window(shot, scene.duration)


def _speech(scene: Scene, _: Look) -> None:
    languages.spoken(reading.read(scene.extra))


def _diagram(scene: Scene, _: Look) -> None:
    diagrams.drawable(scene)


PREVIZ_CHECKS: Mapping[str, Callable[[Scene, Look], None]] = MappingProxyType(
    {
        "mask": _mask,
        "reference-to-image": _reference_to_image,
        "upscale": _upscale,
        "video-upscale": _video_upscale,
        "multi-shot": _multi_shot,
        "reference-to-video": _reference_to_video,
        "template-to-video": _template_to_video,
        "sound-effect": _sound_effect,
        "speech": _speech,
        "flowchart": _diagram,
        "mindmap": _diagram,
        "gantt": _diagram,
        "infographic": _diagram,
    }
)
"""By capability: raises the RenderError that the renderer would raise."""
