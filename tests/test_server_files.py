"""Files over real HTTP: streamed uploads, parts, conditions, signed links, and nothing that a browser would run."""

from __future__ import annotations

import gc
import hashlib
import io
import re
import socket
import time
import tracemalloc
from collections.abc import AsyncGenerator, Iterator
from typing import Any

import httpx2
import pytest
from PIL import Image
from starlette.requests import Request

from callsheet.server import answers
from callsheet.server.content import content_answer
from callsheet.tasks import File
from store_fixtures import a_file

TEXT = b"0123456789" * 100


def png(colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (48, 32), colour).save(out, "PNG")
    return out.getvalue()


def upload(api: httpx2.Client, content: bytes = TEXT, content_type: str = "text/plain", name: str = "a.txt") -> Any:
    response = api.post("/v1/files", files={"file": (name, content, content_type)})
    assert response.status_code == 201, response.text
    return response.json()


def code(response: httpx2.Response, status: int) -> str:
    assert response.status_code == status, response.text
    return response.json()["error"]["code"]


def multipart(*parts: tuple[str, bytes], end: bytes = b"--cut--\r\n") -> dict[str, Any]:
    """A multipart body written by hand, for what no client would send."""
    head = "--cut\r\nContent-Disposition: form-data; {}\r\n\r\n"
    body = b"".join(head.format(said).encode() + content + b"\r\n" for said, content in parts)
    return {"content": body + end, "headers": {"content-type": "multipart/form-data; boundary=cut"}}


def test_an_upload_is_measured_and_kept(api: httpx2.Client) -> None:
    response = api.post("/v1/files", files={"file": ("still.png", png(), "image/png")})
    file = response.json()
    assert response.status_code == 201
    assert response.headers["location"] == f"/v1/files/{file['id']}"
    assert set(file) == set(answers.File.model_fields)
    assert (file["object"], file["name"], file["content_type"]) == ("file", "still.png", "image/png")
    assert (file["width"], file["height"], file["bytes"]) == (48, 32, len(png()))
    assert file["sha256"] == hashlib.sha256(png()).hexdigest()
    answers.File.model_validate(file)
    assert without_link(api.get(f"/v1/files/{file['id']}").json()) == without_link(file)
    assert api.get(file["url"]).content == png()


def without_link(file: dict[str, Any]) -> dict[str, Any]:
    """A link is made anew at each answer."""
    return {name: value for name, value in file.items() if name != "url"}


def test_a_bare_body_is_an_upload_too(api: httpx2.Client) -> None:
    response = api.post("/v1/files?name=still.png", content=png("blue"), headers={"content-type": "image/png"})
    assert response.status_code == 201, response.text
    assert (response.json()["name"], response.json()["width"]) == ("still.png", 48)


@pytest.mark.parametrize("content_type", [None, "application/x-www-form-urlencoded"])
def test_a_bare_body_must_say_what_it_is(api: httpx2.Client, content_type: str | None) -> None:
    headers = {"content-type": content_type} if content_type else {}
    response = api.post("/v1/files", content=TEXT, headers=headers)
    assert code(response, 415) == "bad_request"
    assert "-F file=@" in response.json()["error"]["hint"]


@pytest.mark.parametrize(
    ("request_parts", "status", "said"),
    [
        (multipart(('name="picture"; filename="a"', b"x")), 422, "'picture'"),
        (multipart(('name="file"; filename="a"', b"x"), ('name="file"; filename="b"', b"y")), 422, "more than one"),
        (multipart(('name="file"; filename="a"', b"x"), ('name="note"', b"y")), 422, "'note'"),
        (multipart(('name="file"; filename="a"', b"x"), end=b""), 400, "in the middle"),
        (multipart(), 422, "no file"),
        ({"content": b"no parts", "headers": {"content-type": "multipart/form-data; boundary=cut"}}, 400, "cannot be"),
        ({"content": TEXT, "headers": {"content-type": "multipart/form-data"}}, 400, "boundary"),
    ],
)
def test_a_broken_upload_leaves_nothing_behind(
    api: httpx2.Client, request_parts: dict[str, Any], status: int, said: str
) -> None:
    before = api.get("/v1/files").json()["data"]
    response = api.post("/v1/files", **request_parts)
    code(response, status)
    assert said in response.json()["error"]["message"]
    assert [one["id"] for one in api.get("/v1/files").json()["data"]] == [one["id"] for one in before]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ('filename="../../etc/passwd"', "passwd"),
        ('filename="C:\\\\clips\\\\a.txt"', "a.txt"),
        ("filename=\"x\"; filename*=UTF-8''%E5%9B%BE%E7%89%87.txt", "图片.txt"),
        ('filename="图片.txt"', "图片.txt"),
    ],
)
def test_a_name_is_only_a_name(api: httpx2.Client, sent: str, kept: str) -> None:
    response = api.post("/v1/files", **multipart((f'name="file"; {sent}', TEXT)))
    assert response.status_code == 201, response.text
    assert response.json()["name"] == kept
    disposition = api.get(response.json()["url"]).headers["content-disposition"]
    assert disposition.isascii()
    assert "\n" not in disposition


def test_a_large_upload_is_never_whole_in_memory(house: Any) -> None:
    size, chunk = 48_000_000, b"\x07" * 500_000

    def body() -> Iterator[bytes]:
        yield b'--cut\r\nContent-Disposition: form-data; name="file"; filename="big.bin"\r\n\r\n'
        yield from (chunk for _ in range(size // len(chunk)))
        yield b"\r\n--cut--\r\n"

    with house.client() as client:
        gc.collect()
        tracemalloc.start()
        try:
            headers = {"content-type": "multipart/form-data; boundary=cut"}
            response = client.post("/v1/files", content=body(), headers=headers)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert response.status_code == 201, response.text
        assert response.json()["bytes"] == size
        assert response.json()["sha256"] == hashlib.sha256(b"\x07" * size).hexdigest()
        assert peak < size / 3


def test_an_upload_that_is_cut_off_leaves_nothing_behind(house: Any, api: httpx2.Client) -> None:
    before = api.get("/v1/files").json()["data"]
    where = httpx2.URL(house.url)
    with socket.create_connection((where.host, where.port)) as raw:
        raw.sendall(b"POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Type: video/mp4\r\n")
        raw.sendall(b"Content-Length: 1000000\r\n\r\n" + b"x" * 5000)
        until(lambda: house.app.state.crowd.inside == 1)
    until(lambda: house.app.state.crowd.inside == 0)
    assert len(api.get("/v1/files").json()["data"]) == len(before)
    drafts = [path for path in house.home.glob("files/drafts/*") if path.is_file()]
    assert drafts == []


def until(true: Any) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_list_of_files_is_paged(api: httpx2.Client) -> None:
    made = [upload(api, f"page {number}".encode())["id"] for number in range(3)][::-1]
    first = api.get("/v1/files", params={"limit": 2}).json()
    second = api.get("/v1/files", params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["id"] for one in first["data"] + second["data"]][:3] == made


def test_a_deleted_file_is_gone(api: httpx2.Client) -> None:
    file = upload(api, b"short life")
    assert api.delete(f"/v1/files/{file['id']}").status_code == 204
    assert code(api.get(f"/v1/files/{file['id']}"), 404) == "not_found"
    assert code(api.get(file["url"]), 404) == "not_found"
    assert code(api.delete(f"/v1/files/{file['id']}"), 404) == "not_found"


def test_content_is_served_whole_with_all_that_a_client_needs(api: httpx2.Client) -> None:
    file = upload(api)
    answer = api.get(f"/v1/files/{file['id']}/content")
    assert (answer.status_code, answer.content) == (200, TEXT)
    assert answer.headers["etag"] == f'"{file["sha256"]}"'
    assert answer.headers["content-length"] == str(len(TEXT))
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["cache-control"] == "private"
    head = api.head(f"/v1/files/{file['id']}/content")
    assert (head.status_code, head.content) == (200, b"")
    same = ("etag", "content-length", "content-type", "content-disposition", "accept-ranges")
    assert [head.headers[name] for name in same] == [answer.headers[name] for name in same]


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [("0-0", 0, 0), ("10-19", 10, 19), ("990-", 990, 999), ("-10", 990, 999), ("-5000", 0, 999), ("5-5000", 5, 999)],
)
def test_a_part_is_served(api: httpx2.Client, wanted: str, first: int, last: int) -> None:
    file = upload(api)
    answer = api.get(f"/v1/files/{file['id']}/content", headers={"range": f"bytes={wanted}"})
    assert (answer.status_code, answer.content) == (206, TEXT[first : last + 1])
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(TEXT)}"
    assert answer.headers["content-length"] == str(last + 1 - first)


@pytest.mark.parametrize(
    "wanted",
    ["bytes=1000-", "bytes=5-2", "bytes=-0", "bytes=-", "bytes=a-b", "bytes=0-1,5-9", f"bytes={'9' * 5000}-"],
)
def test_a_part_that_is_not_there_is_refused(api: httpx2.Client, wanted: str) -> None:
    answer = api.get(f"/v1/files/{upload(api)['id']}/content", headers={"range": wanted})
    assert code(answer, 416) == "bad_request"
    assert answer.headers["content-range"] == f"bytes */{len(TEXT)}"


def test_a_range_in_other_units_is_not_ours_to_read(api: httpx2.Client) -> None:
    answer = api.get(f"/v1/files/{upload(api)['id']}/content", headers={"range": "frames=0-9"})
    assert (answer.status_code, answer.content) == (200, TEXT)


def test_what_the_caller_has_is_not_sent_again(api: httpx2.Client) -> None:
    file = upload(api)
    path, etag = f"/v1/files/{file['id']}/content", f'"{file["sha256"]}"'
    for condition in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        answer = api.get(path, headers={"if-none-match": condition})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == etag
    assert api.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_a_part_of_other_content_is_answered_with_all_of_this(api: httpx2.Client) -> None:
    file = upload(api)
    path, etag = f"/v1/files/{file['id']}/content", f'"{file["sha256"]}"'
    ranged = {"range": "bytes=0-9"}
    assert api.get(path, headers={**ranged, "if-range": etag}).status_code == 206
    for other in ('"other"', f"W/{etag}", "Sat, 21 Nov 2026 10:00:00 GMT"):
        answer = api.get(path, headers={**ranged, "if-range": other})
        assert (answer.status_code, answer.content) == (200, TEXT)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [(b"<script>alert(1)</script>", "text/html"), (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")],
)
def test_what_could_run_in_a_browser_does_not(api: httpx2.Client, content: bytes, content_type: str) -> None:
    answer = api.get(upload(api, content, content_type, "page")["url"])
    assert answer.content == content
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "content_type", ["image/svg+xml", "image/x+xml", "video/xhtml+xml", "audio/x-html", "text/vtt"]
)
def test_what_a_vendor_calls_a_picture_is_shown_only_where_no_browser_reads_a_page_from_it(content_type: str) -> None:
    request = Request({"type": "http", "method": "GET", "headers": []})
    answer = content_answer(request, a_file(1, content_type=content_type), unread)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]


async def unread(file: File, start: int, end: int) -> AsyncGenerator[bytes]:
    raise AssertionError("nobody asked for its bytes")
    yield b""


def test_a_picture_may_be_shown(api: httpx2.Client) -> None:
    answer = api.get(upload(api, png(), "image/png", "still.png")["url"])
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"] == 'inline; filename="still.png"'


def test_a_changed_link_opens_nothing(api: httpx2.Client) -> None:
    one, two = upload(api, b"one"), upload(api, b"two")
    url = one["url"]
    assert api.get(url).content == b"one"
    assert code(api.get(url.replace(one["id"], two["id"])), 403) == "forbidden"
    assert code(api.get(re.sub(r"expires=\d+", "expires=99999999999", url)), 403) == "forbidden"
    assert code(api.get(re.sub(r"signature=[^&]+", "signature=x", url)), 403) == "forbidden"
    assert code(api.get(url.partition("&")[0]), 403) == "forbidden"


def test_links_begin_with_the_origin_that_was_asked(api: httpx2.Client, house: Any) -> None:
    file = upload(api)
    assert file["url"].startswith(f"{house.url}/v1/files/{file['id']}/content?")
    port = house.url.rpartition(":")[2]
    by_name = api.get(f"/v1/files/{file['id']}", headers={"host": f"localhost:{port}"}).json()
    assert by_name["url"].startswith(f"http://localhost:{port}/")
    forwarded = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}
    assert api.get(f"/v1/files/{file['id']}", headers=forwarded).json()["url"].startswith(house.url)
