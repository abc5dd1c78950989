"""From the name a caller gave to one model: exact, by prefix and input, or by capability; else a helpful refusal."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from callsheet.catalog.model import Model
from callsheet.errors import InvalidInput, NotFound


def behind(models: Iterable[Model], prefix: str) -> tuple[Model, ...]:
    """The models that a prefix of whole words stands for: `vidu/viduq1` for `vidu/viduq1/img2video`."""
    return tuple(model for model in models if model.id.startswith(f"{prefix}/"))


def by_input(id: str, candidates: tuple[Model, ...], given: Mapping[str, Any]) -> Model:
    """Of the models behind a prefix the one this input is for: it takes every param given, misses none it needs, and
    needs the most. Raises InvalidInput naming all of them when none or several fit."""
    fits = [model for model in candidates if _fits(model, given)]
    most = max((_needed(model) for model in fits), default=0)
    best = [model for model in fits if _needed(model) == most]
    if len(best) == 1:
        return best[0]
    names = ", ".join(f"{model.id} ({_wants(model)})" for model in best or candidates)
    fault = f"{id} is several models, and this input fits {'more than one' if best else 'none'} of them."
    raise InvalidInput(fault, hint=f"Name one: {names}.", param="model")


def unknown(id: str, ids: Iterable[str]) -> NotFound:
    """The refusal of a name nobody has, with up to five that look like it."""
    known = {one.lower(): one for one in ids}
    close = difflib.get_close_matches(id.lower(), known, 5, 0.4)
    hint = f"Nearest: {', '.join(known[one] for one in close)}." if close else "callsheet models lists them all."
    error = NotFound(f"No model is called {id!r}.", hint=hint, param="model")
    return error.because("model_unknown", model=id[:80], near=[known[one] for one in close])


def _fits(model: Model, given: Mapping[str, Any]) -> bool:
    """Every param given is known, and of each group that the model needs one is given."""
    return set(given) <= set(model.params) and all(any(name in given for name in group) for group in _groups(model))


def _needed(model: Model) -> int:
    return len(_groups(model))


def _wants(model: Model) -> str:
    return ", ".join(" or ".join(group) for group in _groups(model)) or "nothing required"


def _groups(model: Model) -> list[tuple[str, ...]]:
    """What the model cannot do without: single params, and sets of which one will do."""
    single = [(param.name,) for param in model.params.values() if param.required]
    return [*single, *(rule.any_of for rule in model.rules if rule.any_of and not rule.when and not rule.given)]
