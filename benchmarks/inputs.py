"""What benchmarks hand in: media made by previz itself, one input for every capability, the least of any model."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from callsheet import catalog
from callsheet.catalog import Model, Param
from callsheet.contract import Order
from callsheet.renderers.pool import Pool
from callsheet.renderers.render import render
from callsheet.renderers.scene import Scene
from callsheet.twin.made import made
from callsheet.vendors.edit.driver import EditDriver
from callsheet.vendors.previz.driver import PrevizDriver

SECONDS = 5
PLAN = "Design 2 weeks, then build 6 weeks, then test 3 weeks, in parallel documentation 4 weeks"
FLOW = "Receive the order. If it is in stock, pack it and ship it, else order it from the supplier and wait. Then end."
MAP = "A film includes writing, shooting and editing. Shooting includes light, sound and camera."
FIGURES = "Sales 2022: 10, 2023: 15, 2024: 24. Asia 45%, Europe 30%, America 25%."
TALK = "A clip is planned, made and kept, and nothing of it is lost. " * 3


@dataclass(frozen=True, slots=True)
class Desk:
    """Where inputs lie and how an input becomes a scene: exactly as a task's would."""

    folder: Path
    media: dict[str, Path] = field(default_factory=dict[str, Path])

    def scene(self, model: str, input: Mapping[str, Any]) -> Scene:
        """The scene of an input; media go by their ids in `media`."""
        facts = catalog.load().model(model)
        order = Order("task_bench", facts, facts.check(dict(input)), self.media)
        moves = {move.id: move.index for move in catalog.load().vocabulary.camera_moves}
        if facts.vendor == "edit":
            return EditDriver(Pool(1), self.folder / "edit", slots=1).scene(order)
        return PrevizDriver(Pool(1), self.folder / "previz", moves, slots=1).scene(order)

    def make(self, name: str, model: str, input: Mapping[str, Any]) -> None:
        """Render something to start from, and keep it under a name."""
        self.media[name] = render(self.scene(model, input), self.folder / name, deaf)[0].path


def desk(folder: Path) -> Desk:
    """Two stills, a mask, a clip with sound, a voice and a piece of music, all 1280x720 and five seconds."""
    made = Desk(folder)
    made.make("file_still", "previz/text-to-image", {"prompt": "a red fox in a meadow at dusk", "resolution": "720p"})
    made.make("file_other", "previz/text-to-image", {"prompt": "a red fox in the snow at night", "resolution": "720p"})
    made.make("file_mask", "previz/mask", {"image": "file_still", "control": "subject"})
    made.make(
        "file_clip", "previz/image-to-video", {"image": "file_still", "camera_move": "pan-left", "generate_audio": True}
    )
    made.make("file_voice", "previz/speech", {"text": TALK, "format": "wav"})
    made.make("file_tune", "previz/music", {"prompt": "calm piano", "duration": SECONDS, "format": "wav"})
    return made


def cases() -> dict[str, dict[str, Any]]:
    """An input for every model of previz and edit, five seconds or 1280x720 where it has a length or a size."""
    moving = {"image": "file_still", "camera_move": "orbit", "duration": SECONDS}
    shots = [{"image": "file_other", "duration": SECONDS / 2}, {"image": "file_still", "duration": SECONDS / 2}]
    return {
        "previz/text-to-image": {"prompt": "a lighthouse at dusk", "resolution": "720p"},
        "previz/image-to-image": {"image": "file_still", "prompt": "watercolour"},
        "previz/reference-to-image": {"image": "file_still", "prompt": "a desert at noon", "control": "edge"},
        "previz/redraw": {"image": "file_still", "mask": "file_mask", "prompt": "a cat"},
        "previz/mask": {"image": "file_still", "control": "subject"},
        "previz/upscale": {"image": "file_still", "scale": 2},
        "previz/text-to-video": {"prompt": "a lighthouse at dusk", "duration": SECONDS},
        "previz/image-to-video": moving,
        "previz/image-to-video with sound": {**moving, "prompt": "rain and thunder", "generate_audio": True},
        "previz/first-last-frame": {"image": "file_still", "last_image": "file_other", "duration": SECONDS},
        "previz/video-continuation": {"video": "file_clip", "duration": SECONDS},
        "previz/motion-control": {"image": "file_other", "video": "file_clip"},
        "previz/multi-shot": {"shots": shots},
        "previz/reference-to-video": {"prompt": "@1 in a forest", "images": ["file_still"], "duration": SECONDS},
        "previz/template-to-video": {"images": ["file_still"], "template": "hugging", "duration": SECONDS},
        "previz/video-upscale": {"video": "file_clip", "resolution": "1080p"},
        "previz/music": {"prompt": "epic orchestral", "duration": 30},
        "previz/sound-effect": {"prompt": "rain, then thunder", "duration": 30},
        "previz/speech": {"text": TALK},
        "previz/soundtrack": {"video": "file_clip"},
        "previz/caption": {"video": "file_clip"},
        "previz/flowchart": {"prompt": FLOW, "language": "en"},
        "previz/mindmap": {"prompt": MAP, "language": "en"},
        "previz/gantt": {"prompt": PLAN, "language": "en"},
        "previz/infographic": {"prompt": FIGURES, "language": "en"},
        "edit/concat": {"videos": ["file_clip", "file_clip"]},
        "edit/trim": {"video": "file_clip", "start": 1, "end": 4},
        "edit/reframe": {"video": "file_clip", "aspect_ratio": "9:16", "resolution": "720p"},
        "edit/mix": {"tracks": [{"audio": "file_voice"}, {"audio": "file_tune", "duck": 12}]},
        "edit/mux": {"video": "file_clip", "audio": "file_tune"},
        "edit/extract-audio": {"video": "file_clip"},
        "edit/thumbnail": {"video": "file_clip"},
        "edit/animation": {"video": "file_clip", "width": 480, "fps": 12},
        "edit/contact-sheet": {"video": "file_clip"},
        "edit/burn-subtitles": {"video": "file_clip", "cues": [{"start": 0.5, "end": 4, "text": "A fox."}]},
    }


def deaf(progress: float) -> None:
    """Nobody listens to the progress."""


def model_for_words(vendor: str) -> Model:
    """A vendor's first model that is for words, where there is one."""
    models = list(catalog.load().vendor(vendor).models.values())
    return next((one for one in models if one.capability.startswith("text-to-")), models[0])


def least(model: Model, prompt: str) -> dict[str, Any]:
    """What it cannot do without; the prompt, also in its media, tells one body from another."""
    given: dict[str, Any] = {"prompt": prompt} if "prompt" in model.params else {}
    required = {name: param for name, param in model.params.items() if param.required and name not in given}
    return given | {name: _value(param, prompt) for name, param in required.items()}


def _value(param: Param, prompt: str) -> Any:
    if param.is_media:
        kind = {"images": "image", "mask": "image", "videos": "video", "audios": "audio"}.get(param.type, param.type)
        one = made(kind, prompt)
        address = f"data:{one.content_type};base64,{base64.b64encode(one.content).decode()}"
        return [address] if param.many else address
    return next(iter(param.values), 1 if param.type in ("integer", "number") else "a red door")
