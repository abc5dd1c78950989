"""Every artifact says where it comes from, whoever made it; and what was paid for is kept, stamped or not."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from callsheet.contract import Order
from callsheet.provenance import Provenance, read
from callsheet.tasks import Artifact, File, State, Task, Update
from engine_chains import a_sketch, studio, taking
from engine_fixtures import House, Vendor, a_house, a_png, chunks
from provenance_fixtures import decoded, made
from test_server_rendered import follow


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]


def makes(folder: Path, *contents: bytes) -> Vendor:
    """A vendor that makes these files."""

    folder.mkdir(exist_ok=True)

    async def answer(order: Order) -> Update:
        artifacts: list[Artifact] = []
        for number, content in enumerate(contents):
            path = folder / f"{order.task_id}-{number}"
            path.write_bytes(content)
            artifacts.append(Artifact(path=str(path), extra={"kept": True}))
        return Update(State.SUCCEEDED, artifacts=tuple(artifacts))

    return Vendor(poll=[answer])


async def one(house: House, **parts: Any) -> tuple[Task, File, Path]:
    task = await house.ended(await house.submit(**parts))
    assert task.state is State.SUCCEEDED, task.error
    return task, task.artifacts[0], await house.library.local(task.artifacts[0])


@pytest.mark.parametrize("mode", ["metadata", "c2pa"])
def test_what_a_vendor_made_says_who_made_it_with_what_from_what(mode: str, tmp_path: Path) -> None:
    async def story() -> None:
        vendor = makes(tmp_path / "made", made("mp4"))
        async with a_house(tmp_path, {"studio": vendor}, provenance__mode=mode) as house:
            still = await house.library.put("local", chunks(a_png()), "still.png", None)
            task, file, path = await one(house, model="studio/still", input={"prompt": "secret", "image": still.id})
            found = read(path)
            assert found is not None
            assert (found.task, found.model, found.stage, found.vendor) == (
                *(task.id, "studio/still"),
                *("studio/still", "studio"),
            )
            assert (found.capability, found.preview, found.source) == (
                "image-to-video",
                False,
                "trainedAlgorithmicMedia",
            )
            assert (found.ingredients, found.tasks, found.prompt) == ((still.sha256,), (), None)
            content = path.read_bytes()
            assert b"secret" not in content
            assert (file.sha256, file.bytes) == (hashlib.sha256(content).hexdigest(), len(content))
            assert decoded(content, "mp4") == decoded(made("mp4"), "mp4")
            told = file.extra["provenance"]
            assert (told["stamped"], told["form"], told["task"]) == (True, mode, task.id)
            assert file.extra["kept"] is True
            assert list((tmp_path / "made").iterdir()) == []

    run(story)


def test_a_chain_names_the_tasks_before_it(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = studio(tmp_path / "made", a_png(40, 20))
        vendor.gate.set()
        async with a_house(tmp_path, {"studio": vendor}) as house:
            first = await house.ended(await a_sketch(house))
            _, file, _ = await one(house, model="studio/still", input=taking(first))
            told = file.extra["provenance"]
            assert told["tasks"] == [first.id]
            assert told["ingredients"] == [first.artifacts[0].sha256]

    run(story)


def test_the_prompt_is_in_the_file_only_where_that_is_set(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = makes(tmp_path / "made", made("mp4"))
        async with a_house(tmp_path, {"studio": vendor}, provenance__prompt="true") as house:
            _, file, path = await one(house, input={"prompt": "a red door"})
            found = read(path)
            assert found is not None
            assert found.prompt == "a red door"
            assert "prompt" not in file.extra["provenance"]

    run(story)


def test_with_the_mode_off_every_byte_is_kept_as_it_came(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = makes(tmp_path / "made", made("mp4"))
        async with a_house(tmp_path, {"studio": vendor}, provenance__mode="off") as house:
            _, file, path = await one(house)
            assert path.read_bytes() == made("mp4")
            assert "provenance" not in file.extra

    run(story)


@pytest.mark.parametrize(
    "data", [made("mp4")[:-9], made("png")[:50], b"RIFF\0\0\0\0WAVE", b"ID3\4\0\0\x7f\x7f\x7f\x7f", b"<svg"]
)
def test_a_file_that_cannot_be_stamped_is_kept_and_the_task_succeeds(data: bytes, tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, {"studio": makes(tmp_path / "made", data)}) as house:
            task, file, path = await one(house)
            assert path.read_bytes() == data
            told = file.extra["provenance"]
            assert told["stamped"] is False
            assert told["why"]
            assert told["task"] == task.id

    run(story)


def test_text_says_its_origin_beside_itself(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path) as house:
            _, file, path = await one(house)
            assert path.read_text() == "made of words"
            assert file.extra["provenance"]["stamped"] is False
            assert file.extra["provenance"]["vendor"] == "studio"

    run(story)


def test_what_came_in_before_a_failure_is_let_go_of(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = makes(tmp_path / "made", made("mp4"), b"")
        async with a_house(tmp_path, {"studio": vendor}) as house:
            task = await house.ended(await house.submit())
            assert task.error is not None
            assert task.error.code == "no_output"
            await house.library.expire()
            left = [path for path in (tmp_path / "home" / "files").rglob("*") if path.is_file()]
            assert left == []

    run(story)


def test_previz_and_an_edit_of_it_are_previews_and_say_so_over_http(client: httpx2.Client, tmp_path: Path) -> None:
    clip = rendered(client, "text-to-video", prompt="a boat", duration=1, resolution="360p")
    found = saved(client, clip, tmp_path)
    assert (found.vendor, found.stage, found.preview, found.source) == ("previz", "previz", True, "algorithmicMedia")
    assert found.task == clip["task"]
    frame = rendered(client, "thumbnail", video=clip["id"])
    found = saved(client, frame, tmp_path)
    assert (found.vendor, found.preview, found.source) == ("edit", True, "composite")
    assert (found.ingredients, found.tasks) == ((clip["sha256"],), (clip["task"],))


def rendered(client: httpx2.Client, model: str, **input: Any) -> dict[str, Any]:
    """The one artifact of a task, and the task's id."""
    task = client.post("/v1/tasks", json={"model": model, "input": input}).raise_for_status().json()
    assert follow(client, task["id"])[-1]["type"] == "succeeded"
    [artifact] = client.get(f"/v1/tasks/{task['id']}").json()["artifacts"]
    return {**artifact, "task": task["id"]}


def saved(client: httpx2.Client, file: dict[str, Any], folder: Path) -> Provenance:
    """What the served bytes say; their sum, their tag and a range of them are of the stamped file."""
    answer = client.get(file["url"])
    path = folder / file["id"]
    path.write_bytes(answer.content)
    assert hashlib.sha256(answer.content).hexdigest() == file["sha256"]
    assert file["sha256"] in answer.headers["etag"]
    assert client.get(file["url"], headers={"Range": "bytes=-40"}).content == answer.content[-40:]
    found = read(path)
    assert found is not None
    assert file["extra"]["provenance"]["task"] == found.task
    return found
