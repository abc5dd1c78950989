"""The tool that shows what was made: any file as one small picture with its figures, or as text."""

from __future__ import annotations

import asyncio
import base64
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from mcp.types import CallToolResult, ContentBlock, ImageContent
from pydantic import Field

from callsheet.client import AsyncClient, FileInfo, Task
from callsheet.errors import InvalidInput, TooLarge
from callsheet.mcp import pictures, sounds, views
from callsheet.mcp.kit import Ctx, Kit, tool
from callsheet.mcp.showing import answer
from callsheet.renderers import media

MOST_FETCHED = 256_000_000
"""Bytes of a file that is fetched to be looked at."""

MOST_TEXT = 20_000
"""Characters of a text that is shown."""

_TEXT = ("text/", "application/json", "application/x-subrip", "image/svg")


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What is looked at: the file, the text that belongs to it where there is one, and the task of both."""

    file: FileInfo
    words: FileInfo | None = None
    task: str | None = None


@dataclass(frozen=True, slots=True)
class Looking:
    """Eyes and ears."""

    kit: Kit

    @tool
    async def look(
        self,
        ctx: Ctx,
        task: Annotated[str | None, Field(description="A task's id; or give file.")] = None,
        output: Annotated[int, Field(ge=0, le=999, description="Which of the task's outputs, from 0.")] = 0,
        file: Annotated[str | None, Field(description="A file's id, file_...; or give task.")] = None,
        at: Annotated[
            float | None, Field(ge=0, description="Of a video only the frame at this second, larger.")
        ] = None,
        frames: Annotated[int, Field(ge=1, le=16, description="How many frames of a video.")] = 9,
    ) -> Annotated[CallToolResult, views.LookView]:
        """Look at a result before you call it good.

        An image comes scaled down to 1024 pixels, a video as frames from its first to its last with their times, a
        sound as wave and spectrum with its length, loudness and peak, a diagram as a picture with its source, a text as
        text. For full quality use save, or the output's url.
        """

        async def looked(client: AsyncClient) -> CallToolResult:
            chosen = await _choose(client, task, output, file)
            with tempfile.TemporaryDirectory(prefix="callsheet-look-") as folder:
                path = await _fetched(client, chosen.file, Path(folder))
                said = await _fetched(client, chosen.words, Path(folder)) if chosen.words else None
                view, shown = await asyncio.to_thread(_seen, chosen, path, said, at, frames)
            return answer(view, *shown)

        return await self.kit.ask(ctx, looked)


async def _choose(client: AsyncClient, task: str | None, output: int, file: str | None) -> _Chosen:
    if (task is None) == (file is None):
        raise InvalidInput("Name either a task or a file.", hint="Give task=task_..., or file=file_....")
    if task is None:
        return _Chosen(await client.file(file or ""))
    found = await client.get(task)
    if not found.artifacts:
        raise InvalidInput(*_nothing(found))
    if output >= len(found.artifacts):
        kinds = ", ".join(f"{number}: {one.content_type}" for number, one in enumerate(found.artifacts))
        raise InvalidInput(f"{task} has no output {output}.", hint=f"It has {kinds}.", param="output")
    return _beside(found, output)


def _nothing(task: Task) -> tuple[str]:
    if not task.done:
        return (f"{task.id} is still {task.state.value}: there is nothing to see yet. Call wait first.",)
    if task.state == "succeeded":
        return (f"The files of {task.id} are not kept any more. Make it again with another take.",)
    return (f"{task.id} has {task.state.value}: it made nothing.",)


def _beside(task: Task, output: int) -> _Chosen:
    """A drawing is looked at as pixels where it comes as such too, and with its source."""
    file: FileInfo = task.artifacts[output]
    words = next((one for one in task.artifacts if _is_words(one) and not _is_drawing(one)), None)
    if _is_drawing(file) or (_is_words(file) and task.capability in ("flowchart", "mindmap", "gantt", "infographic")):
        pixels = next(
            (one for one in task.artifacts if (one.content_type or "").startswith("image/") and not _is_drawing(one)),
            None,
        )
        file = pixels or file
    return _Chosen(file, words if words is not file else None, task.id)


def _is_words(file: FileInfo) -> bool:
    return (file.content_type or "").startswith(_TEXT)


def _is_drawing(file: FileInfo) -> bool:
    return (file.content_type or "").startswith("image/svg")


async def _fetched(client: AsyncClient, file: FileInfo, folder: Path) -> Path:
    if (file.bytes or 0) > MOST_FETCHED:
        said = f"{file.id} has {file.bytes} bytes: too many to look at here."
        raise TooLarge(said, hint="Use save, or make a thumbnail or a contact-sheet of it.")
    return await client.download(file, folder / file.id)


def _seen(
    chosen: _Chosen, path: Path, words: Path | None, at: float | None, frames: int
) -> tuple[views.LookView, Sequence[ContentBlock]]:
    file = chosen.file
    if _is_words(file):
        text, cut = _text(path)
        return _view(chosen, "text", "Its text.").model_copy(update={"text": text, "cut": cut}), ()
    try:
        facts = media.probe(path)
        view, jpeg = _media(chosen, path, facts, at, frames)
    except (media.NotMedia, media.TooManyPixels) as error:
        raise InvalidInput(f"{file.id} cannot be shown: {error}") from error
    if words is not None:
        text, cut = _text(words)
        view = view.model_copy(update={"text": text, "cut": cut})
    return view, [ImageContent(type="image", data=base64.b64encode(jpeg).decode(), mime_type="image/jpeg")]


def _media(
    chosen: _Chosen, path: Path, facts: media.Facts, at: float | None, frames: int
) -> tuple[views.LookView, bytes]:
    if facts.kind == "image":
        seen = pictures.still(path)
        return _view(chosen, "image", seen.said, facts), seen.jpeg
    if facts.kind == "audio":
        heard = sounds.heard(path)
        said = "Its wave, full scale from top to bottom, above its spectrum from 40 Hz to 16 kHz; the times below."
        return _view(chosen, "audio", said, facts).model_copy(update=_figures(heard)), heard.jpeg
    seen = pictures.clip(path, frames) if at is None else pictures.moment(path, at)
    view = _view(chosen, "video", seen.said, facts).model_copy(update={"times": [*seen.times]})
    if facts.has_audio and at is None:
        figures = _figures(sounds.heard(path))
        view = view.model_copy(update={name: figures[name] for name in ("loudness", "peak", "silence")})
    return view, seen.jpeg


def _figures(heard: sounds.Heard) -> dict[str, float | bool | None]:
    silent = heard.loudness is None
    return {"duration": heard.duration, "loudness": heard.loudness, "peak": heard.peak, "silence": silent}


def _view(chosen: _Chosen, kind: str, said: str, facts: media.Facts | None = None) -> views.LookView:
    file = chosen.file
    fps = facts.fps if facts else None
    return views.LookView(
        file=file.id,
        task=chosen.task or file.task_id,
        kind=kind,
        content_type=file.content_type,
        bytes=file.bytes,
        width=facts.width if facts else file.width,
        height=facts.height if facts else file.height,
        duration=facts.duration if facts else file.duration,
        fps=float(fps) if fps else None,
        seen=said,
    )


def _text(path: Path) -> tuple[str, bool]:
    with path.open(encoding="utf-8", errors="replace") as source:
        text = source.read(MOST_TEXT + 1)
    return text[:MOST_TEXT], len(text) > MOST_TEXT
