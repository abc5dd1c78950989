"""Caption: a video or a picture as an honest report of what can be measured of it."""

from __future__ import annotations

from pathlib import Path

from callsheet.errors import RenderError
from callsheet.renderers.encode import PREVIEW
from callsheet.renderers.landing import landing
from callsheet.renderers.previz import shoot
from callsheet.renderers.previz.caption import look, report
from callsheet.renderers.scene import Made, Progress, Scene


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Write `out/caption-1.txt` about `scene.video`, else `scene.image`; its `extra` is the report as data.

    `language` in the scene's extra is en or zh. Nothing is recognised, and the text says so first. Raises RenderError
    where neither is given, or it cannot be read.
    """
    if scene.video is not None:
        seen = look.at_video(scene.video, progress)
    elif scene.image is not None:
        seen = look.at_still(scene.image, shoot.still(scene.image, "image"))
    else:
        raise RenderError("A caption needs a video or an image.", hint="Give video or image.", param="video")
    language = "zh" if str(scene.extra.get("language", "en")).lower().startswith("zh") else "en"
    path = out / "caption-1.txt"
    with landing(path) as part:
        part.write_text(f"{report.text(seen, language)}({PREVIEW})\n", encoding="utf-8")
    progress(1.0)
    mode = scene.extra.get("conversation_mode")
    told = report.data(seen) | ({"conversation_mode": mode} if mode else {})
    return [Made(path, "text/plain", extra=told)]
