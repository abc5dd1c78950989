"""A serving process dies by kill -9 at any moment, or ends in good order: nothing is lost, nothing is sent twice."""

import asyncio
import base64
import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import av

from callsheet import catalog
from callsheet.renderers.pool import Pool
from callsheet.tasks import File, State, Task
from callsheet.vendors.previz.driver import PrevizDriver
from engine_fixtures import DONE, House, Vendor, a_house, a_png
from engine_process import ledger_vendor

TESTS = Path(__file__).parents[1]
TINY = {"width": 64, "height": 36, "duration": 0.5, "fps": 8}
MOVES = {move.id: move.index for move in catalog.load().vocabulary.camera_moves}


def serving(folder: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, str(TESTS / "engine_process.py"), str(folder)],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if line != "ready\n":
        raise AssertionError(process.communicate()[1])
    return process


def end(process: "subprocess.Popen[str]", how: str) -> int:
    getattr(process, how)()
    try:
        process.communicate(timeout=90)
    finally:
        process.kill()
    return process.returncode


def want(folder: Path, renders: int, requests: int) -> None:
    image = "data:image/png;base64," + base64.b64encode(a_png(64, 36)).decode()
    clips = [{"image": image, "prompt": f"clip {number}", **TINY} for number in range(renders)]
    lines = [json.dumps(["image-to-video", clip]) for clip in clips]
    lines += [json.dumps(["studio/swift", {"prompt": f"request {number}"}]) for number in range(requests)]
    random.Random(4).shuffle(lines)
    (folder / "wanted").write_text("\n".join(lines))


def test_killed_at_random_moments_every_accepted_task_ends_once_and_nothing_is_sent_twice(tmp_path: Path) -> None:
    want(tmp_path, renders=5, requests=8)
    chance = random.Random(1)
    for last in (False, False, False, False, True):
        process = serving(tmp_path)
        time.sleep(chance.uniform(0.0, 0.6))  # the moment of death is what is tested
        if last:
            _until_it_accepts(tmp_path, process)  # a slow machine may not have come to it before
        end(process, "kill")
    asyncio.run(_finish_and_check(tmp_path))


def _until_it_accepts(folder: Path, process: "subprocess.Popen[str]") -> str:
    """The first task that a process of this folder has accepted, now or before."""
    accepted = folder / "accepted"
    while not accepted.exists() or not accepted.read_text().endswith("\n"):
        assert process.poll() is None, "it has ended by itself"
        time.sleep(0.01)
    return accepted.read_text().split()[0]


async def _decided(house: House, task_id: str) -> Task:
    """The task at its end; what nobody knows about is given up, as an operator would."""
    end = time.monotonic() + 200
    while not (task := await house.engine.get("local", task_id)).state.final:
        if task.unsure:
            await house.engine.resolve(task_id, None)
        if time.monotonic() > end:
            raise AssertionError(f"still {await house.store.row(task_id)} after {await house.types(task)}")
        await asyncio.sleep(0.02)
    return task


async def _finish_and_check(folder: Path) -> None:
    accepted = set((folder / "accepted").read_text().split())
    renders = folder / "home" / "renders"
    drivers = {"studio": ledger_vendor(folder / "ledger"), "previz": PrevizDriver(Pool(2), renders, MOVES, slots=2)}
    async with a_house(folder, drivers) as house:
        assert accepted, "something was accepted before the kills"
        for task_id in sorted(accepted):
            ended = await _decided(house, task_id)
            types = Counter(await house.types(ended))
            assert sum(types[end] for end in ("succeeded", "failed", "canceled")) == 1
            if ended.stage == "previz":
                assert (ended.state, len(ended.artifacts)) == (State.SUCCEEDED, 1), ended.error
                with av.open(str(await house.library.local(ended.artifacts[0]))) as clip:
                    assert sum(1 for _ in clip.decode(video=0)) == 4
            elif ended.state is not State.SUCCEEDED:
                assert ended.error is not None
                assert ended.error.code == "unsure", "the only way a request may end badly here"
        assert not [path for path in renders.rglob("*") if path.is_file()]
    sent = Counter((folder / "ledger").read_text().split()) if (folder / "ledger").exists() else Counter[str]()
    assert all(count == 1 for count in sent.values()), "never twice"


def test_a_chain_killed_at_every_step_runs_every_task_once(tmp_path: Path) -> None:
    lines = [
        ["text-to-image", {"prompt": "a door", "width": 64, "height": 36}],
        ["image-to-video", {"image": "before", **TINY}],
    ]
    lines += [["video-continuation", {"video": "before", "duration": 0.5}]] * 2
    (tmp_path / "wanted").write_text("\n".join(map(json.dumps, lines)))
    ends = 0
    for _ in range(40):
        process = serving(tmp_path)
        ends = _until_another_ends(tmp_path, ends, process)
        end(process, "kill")
        if ends == len(lines):
            break
    asyncio.run(_check_chain(tmp_path))


def _until_another_ends(folder: Path, before: int, process: "subprocess.Popen[str]") -> int:
    """How many tasks have ended, as the database says that the process writes; a moment after one more did."""
    with sqlite3.connect(folder / "home" / "callsheet.sqlite") as database:
        while True:
            if process.poll() is not None:
                raise AssertionError(process.communicate()[1])
            (count,) = database.execute("SELECT COUNT(*) FROM task WHERE ended_at IS NOT NULL").fetchone()
            if count > before:
                return count
            time.sleep(0.01)


async def _check_chain(folder: Path) -> None:
    drivers = {"previz": PrevizDriver(Pool(1), folder / "home" / "renders", MOVES, slots=1)}
    async with a_house(folder, drivers) as house:
        accepted = list(dict.fromkeys((folder / "accepted").read_text().split()))
        assert len(accepted) == 4
        before: File | None = None
        for task_id in accepted:
            ended = await house.ended(await house.engine.get("local", task_id), within=120)
            assert ended.state is State.SUCCEEDED, ended.error
            types = Counter(await house.types(ended))
            assert (types["succeeded"], types["resumed"]) == (1, int(before is not None)), types
            if before is not None:
                assert before.id in ended.input.values()
            (before,) = ended.artifacts


def test_sigterm_ends_the_process_at_once_and_the_next_start_goes_on(tmp_path: Path) -> None:
    long = {"prompt": "a long clip", "duration": 60, "resolution": "720p"}
    (tmp_path / "wanted").write_text(json.dumps(["text-to-video", long]))
    process = serving(tmp_path)
    task_id = _until_it_accepts(tmp_path, process)
    assert end(process, "terminate") == 0

    async def story() -> None:
        async with a_house(tmp_path, {"previz": Vendor(local=True, submit=[DONE])}, started=False) as house:
            assert (await house.store.row(task_id)).phase == "submit", "a minute of clip is not waited for"
        async with a_house(tmp_path, {"previz": Vendor(local=True, submit=[DONE])}) as house:
            assert (await house.ended(await house.engine.get("local", task_id))).state is State.SUCCEEDED

    asyncio.run(story())
