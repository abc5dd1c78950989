import asyncio
import errno
import io
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from fractions import Fraction
from pathlib import Path

import pytest

from callsheet.renderers import lines, worker
from callsheet.renderers.pool import Done, Failed, News, Pool, Progress
from callsheet.renderers.scene import Made, Scene
from render_fixtures import landscape, measure, save


class Watched:
    """A pool whose news can be waited for."""

    def __init__(self, slots: int, **said: tuple[str, ...]) -> None:
        self.pool = Pool(slots, **said)
        self.heard: list[tuple[str, News]] = []
        self._stir = asyncio.Event()
        self.pool.on_news = self._hear

    def _hear(self, name: str) -> None:
        self.heard.append((name, self.pool.poll(name)))
        self._stir.set()

    async def until(self, name: str, right: Callable[[News], bool]) -> News:
        async with asyncio.timeout(120):
            while not right(self.pool.poll(name)):
                self._stir.clear()
                await self._stir.wait()
        return self.pool.poll(name)

    async def end(self, name: str) -> News:
        return await self.until(name, lambda news: not isinstance(news, Progress))

    async def begun(self, name: str) -> None:
        await self.until(name, lambda news: isinstance(news, Progress) and news.share > 0)


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]


@pytest.fixture
def still(tmp_path: Path) -> Path:
    return save(landscape(), tmp_path / "still.png")


def scene(still: Path, seconds: float = 0.5, **said: object) -> Scene:
    return Scene("image-to-video", image=still, width=320, height=180, duration=seconds, **said)  # type: ignore[arg-type]


def child_of(pool: Pool) -> int:
    [child] = pool._children
    return child.process.pid


def test_a_render_runs_in_a_child_with_real_progress_and_stays_warm(tmp_path: Path, still: Path) -> None:
    async def story() -> None:
        watched = Watched(1)
        await watched.pool.start("one", scene(still, 2.0), tmp_path / "one")
        one = await watched.end("one")
        first_child = child_of(watched.pool)
        await watched.pool.start("two", scene(still), tmp_path / "two")
        two = await watched.end("two")
        assert isinstance(one, Done)
        assert isinstance(two, Done)
        assert child_of(watched.pool) == first_child != os.getpid()
        assert len(measure(one.made[0].path).frames) == 48
        shares = [news.share for name, news in watched.heard if name == "one" and isinstance(news, Progress)]
        assert shares == sorted(shares)
        await watched.pool.close()

    run(story)


def test_no_more_run_at_once_than_there_are_slots_and_all_get_their_turn(tmp_path: Path, still: Path) -> None:
    async def story() -> None:
        watched = Watched(1)
        for name in ("a", "b", "c"):
            await watched.pool.start(name, scene(still), tmp_path / name)
        for name in ("a", "b", "c"):
            assert isinstance(await watched.end(name), Done)
        assert len(watched.pool._children) == 1
        assert [name for name, news in watched.heard if isinstance(news, Done)] == ["a", "b", "c"]
        await watched.pool.close()

    run(story)


def test_cancel_ends_a_render_before_it_is_made_and_leaves_no_file(tmp_path: Path, still: Path) -> None:
    async def story() -> None:
        watched = Watched(1)
        await watched.pool.start("long", scene(still, 120.0), tmp_path / "long")
        await watched.pool.start("next", scene(still), tmp_path / "next")
        await watched.begun("long")
        pid = child_of(watched.pool)
        await watched.pool.cancel("long")
        assert not (tmp_path / "long").exists()
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        assert isinstance(await watched.end("next"), Done)
        assert child_of(watched.pool) != pid
        ends = [name for name, news in watched.heard if not isinstance(news, Progress)]
        assert ends == ["next"], "two minutes of clip are not waited for"
        await watched.pool.close()

    run(story)


def test_what_still_waits_can_be_cancelled_and_what_has_ended_stays(tmp_path: Path, still: Path) -> None:
    async def story() -> None:
        watched = Watched(1)
        await watched.pool.start("a", scene(still), tmp_path / "a")
        await watched.pool.start("b", scene(still), tmp_path / "b")
        await watched.pool.cancel("b")
        done = await watched.end("a")
        await watched.pool.cancel("a")
        assert watched.pool.poll("a") == done
        assert (tmp_path / "a" / "clip-1.mp4").exists()
        assert not (tmp_path / "b").exists()
        watched.pool.forget("a")
        assert "a" not in watched.pool
        await watched.pool.close()

    run(story)


def test_a_child_killed_from_outside_is_reported_and_the_next_render_gets_a_new_one(
    tmp_path: Path, still: Path
) -> None:
    async def story() -> None:
        watched = Watched(1)
        await watched.pool.start("a", scene(still, 120.0), tmp_path / "a")
        await watched.begun("a")
        os.kill(child_of(watched.pool), signal.SIGKILL)
        news = await watched.end("a")
        assert isinstance(news, Failed)
        assert (news.code, news.retryable) == ("render_failed", True)
        assert "SIGKILL" in news.message
        assert not (tmp_path / "a").exists()
        await watched.pool.start("b", scene(still), tmp_path / "b")
        assert isinstance(await watched.end("b"), Done)
        await watched.pool.close()

    run(story)


def test_a_child_that_dies_is_quoted_with_its_last_words(tmp_path: Path, still: Path) -> None:
    async def story() -> None:
        dying = (sys.executable, "-c", "import sys; sys.stdin.readline(); sys.exit('libwhatever: cannot go on')")
        watched = Watched(1, command=dying)
        await watched.pool.start("a", scene(still), tmp_path / "a")
        news = await watched.end("a")
        assert isinstance(news, Failed)
        assert "code 1" in news.message
        assert "libwhatever: cannot go on" in news.message
        await watched.pool.close()

    run(story)


def test_a_render_that_fails_keeps_its_code_hint_and_param(tmp_path: Path) -> None:
    async def story() -> None:
        watched = Watched(1)
        await watched.pool.start("a", Scene("image-to-video", image=tmp_path / "none.png"), tmp_path / "a")
        await watched.pool.start("b", Scene("lip-sync"), tmp_path / "b")
        a, b = await watched.end("a"), await watched.end("b")
        assert isinstance(a, Failed)
        assert isinstance(b, Failed)
        assert (a.code, a.param, a.retryable) == ("render_failed", "image", False)
        assert b.code == "not_supported"
        assert b.hint is not None
        await watched.pool.close()

    run(story)


def test_closing_ends_every_child_and_leaves_nothing_half_made(tmp_path: Path, still: Path) -> None:
    async def story() -> None:
        watched = Watched(2)
        for name in ("a", "b", "c"):
            await watched.pool.start(name, scene(still, 120.0), tmp_path / name)
        await watched.begun("a")
        pids = [child.process.pid for child in watched.pool._children]
        told = len(watched.heard)
        await watched.pool.close()
        assert not any((tmp_path / name).exists() for name in ("a", "b", "c"))
        assert len(watched.heard) == told
        for pid in pids:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)

    run(story)


def test_a_name_that_is_unknown_is_lost_and_a_known_one_is_not_started_twice(tmp_path: Path, still: Path) -> None:
    async def story() -> None:
        watched = Watched(2)
        lost = watched.pool.poll("nobody")
        assert isinstance(lost, Failed)
        assert (lost.code, lost.retryable) == ("render_lost", True)
        for _ in range(2):
            await watched.pool.start("a", scene(still), tmp_path / "a")
        await watched.end("a")
        assert [name for name, news in watched.heard if isinstance(news, Done)] == ["a"]
        await watched.pool.close()

    run(story)


def test_a_child_whose_parent_goes_ends_at_once_and_removes_what_it_was_writing(tmp_path: Path, still: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "callsheet.renderers.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(lines.request(scene(still, 120.0), tmp_path / "out"))
    child.stdin.flush()
    while isinstance(news := lines.read_report(child.stdout.readline()), Progress) and news.share < 0.01:
        pass
    child.stdin.close()
    assert child.wait(timeout=60) == 0
    child.stdout.close()
    assert list((tmp_path / "out").iterdir()) == []


def test_a_full_disk_is_no_fault_of_the_renderer(tmp_path: Path, still: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    told = io.BytesIO()
    monkeypatch.setattr(worker.render, "render", full)
    worker._serve(scene(still), tmp_path, worker.Teller(told))
    news = lines.read_report(told.getvalue())
    assert isinstance(news, Failed)
    assert (news.code, news.retryable, news.reason) == ("storage_unavailable", True, "disk_full")


def test_what_libraries_print_does_not_garble_the_lines(tmp_path: Path) -> None:
    code = (
        "import os, sys; from callsheet.renderers import worker, lines; "
        "tell = worker.Teller(worker._own_stdout()); print('chatter'); os.write(1, b'more'); tell(lines.Progress(0.5))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert lines.read_report(ran.stdout) == Progress(0.5)
    assert b"chatter" in ran.stderr
    assert b"more" in ran.stderr


def test_a_scene_and_its_end_survive_their_lines(tmp_path: Path) -> None:
    asked = Scene(
        "first-last-frame",
        prompt="港口\nat “dusk”",
        fps=Fraction(30000, 1001),
        image=tmp_path / "a b.png",
        images=(tmp_path / "c.png",),
        extra={"whole": True},
    )
    assert lines.read_request(lines.request(asked, tmp_path)) == (asked, tmp_path)
    for news in (
        Progress(0.25),
        Done((Made(tmp_path / "a.mp4", "video/mp4", 2, 2, 1.0, 24.0, {"n": 1}),)),
        Failed("x", "y", "z", "p", True),
    ):
        assert lines.report(news).count(b"\n") == 1
        assert lines.read_report(lines.report(news)) == news
