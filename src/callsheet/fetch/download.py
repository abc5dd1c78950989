"""One fetch from start to end: every redirect checked, bytes and time bounded."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from email.message import Message
from io import FileIO
from pathlib import Path
from urllib.parse import unquote

import httpx2

from callsheet.errors import InvalidInput, StorageError, TooLarge

REDIRECTS = 5
GATHER = 1 << 20


class NotFetched(InvalidInput):
    """The address is no address, or what is behind it did not come: the input names something that cannot be had."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: how many bytes, the type the server claims (a hint, never proof), a file name fit for a folder."""

    bytes: int
    content_type: str | None
    name: str


async def download(
    client: httpx2.AsyncClient,
    url: str,
    into: Path,
    max_bytes: int,
    timeout: float,  # noqa: ASYNC109 (the error says it in the caller's words)
) -> Fetched:
    """Fetch a URL into a new file, through a guarded client; at most 5 redirects, each checked like the first URL.

    `timeout` bounds the whole in seconds, `max_bytes` the body. Raises Forbidden (an address that is not fetched),
    TooLarge, StorageError, and NotFetched for all that the other side does wrong. On any error `into` is not there.
    """
    try:
        async with asyncio.timeout(timeout), _final(client, url) as response:
            _must_fit(response, max_bytes)
            count = await _save(response, into, max_bytes)
            return Fetched(count, _content_type(response), _name(response))
    except TimeoutError:
        said = f"{_host(url)} did not send the file within {timeout:g} s."
        slow = NotFetched(said, hint="Try again, or upload the file.")
        raise slow.because("fetch_slow", host=_host(url), seconds=timeout) from None
    except httpx2.TransportError as error:
        why = str(error) or type(error).__name__
        hint = "Check the URL from this machine, or upload the file."
        failed = NotFetched(f"{_host(url)} could not be fetched: {why}.", hint=hint)
        raise failed.because("fetch_failed", host=_host(url), quoted=why) from error


@asynccontextmanager
async def _final(client: httpx2.AsyncClient, url: str) -> AsyncGenerator[httpx2.Response]:
    """The answer at the end of all redirects, still to be read."""
    request = _first_request(client, url)
    for _ in range(REDIRECTS + 1):
        response = await client.send(request, stream=True, follow_redirects=False)
        try:
            if response.next_request is None:
                yield response
                return
            request = response.next_request
        finally:
            await response.aclose()
    far = NotFetched(f"{_host(url)} redirects more than {REDIRECTS} times.", hint="Give the address it leads to.")
    raise far.because("fetch_redirected", host=_host(url), times=REDIRECTS)


def _first_request(client: httpx2.AsyncClient, url: str) -> httpx2.Request:
    try:
        # identity: a compressed body could grow without bound, and its length would say nothing
        return client.build_request("GET", url, headers={"accept-encoding": "identity"})
    except (httpx2.InvalidURL, TypeError, ValueError) as error:
        wrong = NotFetched(f"This is not a URL: {error}.", hint="Give a full http(s) address.")
        raise wrong.because("no_url", quoted=str(error)) from None


def _must_fit(response: httpx2.Response, max_bytes: int) -> None:
    host = response.url.host
    if response.status_code != 200:
        said = f"{host} answered {response.status_code}."
        refused = NotFetched(said, hint="Check that the URL can be opened without signing in.")
        raise refused.because("fetch_refused", host=host, code=str(response.status_code))
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", ""):
        said = f"{host} sends the file compressed ({encoding[:40]}), though it was asked not to."
        raise NotFetched(said, hint="Upload the file.").because("fetch_compressed", host=host)
    length = response.headers.get("content-length", "")
    if re.fullmatch(r"[0-9]{1,18}", length) and int(length) > max_bytes:
        raise _too_large(host, max_bytes)


async def _save(response: httpx2.Response, into: Path, max_bytes: int) -> int:
    with _new_file(into) as file:
        return await _write_all(response, file, max_bytes)


@contextmanager
def _new_file(path: Path) -> Generator[FileIO]:
    """A file to write, gone again unless all goes well."""
    try:
        file = path.open("xb", buffering=0)
    except OSError as error:
        raise _not_kept(error) from error
    try:
        with file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


async def _write_all(response: httpx2.Response, file: FileIO, max_bytes: int) -> int:
    count, gathered = 0, bytearray()
    async for part in response.aiter_raw():
        count += len(part)
        if count > max_bytes:
            raise _too_large(response.url.host, max_bytes)
        gathered += part
        if len(gathered) >= GATHER:
            await _write_whole(file, bytes(gathered))
            gathered.clear()
    await _write_whole(file, bytes(gathered))
    return count


async def _write_whole(file: FileIO, data: bytes) -> None:
    """Write in a thread to the end, also when the time is over meanwhile: nobody closes a file under a writer."""
    writing = asyncio.ensure_future(asyncio.to_thread(_write, file, data))
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        await asyncio.wait([writing])
        writing.exception()
        raise


def _write(file: FileIO, data: bytes) -> None:
    view = memoryview(data)
    try:
        while view:
            view = view[file.write(view) :]
    except OSError as error:
        raise _not_kept(error) from error


def _not_kept(error: OSError) -> StorageError:
    return StorageError(
        f"The file could not be kept ({error.strerror}); nothing of it was.",
        hint="Free some space where the home lies; callsheet goes on by itself.",
    )


def _too_large(host: str, max_bytes: int) -> TooLarge:
    error = TooLarge(f"The file at {host} has more than {max_bytes:,} bytes.", hint="Give a smaller one.")
    return error.because("file_too_large", most=max_bytes)


def _host(url: str) -> str:
    """The host alone: the rest of a URL may hold a signature that no log should keep."""
    try:
        return httpx2.URL(url).host or "This URL"
    except httpx2.InvalidURL:
        return "This URL"


def _content_type(response: httpx2.Response) -> str | None:
    claimed = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return claimed if re.fullmatch(r"[\w.+-]+/[\w.+-]+", claimed, re.ASCII) else None


def _name(response: httpx2.Response) -> str:
    header = Message()
    header["content-disposition"] = response.headers.get("content-disposition", "")
    wanted = header.get_filename() or unquote(response.url.path)
    bare = re.split(r"[/\\]", wanted.rstrip("/\\"))[-1]
    clean = "".join(letter for letter in bare if letter.isprintable()).strip(". ")
    return clean[-100:] or "download"
