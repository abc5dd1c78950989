"""The documented exchanges of the vendor folders, and what replays them: a media host, a scripted vendor, shapes."""

from __future__ import annotations

import base64
import http.server
import importlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
from pydantic import BaseModel, ConfigDict, Field

from callsheet import catalog
from callsheet.catalog import Model, Param, Vendor
from callsheet.contract import Driver, Order
from callsheet.settings import load
from vendor_media import a_sound, start

VENDORS = Path(catalog.__file__).parents[1] / "vendors"
DRIVER_VERBS = ("submit", "poll", "cancel")
PARTS = ("dialect.py", "driver.py", "examples.json")


class _Checked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Said(_Checked):
    """A request or an answer as it is documented. Of `json` and `text` at most one is given."""

    method: str = "POST"
    path: str = ""
    status: int = 200
    headers: dict[str, str] = {}
    query: dict[str, Any] = {}
    body: Any = Field(None, alias="json")
    text: str | None = None


class Exchange(_Checked):
    """One documented request and its answer.

    verb       submit, poll or cancel are a driver's; any other (list, credits, upload ...) only the dialect's, and
               `callback` is what the vendor POSTs to the address it was given (`request`), which answers `response`
    input      the canonical input behind a submit
    remote     the vendor's id in it, as it is written there
    update     what the driver makes of the answer: fields of Update, `failure` as {code}, `artifacts` as objects, each
               compared only where it is named; or {"error": "Rejected"} for the class that is raised
    lenient    the documented client's form, which our dialect accepts and our driver does not send byte for byte
    only       `driver` or `dialect`, where an exchange speaks of one side (an error that nobody can provoke)
    more       keys that our answer may have beyond those shown, because other documents name them
    """

    name: str
    source: str
    verb: str
    model: str | None = None
    input: dict[str, Any] | None = None
    remote: str | None = None
    request: Said
    response: Said
    update: dict[str, Any] | None = None
    lenient: bool = False
    only: Literal["driver", "dialect"] | None = None
    more: tuple[str, ...] = ()
    notes: str = ""

    @property
    def for_driver(self) -> bool:
        """Whether a driver says this."""
        return self.verb in DRIVER_VERBS and self.only != "dialect" and self.update is not None

    @property
    def for_dialect(self) -> bool:
        """Whether a dialect is told this."""
        return self.only != "driver"


class Examples(_Checked):
    """A vendor's `examples.json`."""

    source: str
    checked: str
    exchanges: tuple[Exchange, ...]


@cache
def examples(vendor: str) -> tuple[Exchange, ...]:
    """The documented exchanges of a vendor; none while it has no such file."""
    path = VENDORS / vendor / "examples.json"
    return Examples.model_validate_json(path.read_text()).exchanges if path.exists() else ()


def missing(vendor: str) -> list[str]:
    """Which parts a vendor's folder still lacks."""
    return [part for part in PARTS if not (VENDORS / vendor / part).exists()]


def cases(*parts: str, side: Literal["driver", "dialect"]) -> list[Any]:
    """A param for each exchange of the vendors that have these files."""
    found = [vendor.id for vendor in catalog.load().vendors if not {*parts} & {*missing(vendor.id)}]
    return [
        pytest.param(vendor, exchange, id=f"{vendor}-{exchange.name}")
        for vendor in found
        for exchange in examples(vendor)
        if (exchange.for_driver if side == "driver" else exchange.for_dialect)
    ]


def a_driver(vendor: str, home: Path, base_url: str | None = None) -> Driver:
    """A vendor's own driver with a key, made inside a running loop."""
    access = {"key": "test-key", "secret": "test-secret"} | ({"base_url": base_url} if base_url else {})
    settings = load(home, {"vendors": {vendor: access}, "fetch": {"allow": ["127.0.0.1"]}}, environ={})
    driver = importlib.import_module(f"callsheet.vendors.{vendor}.driver").driver(settings)
    assert driver is not None, "with a key there is a driver"
    return driver


def an_order(model: Model, input: Mapping[str, Any], folder: Path, **more: Any) -> Order:
    """An order as the engine makes it: every address in the input is a stored file; `links` lead back to the address.

    With `linked=False` the files are at hand, and nothing leads to them.
    """
    linked = more.pop("linked", True)
    checked = model.check(input)
    ids: dict[tuple[str, str], str] = {}
    paths: dict[str, Path] = {}
    for _, param, where in model.media(checked):
        file_id = ids.setdefault((param.type, where), f"file_{len(ids):026}")
        paths[file_id] = folder / f"{file_id}.bin"
        paths[file_id].write_bytes(start_for(param))
    renamed = model.with_media(checked, lambda param, where: ids[param.type, where])
    links = {file_id: where for (_, where), file_id in ids.items()} if linked else {}
    return Order(more.pop("task_id", "task_01"), model, renamed, paths, links, **more)


def kind_of(param: Param) -> str:
    """What a param names: image, video or audio."""
    if param.type in ("file", "files"):
        formats = param.media.formats if param.media else ()
        return next((_KINDS[one] for one in formats if one in _KINDS), "image")
    return {"images": "image", "mask": "image", "videos": "video", "audios": "audio"}.get(param.type, param.type)


def start_for(param: Param) -> bytes:
    """A file that this param takes; a sound no longer than it may be."""
    kind, longest = kind_of(param), param.media and param.media.max_duration
    return a_sound(longest / 2) if kind == "audio" and longest and longest < 12 else start(kind)


_ENDINGS = re.compile(r"\.(png|jpe?g|webp|mp4|mov|mp3|wav)(?:$|\?)", re.IGNORECASE)
_KINDS = {"mp4": "video", "mov": "video", "mp3": "audio", "wav": "audio"}


def brought_home(body: Any, host: str, vendor: Vendor, exchange: Exchange) -> Any:
    """A documented body with its media addresses leading to `host`, where there are real files of that kind."""
    if isinstance(body, dict):
        return {name: brought_home(one, host, vendor, exchange) for name, one in body.items()}
    if isinstance(body, list):
        return [brought_home(one, host, vendor, exchange) for one in body]
    if not isinstance(body, str):
        return body
    if body.startswith("data:image/"):
        return f"data:image/png;base64,{base64.b64encode(start('image')).decode()}"
    if not body.startswith(("http://", "https://")) or _is_callback(body, vendor, exchange):
        return body
    ending = (_ENDINGS.search(body) or ("", ""))[1].lower()
    kind = _KINDS.get(ending, "image") if ending else _kind_of(body, exchange)
    return f"{host}/{kind}.{ending or 'png'}" if kind else body


def _is_callback(text: str, vendor: Vendor, exchange: Exchange) -> bool:
    return vendor.callback is not None and text == callback_of(vendor, exchange.request.body)


def callback_of(vendor: Vendor, body: Any) -> str | None:
    """The address in a documented body that the vendor is to call."""
    found = body.get(vendor.callback.param) if vendor.callback and isinstance(body, dict) else None
    return found if isinstance(found, str) and found.startswith("http") else None


def _kind_of(address: str, exchange: Exchange) -> str | None:
    if exchange.model is None or exchange.input is None:
        return None
    model = catalog.load().model(exchange.model)
    given = model.media(model.check(exchange.input))
    return next((kind_of(param) for _, param, where in given if where == address), None)


@contextmanager
def media_host() -> Iterator[str]:
    """The address of a server on loopback with a real file of every kind: `/image.png`, `/video.mp4`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, _, ending = self.path.strip("/").partition(".")
            data = start(kind, ending)
            self.send_response(200)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


class Recorded:
    """Answers a driver from the record: the exchange under test, else another of the vendor that leads up to it."""

    def __init__(self, vendor: str, exchange: Exchange) -> None:
        self.asked: list[httpx2.Request] = []
        self._exchange = exchange
        self._others = examples(vendor)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        line = (request.method, request.url.path)
        for one in (self._exchange, *self._others):
            if (one.request.method, one.request.path) == line:
                return _answer(one.response)
        raise AssertionError(f"no exchange of this vendor has {line}")


def _answer(said: Said) -> httpx2.Response:
    if said.text is not None:
        return httpx2.Response(said.status, headers=said.headers, text=said.text)
    return httpx2.Response(said.status, headers=said.headers, json=said.body)


def shape_faults(shown: Any, ours: Any, more: tuple[str, ...] = (), at: str = "answer") -> list[str]:
    """Where our answer has another shape than the one shown: keys and JSON types, lists by their first element.

    Null stands for any type, and an empty list for any list.
    """
    if shown is None or ours is None:
        return []
    if _kind(shown) != _kind(ours):
        return [f"{at} is {json.dumps(ours)[:80]}, where {json.dumps(shown)[:80]} is shown"]
    if isinstance(shown, list):
        return shape_faults(shown[0], ours[0], more, f"{at}[0]") if shown and ours else []
    if not isinstance(shown, dict):
        return []
    faults = [f"{at} lacks {name}" for name in shown if name not in ours]
    faults += [f"{at} has {name}, which is not shown" for name in ours if name not in shown and name not in more]
    for name in shown.keys() & ours.keys():
        faults += shape_faults(shown[name], ours[name], more, f"{at}.{name}")
    return faults


def _kind(value: Any) -> str:
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def place_of(text: str, body: Any) -> tuple[str | int, ...] | None:
    """Where in a body a text stands."""
    if body == text and isinstance(body, str):
        return ()
    inner = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for step, one in inner:
        if (found := place_of(text, one)) is not None:
            return (step, *found)
    return None


def at(body: Any, place: tuple[str | int, ...]) -> Any:
    """What stands there."""
    for step in place:
        body = body[step]
    return body
