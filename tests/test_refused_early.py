"""What previz and edit are certain to refuse is refused before it is a task: in the renderer's words, and cheaply."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from callsheet import catalog
from callsheet.contract import Checking, Order
from callsheet.errors import InvalidInput, RenderError
from callsheet.renderers import media
from callsheet.renderers.checks import CHECKS
from callsheet.renderers.pool import Pool
from callsheet.renderers.render import render
from callsheet.renderers.scene import Scene
from callsheet.settings import Llm
from callsheet.tasks import File
from callsheet.vendors.edit.driver import EditDriver
from callsheet.vendors.previz.driver import PrevizDriver
from callsheet.vendors.previz.driver_diagrams import Author
from callsheet.vendors.previz.driver_prompts import CuedDriver
from callsheet.wires.foreseeing import LOOKED_INTO, facts_of
from callsheet.wires.rendering import RenderDriver
from edit_fixtures import a_clip, a_sound, tone
from engine_fixtures import a_png
from refused_fixtures import CLIP, FINE, REFUSED, SILENT, SOUND, STILL, TALL, UNSIZED, Refusal


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("early")
    (folder / "still.png").write_bytes(a_png(1200, 900))
    return {
        CLIP: a_clip(folder / "clip.mp4", 12, sound=tone(0.5)),
        SILENT: a_clip(folder / "silent.mp4", 12),
        STILL: folder / "still.png",
        SOUND: a_sound(folder / "sound.wav", tone(0.2)),
        TALL: a_clip(folder / "tall.mp4", 16, size=(16, 1280)),
    }


def kept(file_id: str, path: Path, **told: Any) -> File:
    """A file as it is kept when it comes: with what its headers say, or with what is `told` of it instead."""
    found = media.probe(path)
    facts = {"duration": found.duration, "fps": float(found.fps) if found.fps else None, "width": found.width}
    more = {"extra": {"has_audio": found.has_audio}, "height": found.height, "bytes": path.stat().st_size}
    file = File(file_id, "local", "0" * 64, 0, found.content_type, path.name, 0)
    return dataclasses.replace(file, **{**facts, **more, **told})


class Reading:
    """Brings files, and remembers which."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self.brought: list[str] = []
        self._paths = paths

    async def __call__(self, file: File) -> Path:
        self.brought.append(file.id)
        return self._paths[file.id]


def driver_for(model: str, folder: Path) -> RenderDriver:
    kind = PrevizDriver if model.startswith("previz/") else EditDriver
    more: dict[str, Any] = {"moves": {}} if kind is PrevizDriver else {}
    return kind(Pool(1), folder / "renders", slots=1, **more)


def ordered(model: str, input: Mapping[str, Any], paths: Mapping[str, Path] | None = None) -> Order:
    found = catalog.load().model(model)
    return Order("task_1" if paths else "", found, found.check(input), paths or {})


def checked(model: str, input: Mapping[str, Any], files: Mapping[str, File], read: Reading, folder: Path) -> None:
    order = ordered(model, input)
    named = {one: files[one] for _, _, one in order.model.media(order.input) if one in files}
    asyncio.run(driver_for(model, folder).check(order, named, read))


def words(error: Any) -> tuple[Any, ...]:
    return error.message, error.hint, error.param, error.reason, dict(error.values)


def needs_speech(row: Refusal) -> bool:
    return row.model == "previz/speech" and importlib.util.find_spec("espeakng_loader") is None


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: f"{row.model} {row.reason}")
def test_it_is_refused_early_in_the_very_words_of_its_render(
    row: Refusal, paths: dict[str, Path], tmp_path: Path
) -> None:
    if needs_speech(row):
        pytest.skip("espeak-ng is not installed")
    files = {id: kept(id, path) for id, path in paths.items()}
    with pytest.raises(InvalidInput) as early:
        checked(row.model, row.input, files, Reading(paths), tmp_path)
    with pytest.raises(RenderError) as late:
        render(driver_for(row.model, tmp_path).scene(ordered(row.model, row.input, paths)), tmp_path, lambda _: None)
    assert (early.value.param, early.value.reason) == (row.param, row.reason)
    assert words(early.value)[:3] == words(late.value)[:3] or row.reason == "language_unspoken"
    assert early.value.hint
    assert early.value.message == late.value.message


@pytest.mark.parametrize("row", UNSIZED, ids=lambda row: row.model)
def test_what_no_scene_can_be_made_of_is_refused_early(row: Refusal, paths: dict[str, Path], tmp_path: Path) -> None:
    files = {CLIP: kept(CLIP, paths[CLIP], duration=2000.0)}
    with pytest.raises(InvalidInput) as early:
        checked(row.model, row.input, files, Reading({}), tmp_path)
    assert (early.value.param, early.value.reason) == (row.param, row.reason)
    assert early.value.hint


def test_every_check_has_its_row() -> None:
    assert {row.model.partition("/")[2] for row in REFUSED} == set(CHECKS)


@pytest.mark.parametrize(("model", "input"), FINE, ids=[model for model, _ in FINE])
def test_what_is_fine_passes_without_a_file_being_opened(
    model: str, input: dict[str, Any], paths: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {id: kept(id, path) for id, path in paths.items()}
    opened = [one for one in (media.probe,) if one]
    monkeypatch.setattr(media, "probe", lambda *_: opened.append(media.probe))
    read = Reading(paths)
    checked(model, input, files, read, tmp_path)
    assert (read.brought, len(opened)) == ([], 1)


def test_a_header_that_is_wrong_refuses_nothing(paths: dict[str, Path], tmp_path: Path) -> None:
    short = {CLIP: kept(CLIP, paths[CLIP], duration=0.1)}
    read = Reading(paths)
    checked("edit/trim", {"video": CLIP, "start": 0.3}, short, read, tmp_path)
    assert read.brought == [CLIP]


def test_a_file_too_large_to_be_read_at_once_is_left_to_the_render(paths: dict[str, Path], tmp_path: Path) -> None:
    read = Reading(paths)
    large = {CLIP: kept(CLIP, paths[CLIP], bytes=LOOKED_INTO + 1)}
    checked("edit/trim", {"video": CLIP, "start": 20}, large, read, tmp_path)
    assert read.brought == []


def test_of_a_file_that_is_not_known_nothing_is_said(tmp_path: Path) -> None:
    for row in REFUSED:
        if row.reason in ("part_empty", "no_frame_there", "media_silent"):
            checked(row.model, row.input, {}, Reading({}), tmp_path)
    with pytest.raises(InvalidInput):
        checked(
            "previz/mask",
            {"image": "data:image/png;base64," + "A" * 9000, "control": "pose"},
            {},
            Reading({}),
            tmp_path,
        )


def test_what_another_task_makes_is_not_judged_and_what_stands_beside_it_is(tmp_path: Path) -> None:
    made = {"from": "task_1"}
    checked("edit/trim", {"video": made, "start": 900}, {}, Reading({}), tmp_path)
    checked("edit/burn-subtitles", {"video": CLIP, "words": made}, {}, Reading({}), tmp_path)
    checked("previz/speech", {"text": made, "language": "tlh"}, {}, Reading({}), tmp_path)
    checked(
        "previz/multi-shot",
        {"image": made, "shots": [{"image": made}], "transition": "morph"},
        {},
        Reading({}),
        tmp_path,
    )
    with pytest.raises(InvalidInput):
        checked("previz/mask", {"image": made, "control": "pose"}, {}, Reading({}), tmp_path)


def test_a_sound_is_put_to_a_clip_that_is_still_to_be_made(paths: dict[str, Path], tmp_path: Path) -> None:
    files, read = {CLIP: kept(CLIP, paths[CLIP])}, Reading(paths)
    with pytest.raises(InvalidInput) as refused:
        checked("edit/mux", {"video": CLIP, "audio": {"from": "task_1"}, "offset": 5}, files, read, tmp_path)
    assert (refused.value.param, read.brought) == ("offset", [CLIP])


def test_test_prompts_are_judged_as_they_are_rendered(tmp_path: Path) -> None:
    cued = CuedDriver(driver_for("previz/flowchart", tmp_path))
    assert isinstance(cued, Checking)

    def asked(prompt: str) -> None:
        asyncio.run(cued.check(ordered("previz/flowchart", {"prompt": prompt}), {}, Reading({})))

    asked("[[fail]]")
    asked("[[slow 1]] begin -> end")
    with pytest.raises(InvalidInput, match="nothing that can be drawn"):
        asked("[[slow 1]]")


def test_a_diagram_that_a_chat_model_writes_is_left_to_it(tmp_path: Path) -> None:
    author = Author.of(Llm(base_url="http://127.0.0.1:9", model="m"))
    driver = PrevizDriver(Pool(1), tmp_path / "renders", {}, slots=1, author=author)

    async def asked() -> None:
        await driver.check(ordered("previz/flowchart", {"prompt": "\U0001f600"}), {}, Reading({}))
        await driver.close()

    asyncio.run(asked())


def test_a_scene_without_a_check_is_not_looked_at(tmp_path: Path) -> None:
    assert "text-to-video" not in CHECKS
    assert facts_of(File(STILL, "local", "0" * 64, 1, "image/png", "a.png", 0)).has_audio is False
    assert isinstance(
        driver_for("edit/trim", tmp_path).scene(ordered("edit/trim", {"video": CLIP}, {CLIP: tmp_path})), Scene
    )
