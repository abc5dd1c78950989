"""Previz as a vendor: a checked input becomes exactly the scene that was asked; a render is watched and stopped."""

import asyncio
import os
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from callsheet import catalog
from callsheet.contract import Lost, Order
from callsheet.renderers.pool import Pool
from callsheet.tasks import State
from callsheet.vendors.previz.driver import PrevizDriver, exact_fps
from engine_fixtures import a_house, a_png, chunks

TINY = {"prompt": "a red door", "width": 64, "height": 36, "duration": 0.5, "fps": 8}
MOVES = {move.id: move.index for move in catalog.load().vocabulary.camera_moves}


def a_driver(folder: Path, **parts: Any) -> PrevizDriver:
    return PrevizDriver(Pool(1), folder / "renders", MOVES, slots=1, **parts)


def an_order(capability: str, input: Mapping[str, Any], **media: Path) -> Order:
    model = catalog.load().model(f"previz/{capability}")
    return Order("task_1", model, model.check(input), media)


def files(folder: Path, *endings: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix in endings]


def still(folder: Path, width: int, height: int, name: str = "still.png") -> Path:
    (folder / name).write_bytes(a_png(width, height))
    return folder / name


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ({}, (1280, 720)),
        ({"resolution": "1080p", "aspect_ratio": "9:16"}, (1080, 1920)),
        ({"resolution": "360p", "aspect_ratio": "1:1"}, (360, 360)),
        ({"width": 100, "height": 50, "resolution": "4k"}, (100, 50)),
    ],
)
def test_the_size_is_as_asked(tmp_path: Path, given: dict[str, Any], size: tuple[int, int]) -> None:
    scene = a_driver(tmp_path).scene(an_order("text-to-video", {"prompt": "x", **given}))
    assert (scene.width, scene.height) == size


def test_original_is_the_ratio_of_what_it_starts_from(tmp_path: Path) -> None:
    order = an_order("image-to-video", {"image": "file_1", "resolution": "360p"}, file_1=still(tmp_path, 300, 100))
    scene = a_driver(tmp_path).scene(order)
    assert (scene.width, scene.height) == (1080, 360)
    assert scene.image == tmp_path / "still.png"


@pytest.mark.parametrize("capability", ["image-to-image", "reference-to-image", "redraw"])
def test_a_still_keeps_the_odd_size_of_its_start_and_has_the_one_asked_for(tmp_path: Path, capability: str) -> None:
    odd = still(tmp_path, 333, 611)

    def size(capability: str, **given: Any) -> tuple[int, int]:
        asked = {"prompt": "snow", "image": "file_1", **given}
        scene = a_driver(tmp_path).scene(an_order(capability, asked, file_1=odd))
        return scene.width, scene.height

    assert size(capability) == (333, 611)
    assert size(capability, width=334, height=612) == (334, 612)
    assert size(capability, resolution="360p") == (360, 660)
    assert size("image-to-video", resolution="360p") == (360, 660)


def test_every_param_reaches_the_scene(tmp_path: Path) -> None:
    given = {
        "prompt": "a red door",
        "style": "watercolour",
        "negative_prompt": "people",
        "camera_move": "crane-down",
        "motion": "large",
        "generate_audio": True,
        "count": 3,
        "seed": 9,
        "fps": 29.97,
        "duration": 2.5,
        "mark": False,
    }
    scene = a_driver(tmp_path).scene(an_order("text-to-video", given))
    assert (scene.prompt, scene.negative_prompt, scene.camera_move) == ("a red door, watercolour", "people", 46)
    assert (scene.motion, scene.generate_audio, scene.count, scene.seed) == ("large", True, 3, 9)
    assert (scene.fps, scene.duration, scene.mark) == (Fraction(30000, 1001), 2.5, False)
    assert a_driver(tmp_path, mark=False).scene(an_order("text-to-video", TINY)).mark is False


@pytest.mark.parametrize(
    ("fps", "exact"),
    [(24, Fraction(24)), (23.976, Fraction(24000, 1001)), (59.94, Fraction(60000, 1001)), (12.5, Fraction(25, 2))],
)
def test_broadcast_frame_rates_are_exact(fps: float, exact: Fraction) -> None:
    assert exact_fps(fps) == exact


def test_a_seed_left_out_follows_from_the_input_and_the_content_of_its_media(tmp_path: Path) -> None:
    driver = a_driver(tmp_path)
    one, other = still(tmp_path, 40, 40, "aa"), still(tmp_path, 40, 40, "bb")

    def seed(file_id: str, path: Path, **more: Any) -> int:
        return driver.scene(an_order("image-to-video", {"image": file_id, **more}, **{file_id: path})).seed

    assert seed("file_1", one) == seed("file_2", one), "the same picture under another id"
    assert seed("file_1", one) != seed("file_1", other)
    assert seed("file_1", one) != seed("file_1", one, prompt="y")
    assert seed("file_1", one, seed=0) == 0


def test_a_render_through_the_engine_is_exact_to_the_frame_and_leaves_nothing_beside_its_file(tmp_path: Path) -> None:
    async def story() -> None:
        driver = a_driver(tmp_path)
        async with a_house(tmp_path, {"previz": driver}) as house:
            file = await house.library.put("local", chunks(a_png(64, 36)), "still", None)
            given = {"image": file.id, "camera_move": "push-in", **TINY, "prompt": "x"}
            task = await house.ended(await house.submit("image-to-video", given), within=60)
            assert (task.state, task.stage, task.usage) == (State.SUCCEEDED, "previz", {"credits": 0})
            (made,) = task.artifacts
            assert (made.content_type, made.width, made.height) == ("video/mp4", 64, 36)
            with av.open(str(await house.library.local(made))) as clip:
                assert sum(1 for _ in clip.decode(video=0)) == 4
            assert not [path for path in (tmp_path / "renders").rglob("*") if path.is_file()]
            types = await house.types(task)
            assert types[:3] == ["created", "routed", "started"]
            assert types[-2:] == ["collected", "succeeded"]
        assert not (tmp_path / "renders").exists() or not list((tmp_path / "renders").iterdir())

    asyncio.run(story())


def test_a_cancel_stops_a_render_before_it_is_made_and_leaves_no_half_file(tmp_path: Path) -> None:
    async def story() -> None:
        driver = a_driver(tmp_path)
        async with a_house(tmp_path, {"previz": driver}) as house:
            task = await house.submit("text-to-video", {"prompt": "a long clip", "duration": 120, "resolution": "720p"})
            await house.sees(task, "progress", within=60)
            await house.engine.cancel("local", task.id)
            assert (await house.ended(task)).state is State.CANCELED
            assert files(tmp_path, ".mp4", ".part") == []
            with pytest.raises(Lost):
                await driver.poll(an_order("text-to-video", TINY), task.id)
            again = await house.ended(await house.submit("text-to-video", TINY), within=60)
            assert again.state is State.SUCCEEDED, "the slot is free again"

    asyncio.run(story())


def test_a_vanished_render_is_made_again(tmp_path: Path) -> None:
    async def story() -> None:
        driver = a_driver(tmp_path)
        plain = driver.poll
        removed: list[str] = []

        async def poll(order: Order, remote: str) -> Any:
            answer = await plain(order, remote)
            if answer.artifacts and not removed:
                removed.append(answer.artifacts[0].path)
                os.unlink(answer.artifacts[0].path)
            return answer

        driver.poll = poll  # type: ignore[method-assign]
        async with a_house(tmp_path, {"previz": driver}) as house:
            task = await house.ended(await house.submit("text-to-video", TINY), within=60)
            assert task.state is State.SUCCEEDED
            assert len(removed) == 1
            assert "recovered" in await house.types(task)

    asyncio.run(story())
