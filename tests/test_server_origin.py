"""Where links lead: the request's own origin, a trusted proxy's word, or the setting; and what is too large."""

from __future__ import annotations

import io
from typing import Any

import httpx2
import pytest
from PIL import Image
from starlette.requests import HTTPConnection

from callsheet.errors import RequestError
from callsheet.server.origin import Origins
from callsheet.settings import load


def connection(client: str = "10.0.0.9", scheme: str = "http", **headers: str) -> HTTPConnection:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "scheme": scheme, "headers": raw, "client": (client, 5000), "server": ("::1", 8420)}
    return HTTPConnection(scope)


FORWARDED = {"host": "inside:8420", "x_forwarded_host": "media.example", "x_forwarded_proto": "https"}


@pytest.mark.parametrize(
    ("origins", "asked", "found"),
    [
        (Origins(), connection(host="localhost:99"), "http://localhost:99"),
        (Origins(), connection(host="[::1]:99"), "http://[::1]:99"),
        (Origins(), connection(), "http://[::1]:8420"),
        (Origins(), connection(**FORWARDED), "http://inside:8420"),
        (Origins(None, ["10.0.0.0/8"]), connection(**FORWARDED), "https://media.example"),
        (Origins(None, ["10.0.0.9"]), connection("::ffff:10.0.0.9", **FORWARDED), "https://media.example"),
        (Origins(None, ["10.0.0.0/8"]), connection("192.168.0.1", **FORWARDED), "http://inside:8420"),
        (Origins("https://public.example/"), connection(**FORWARDED), "https://public.example"),
    ],
)
def test_the_origin_is_what_may_be_believed(origins: Origins, asked: HTTPConnection, found: str) -> None:
    assert origins.of(asked) == found


def test_of_several_proxies_the_nearest_counts() -> None:
    asked = connection(host="inside", x_forwarded_host="forged.example, media.example", x_forwarded_proto="http, https")
    assert Origins(None, ["10.0.0.0/8"]).of(asked) == "https://media.example"


@pytest.mark.parametrize("host", ["a b", "evil.example/path", 'x"y', "x@y", "host:port"])
def test_a_host_that_is_none_builds_no_link(host: str) -> None:
    with pytest.raises(RequestError, match="which host"):
        Origins().of(connection(host=host))


@pytest.fixture
def small(serve_home: Any, home: Any) -> Any:
    """A server that takes little, behind a proxy on this machine, under a name of its own."""
    flags = {
        "server.worker": False,
        "server.trusted_proxies": ["127.0.0.1"],
        "server.allowed_hosts": ["studio.example"],
        "limits.max_upload_bytes": 2000,
        "limits.max_body_bytes": 3000,
        "limits.max_pixels": 10_000,
    }
    with serve_home(load(home, flags, environ={})) as running, running.client() as client:
        yield client


def test_a_proxy_on_this_machine_is_believed_when_it_is_trusted(small: httpx2.Client) -> None:
    headers = {"host": "studio.example", "x-forwarded-proto": "https", "x-forwarded-host": "media.example:444"}
    file = small.post("/v1/files", files={"file": ("a.txt", b"x", "text/plain")}, headers=headers).json()
    assert file["url"].startswith("https://media.example:444/v1/files/")


def refused(response: httpx2.Response) -> str:
    assert response.status_code == 413, response.text
    assert response.json()["error"]["code"] == "too_large"
    return response.json()["error"]["message"]


def test_what_is_too_large_is_refused_and_leaves_nothing(small: httpx2.Client) -> None:
    def in_pieces() -> Any:
        yield from (b"x" * 500 for _ in range(5))

    assert "2000 bytes" in refused(small.post("/v1/files", files={"file": ("a", b"x" * 40_000, "text/plain")}))
    assert "2000 bytes" in refused(small.post("/v1/files", files={"file": ("a", b"x" * 2500, "text/plain")}))
    binary = {"content-type": "application/octet-stream"}
    assert "2000 bytes" in refused(small.post("/v1/files", content=in_pieces(), headers=binary))
    body = {"model": "text-to-video", "input": {"prompt": "x" * 4000}}
    assert "3000 bytes" in refused(small.post("/v1/tasks", json=body))
    bomb = io.BytesIO()
    Image.new("1", (400, 400)).save(bomb, "PNG")
    refused(small.post("/v1/files", files={"file": ("bomb.png", bomb.getvalue(), "image/png")}))
    assert small.get("/v1/files").json()["data"] == []
    assert small.post("/v1/files", files={"file": ("a", b"x" * 2000, "text/plain")}).status_code == 201
