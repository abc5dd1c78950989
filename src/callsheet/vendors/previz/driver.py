"""Previz as a vendor: a checked input becomes a Scene, which a child process renders."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from callsheet import catalog
from callsheet.catalog import Model, Param
from callsheet.contract import Bring, Order
from callsheet.errors import Rejected, RenderError
from callsheet.renderers import frame, media
from callsheet.renderers.frame import exact_fps
from callsheet.renderers.looking import Look, Unknown
from callsheet.renderers.pool import Pool
from callsheet.renderers.scene import Scene
from callsheet.settings import Settings
from callsheet.tasks import File
from callsheet.vendors.previz.driver_diagrams import DIAGRAMS, Author, as_diagram
from callsheet.vendors.previz.driver_prompts import CuedDriver
from callsheet.wires.rendering import RenderDriver

_STARTS = ("image", "last_image", "video", "audio", "mask")
_FAMILIAR = {"creation": "video"}
"""Params that are another one by a vendor's name."""
_DRAWN = frozenset(
    {
        *_STARTS, "images", "prompt", "style", "negative_prompt", "seed", "count", "width", "height", "resolution",
        "aspect_ratio", "fps", "duration", "camera_move", "motion", "generate_audio", "format", "mark",
    }
)  # fmt: skip
"""Params that are parts of a Scene of their own; all others travel in its `extra`."""


def local_driver(settings: Settings, pool: Pool) -> PrevizDriver | CuedDriver:
    """The driver of an installation: always live. It listens to test prompts unless the settings say otherwise."""
    moves = {move.id: move.index for move in catalog.load().vocabulary.camera_moves}
    folder, slots = settings.home / "renders" / "previz", settings.render.cores
    author = Author.of(settings.llm)
    plain = PrevizDriver(pool, folder, moves, slots=slots, mark=settings.render.mark, author=author)
    return CuedDriver(plain) if settings.render.test_prompts else plain


class PrevizDriver(RenderDriver):
    """Builds the scenes of previz. `moves` maps camera move ids to indexes; `mark` False leaves the sign off all.

    `author` is the chat model that writes the source of diagrams; without one, rules read their prompts.
    """

    def __init__(
        self,
        pool: Pool,
        folder: Path,
        moves: Mapping[str, int],
        *,
        slots: int,
        mark: bool = True,
        author: Author | None = None,
    ) -> None:
        super().__init__(pool, folder, slots=slots)
        self._moves = moves
        self._mark = mark
        self._author = author

    async def completed(self, scene: Scene) -> Scene:
        """A diagram's scene with its source, where a chat model is there to write it."""
        if self._author is None or scene.capability not in DIAGRAMS:
            return scene
        return await self._author.written(scene)

    async def close(self) -> None:
        """Stop all renders, and let go of the chat model's connections."""
        if self._author is not None:
            await self._author.close()
        await super().close()

    def scene(self, order: Order) -> Scene:
        """The scene of a checked input, with a seed of its own where none is given."""
        scene = super().scene(order)
        return scene if order.input.get("seed") is not None else replace(scene, seed=_seed(order))

    async def check(self, order: Order, files: Mapping[str, File], bring: Bring) -> None:
        """InvalidInput for what is certain to be refused. Diagrams that a chat model writes are not judged."""
        if self._author is None or order.model.capability not in DIAGRAMS:
            await super().check(order, files, bring)

    def sketch(self, order: Order, look: Look) -> Scene:
        """The scene of a checked input, media as paths however deep they stand; reads headers of what it names."""
        named = order.model.with_media(order.input, lambda _, file_id: str(order.media[file_id]))
        given = {_FAMILIAR.get(name, name): value for name, value in named.items()}
        paths = {name: Path(given[name]) for name in _STARTS if name in given}
        images = tuple(map(Path, given.get("images", ())))
        width, height = _sized(order.model, given, _start(given, paths, images), look)
        scene = Scene(
            capability=order.model.capability,
            prompt=", ".join(text for text in (given.get("prompt"), given.get("style")) if text),
            negative_prompt=given.get("negative_prompt", ""),
            seed=given.get("seed") or 0,
            count=given.get("count", 1),
            width=width,
            height=height,
            fps=exact_fps(given.get("fps", 24)),
            duration=_duration(order.model.params.get("duration"), given, paths, look),
            camera_move=self._moves[given["camera_move"]] if "camera_move" in given else None,
            motion=given.get("motion"),
            generate_audio=given.get("generate_audio", False),
            format=given.get("format", "mp4"),
            mark=self._mark and given.get("mark", True),
            image=paths.get("image"),
            last_image=paths.get("last_image"),
            images=images,
            video=paths.get("video"),
            audio=paths.get("audio"),
            mask=paths.get("mask"),
            extra={name: value for name, value in given.items() if name not in _DRAWN},
        )
        return as_diagram(scene, given) if scene.capability in DIAGRAMS else scene


def _sized(model: Model, given: Mapping[str, Any], start: Path | None, look: Look) -> tuple[int, int]:
    """The size; nothing by nothing where it is that of a picture of which nothing is known yet."""
    try:
        return _size(given, start, look, still=model.outputs[0].kind == "image")
    except Unknown:
        return 0, 0
    except (media.NotMedia, media.TooManyPixels) as error:
        raise RenderError(str(error)) from error
    except ValueError as error:
        hint = "Give a ratio, or the picture that it is to have the shape of."
        sizeless = RenderError(str(error), hint=hint, param="aspect_ratio")
        raise sizeless.because("pictures_missing", param="aspect_ratio", least=1) from error


def _start(given: Mapping[str, Any], paths: Mapping[str, Path], images: Sequence[Path]) -> Path | None:
    """The picture or video that it starts from, which `original` takes its ratio from."""
    shots = (Path(shot["image"]) for shot in given.get("shots", ()) if "image" in shot)
    return paths.get("image") or paths.get("video") or next(iter(images), None) or next(shots, None)


def _size(given: Mapping[str, Any], start: Path | None, look: Look, *, still: bool) -> tuple[int, int]:
    """Width and height in pixels, as given or by resolution and ratio; without a ratio it is that of the start.

    A still that is asked for no size has that of its start to the pixel; a video's sides are even.
    """
    times = 2 if given.get("upscale") else 1
    if "width" in given and "height" in given:
        return given["width"] * times, given["height"] * times
    ratio, original = given.get("aspect_ratio"), None
    if ratio in (None, "original", "auto") and start is not None:
        facts = look.facts(start)
        original = (facts.width or 0, facts.height or 0)
        if still and "resolution" not in given and min(original) > 0:
            return original
    width, height = frame.size(given.get("resolution"), ratio, original)
    return width * times, height * times


def _duration(param: Param | None, given: Mapping[str, Any], paths: Mapping[str, Path], look: Look) -> float:
    """In seconds: as asked, else as long as the video it starts from, which the param's own limit holds for too."""
    if "duration" in given:
        return given["duration"]
    try:
        found = look.facts(paths["video"]).duration if "video" in paths else None
    except Unknown:
        found = None
    if found is not None and param is not None and param.max is not None and found > param.max:
        said = f"Give a duration of at most {param.max:.0f} s."
        long = Rejected(f"The video lasts {found:.0f} s.", hint=said, param="duration")
        raise long.because("media_seconds", param="video", found=round(found), max=param.max)
    return found or 5.0


def _seed(order: Order) -> int:
    """The same input gives the same seed, on any machine: media count by content, whatever their ids."""
    text = json.dumps({"model": order.model.id, **order.input}, sort_keys=True, ensure_ascii=False)
    for file_id, path in order.media.items():
        text = text.replace(file_id, path.name)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6])
