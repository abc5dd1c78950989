"""What was made is kept: fetched again and never made again, measured by its bytes, for as long as the task says."""

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from callsheet.engine import Rules
from callsheet.errors import InvalidInput, NotFound
from callsheet.tasks import Artifact, State, Update
from engine_fixtures import DONE, Clock, Vendor, a_house, a_png, chunks
from fetch_fixtures import plain, serving
from many_fixtures import fresh

DAY = 86_400


def run(story: Any) -> None:
    asyncio.run(story)


def made_at(url: str, **facts: Any) -> Vendor:
    """A vendor that succeeds with a file at this address."""
    return Vendor(poll=[Update(State.SUCCEEDED, artifacts=(Artifact(url=url, **facts),))])


async def cut_off(writer: asyncio.StreamWriter) -> None:
    """A file that ends before its end."""
    writer.write(plain(a_png())[:-5])
    writer.close()


def test_what_cannot_be_fetched_is_fetched_again_and_never_made_again(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        replies: dict[str, Any] = {"/a.png": plain(b"busy", "503 Service Unavailable")}
        async with serving(replies) as site:
            vendor = made_at(site.url("/a.png"))
            async with a_house(tmp_path, {"studio": vendor}, clock=clock, fetch__allow="127.0.0.1") as house:
                task = await house.submit()
                await house.sees(task, "started")
                house.pass_(60)
                (event,) = await house.sees(task, "retrying")
                assert (event.data["phase"], event.data["code"]) == ("collect", "not_collected")
                replies["/a.png"] = cut_off
                house.pass_(60)
                await house.sees(task, "retrying", 2)
                replies["/a.png"] = plain(a_png(), content_type="image/png")
                house.pass_(600)
                ended = await house.ended(task)
            assert ended.state is State.SUCCEEDED
            assert (vendor.count("submit"), len(site.heads)) == (1, 3)
            assert vendor.count("poll") == 1, "its answer is remembered: the vendor is not asked for it again"

    run(story())


def test_a_crash_while_files_come_in_fetches_again_and_makes_nothing_again(tmp_path: Path) -> None:
    async def story() -> None:
        began = asyncio.Event()

        async def hangs(writer: asyncio.StreamWriter) -> None:
            began.set()
            await asyncio.Event().wait()

        replies: dict[str, Any] = {"/a.png": hangs}
        async with serving(replies) as site:
            vendor = made_at(site.url("/a.png"))
            clock = Clock()
            async with a_house(tmp_path, {"studio": vendor}, clock=clock, fetch__allow="127.0.0.1") as house:
                task = await house.submit()
                await house.sees(task, "started")
                house.pass_(60)
                await began.wait()
            replies["/a.png"] = plain(a_png())
            again = made_at(site.url("/b.png"))
            async with a_house(tmp_path, {"studio": again}, clock=clock, fetch__allow="127.0.0.1") as house:
                clock.pass_(120)
                house.engine.wake()
                ended = await house.ended(task)
            assert ended.state is State.SUCCEEDED
            assert again.calls == []

    run(story())


def test_an_empty_file_at_an_address_is_no_success(tmp_path: Path) -> None:
    async def story() -> None:
        async with serving({"/a.png": plain(b"")}) as site:
            vendor = made_at(site.url("/a.png"))
            async with a_house(tmp_path, {"studio": vendor}, fetch__allow="127.0.0.1") as house:
                ended = await house.ended(await house.submit())
        assert ended.error is not None
        assert (ended.state, ended.error.code) == (State.FAILED, "no_output")
        assert ended.artifacts == ()

    run(story())


def test_a_file_is_what_its_bytes_say_whatever_the_vendor_claims(tmp_path: Path) -> None:
    async def story() -> None:
        out = io.BytesIO()
        Image.new("RGB", (48, 36)).save(out, "JPEG")
        async with serving({"/a.png": plain(out.getvalue(), content_type="image/png")}) as site:
            vendor = made_at(site.url("/a.png"), width=4096, height=4096, content_type="video/mp4")
            environ = {"fetch__allow": "127.0.0.1", "provenance__mode": "off"}
            async with a_house(tmp_path, {"studio": vendor}, **environ) as house:
                (file,) = (await house.ended(await house.submit())).artifacts
        assert (file.content_type, file.width, file.height, file.bytes) == ("image/jpeg", 48, 36, len(out.getvalue()))

    run(story())


@pytest.mark.parametrize(("asked", "kept"), [(None, 2 * DAY), (3600, 3600), (30 * DAY, 30 * DAY)])
def test_a_task_says_for_how_long_its_own_files_are_kept(tmp_path: Path, asked: int | None, kept: int) -> None:
    async def story() -> None:
        clock = Clock()
        async with a_house(tmp_path, clock=clock, rules=Rules(retention=2, link_lifetime=50 * DAY)) as house:
            task = await house.submit(retention=asked)
            await house.sees(task, "started")
            house.pass_(60)
            ended = await house.ended(task)
            assert ended.retention == asked
            (file,) = ended.artifacts
            assert file.expires_at == file.created_at + kept * 1000
            expires = int(house.library.link(file).partition("expires=")[2].partition("&")[0])
            assert expires == file.expires_at // 1000, "no link holds longer than its file"
            clock.pass_(kept - 1)
            assert await house.library.expire() == 0
            clock.pass_(2)
            assert await house.library.expire() == 1
            with pytest.raises(NotFound):
                await house.library.get("local", file.id)
            assert (await house.engine.get("local", task.id)).artifacts == ()

    run(story())


def test_without_a_word_of_anyone_files_stay(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path) as house:
            (file,) = (await house.ended(await house.submit())).artifacts
            assert file.expires_at is None

    run(story())


@pytest.mark.parametrize("asked", [0, -1, 59, 315_360_001])
def test_a_time_that_cannot_be_meant_is_refused(tmp_path: Path, asked: int) -> None:
    async def story() -> None:
        async with a_house(tmp_path, started=False) as house:
            with pytest.raises(InvalidInput) as told:
                await house.submit(retention=asked)
            assert told.value.param == "retention"

    run(story())


@pytest.mark.parametrize("where", ["rows", "queue"])
def test_tasks_past_their_time_go_with_what_they_made_and_the_ledger_keeps_what_they_cost(
    tmp_path: Path, where: str, request: pytest.FixtureRequest
) -> None:
    on = {} if where == "rows" else {"database": fresh(request.getfixturevalue("postgres"))}

    async def story() -> None:
        clock = Clock()
        vendor = Vendor([DONE])
        async with a_house(tmp_path, {"studio": vendor}, clock=clock, tasks__retention="30", **on) as house:
            old = await house.ended(await house.submit())
            clock.pass_(10)
            young = await house.ended(await house.submit())
            before = await house.store.entries_of_task("local", old.id)
            keep = house.engine._parts.housekeeping.keep
            await keep()
            assert (await house.engine.get("local", old.id)).state is State.SUCCEEDED
            clock.pass_(30 * DAY - 5)
            await keep()
            for gone in (house.engine.get("local", old.id), house.library.get("local", old.artifacts[0].id)):
                with pytest.raises(NotFound):
                    await gone
            assert (await house.engine.get("local", young.id)).artifacts == young.artifacts
            assert before
            assert await house.store.entries_of_task("local", old.id) == before
            assert (await house.store.audit())[0] == []

    run(story())


def test_bytes_that_nothing_names_are_found_among_many_at_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, clock=Clock(), started=False) as house:
            kept = [await house.library.put("local", chunks(bytes([number])), "a", None) for number in range(5)]
            sums = sorted(file.sha256 for file in kept)
            strangers = {"0" * 64, "f" * 64, sums[2][:-1] + "x"}
            assert await house.store.unnamed(sorted({*sums, *strangers})) == strangers
            assert await house.store.unnamed([]) == set()

    run(story())
