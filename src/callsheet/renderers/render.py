"""Which module draws which capability, and the one way in: render(scene, out, progress)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import cv2

from callsheet.errors import CallsheetError, NotSupported, RenderError
from callsheet.renderers.edit.table import EDITS
from callsheet.renderers.media import NotMedia, TooManyPixels
from callsheet.renderers.previz import (
    continuation,
    first_last,
    image_to_image,
    image_to_video,
    mask,
    motion_control,
    multi_shot,
    redraw,
    reference_to_image,
    reference_to_video,
    sound_effect,
    template_to_video,
    text_to_image,
    text_to_video,
    upscale,
    video_upscale,
)
from callsheet.renderers.previz.caption import caption
from callsheet.renderers.previz.diagrams import pages
from callsheet.renderers.previz.music import render as music
from callsheet.renderers.previz.music import soundtrack
from callsheet.renderers.previz.speech import speak
from callsheet.renderers.scene import Made, Progress, Scene

Renderer = Callable[[Scene, Path, Progress], list[Made]]

_TABLE: Mapping[str, Renderer] = MappingProxyType(
    {
        "text-to-image": text_to_image.render,
        "image-to-image": image_to_image.render,
        "reference-to-image": reference_to_image.render,
        "redraw": redraw.render,
        "mask": mask.render,
        "upscale": upscale.render,
        "text-to-video": multi_shot.where_asked(text_to_video.render),
        "image-to-video": multi_shot.where_asked(image_to_video.render),
        "first-last-frame": first_last.render,
        "video-continuation": continuation.render,
        "motion-control": motion_control.render,
        "multi-shot": multi_shot.render,
        "reference-to-video": reference_to_video.render,
        "template-to-video": template_to_video.render,
        "video-upscale": video_upscale.render,
        "sound-effect": sound_effect.render,
        "speech": speak.render,
        "music": music.render,
        "caption": caption.render,
        "soundtrack": soundtrack.render,
        "flowchart": pages.render,
        "mindmap": pages.render,
        "gantt": pages.render,
        "infographic": pages.render,
        **EDITS,
    }
)

CAPABILITIES = frozenset(_TABLE)
"""What can be rendered here: previews, and edits."""


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Make the scene's pieces as files in the folder `out`, which is made if missing, and say what each is.

    `progress` hears 0..1 as frames are encoded, from the encoder's thread. Raises NotSupported for a capability that no
    module here draws, and RenderError (or StorageError on a full disk) for what cannot be made; then nothing half
    written is left.
    """
    if scene.capability not in _TABLE:
        raise NotSupported(
            f"Nothing here can render {scene.capability!r}.", hint=f"It can do {', '.join(sorted(CAPABILITIES))}."
        )
    try:
        return _TABLE[scene.capability](scene, out, progress)
    except CallsheetError:
        raise
    except (NotMedia, TooManyPixels) as error:
        raise RenderError(str(error)) from error
    except cv2.error as error:
        raise RenderError(f"The picture could not be drawn: {error.err or error}.") from error
    except MemoryError as error:
        raise RenderError(
            f"There is not enough memory for {scene.width}x{scene.height}.", hint="Ask for a smaller resolution."
        ).because("memory_short", width=scene.width, height=scene.height) from error
