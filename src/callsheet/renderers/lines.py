"""Scenes, and what became of them, as single lines of JSON: what a pool and its children say to each other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from fractions import Fraction
from pathlib import Path
from typing import Any

from callsheet.errors import CallsheetError
from callsheet.renderers.scene import Made, Scene


@dataclass(frozen=True, slots=True)
class Progress:
    """A render goes on: 0..1 of its frames are encoded. 0 also while it waits for a child."""

    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Done:
    """A render has ended well."""

    made: tuple[Made, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """A render has ended badly: a stable code, a message for people with its way out, and whether it may work again."""

    code: str
    message: str
    hint: str | None = None
    param: str | None = None
    retryable: bool = False
    reason: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


News = Progress | Done | Failed


def request(scene: Scene, out: Path) -> bytes:
    """The line that asks a child to render."""
    return _line({"scene": {name.name: _plain(getattr(scene, name.name)) for name in fields(Scene)}, "out": str(out)})


def read_request(line: bytes) -> tuple[Scene, Path]:
    """A scene and its folder from `request`'s line."""
    said = json.loads(line)
    scene: dict[str, Any] = said["scene"]
    for name in ("image", "last_image", "video", "audio", "mask"):
        scene[name] = Path(scene[name]) if scene[name] is not None else None
    scene["images"] = tuple(Path(path) for path in scene["images"])
    scene["fps"] = Fraction(scene["fps"])
    return Scene(**scene), Path(said["out"])


def report(news: News) -> bytes:
    """The line that tells the pool."""
    if isinstance(news, Done):
        return _line({"done": [{**asdict(made), "path": str(made.path)} for made in news.made]})
    if isinstance(news, Failed):
        return _line({"failed": asdict(news)})
    return _line({"progress": news.share})


def read_report(line: bytes) -> News:
    """What `report`'s line says. Raises ValueError for anything else."""
    said = json.loads(line)
    if "done" in said:
        return Done(tuple(_made(made) for made in said["done"]))
    if "failed" in said:
        return Failed(**said["failed"])
    if "progress" in said:
        return Progress(float(said["progress"]))
    raise ValueError(f"a child said {line[:80]!r}")


def failed(error: CallsheetError) -> Failed:
    """One of our own errors, as news."""
    said = (error.code, error.message, error.hint, error.param, error.retryable)
    return Failed(*said, error.reason, dict(error.values))


def _made(said: dict[str, Any]) -> Made:
    return Made(Path(said.pop("path")), **said)


def _plain(value: Any) -> Any:
    if isinstance(value, Path | Fraction):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return dict(value) if isinstance(value, Mapping) else value


def _line(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
