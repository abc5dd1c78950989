"""What the stories with the twin share: a whole callsheet whose vendors are all the twin, and its callers."""

from __future__ import annotations

import base64
import json
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
WITHIN = 40.0


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
    access = {one: {"key": f"key-of-{one}", "secret": "s", "base_url": twin.base(one)} for one in VENDORS}
    named = {"CALLSHEET_FETCH__ALLOW": "127.0.0.1", "CALLSHEET_VENDORS": json.dumps(access)}
    named |= {f"CALLSHEET_{name.upper()}": value for name, value in environ.items()}
    with serve(load(folder / "home", environ=named)) as served, served.client() as http:
        yield Front(served.url, http)


def _model(vendor: str) -> Model:
    models = list(catalog.load().vendor(vendor).models.values())
    return next((one for one in models if one.capability.startswith("text-to-")), models[0])
