"""Every vendor's paths asked at random: never a fault of ours, never a hang, always the vendor's own shape, no leak."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from callsheet import catalog
from record_fixtures import examples
from vendor_fixtures import Serve, Stage, staged

VENDORS = [vendor.id for vendor in catalog.load().vendors if vendor.base_url != "local"]
REQUESTS = 60
"""For each vendor, with keys and without. The same ones each time."""

PATIENCE = 60.0
"""Seconds for one answer, on a machine that is busy with other things."""

GENTLE = settings(
    max_examples=REQUESTS,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _vidu(answer: httpx2.Response, body: Any) -> bool:
    return answer.status_code < 300 or {"code", "reason", "message", "metadata"} <= body.keys()


def _relay(answer: httpx2.Response, body: Any) -> bool:
    return answer.status_code < 300 or isinstance(body["error"]["message"], str)


SHAPES: Mapping[str, Callable[[httpx2.Response, Any], bool]] = {
    "wiro": lambda answer, body: isinstance(body["result"], bool) and isinstance(body["errors"], list),
    "wondershare": lambda answer, body: answer.status_code == 200 and {"code", "msg", "data"} <= body.keys(),
    "mediaio": lambda answer, body: answer.status_code == 200 and {"code", "msg", "data", "trace_id"} <= body.keys(),
    "edrawmax": lambda answer, body: answer.status_code == 200 and {"code", "msg"} <= body.keys(),
    "runway_relay": _relay,
    "vidu": _vidu,
}
"""What every answer of a vendor has, good or bad."""


@dataclass(frozen=True)
class Ask:
    """One request as it goes out."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""


numbers = st.integers(-(10**30), 10**30) | st.floats() | st.sampled_from([0, -1, 10**400, 1e308])
words = st.text(max_size=30) | st.sampled_from(
    [
        "",
        "\x00",
        "�",
        "../../etc/passwd",
        "data:image/png;base64,AAAA",
        "data:,",
        "http://127.0.0.1:9/x.png",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "file_01J",
        "task_01J",
        "1080p",
        "16:9",
        "auto",
        "5",
    ]
)
leaves = st.none() | st.booleans() | numbers | words
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4))


@st.composite
def changed(draw: st.DrawFn, body: Any) -> Any:
    """A documented body with one to three of its parts replaced, dropped or added."""
    for _ in range(draw(st.integers(1, 3))):
        body = draw(_once(body))
    return body


@st.composite
def _once(draw: st.DrawFn, body: Any) -> Any:
    if isinstance(body, dict) and body and draw(st.integers(0, 3)):
        name = draw(st.sampled_from(sorted(body)))
        return {**body, name: draw(_once(body[name]))}
    if isinstance(body, dict) and body and draw(st.booleans()):
        gone = draw(st.sampled_from(sorted(body)))
        return {name: value for name, value in body.items() if name != gone}
    if isinstance(body, dict) and draw(st.booleans()):
        return {**body, draw(words): draw(values)}
    if isinstance(body, list) and body and draw(st.booleans()):
        return [*body[1:], draw(_once(body[0]))] * draw(st.integers(1, 3))
    return draw(values)


def written(body: Any) -> bytes:
    """As JSON, and where Python can write more than JSON has, that too."""
    return json.dumps(body).encode("utf-8", "surrogatepass")


BROKEN = st.sampled_from(
    [
        b"",
        b"{",
        b"[" * 20000,
        b'{"a":' * 5000,
        b"\xff\xfe\x00",
        b"null",
        b'"x"',
        b"NaN",
        b'{"a":NaN}',
        b"1" * 5000,
        b'{"prompt":"\\ud800"}',
        b'{"a":1}{"b":2}',
        b"a=b&c=%ff",
        b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--",
    ]
)
TYPES = st.sampled_from(
    [
        "application/json",
        "application/json; charset=utf-16",
        "application/x-www-form-urlencoded",
        "text/plain",
        "",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "image/png",
        "application/json;;;=",
        "*/*",
    ]
)
plain = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)
headers = st.dictionaries(
    st.sampled_from(
        [
            "authorization",
            "x-api-key",
            "x-app-key",
            "x-nonce",
            "x-signature",
            "x-request-id",
            "range",
            "accept",
            "x-forwarded-host",
            "x-forwarded-proto",
            "content-encoding",
            "idempotency-key",
            "traceparent",
            "origin",
        ]
    ),
    plain | st.sampled_from(["Bearer x", "Token x", "Basic eDp5", "Bearer", "gzip", "bytes=9-1"]),
    max_size=3,
)


@st.composite
def form(draw: st.DrawFn) -> tuple[str, bytes]:
    """A multipart body of random parts, some of them files."""
    parts: list[bytes] = []
    for name in draw(st.lists(plain, max_size=4)):
        file = draw(st.sampled_from(["", '; filename="x.png"', '; filename="../../x"']))
        head = f'--x\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        parts.append(head.encode() + draw(st.binary(max_size=60)) + b"\r\n")
    return "multipart/form-data; boundary=x", b"".join(parts) + draw(st.sampled_from([b"--x--\r\n", b""]))


def asks(vendor: str) -> st.SearchStrategy[Ask]:
    """Requests to this vendor's documented paths, and to some near them."""
    documented = [one.request for one in examples(vendor) if one.request is not None]
    places = [(one.method, one.path.partition("?")[0], _here(one.body)) for one in documented]

    @st.composite
    def ask(draw: st.DrawFn) -> Ask:
        method, path, body = draw(st.sampled_from(places))
        if draw(st.integers(0, 3)) == 0:
            method = draw(st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]))
        if draw(st.integers(0, 3)) == 0:
            last = draw(st.sampled_from(["x", "%00", "..%2f..", "%ff", "task_01J", "a" * 3_000, "%F0%9F%A6%8A", ""]))
            path = f"{path.rpartition('/')[0]}/{last}"
        query = draw(st.sampled_from(["", "", "a=b", "pager.page_token=%ff", "limit=-1&limit=x", "task_ids=x&state=y"]))
        sent = draw(st.sampled_from(["changed", "changed", "changed", "any", "broken", "bytes", "form"]))
        if sent == "form":
            kind, content = draw(form())
        else:
            kind = "application/json" if draw(st.integers(0, 3)) else draw(TYPES)
            content = draw(
                {
                    "changed": changed(body).map(written),
                    "any": values.map(written),
                    "broken": BROKEN,
                    "bytes": st.binary(max_size=200),
                }[sent]
            )
        named = draw(headers) | ({"content-type": kind} if kind else {})
        return Ask(method, path, query, named, content)

    return ask()


def _here(body: Any) -> Any:
    """A documented body whose addresses lead nowhere but here: no test reaches the internet."""
    text = json.dumps({} if body is None else body)
    return json.loads(re.sub(r"https?://[^\"\\\s]+", "http://127.0.0.1:9/x.png", text))


@pytest.fixture(scope="module")
def open_stage(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[Stage]:
    """One that has no key: everything gets as far as the dialect's own reading."""
    with staged(serve_home, tmp_path_factory.mktemp("open"), limits__max_body_bytes="100000") as found:
        yield found


@pytest.fixture(scope="module")
def locked_stage(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[Stage]:
    """One that has keys: everything meets the vendor's own scheme of proof first."""
    with staged(serve_home, tmp_path_factory.mktemp("locked")) as found:
        found.make_key()
        yield found


@pytest.mark.parametrize("vendor", VENDORS)
def test_whatever_comes_the_dialect_answers_in_its_vendors_shape(open_stage: Stage, vendor: str) -> None:
    everything = _asked_all(open_stage, vendor)
    assert len(everything) >= REQUESTS
    assert any(answer.status_code not in (404, 405) for answer in everything)


@pytest.mark.parametrize("vendor", VENDORS)
def test_whatever_proof_comes_it_is_refused_in_its_vendors_shape(locked_stage: Stage, vendor: str) -> None:
    before = _tasks(locked_stage)
    assert len(_asked_all(locked_stage, vendor)) >= REQUESTS
    assert _tasks(locked_stage) == before


def _asked_all(stage: Stage, vendor: str) -> list[httpx2.Response]:
    found: list[httpx2.Response] = []
    secrets = [stage.served.operator, str(stage.served.home)]
    with stage.client(vendor) as client:

        @GENTLE
        @given(ask=asks(vendor))
        def all_of_them(ask: Ask) -> None:
            answer = _sent(client, ask)
            found.append(answer)
            _check(vendor, ask, answer, secrets)

        all_of_them()
    return found


def _sent(client: httpx2.Client, ask: Ask) -> httpx2.Response:
    url = ask.path + (f"?{ask.query}" if ask.query else "")
    return client.request(ask.method, url, content=ask.content, headers=ask.headers, timeout=PATIENCE)


def _check(vendor: str, ask: Ask, answer: httpx2.Response, secrets: list[str]) -> None:
    assert answer.status_code < 500, answer.text
    for told in ("Traceback", 'File "/', "callsheet.", *secrets):
        assert told not in answer.text.replace("callsheet.example", "")
    if ask.method == "HEAD" or not answer.content or answer.headers["content-type"].startswith("image/"):
        return
    assert SHAPES[vendor](answer, answer.json()), f"{answer.status_code} {answer.text[:300]}"


def _tasks(stage: Stage) -> int:
    with stage.as_operator() as client:
        return len(client.get("/v1/tasks", params={"limit": 100}).raise_for_status().json()["data"])


def test_the_shapes_are_those_of_every_vendor() -> None:
    assert SHAPES.keys() == set(VENDORS)
