"""Every vendor's models on a bare machine: the smallest request that its facts allow, and a real file of its kind.

By default the cheapest model of each capability; with CALLSHEET_EVERY_MODEL=1 in the environment each model there is.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import av
import httpx2
import pytest
from PIL import Image

from callsheet import catalog
from callsheet.catalog import Model, Param
from callsheet.settings import load
from picture_fixtures import painted
from record_fixtures import kind_of
from vendor_fixtures import Serve, until
from vendor_media import a_clip, a_sound

ALL = [model for model in catalog.load().models() if model.vendor not in ("previz", "edit")]
REFUSED = {"lip-sync": "LatentSync", "voice-clone": "VibeVoice"}
"""What no classical method does, and a model that the refusal names."""

WITHIN = 900.0
_WORDS = {
    "flowchart": "Start -> Check the stock -> Ship",
    "mindmap": "# Plan\n- Film\n  - Cast\n- Sound",
    "gantt": "Write: 2026-01-05, 3 days\nFilm: 2026-01-08, 5 days",
    "infographic": "Coffee: 45%\nTea: 30%\nWater: 25%",
    "music": "calm piano in C major",
    "sound-effect": "rain on a window",
}
_SAMPLES: dict[str, Any] = {"boolean": True, "string": "a red door"}


def cost(model: Model) -> float:
    """About how much there is to make: pixels times seconds."""
    given = smallest(model)
    side = _side(str(given.get("resolution", "720p")))
    return side * side * float(given.get("duration", 5 if "image" not in model.outputs[0].kind else 1))


def smallest(model: Model) -> dict[str, Any]:
    """The least that the model takes: what it cannot do without, the smallest of each size, media as their params."""
    any_of = {rule.any_of[0] for rule in model.rules if rule.any_of and not rule.given}
    return {
        name: _value(model, param)
        for name, param in model.params.items()
        if param.required or name in ("resolution", "duration") or name in any_of
    }


def _value(model: Model, param: Param) -> Any:
    """One value of a param: the smallest of a size, a word that its capability understands, a medium as its param."""
    if param.is_media:
        return [param] * max(1, param.min_items or 1) if param.many else param
    if param.fields:
        one = {name: _value(model, inner) for name, inner in param.fields.items() if inner.required}
        return [one] * max(1, param.min_items or 1) if param.many else one
    if param.values:
        return min(param.values, key=lambda value: _side(value) if isinstance(value, str) else value)
    if param.name == "from":
        return 0
    if param.type in ("integer", "number"):
        return max(1, param.min or 1)
    if param.name == "voice":
        return param.default or next(iter(param.examples), "Wise_Woman")
    return _WORDS.get(model.capability, _SAMPLES[param.type])


def _side(value: str) -> float:
    """How large a named size is, by its shorter side; what is no size is as small as can be."""
    numbers = "".join(letter if letter.isdigit() else " " for letter in value).split()
    return 0 if not numbers else float(numbers[0]) * (1024 if value.endswith("k") else 1)


def _cheapest() -> list[Model]:
    best: dict[str, Model] = {}
    for model in sorted(ALL, key=cost):
        best.setdefault(model.capability, model)
    return [best[name] for name in sorted(best)]


MODELS = ALL if os.environ.get("CALLSHEET_EVERY_MODEL") else _cheapest()


@dataclass
class Desk:
    """A client of a bare installation, what was uploaded to it and what was asked of it."""

    client: httpx2.Client
    tasks: dict[str, str] = field(default_factory=dict)
    files: dict[bytes, str] = field(default_factory=dict)

    def submit(self, model: Model) -> None:
        """Ask for the model's smallest, its media uploaded."""
        given = {name: self._with_files(value) for name, value in smallest(model).items()}
        if "creation" in given:
            given["creation"] = self._file(a_clip(320, 180, 0.25, 24), "clip.mp4")
        answer = self.client.post("/v1/tasks", json={"model": model.id, "input": given})
        assert answer.status_code < 300 or model.capability in REFUSED, answer.text
        self.tasks[model.id] = answer.json()["id"] if answer.status_code < 300 else answer.text

    def _with_files(self, value: Any) -> Any:
        if isinstance(value, Param):
            return self._file(*_medium(value))
        if isinstance(value, list):
            return [self._with_files(one) for one in value]
        if isinstance(value, Mapping):
            return {name: self._with_files(one) for name, one in value.items()}
        return value

    def _file(self, content: bytes, name: str) -> str:
        if content not in self.files:
            answer = self.client.post("/v1/files", files={"file": (name, content)})
            self.files[content] = answer.raise_for_status().json()["id"]
        return self.files[content]


def _medium(param: Param) -> tuple[bytes, str]:
    """The smallest file that the param's limits let through."""
    limits, kind = param.media, kind_of(param)
    side = max(240, (limits and limits.min_side) or 0)
    width = 2 * round(side * min(16 / 9, (limits and limits.max_ratio) or 2) / 2)
    if kind == "audio":
        return a_sound(max(1.0, (limits and limits.min_duration) or 1.0)), "sound.mp3"
    if kind == "video":
        return a_clip(width, side, max(1.0, (limits and limits.min_duration) or 1.0), 24), "clip.mp4"
    return _still(width, side), "still.png"


@cache
def _still(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.fromarray(painted("a cat in the snow", width, height)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[Desk]:
    """All of them submitted at once to a fresh home, as it is without any key."""
    settings = load(tmp_path_factory.mktemp("bare"), environ={})
    with serve_home(settings) as served, served.client() as client:
        found = Desk(client)
        for model in MODELS:
            found.submit(model)
        yield found


@pytest.mark.timeout(WITHIN)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_a_vendors_model_ends_in_a_real_file_or_an_honest_refusal(model: Model, desk: Desk) -> None:
    task_id = desk.tasks[model.id]
    if model.capability in REFUSED:
        assert REFUSED[model.capability] in json.loads(task_id)["error"]["hint"]
        return
    task = until(
        lambda: desk.client.get(f"/v1/tasks/{task_id}").json(),
        lambda found: found["state"] in ("succeeded", "failed"),
        WITHIN,
    )
    assert task["state"] == "succeeded", task["error"]
    assert task["stage"] == "previz"
    kinds = {_kind(one["content_type"]) for one in task["artifacts"]}
    assert {output.kind for output in model.outputs} <= kinds, task["artifacts"]
    for artifact in task["artifacts"]:
        content = desk.client.get(artifact["url"]).raise_for_status().content
        _OPENED[_kind(artifact["content_type"])](content, artifact, task["input"])


def _kind(content_type: str) -> str:
    known = {"image/svg+xml": "svg", "application/json": "json", "text/plain": "text"}
    return known.get(content_type, content_type.partition("/")[0])


def _picture(content: bytes, artifact: Mapping[str, Any], _: Mapping[str, Any]) -> None:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    assert picture.size == (artifact["width"], artifact["height"])


def _clip(content: bytes, artifact: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    with av.open(io.BytesIO(content)) as container:
        stream = container.streams.video[0]
        frames = sum(1 for _ in container.decode(stream))
        assert (stream.width, stream.height) == (artifact["width"], artifact["height"])
    assert frames == round(artifact["duration"] * artifact["fps"])
    assert artifact["duration"] == pytest.approx(asked.get("duration", artifact["duration"]))


def _sound(content: bytes, artifact: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    with av.open(io.BytesIO(content)) as container:
        heard = sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))
    assert heard == pytest.approx(artifact["duration"], abs=0.03)
    assert artifact["duration"] == pytest.approx(asked.get("duration", artifact["duration"]), abs=0.001)


_OPENED: Mapping[str, Any] = {
    "image": _picture,
    "video": _clip,
    "audio": _sound,
    "svg": lambda content, *_: _is_svg(content),
    "json": lambda content, *_: json.loads(content),
    "text": lambda content, *_: _is_text(content),
}


def _is_svg(content: bytes) -> None:
    assert b"<svg" in content[:300]


def _is_text(content: bytes) -> None:
    assert content.decode().strip()
