from __future__ import annotations

import asyncio
import gzip
import os
import resource
import socket
import struct
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from callsheet.errors import CallsheetError, Forbidden, InvalidInput, StorageError, TooLarge
from callsheet.fetch import Fetched, Guard, download
from fetch_fixtures import WITHIN, Reply, Site, moved, names, plain, serving, silence

HERE = frozenset({"127.0.0.1"})


def fetch(
    folder: Path,
    replies: dict[str, bytes | Reply],
    url: Callable[[Site], str] = lambda site: site.url(),
    guard: Guard | None = None,
    max_bytes: int = 1 << 24,
    seconds: float = WITHIN,
) -> tuple[Fetched, Site]:
    """One download of what a server on loopback says."""

    async def story() -> tuple[Fetched, Site]:
        async with serving(replies) as site, (guard or Guard(HERE)).client() as client:
            return await download(client, url(site), folder / "got", max_bytes, seconds), site

    return asyncio.run(story())


def refused(folder: Path, error: type[CallsheetError], said: str, *args: object, **named: object) -> None:
    with pytest.raises(error, match=said) as caught:
        fetch(folder, *args, **named)  # pyright: ignore[reportArgumentType]
    assert caught.value.hint
    assert list(folder.iterdir()) == [], "nothing is left"


def test_a_file_comes_whole_with_what_the_server_claims_of_it(tmp_path: Path) -> None:
    body = os.urandom(3_000_000)
    reply = plain(body, content_type="Video/MP4; codecs=avc1")
    got, site = fetch(tmp_path, {"/a/clip%20one.mp4": reply}, lambda site: site.url("/a/clip%20one.mp4?sig=x"))
    assert got == Fetched(3_000_000, "video/mp4", "clip one.mp4")
    assert (tmp_path / "got").read_bytes() == body
    head = site.heads[0].lower()
    assert f"host: 127.0.0.1:{site.port}" in head
    assert "accept-encoding: identity" in head


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="a b.png"', "a b.png"),
        ("attachment; filename*=UTF-8''%E7%81%AF.png", "灯.png"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\temp\\\\x.png"', "x.png"),
        ('attachment; filename=".."', "download"),
        ("attachment", "plain.bin"),
    ],
)
def test_a_file_name_is_fit_for_a_folder(tmp_path: Path, disposition: str, name: str) -> None:
    reply = plain(content_disposition=disposition)
    got, _ = fetch(tmp_path, {"/x/plain.bin": reply}, lambda site: site.url("/x/plain.bin"))
    assert got == Fetched(2, None, name)


def test_without_an_allowance_loopback_is_not_fetched_and_not_even_asked(tmp_path: Path) -> None:
    async def story() -> None:
        async with serving({"/": plain()}) as site, Guard().client() as client:
            for host in ("127.0.0.1", "localhost", "[::1]"):
                with pytest.raises(Forbidden, match="CALLSHEET_FETCH__ALLOW"):
                    await download(client, site.url(host=host), tmp_path / "got", 100, WITHIN)
            assert site.heads == []

    asyncio.run(story())


def test_a_name_that_changes_its_address_after_the_check_gains_nothing(tmp_path: Path) -> None:
    """The first answer is checked and used; the second, which would lead inside, is never connected to unchecked."""
    asked: list[str] = []
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    async def story() -> None:
        guard = Guard(HERE, rebinding)
        async with serving({"/": plain(b"first", connection="close")}) as site, guard.client() as client:
            url = site.url(host="rebind.example")
            assert (await download(client, url, tmp_path / "one", 100, WITHIN)).bytes == 5
            assert asked == ["rebind.example"], "one look-up per connection: what was checked is what was used"
            assert f"host: rebind.example:{site.port}" in site.heads[0].lower()
            with pytest.raises(Forbidden, match="leads to"):
                await download(client, url, tmp_path / "two", 100, WITHIN)
            assert len(site.heads) == 1

    asyncio.run(story())


def test_redirects_are_followed_to_the_file(tmp_path: Path) -> None:
    replies: dict[str, bytes | Reply] = {
        "/": moved("/b", "301 Moved Permanently"),
        "/b": moved("c?x=1", "307 Temporary Redirect"),
        "/c": plain(b"here", content_type="image/png"),
    }
    got, site = fetch(tmp_path, replies)
    assert got == Fetched(4, "image/png", "c")
    assert [head.split(" ")[1] for head in site.heads] == ["/", "/b", "/c?x=1"]


@pytest.mark.parametrize(
    ("to", "error"),
    [
        ("http://10.0.0.1/", Forbidden),
        ("http://169.254.169.254/latest/meta-data/iam/", Forbidden),
        ("http://inside.example/", Forbidden),
        ("http://2130706433/", Forbidden),
        ("//[::1]/", Forbidden),
        ("http://example.com:22/", Forbidden),
        ("file:///etc/passwd", InvalidInput),
        ("http://me:you@example.com/", InvalidInput),
        ("http://[", InvalidInput),
    ],
)
def test_every_redirect_is_checked_like_the_first_url(tmp_path: Path, to: str, error: type[CallsheetError]) -> None:
    guard = Guard(HERE, names(inside_example="192.168.0.1"))
    refused(tmp_path, error, ".", {"/": moved("/next"), "/next": moved(to)}, guard=guard)


def test_redirects_have_an_end(tmp_path: Path) -> None:
    chain: dict[str, bytes | Reply] = {f"/{n}": moved(f"/{n + 1}") for n in range(9)}
    refused(tmp_path, InvalidInput, "more than 5 times", {"/": moved("/")})
    refused(tmp_path, InvalidInput, "more than 5 times", {**chain, "/": moved("/1"), "/6": plain()})
    assert fetch(tmp_path, {**chain, "/": moved("/1"), "/5": plain()})[0].bytes == 2


def test_a_key_meant_for_one_site_is_not_shown_to_another(tmp_path: Path) -> None:
    async def story() -> None:
        guard = Guard(frozenset({"127.0.0.1"}), names(other_example="127.0.0.1"))
        async with (
            serving({"/": plain(b"x", set_cookie="a=b")}) as there,
            serving({"/": moved(there.url(host="other.example"))}) as here,
            guard.client(headers={"authorization": "Bearer hush"}) as client,
        ):
            for number in range(2):
                await download(client, here.url(), tmp_path / str(number), 100, WITHIN)
            assert "hush" in here.heads[0]
            assert all("hush" not in head and "cookie" not in head.lower() for head in there.heads)

    asyncio.run(story())


def test_a_file_over_the_limit_is_refused_by_its_length_or_as_it_comes(tmp_path: Path) -> None:
    refused(tmp_path, TooLarge, "100 bytes", {"/": plain(bytes(101))}, max_bytes=100)

    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + bytes(65536) + b"\r\n")
            await writer.drain()

    refused(tmp_path, TooLarge, "3,000,000 bytes", {"/": endless}, max_bytes=3_000_000)
    assert fetch(tmp_path, {"/": plain(bytes(100))}, max_bytes=100)[0].bytes == 100


def test_a_server_that_drips_is_given_up_after_the_time_for_the_whole(tmp_path: Path) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    async def silent(writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    for reply in (drip, silent):
        refused(tmp_path, InvalidInput, "did not send the file within 0.2 s", {"/": reply}, seconds=0.2)


def test_a_name_server_that_never_answers_is_given_up_too(tmp_path: Path) -> None:
    async def never(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    guard = Guard(HERE, never)
    refused(tmp_path, InvalidInput, "did not send", {}, lambda site: site.url(host="slow.example"), guard, seconds=0.2)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (plain(b"gone", "404 Not Found"), "answered 404"),
        (plain(b"", "403 Forbidden"), "answered 403"),
        (plain(b"part", "206 Partial Content"), "answered 206"),
        (plain(b"", "302 Found"), "answered 302"),
        (plain(gzip.compress(bytes(10_000_000)), content_encoding="gzip"), "compressed"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort", "could not be fetched"),
        (b"not http at all\r\n\r\n", "could not be fetched"),
        (b"", "could not be fetched"),
    ],
)
def test_what_the_other_side_does_wrong_is_said(tmp_path: Path, reply: bytes, said: str) -> None:
    async def once(writer: asyncio.StreamWriter) -> None:
        writer.write(reply)
        writer.close()

    refused(tmp_path, InvalidInput, said, {"/": once})


def test_a_connection_that_breaks_without_a_word_is_named_by_its_kind(tmp_path: Path) -> None:
    async def broken(writer: asyncio.StreamWriter) -> None:
        at_once = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        writer.transport.abort()

    refused(tmp_path, InvalidInput, "could not be fetched: ReadError", {"/": broken})


def test_a_host_that_is_not_there_is_said_without_the_secrets_of_the_url(tmp_path: Path) -> None:
    guard = Guard(HERE, names(dead_example="127.0.0.1"))

    async def story() -> None:
        with silence() as port:
            site, client = Site(port.getsockname()[1]), guard.client()
            for host in ("nowhere.example", "dead.example", "x" * 70 + ".example"):
                with pytest.raises(InvalidInput, match="could not be fetched") as caught:
                    await download(client, site.url("/a?signature=hush", host=host), tmp_path / "got", 100, WITHIN)
                assert "hush" not in str(caught.value)
            await client.aclose()

    asyncio.run(story())


def test_the_second_address_of_a_name_is_tried_when_the_first_is_dead(tmp_path: Path) -> None:
    guard = Guard(frozenset({"127.0.0.1", "127.0.0.9"}), names(two_example="127.0.0.9 127.0.0.1"))
    assert fetch(tmp_path, {"/": plain(b"hi")}, lambda site: site.url(host="two.example"), guard)[0].bytes == 2


def test_a_proxy_of_the_environment_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert fetch(tmp_path, {"/": plain(b"direct")})[0].bytes == 6


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        refused(tmp_path, StorageError, "could not be kept", {"/": plain(bytes(3 << 20))})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "got").write_text("mine")
    with pytest.raises(StorageError):
        fetch(tmp_path, {"/": plain(b"theirs")})
    assert (tmp_path / "got").read_text() == "mine"


def test_a_guarded_client_follows_no_redirect_by_itself_and_reaches_nothing_inside() -> None:
    async def story() -> None:
        guard = Guard(HERE, names(inside_example="10.0.0.1"))
        async with serving({"/hook": moved("http://10.0.0.1/")}) as site, guard.client() as client:
            assert (await client.post(site.url("/hook"), content=b'{"a":1}')).status_code == 302
            assert site.bodies == [b'{"a":1}']
            for url in ("http://10.0.0.1/", "http://inside.example/"):
                with pytest.raises(Forbidden):
                    await client.post(url, content=b"")
            with pytest.raises(httpx2.ConnectError):
                await client.post("http://nowhere.example/", content=b"")

    asyncio.run(story())


def test_silence_is_a_time_out_of_the_transport() -> None:
    async def silent(writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    patience = httpx2.Timeout(WITHIN, read=0.2)

    async def story() -> None:
        async with serving({"/": silent}) as site, Guard(HERE).client(timeout=patience) as client:
            with pytest.raises(httpx2.ReadTimeout):
                await client.get(site.url())

    asyncio.run(story())
