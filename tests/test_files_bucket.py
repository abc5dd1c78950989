"""Blobs in a bucket: a real S3 protocol over loopback (moto's server), real bytes, several machines' folders."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from callsheet.errors import NotFound, SetupError, StorageError, TooLarge
from callsheet.files import Blob, Bucket, Folder

REGION, NAME = "eu-central-1", "clips"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket_client(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    client = boto3.client("s3", endpoint_url=endpoint, region_name=REGION)
    client.create_bucket(Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": REGION})
    yield client
    for one in client.list_objects_v2(Bucket=NAME).get("Contents", []):
        client.delete_object(Bucket=NAME, Key=one["Key"])
    client.delete_bucket(Bucket=NAME)
    client.close()


def bucket(endpoint: str, folder: Path, **more: Any) -> Bucket:
    return Bucket(f"s3://{NAME}/kept/here", Folder(folder), endpoint, REGION, **more)


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def whole(blobs: Bucket, blob: Blob, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in blobs.read(blob.sha256, start, blob.bytes if end is None else end)])


def keys(client: Any) -> list[str]:
    return [one["Key"] for one in client.list_objects_v2(Bucket=NAME).get("Contents", [])]


def test_what_one_machine_puts_another_reads_whole_and_in_part(
    bucket_client: Any, endpoint: str, tmp_path: Path
) -> None:
    data = os.urandom(12_000_000)  # more than one part of a multipart upload

    async def story() -> None:
        here, there = bucket(endpoint, tmp_path / "a"), bucket(endpoint, tmp_path / "b")
        blob = await here.put(stream(data[:5], data[5:]), 1 << 30)
        assert blob == Blob(hashlib.sha256(data).hexdigest(), len(data))
        assert keys(bucket_client) == [f"kept/here/{blob.sha256[:2]}/{blob.sha256[2:4]}/{blob.sha256}"]
        assert await whole(there, blob, 3, 1_000_003) == data[3:1_000_003], "a part, straight from the bucket"
        assert not [path for path in (tmp_path / "b").rglob("*") if path.is_file()]
        paths = await asyncio.gather(*[there.local(blob.sha256) for _ in range(4)])
        assert {path.read_bytes() == data for path in paths} == {True}
        assert await whole(there, blob) == data
        assert await whole(there, blob, 7, 7) == b""

    asyncio.run(story())


def test_a_local_file_is_moved_in_and_its_type_is_kept_with_it(
    bucket_client: Any, endpoint: str, tmp_path: Path
) -> None:
    made = tmp_path / "still.png"
    made.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    blob = asyncio.run(bucket(endpoint, tmp_path / "a").adopt(made))
    assert not made.exists()
    assert bucket_client.head_object(Bucket=NAME, Key=keys(bucket_client)[0])["ContentType"] == "image/png"
    assert blob.bytes == 108


def test_what_is_deleted_is_gone_everywhere(bucket_client: Any, endpoint: str, tmp_path: Path) -> None:
    async def story() -> None:
        here, there = bucket(endpoint, tmp_path / "a"), bucket(endpoint, tmp_path / "b")
        blob = await here.put(stream(b"soon gone"), 100)
        assert await there.exists(blob.sha256)
        assert await there.delete(blob.sha256)
        assert not await there.delete(blob.sha256)
        assert not await there.exists(blob.sha256)
        with pytest.raises(NotFound):
            await there.local(blob.sha256)
        with pytest.raises(NotFound):
            await whole(there, blob)
        with pytest.raises(NotFound):
            await there.exists("../../etc/passwd")

    asyncio.run(story())


def test_too_large_a_stream_reaches_no_bucket(bucket_client: Any, endpoint: str, tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        asyncio.run(bucket(endpoint, tmp_path).put(stream(bytes(11)), 10))
    assert keys(bucket_client) == []


def test_a_file_that_the_bucket_refuses_stays_where_it_is(tmp_path: Path, endpoint: str, bucket_client: Any) -> None:
    made = tmp_path / "clip.mp4"
    made.write_bytes(b"a clip")
    nowhere = Bucket("s3://no-such-bucket-here", Folder(tmp_path / "a"), endpoint, REGION)
    with pytest.raises(StorageError, match="no such bucket"):
        asyncio.run(nowhere.adopt(made))
    assert made.read_bytes() == b"a clip"


def test_a_bucket_that_is_not_there_is_no_file_that_is_gone(endpoint: str, bucket_client: Any, tmp_path: Path) -> None:
    nowhere = Bucket("s3://no-such-bucket-here", Folder(tmp_path / "a"), endpoint, REGION)
    for tried in (nowhere.reached(), nowhere.put(stream(b"x"), 10), nowhere.local("a" * 64)):
        with pytest.raises(StorageError, match="no such bucket") as refused:
            asyncio.run(tried)
        assert "files.store" in (refused.value.hint or "")
    asyncio.run(bucket(endpoint, tmp_path).reached())


def test_bytes_that_changed_in_the_bucket_are_not_believed(bucket_client: Any, endpoint: str, tmp_path: Path) -> None:
    blob = asyncio.run(bucket(endpoint, tmp_path / "a").put(stream(b"true"), 100))
    bucket_client.put_object(Bucket=NAME, Key=keys(bucket_client)[0], Body=b"false")
    with pytest.raises(StorageError, match="other bytes"):
        asyncio.run(bucket(endpoint, tmp_path / "b").local(blob.sha256))


def test_the_folder_keeps_what_was_asked_for_lately_and_lets_the_rest_go(
    bucket_client: Any, endpoint: str, tmp_path: Path
) -> None:
    async def story() -> None:
        blobs = bucket(endpoint, tmp_path, cache_bytes=2500)
        old = await blobs.put(stream(bytes(1000)), 5000)
        fresh = await blobs.put(stream(b"x" * 1000), 5000)
        long_ago = time.time() - 7200
        os.utime(await blobs.local(old.sha256), (long_ago, long_ago))
        await blobs.put(stream(b"y" * 1000), 5000)
        names = {path.name for path, _, _ in Folder(tmp_path).held()}
        assert old.sha256 not in names
        assert fresh.sha256 in names, "asked for within the hour: a render may be reading it"
        assert (await blobs.local(old.sha256)).read_bytes() == bytes(1000)

    asyncio.run(story())


def test_a_signed_link_opens_the_bytes_without_us_where_that_is_allowed(
    bucket_client: Any, endpoint: str, tmp_path: Path
) -> None:
    async def story() -> str:
        blob = await bucket(endpoint, tmp_path).put(stream(b"direct"), 100)
        assert await bucket(endpoint, tmp_path / "b").link(blob.sha256, 60) is None
        link = await bucket(endpoint, tmp_path / "c", direct=True).link(blob.sha256, 60)
        assert link is not None
        return link

    link = asyncio.run(story())
    assert "very-secret" not in link
    with urllib.request.urlopen(link) as answer:
        assert answer.read() == b"direct"


@pytest.mark.parametrize("address", ["http://bucket", "s3://", "files/here"])
def test_an_address_that_is_no_bucket_is_refused_with_the_way_out(tmp_path: Path, address: str) -> None:
    with pytest.raises(SetupError, match="s3://bucket/prefix"):
        Bucket(address, Folder(tmp_path))
