"""What comes in: uploads measured by their bytes, media of an input resolved and judged, keys, and what is let go."""

import asyncio
import base64
import struct
import zlib
from pathlib import Path
from typing import Any

import httpx2
import pytest

from callsheet.engine import Rules
from callsheet.errors import CallsheetError, Forbidden, InvalidInput, NotFound, StorageError, TooLarge
from callsheet.fetch.transport import CheckedTransport
from engine_fixtures import Clock, Vendor, a_house, a_png, chunks


def run(story: Any) -> None:
    asyncio.run(story)


def a_bomb(side: int = 60_000) -> bytes:
    """A PNG whose header promises far more pixels than its bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def data_of(image: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(image).decode()


def test_an_upload_is_what_its_bytes_say_whatever_was_claimed(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, started=False) as house:
            put = house.library.put
            png = await put("local", chunks(a_png()), "../../etc/a.gif", "image/gif")
            assert (png.content_type, png.width, png.height, png.name) == ("image/png", 32, 18, "a.gif")
            fake = await put("local", chunks(b"not an image"), "x.png", "image/png")
            assert fake.content_type == "application/octet-stream"
            text = await put("local", chunks(b"words"), "", "text/plain; charset=utf-8")
            assert (text.content_type, text.name) == ("text/plain", "file")
            listed, _ = await house.library.list("local", 10, None)
            assert [file.id for file in listed] == [text.id, fake.id, png.id]

    run(story())


def test_a_bomb_and_a_file_too_large_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, started=False, rules=Rules(max_bytes=100_000)) as house:
            for data in (a_bomb(), bytes(100_001)):
                with pytest.raises(TooLarge):
                    await house.library.put("local", chunks(data), "x", None)
            assert (await house.library.list("local", 10, None))[0] == []
            await house.library.expire()
            blobs = [path for path in (tmp_path / "home" / "files").rglob("*") if path.is_file()]
            assert blobs == []

    run(story())


def test_bytes_go_when_the_last_file_that_names_them_goes(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, started=False) as house:
            one = await house.library.put("local", chunks(a_png()), "one", None)
            two = await house.library.put("other", chunks(a_png()), "two", None)
            path = await house.library.local(one)
            with pytest.raises(NotFound):
                await house.library.delete("local", two.id)
            await house.library.delete("local", one.id)
            assert path.exists()
            await house.library.delete("other", two.id)
            assert not path.exists()
            with pytest.raises(NotFound):
                (await house.library.local(two))

    run(story())


def test_files_go_when_their_time_is_over_and_links_before(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        async with a_house(tmp_path, clock=clock, rules=Rules(retention=2, link_lifetime=3600), started=False) as house:
            file = await house.library.put("local", chunks(a_png()), "one", None)
            path, _, query = house.library.link(file).partition("?")
            parts = dict(part.split("=") for part in query.split("&"))
            assert path == f"/v1/files/{file.id}/content"
            assert house.library.opens(file.id, **parts)
            assert not house.library.opens("file_other", **parts)
            clock.pass_(3601)
            assert not house.library.opens(file.id, **parts)
            assert await house.library.expire() == 0
            clock.pass_(2 * 86_400)
            assert await house.library.expire() == 1
            with pytest.raises(NotFound):
                await house.library.get("local", file.id)

    run(story())


def test_media_given_in_place_or_by_id_becomes_a_file_of_the_account(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor()
        async with a_house(tmp_path, {"studio": vendor}) as house:
            by_data = await house.submit("studio/still", {"image": data_of(a_png())})
            file = await house.library.get("local", by_data.input["image"])
            assert (file.content_type, file.width) == ("image/png", 32)
            by_id = await house.submit("studio/still", {"image": file.id})
            assert by_id.input == {"image": file.id}
            await house.ended(by_id)
            order = vendor.orders[-1]
            assert order.media[file.id].read_bytes() == a_png()

    run(story())


@pytest.mark.parametrize(
    ("image", "error", "said"),
    [
        ("file_01J00000000000000000000000", NotFound, "no file"),
        (data_of(b"<html><body>nothing here</body></html>"), InvalidInput, "image"),
        (data_of(a_png(2000, 10)), TooLarge, "pixels"),
        (data_of(a_bomb()), TooLarge, "pixels"),
        ("data:image/png;base64,@@@", InvalidInput, "base64"),
        ("http://127.0.0.1:1/x.png", Forbidden, "CALLSHEET_FETCH__ALLOW"),
        ("http://169.254.169.254/latest", Forbidden, ""),
    ],
)
def test_what_is_not_as_it_should_be_is_refused_by_the_params_name(
    tmp_path: Path, image: str, error: type[CallsheetError], said: str
) -> None:
    async def story() -> None:
        vendor = Vendor()
        async with a_house(tmp_path, {"studio": vendor}) as house:
            with pytest.raises(error) as caught:
                await house.submit("studio/still", {"image": image})
            assert said in str(caught.value)
            assert caught.value.param == "image"
            assert vendor.calls == []

    run(story())


def test_media_within_lists_of_objects_are_brought_in_and_handed_to_the_driver(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor()
        async with a_house(tmp_path, {"studio": vendor}) as house:
            stored = await house.library.put("local", chunks(a_png(20, 20)), "bo.png", None)
            subjects = [{"id": "ann", "images": [data_of(a_png())]}, {"id": "bo", "images": [stored.id]}]
            task = await house.submit("studio/cast", {"prompt": "@ann meets @bo", "subjects": subjects})
            ann, bo = task.input["subjects"]
            assert (ann["id"], bo) == ("ann", {"id": "bo", "images": [stored.id]})
            assert (await house.library.get("local", ann["images"][0])).width == 32
            await house.ended(task)
            assert vendor.orders[-1].input == task.input
            assert set(vendor.orders[-1].media) == {ann["images"][0], stored.id}

    run(story())


def test_media_within_lists_of_objects_are_judged_and_named_by_their_place(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, started=False) as house:
            subjects = [{"id": "ann", "images": [data_of(a_png())]}, {"id": "bo", "images": [data_of(a_png(2000, 10))]}]
            with pytest.raises(TooLarge) as caught:
                await house.submit("studio/cast", {"prompt": "@ann meets @bo", "subjects": subjects})
            assert caught.value.param == "subjects[1].images"

    run(story())


def test_another_accounts_file_is_not_found(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, started=False) as house:
            file = await house.library.put("other", chunks(a_png()), "x", None)
            with pytest.raises(NotFound):
                await house.submit("studio/still", {"image": file.id})

    run(story())


def test_an_address_is_fetched_at_submit_through_the_guard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    patience: list[float] = []
    handle = CheckedTransport.handle_async_request

    def noted(transport: CheckedTransport, request: httpx2.Request) -> Any:
        patience.append(request.extensions["timeout"]["read"])
        return handle(transport, request)

    monkeypatch.setattr(CheckedTransport, "handle_async_request", noted)

    async def story() -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            png = a_png()
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(png), png)
            )
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, a_house(tmp_path, fetch__allow="127.0.0.1", fetch__timeout="45") as house:
            task = await house.submit("studio/still", {"image": f"http://127.0.0.1:{port}/red.png"})
            file = await house.library.get("local", task.input["image"])
            assert (file.content_type, file.name) == ("image/png", "red.png")

    run(story())
    assert patience == [45], "an origin may be silent for as long as a fetch may take"


def test_a_full_disk_refuses_the_upload_and_keeps_what_a_vendor_made_for_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        clock = Clock()
        vendor = Vendor()
        async with a_house(tmp_path, {"studio": vendor}, clock=clock) as house:
            blobs: Any = house.library._blobs
            full = StorageError("No space left on device.")

            async def refuse(*_: Any) -> None:
                raise full

            with monkeypatch.context() as patch:
                patch.setattr(blobs, "put", refuse)
                patch.setattr(blobs, "adopt", refuse)
                with pytest.raises(StorageError):
                    await house.library.put("local", chunks(b"x"), "x", None)
                assert (await house.library.list("local", 10, None))[0] == []
                task = await house.submit()
                await house.sees(task, "started")
                house.pass_(20)
                (event,) = await house.sees(task, "retrying")
                assert (event.data["phase"], event.data["code"]) == ("collect", "storage_unavailable")
            house.pass_(20)
            ended = await house.ended(task)
            assert ended.state == "succeeded"
            assert vendor.count("submit") == 1
            assert vendor.count("poll") == 1, "the answer is remembered"

    run(story())


def test_a_store_that_cannot_be_written_for_a_while_loses_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        vendor = Vendor()
        async with a_house(tmp_path, {"studio": vendor}) as house:
            plain = house.store.patch
            refused = 0

            async def patched(task_id: str, fence: int, changes: Any, *rest: Any) -> Any:
                nonlocal refused
                if "remote" in changes and refused < 1:
                    refused += 1
                    raise StorageError("No space left on device.")
                return await plain(task_id, fence, changes, *rest)

            monkeypatch.setattr(house.store, "patch", patched)
            ended = await house.ended(await house.submit())
            assert (ended.state, refused, vendor.count("submit")) == ("succeeded", 1, 1)

    run(story())


def test_keys_open_until_revoked_and_are_kept_as_hashes(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, started=False) as house:
            ring = house.keyring
            assert not await ring.any()
            assert await ring.webhook_secrets("local") == await ring.webhook_secrets("other")
            key, text, secret = await ring.create("studio")
            other, _, _ = await ring.create("two")
            assert key.account != other.account
            assert await ring.any()
            assert await ring.find(text) == key
            assert await ring.find(text + "x") is None
            assert await ring.secret(key) == secret
            assert len(await ring.webhook_secrets(key.account)) == 1
            assert (await ring.revoke(key.id)).revoked_at is not None
            assert await ring.find(text) is None
            assert await ring.any(), "revoking the last key does not open the door"
            with pytest.raises(InvalidInput):
                await ring.create(" ")
            with pytest.raises(NotFound):
                await ring.revoke("key_none")
        kept = b"".join(path.read_bytes() for path in (tmp_path / "home").glob("callsheet.sqlite*"))
        assert text.encode() not in kept
        assert secret.encode() not in kept

    run(story())
