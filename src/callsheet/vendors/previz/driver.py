"""Previz as a vendor: a checked input becomes a Scene, and a render in a child process becomes an Update."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import shutil
import time
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from callsheet import catalog
from callsheet.catalog import Param
from callsheet.contract import Call, Lost, Order
from callsheet.errors import Rejected, RenderError
from callsheet.renderers import frame, media
from callsheet.renderers.pool import Failed, News, Pool, Progress
from callsheet.renderers.scene import Made, Scene
from callsheet.settings import Settings
from callsheet.tasks import Artifact, Failure, State, Update
from callsheet.vendors.previz.driver_prompts import CuedDriver

NEWS_EVERY = 0.25
"""Seconds between two notices of one render's progress; its end is told at once."""

KEPT = 64
"""How many finished renders are remembered, for an artifact that could not be brought in at the first try."""

_STARTS = ("image", "last_image", "video", "audio", "mask")
_DRAWN = frozenset(
    {
        *_STARTS, "images", "prompt", "style", "negative_prompt", "seed", "count", "width", "height", "resolution",
        "aspect_ratio", "fps", "duration", "camera_move", "motion", "generate_audio", "format", "mark",
    }
)  # fmt: skip
"""Params that are parts of a Scene of their own; all others travel in its `extra`."""


def driver(settings: Settings) -> PrevizDriver | CuedDriver:
    """The driver of an installation: always live. It listens to test prompts unless the settings say otherwise."""
    moves = {move.id: move.index for move in catalog.load().vocabulary.camera_moves}
    slots = settings.render.cores
    plain = PrevizDriver(Pool(slots), settings.home / "renders", moves, slots=slots, mark=settings.render.mark)
    return CuedDriver(plain) if settings.render.test_prompts else plain


class PrevizDriver:
    """`contract.Driver` over a pool of child processes; a render's remote is its task's id.

    `folder` is emptied: what a killed process left there is of no use. `moves` maps camera move ids to indexes.
    """

    local = True

    def __init__(self, pool: Pool, folder: Path, moves: Mapping[str, int], *, slots: int, mark: bool = True) -> None:
        self.slots = slots
        self.notify = _nobody
        self._pool = pool
        self._moves = moves
        self._mark = mark
        # A child of a killed server may live a moment longer: it shall not write where we do.
        shutil.rmtree(folder, ignore_errors=True)
        self._folder = folder / secrets.token_hex(4)
        self._told: dict[str, float] = {}
        self._finished: dict[str, None] = {}
        pool.on_news = self._hear

    async def submit(self, order: Order) -> Update:
        """Start the render. RenderError or Rejected for a scene that cannot be."""
        await self._drop(order.task_id)
        scene = await asyncio.to_thread(self.scene, order)
        await self._pool.start(order.task_id, scene, self._out(order.task_id))
        return Update(State.RUNNING, remote=order.task_id)

    async def poll(self, order: Order, remote: str) -> Update:
        """How far it is. Lost when the process that rendered it has ended."""
        if remote not in self._pool:
            raise Lost
        news = self._pool.poll(remote)
        if not isinstance(news, Progress):
            await self._remember(remote)
        return _update(news)

    async def cancel(self, order: Order, remote: str) -> Update:
        """Stop it: on return its process is dead and nothing that it wrote is left."""
        await self._pool.cancel(remote)
        await self._drop(remote)
        return Update(State.CANCELED)

    def genuine(self, call: Call) -> bool:
        """Nobody calls back from here."""
        return False

    async def close(self) -> None:
        """Stop all renders; each starts again next time."""
        await self._pool.close()
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    def scene(self, order: Order) -> Scene:
        """The scene of a checked input, media as paths however deep they stand; reads headers of what it names."""
        given = order.model.with_media(order.input, lambda _, file_id: str(order.media[file_id]))
        paths = {name: Path(given[name]) for name in _STARTS if name in given}
        images = tuple(map(Path, given.get("images", ())))
        try:
            width, height = _size(given, paths, images)
        except ValueError as error:
            raise RenderError(str(error)) from error
        seed = given.get("seed")
        return Scene(
            capability=order.model.capability,
            prompt=", ".join(text for text in (given.get("prompt"), given.get("style")) if text),
            negative_prompt=given.get("negative_prompt", ""),
            seed=_seed(order) if seed is None else seed,
            count=given.get("count", 1),
            width=width,
            height=height,
            fps=exact_fps(given.get("fps", 24)),
            duration=_duration(order.model.params.get("duration"), given, paths),
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

    def _out(self, name: str) -> Path:
        return self._folder / name

    def _hear(self, name: str) -> None:
        now = time.monotonic()
        going_on = isinstance(self._pool.poll(name), Progress)
        if going_on and now - self._told.get(name, -NEWS_EVERY) < NEWS_EVERY:
            return
        self._told[name] = now
        self.notify(name)

    async def _remember(self, name: str) -> None:
        """Keep what ended for a while, and drop the one that ended longest ago."""
        self._finished[name] = None
        self._told.pop(name, None)
        if len(self._finished) > KEPT:
            await self._drop(next(iter(self._finished)))

    async def _drop(self, name: str) -> None:
        self._finished.pop(name, None)
        self._told.pop(name, None)
        self._pool.forget(name)
        if name not in self._pool:
            await asyncio.to_thread(shutil.rmtree, self._out(name), ignore_errors=True)


def exact_fps(fps: float) -> Fraction:
    """A frame rate as a fraction: 23.976, 29.97 and 59.94 are the broadcast rates 24000/1001 and so on."""
    whole = round(fps * 1001 / 1000)
    if fps != round(fps) and abs(fps * 1001 / 1000 - whole) < 0.001:
        return Fraction(whole * 1000, 1001)
    return Fraction(fps).limit_denominator(1001)


def _nobody(remote: str) -> None:
    """Nobody listens yet."""


def _update(news: News) -> Update:
    if isinstance(news, Progress):
        return Update(State.RUNNING, progress=news.share)
    if isinstance(news, Failed):
        said = f"{news.message} {news.hint}" if news.hint else news.message
        return Update(State.FAILED, failure=Failure(news.code, said, news.retryable))
    return Update(State.SUCCEEDED, progress=1.0, artifacts=tuple(map(_artifact, news.made)), usage={"credits": 0})


def _artifact(made: Made) -> Artifact:
    return Artifact(
        path=str(made.path),
        content_type=made.content_type,
        width=made.width,
        height=made.height,
        duration=made.duration,
        fps=made.fps,
        extra=made.extra,
    )


def _size(given: Mapping[str, Any], paths: Mapping[str, Path], images: Sequence[Path]) -> tuple[int, int]:
    """Width and height in pixels, as given or by resolution and ratio; `original` is that of what it starts from."""
    if "width" in given and "height" in given:
        return given["width"], given["height"]
    ratio, original = given.get("aspect_ratio", "16:9"), None
    if ratio == "original":
        start = paths.get("image") or paths.get("video") or next(iter(images), None)
        facts = media.probe(start) if start else None
        original = (facts.width or 0, facts.height or 0) if facts else None
    return frame.size(given.get("resolution"), ratio, original)


def _duration(param: Param | None, given: Mapping[str, Any], paths: Mapping[str, Path]) -> float:
    """In seconds: as asked, else as long as the video it starts from, which the param's own limit holds for too."""
    if "duration" in given:
        return given["duration"]
    found = media.probe(paths["video"]).duration if "video" in paths else None
    if found is not None and param is not None and param.max is not None and found > param.max:
        raise Rejected(f"The video lasts {found:.0f} s.", hint=f"Give a duration of at most {param.max:.0f} s.")
    return found or 5.0


def _seed(order: Order) -> int:
    """The same input gives the same seed, on any machine: media count by content, whatever their ids."""
    text = json.dumps({"model": order.model.id, **order.input}, sort_keys=True, ensure_ascii=False)
    for file_id, path in order.media.items():
        text = text.replace(file_id, path.name)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6])
