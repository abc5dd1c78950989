"""What the stories with the twin share: a whole callsheet whose vendors are all the twin, and its callers."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from callsheet import catalog
from callsheet.catalog import Model, Param
from callsheet.settings import load
from callsheet.twin import Twin
from callsheet.twin.made import made
from record_fixtures import kind_of
from vendor_fixtures import Serve, until

VENDORS = ("vidu", "wiro", "mediaio", "wondershare", "edrawmax", "runway_relay")
POLLED = tuple(one for one in VENDORS if one != "edrawmax")
ENDS = ("succeeded", "failed", "canceled")
FAST = {"takes": {"queued": 0, "running": 0.3, "spread": 0}}
WITHIN = 90.0


class Front:
    """A callsheet before the twin, and a client of its native API."""

    def __init__(self, url: str, http: httpx2.Client) -> None:
        self.url = url
        self.http = http

    def base(self, vendor: str) -> str:
        return f"{self.url}/as/{vendor.replace('_', '-')}"

    def submit(self, vendor: str, prompt: str, **more: Any) -> dict[str, Any]:
        """A task of this vendor's first model that is for words, else of its first."""
        model = _model(vendor)
        asked = {"model": model.id, "input": self.input(model, prompt), "stage": model.id, **more}
        answer = self.http.post("/v1/tasks", json=asked)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def input(self, model: Model, prompt: str) -> dict[str, Any]:
        """What the model cannot do without; the prompt, also in its media, tells one body from another."""
        given: dict[str, Any] = {"prompt": prompt} if "prompt" in model.params else {}
        for name, param in model.params.items():
            if param.required and name not in given:
                given[name] = self._value(param, prompt)
        return given

    def _value(self, param: Param, prompt: str) -> Any:
        if param.is_media:
            one = made(kind_of(param), prompt)
            address = f"data:{one.content_type};base64,{base64.b64encode(one.content).decode()}"
            return [address] if param.many else address
        return next(iter(param.values), 1 if param.type in ("integer", "number") else "a red door")

    def task(self, task: dict[str, Any]) -> dict[str, Any]:
        return self.http.get(f"/v1/tasks/{task['id']}").raise_for_status().json()

    def ended(self, task: dict[str, Any], within: float = WITHIN) -> dict[str, Any]:
        """The task at its end."""
        return until(lambda: self.task(task), lambda one: one["state"] in ENDS, within)

    def decided(self, task: dict[str, Any], within: float = WITHIN) -> dict[str, Any]:
        """The task at its end, or once it is known to be unknown."""
        return until(lambda: self.task(task), lambda one: one["state"] in ENDS or one.get("unsure"), within)

    def events(self, task: dict[str, Any]) -> list[dict[str, Any]]:
        """Its timeline."""
        return self.http.get(f"/v1/tasks/{task['id']}/timeline").raise_for_status().json()["data"]


@contextmanager
def before(twin: Twin, serve: Serve, folder: Path, **environ: str) -> Iterator[Front]:
    """A callsheet with all six vendors pointed at the twin."""
    named = {"CALLSHEET_FETCH__ALLOW": "127.0.0.1", "CALLSHEET_VENDORS": json.dumps(_access(twin))}
    named |= {f"CALLSHEET_{name.upper()}": value for name, value in environ.items()}
    with serve(load(folder / "home", environ=named)) as served, served.client() as http:
        yield Front(served.url, http)


class Process:
    """A callsheet before the twin in a process of its own, which knows where it is reached; it may be killed."""

    def __init__(self, twin: Twin, folder: Path) -> None:
        self._place = socket.socket()  # held all the time, so that nobody takes it while the process is dead
        self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # whoever sets it too may listen there
        self._place.bind(("127.0.0.1", 0))
        self._port = str(self._place.getsockname()[1])
        self._folder = folder
        self._environ = {
            **os.environ,
            "CALLSHEET_SERVER__PUBLIC_URL": f"http://127.0.0.1:{self._port}",
            "CALLSHEET_VENDORS": json.dumps(_access(twin)),
            "CALLSHEET_FETCH__ALLOW": "127.0.0.1",
        }
        self._running: subprocess.Popen[str] | None = None

    def __enter__(self) -> Process:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end(signal.SIGTERM)
        self._place.close()

    def start(self) -> None:
        """Begin, or begin again in the same home."""
        home = str(self._folder / "home")
        words = [sys.executable, "-m", "callsheet", "serve", "--port", self._port, "--home", home]
        with (self._folder / "log").open("a") as log:
            self._running = subprocess.Popen(words, env=self._environ, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self._running.stdout is not None
        if self._port not in self._running.stdout.readline():
            self.end(signal.SIGKILL)
            raise AssertionError((self._folder / "log").read_text())

    def end(self, how: signal.Signals) -> None:
        """In good order, or by kill -9."""
        if self._running is not None:
            self._running.send_signal(how)
            self._running.communicate(timeout=WITHIN)
            self._running = None

    @contextmanager
    def front(self) -> Iterator[Front]:
        """A client of it, also after it was started again."""
        url = f"http://127.0.0.1:{self._port}"
        with httpx2.Client(base_url=url, trust_env=False, timeout=WITHIN) as http:
            yield Front(url, http)


def _access(twin: Twin) -> dict[str, dict[str, str]]:
    """All six vendors, at the twin."""
    return {one: {"key": f"key-of-{one}", "secret": "s", "base_url": twin.base(one)} for one in VENDORS}


def _model(vendor: str) -> Model:
    models = list(catalog.load().vendor(vendor).models.values())
    return next((one for one in models if one.capability.startswith("text-to-")), models[0])
