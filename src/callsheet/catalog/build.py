"""From a catalogue file to dataclasses: shared definitions and `like` are folded in, then everything is built.

A catalogue file says each thing once. `[params.<label>]` holds definitions that several models share; an entry of a
model's `params` starts from the shared one of the label it `use`s (or of its own name), and the vocabulary gives type
and meaning of a canonical name. A model that is `like` another takes everything from it but what it says itself: its
`params` change single entries of the other's, or stand in their place where they `use` a label; `without` leaves some
out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from callsheet.catalog.model import Auth, Callback, Cancels, Choice, Endpoint, Model, Once, Vendor
from callsheet.catalog.param import Media, Output, Param, Price, Rule
from callsheet.catalog.vocabulary import Vocabulary, spellings
from callsheet.tasks import State

Raw = dict[str, Any]
CONTENT_TYPES = {
    **{name: f"image/{name}" for name in ("png", "jpeg", "webp", "avif", "gif", "bmp", "tiff", "heic")},
    **{"mp4": "video/mp4", "mov": "video/quicktime", "avi": "video/x-msvideo", "webm": "video/webm"},
    **{"mkv": "video/x-matroska", "flv": "video/x-flv", "ts": "video/mp2t"},
    **{"mp3": "audio/mpeg", "m4a": "audio/mp4", "wav": "audio/wav", "ogg": "audio/ogg", "flac": "audio/flac"},
    **{"aac": "audio/aac"},
}


def vendor(path: Path, words: Vocabulary) -> Vendor:
    """Everything in this vendor's catalogue file."""
    raw: Raw = tomllib.loads(path.read_text(encoding="utf-8"))
    head: Raw = raw["vendor"]
    models = {model.id: model for model in _models(raw, words)}
    return Vendor(
        **{name: head[name] for name in ("id", "name", "about", "base_url", "docs", "source")},
        checked=str(head["checked"]),
        hosts=tuple(head.get("hosts", ())),
        auth=_auth(head["auth"]),
        models=MappingProxyType(models),
        states=MappingProxyType({theirs: State(ours) for theirs, ours in head.get("states", {}).items()}),
        unreachable=MappingProxyType({State(ours): why for ours, why in head.get("unreachable", {}).items()}),
        errors=MappingProxyType(head.get("errors", {})),
        link_lifetime=head.get("link_lifetime"),
        rate_limits=tuple(head.get("rate_limits", ())),
        once=Once(**{"source": head["source"], **head["once"]}) if "once" in head else None,
        cancels=Cancels(**head["cancels"]) if "cancels" in head else None,
        calls=head.get("calls"),
        charges_on_failure=head.get("charges_on_failure"),
        callback=_callback(head.get("callback")),
        endpoints=tuple(Endpoint(**{"source": head["source"]} | one) for one in raw.get("endpoints", ())),
        choices=tuple(Choice(**one) for one in raw.get("choices", ())),
        notes=tuple(head.get("notes", ())),
    )


def unfold(raw: Raw) -> Iterator[Raw]:
    """Every model of the file with what it takes from others written out; shared param definitions are not yet in."""
    seen: dict[str, Raw] = {}
    for entry in raw.get("models", ()):
        whole = _like(seen[entry["like"]], entry) if "like" in entry else entry
        seen[whole["name"]] = whole
        yield whole


def _like(other: Raw, entry: Raw) -> Raw:
    rows = {row["name"]: row for row in other.get("params", ()) if row["name"] not in entry.get("without", ())}
    for row in entry.get("params", ()):
        rows[row["name"]] = row if "use" in row else rows.get(row["name"], {}) | row
    own = {name: one for name, one in entry.items() if name not in ("like", "without", "params")}
    return {**other, **own, "params": list(rows.values())}


def _models(raw: Raw, words: Vocabulary) -> Iterator[Model]:
    head: Raw = raw["vendor"]
    shared: Raw = raw.get("params", {})
    for entry in unfold(raw):
        params = [_param(row, shared, words, entry.get("wrap", "")) for row in _ordered(entry, words)]
        yield Model(
            id=f"{head['id']}/{entry['name']}",
            vendor=head["id"],
            **{name: entry[name] for name in ("name", "capability", "title", "about")},
            method=entry.get("method", "POST"),
            path=entry["path"],
            params=MappingProxyType({param.name: param for param in params}),
            outputs=tuple(_output(one) for one in entry["outputs"]),
            docs=entry.get("docs", head["docs"]),
            source=entry.get("source", head["source"]),
            checked=str(entry.get("checked", head["checked"])),
            prices=tuple(_price(one) for one in entry.get("prices", ())),
            rules=tuple(_rule(one, head) for one in entry.get("rules", ())),
            fixed=MappingProxyType(entry.get("fixed", {})),
            always=MappingProxyType(entry.get("always", {})),
            ignored=frozenset((*head.get("ignored", ()), *entry.get("ignored", ()))),
            aliases=tuple(entry.get("aliases", ())),
            notes=tuple(entry.get("notes", ())),
        )


def _ordered(entry: Raw, words: Vocabulary) -> list[Raw]:
    """Canonical params in the order of the vocabulary, then the vendor's own: the same order on every page."""
    places = {name: place for place, name in enumerate(words.params)}
    return sorted(entry.get("params", ()), key=lambda row: places.get(row["name"], len(places)))


def _param(row: Raw, shared: Raw, words: Vocabulary, wrap: str = "") -> Param:
    raw: Raw = {**shared.get(row.get("use", row["name"]), {}), **row}
    raw.pop("use", None)
    word = words.params.get(raw["name"])
    if word:
        raw = {"type": word.type, "description": word.meaning, "unit": word.unit, **raw}
    if "media" in raw:
        raw["media"] = _media(raw["media"])
    if "fields" in raw:
        raw["fields"] = MappingProxyType({one["name"]: _param(one, {}, words) for one in raw["fields"]})
    raw = _camera(raw, words) if raw["name"] == "camera_move" else _mapped(raw)
    prefix = f"{wrap}." if wrap else ""
    places = {name: tuple(prefix + where for where in raw.get(name, ())) for name in ("also", "aliases")}
    facts: Raw = {**raw, **_tuples(raw, "values", "examples"), **places, "wire": prefix + raw.get("wire", raw["name"])}
    return Param(**facts)


def _camera(raw: Raw, words: Vocabulary) -> Raw:
    moves = words.camera_moves
    raw = {**raw, "values": [move.id for move in moves], "spellings": MappingProxyType(spellings(moves))}
    if raw.get("form") == "camera-index":
        raw |= {"form": "mapped", "wire_values": MappingProxyType({move.id: move.index for move in moves})}
    return raw


def _mapped(raw: Raw) -> Raw:
    """The table of the form `mapped` is pairs of ours and theirs; ours are the values the param has."""
    if "wire_values" not in raw:
        return raw
    table = {ours: theirs for ours, theirs in raw["wire_values"]}
    values = [] if raw["type"] == "boolean" else list(table)
    return {**raw, "form": "mapped", "values": values, "wire_values": MappingProxyType(table)}


def _media(raw: Raw) -> Media:
    formats = tuple(raw.get("formats", ()))
    facts: Raw = {**raw, "formats": formats, "content_types": tuple(CONTENT_TYPES[one] for one in formats)}
    return Media(**facts)


def _output(raw: Raw) -> Output:
    facts: Raw = {**raw, **_tuples(raw, "content_types", "keys")}
    return Output(**facts)


def _price(raw: Raw) -> Price:
    facts: Raw = {**raw, "checked": str(raw["checked"]), "when": _options(raw.get("when", {}))}
    return Price(**facts)


def _rule(raw: Raw, head: Raw) -> Rule:
    options = {name: _options(raw.get(name, {})) for name in ("when", "then")}
    lists = _tuples(raw, "given", "need", "any_of", "never", "instead_of")
    facts: Raw = {"source": head["source"], **raw, **lists, **options, "fill": MappingProxyType(raw.get("fill", {}))}
    return Rule(**facts)


def _options(raw: Raw) -> Mapping[str, tuple[Any, ...]]:
    """`{resolution = "1080p", duration = [5, 10]}`: one value or several, always kept as several."""
    return MappingProxyType({name: tuple(one) if isinstance(one, list) else (one,) for name, one in raw.items()})


def _auth(raw: Raw) -> Auth:
    return Auth(
        scheme=raw["scheme"],
        secrets=tuple(raw.get("secrets", ())),
        headers=MappingProxyType(raw.get("headers", {})),
        parts=MappingProxyType(raw.get("parts", {})),
    )


def _callback(raw: Raw | None) -> Callback | None:
    if raw is None:
        return None
    facts: Raw = {**raw, **_tuples(raw, "states")}
    return Callback(**facts)


def _tuples(raw: Raw, *names: str) -> dict[str, tuple[Any, ...]]:
    return {name: tuple(raw[name]) for name in names if name in raw}
