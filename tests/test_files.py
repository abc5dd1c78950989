from __future__ import annotations

import asyncio
import hashlib
import os
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from callsheet.errors import NotFound, SetupError, StorageError, TooLarge
from callsheet.files import GATHER, Blob, Folder


async def stream(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk


def put(blobs: Folder, *chunks: bytes, max_bytes: int = 1 << 30) -> Blob:
    return asyncio.run(blobs.put(stream(chunks), max_bytes))


def everything(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("sizes", [[], [0], [1], [GATHER], [GATHER - 1, 1, 1], [300_000] * 9, [5 * GATHER + 7]])
def test_a_stream_comes_back_byte_for_byte_under_its_hash(tmp_path: Path, sizes: list[int]) -> None:
    chunks = [os.urandom(size) for size in sizes]
    whole = b"".join(chunks)
    blobs = Folder(tmp_path)
    blob = put(blobs, *chunks)
    assert blob == Blob(hashlib.sha256(whole).hexdigest(), len(whole))
    place = blobs.path(blob.sha256)
    assert place == tmp_path / blob.sha256[:2] / blob.sha256[2:4] / blob.sha256
    assert place.read_bytes() == whole
    assert place.stat().st_mode & 0o077 == 0, "other people of this machine do not read it"
    assert everything(tmp_path) == [place]
    with blobs.open(blob.sha256) as opened:
        assert opened.read() == whole


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    blobs = Folder(tmp_path)
    first = put(blobs, b"one", b"two")
    at = blobs.path(first.sha256).stat().st_ino
    assert put(blobs, b"onetwo") == first
    assert blobs.path(first.sha256).stat().st_ino == at
    assert len(everything(tmp_path)) == 1


def test_a_blob_cut_short_behind_our_back_is_mended_by_the_next_put(tmp_path: Path) -> None:
    blobs = Folder(tmp_path)
    blob = put(blobs, b"whole")
    blobs.path(blob.sha256).write_bytes(b"who")
    assert put(blobs, b"whole") == blob
    assert blobs.path(blob.sha256).read_bytes() == b"whole"


@pytest.mark.parametrize(("size", "fits"), [(10, True), (11, False)])
def test_a_stream_over_its_limit_is_refused_and_leaves_nothing(tmp_path: Path, size: int, fits: bool) -> None:
    blobs = Folder(tmp_path)
    if fits:
        assert put(blobs, b"x" * size, max_bytes=10).bytes == 10
        return
    with pytest.raises(TooLarge, match="10 bytes"):
        put(blobs, b"x" * 5, b"x" * (size - 5), max_bytes=10)
    assert everything(tmp_path) == []


def test_an_endless_stream_is_stopped_at_the_limit(tmp_path: Path) -> None:
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        while True:
            given += 1
            yield bytes(100_000)

    with pytest.raises(TooLarge):
        asyncio.run(Folder(tmp_path).put(endless(), 3_000_000))
    assert given == 31
    assert everything(tmp_path) == []


def test_a_stream_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield bytes(2 * GATHER)
        raise ConnectionResetError("the sender went away")

    with pytest.raises(ConnectionResetError):
        asyncio.run(Folder(tmp_path).put(broken(), 1 << 30))
    assert everything(tmp_path) == []


def test_a_put_that_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        begun = asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            yield bytes(2 * GATHER)
            begun.set()
            await asyncio.Event().wait()

        putting = asyncio.ensure_future(Folder(tmp_path).put(slow(), 1 << 30))
        await begun.wait()
        putting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await putting

    asyncio.run(story())
    assert everything(tmp_path) == []


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    """The limit on this process's file size stands in for the disk: the write fails in the kernel."""
    blobs = Folder(tmp_path / "blobs")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * GATHER, hard))
    try:
        with pytest.raises(StorageError, match=r"could not be kept.*Free some space"):
            put(blobs, *[bytes(GATHER)] * 3)
        fits = put(blobs, b"small")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert everything(tmp_path / "blobs") == [blobs.path(fits.sha256)]
    assert put(blobs, *[bytes(GATHER)] * 3).bytes == 3 * GATHER


def test_a_local_file_is_moved_in_without_a_copy(tmp_path: Path) -> None:
    blobs = Folder(tmp_path / "blobs")
    made = tmp_path / "clip.mp4"
    made.write_bytes(b"a clip")
    made.chmod(0o644)
    at = made.stat().st_ino
    blob = asyncio.run(blobs.adopt(made))
    assert blob == Blob(hashlib.sha256(b"a clip").hexdigest(), 6)
    assert not made.exists()
    assert (blobs.path(blob.sha256).stat().st_ino, blobs.path(blob.sha256).stat().st_mode & 0o777) == (at, 0o600)
    made.write_bytes(b"a clip")
    assert asyncio.run(blobs.adopt(made)) == blob, "the same bytes again"
    assert not made.exists()
    with pytest.raises(FileNotFoundError):
        asyncio.run(blobs.adopt(made))


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="no second disk to move from")
def test_a_file_on_another_disk_is_copied_and_then_removed(tmp_path: Path) -> None:
    made = Path("/dev/shm") / f"callsheet-test-{os.getpid()}"
    made.write_bytes(b"from afar")
    if made.stat().st_dev == tmp_path.stat().st_dev:
        made.unlink()
        pytest.skip("not another disk here")
    try:
        blobs = Folder(tmp_path)
        blob = asyncio.run(blobs.adopt(made))
        assert not made.exists()
    finally:
        made.unlink(missing_ok=True)
    assert [path.read_bytes() for path in everything(tmp_path)] == [b"from afar"]
    assert asyncio.run(blobs.exists(blob.sha256))


def test_a_deleted_blob_is_gone_but_its_reader_finishes(tmp_path: Path) -> None:
    blobs = Folder(tmp_path)
    blob = put(blobs, b"soon gone")
    with blobs.open(blob.sha256) as reading:
        assert asyncio.run(blobs.delete(blob.sha256))
        assert reading.read() == b"soon gone"
    assert not asyncio.run(blobs.delete(blob.sha256))
    assert not asyncio.run(blobs.exists(blob.sha256))
    for ask in (blobs.path, blobs.open):
        with pytest.raises(NotFound):
            ask(blob.sha256)


@pytest.mark.parametrize("address", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n", "é" * 64])
def test_an_address_that_is_no_hash_reaches_no_file(tmp_path: Path, address: str) -> None:
    blobs = Folder(tmp_path)
    with pytest.raises(NotFound):
        blobs.path(address)
    with pytest.raises(NotFound):
        asyncio.run(blobs.delete(address))


def test_what_a_killed_process_left_is_swept_and_what_it_kept_is_there(tmp_path: Path) -> None:
    program = """
import asyncio, sys
from pathlib import Path
from callsheet.files import Folder
async def story():
    blobs = Folder(Path(sys.argv[1]))
    async def endless():
        yield bytes(3 << 20)
        print("writing", flush=True)
        await asyncio.Event().wait()
    async def short():
        yield b"kept"
    await blobs.put(short(), 100)
    await blobs.put(endless(), 1 << 40)
asyncio.run(story())
"""
    child = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE)
    with child, child.stdout:
        assert child.stdout.readline() == b"writing\n"
        child.send_signal(signal.SIGKILL)
    assert len(everything(tmp_path)) == 2
    blobs = Folder(tmp_path)
    assert [path.read_bytes() for path in everything(tmp_path)] == [b"kept"]
    assert asyncio.run(blobs.exists(hashlib.sha256(b"kept").hexdigest()))


def test_a_folder_that_cannot_be_made_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SetupError, match=r"folder for files.*--home"):
        Folder(tmp_path / "file" / "blobs")
