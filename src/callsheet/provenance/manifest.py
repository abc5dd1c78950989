"""C2PA: a signed manifest in a file, by the library of the extra `c2pa`, which is loaded at the first use."""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callsheet.provenance.facts import SOURCE_TYPES, Ingredient, Provenance

if TYPE_CHECKING:  # looking into a file needs no cryptography
    from callsheet.provenance.credential import Credential

LABEL = "callsheet.task"
FORMATS = frozenset(
    {
        *("image/png", "image/jpeg", "image/webp", "image/gif", "image/svg+xml"),
        *("audio/wav", "audio/mpeg", "audio/mp4", "video/mp4", "video/quicktime"),
    }
)
"""What is signed. FLAC is not, though the library would: it puts an ID3 tag before the file, which RFC 9639 advises
against."""

_RULES = {
    "version": 1,
    "builder": {"thumbnail": {"enabled": False}},
    "verify": {"verify_after_sign": False, "remote_manifest_fetch": False, "ocsp_fetch": False},
}


def available() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec("c2pa") is not None


def sign(
    source: Path,
    into: Path,
    content_type: str,
    facts: Provenance,
    credential: Credential,
    *,
    ingredients: Iterable[Ingredient] = (),
    parent: Path | None = None,
    edited: bool = False,
) -> None:
    """Write `source` with a manifest of these facts to `into`. Asks nothing of the network.

    `parent` is the same file with an earlier manifest: what is in there becomes a part of this one. An ingredient
    whose format C2PA does not know is told by its sum only. Raises what the library raises.
    """
    library = _library()
    files = list(ingredients)
    info = library.C2paSignerInfo(credential.algorithm, credential.certificates, credential.key, None)
    with library.Context.from_dict(_RULES) as context, library.Signer.from_info(info) as signer:
        labels = [f"ingredient-{number}" for number in range(len(files))]
        named = _manifest(facts, content_type, [] if parent else labels, opened=parent is not None, edited=edited)
        with library.Builder.from_json(json.dumps(named), context) as builder:
            if parent is not None:
                told = {"title": "As it was received", "relationship": "parentOf", "label": "parent"}
                _add(builder, told, content_type, parent)
            for label, one in zip(labels, files, strict=True):
                relation = "componentOf" if edited else "inputTo"
                told = {"title": one.task or one.sha256, "relationship": relation, "label": label}
                _add(builder, told, one.content_type, one.path)
            with source.open("rb") as old, into.open("w+b") as new:
                builder.sign(signer, content_type, old, new)


def states(path: Path, content_type: str) -> dict[str, Any]:
    """What the library makes of the manifest in a file: `state` (Valid, Invalid, Trusted), `issuer`, `generator`."""
    library = _library()
    with (
        path.open("rb") as file,
        library.Context.from_dict(_RULES) as context,
        library.Reader(content_type, file, context=context) as reader,
    ):
        told = json.loads(reader.json())
        active = told["manifests"][told["active_manifest"]]
        generators = active.get("claim_generator_info") or [{}]
        return {
            "state": reader.get_validation_state(),
            "issuer": (active.get("signature_info") or {}).get("issuer"),
            "generator": generators[0].get("name"),
        }


@cache
def _library() -> Any:
    return importlib.import_module("c2pa")


def _add(builder: Any, told: dict[str, Any], content_type: str, path: Path) -> None:
    with path.open("rb") as file:
        builder.add_ingredient(told, content_type, file)


def _manifest(facts: Provenance, content_type: str, labels: list[str], *, opened: bool, edited: bool) -> dict[str, Any]:
    return {
        "claim_generator_info": [{"name": "callsheet", "version": facts.version}],
        "title": facts.task,
        "format": content_type,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": _actions(facts, labels, opened, edited)}},
            {"label": LABEL, "kind": "Json", "data": facts.told() | ({"prompt": facts.prompt} if facts.prompt else {})},
        ],
    }


def _actions(facts: Provenance, labels: list[str], opened: bool, edited: bool) -> list[dict[str, Any]]:
    """What was done: a vendor's own manifest was opened and told of, or the file was created, an edit of its parts."""
    agent = {"when": facts.created, "softwareAgent": {"name": facts.stage}}
    if opened:
        note = {"action": "c2pa.edited.metadata", "when": facts.created, "softwareAgent": {"name": "callsheet"}}
        return [{"action": "c2pa.opened", **agent, "parameters": {"ingredientIds": ["parent"]}}, note]
    created = {"action": "c2pa.created", **agent, "digitalSourceType": SOURCE_TYPES + facts.source}
    parts = {"parameters": {"ingredientIds": labels}} if labels else {}
    if not edited:
        return [created | parts]
    placed = [{"action": "c2pa.placed", **agent, **parts}] if labels else []
    return [created, *placed, {"action": "c2pa.edited", **agent}]
