"""Scenarios read from TOML: by the name of one that comes along, or from a file; refused where they are wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from callsheet import catalog
from callsheet.errors import SetupError
from callsheet.twin.rules import FAULTS, Rule
from callsheet.twin.scenario import Pace, Scenario

FOLDER = Path(__file__).parent / "scenarios"
_RULE: TypeAdapter[Rule] = TypeAdapter(Rule)


def names() -> list[str]:
    """The scenarios that come along."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load(named: str | Path) -> Scenario:
    """The scenario of this name, else of this file. SetupError says what is wrong and where."""
    path = FOLDER / f"{named}.toml" if str(named) in names() else Path(named)
    try:
        return read(tomllib.loads(path.read_text("utf-8")), str(named))
    except OSError as error:
        raise SetupError(
            f"There is no scenario {str(named)!r}: {error.strerror}.",
            hint=f"Give a TOML file, or one of {', '.join(names())}.",
        ) from error
    except ValueError as error:
        raise SetupError(f"{named} is no TOML: {error}.", hint="Each rule is a table: [[rule]].") from error


def read(given: Mapping[str, Any], where: str = "The scenario") -> Scenario:
    """A scenario from a mapping, as TOML gives one."""
    try:
        scenario = Scenario.model_validate(dict(given))
    except ValidationError as error:
        raise _refusal(where, error) from error
    for name in scenario.prices:
        _check_priced(name, where)
    for number, rule in enumerate(scenario.rule, 1):
        _check_names(rule, f"{where}: rule {number} ({rule.do})")
    return scenario


def rule_of(given: Mapping[str, Any]) -> Rule:
    """One rule from a mapping."""
    try:
        rule = _RULE.validate_python(dict(given))
    except ValidationError as error:
        raise _refusal("The rule", error) from error
    _check_names(rule, f"The rule ({rule.do})")
    return rule


def _check_names(rule: Rule, where: str) -> None:
    """A vendor or model that nobody has is a slip of the pen: such a rule would never hold."""
    known = catalog.load()
    if rule.vendor is not None and rule.vendor not in known.vendor_ids:
        ids = ", ".join(known.vendor_ids)
        raise SetupError(f"{where} is for the unknown vendor {rule.vendor!r}.", hint=f"It is one of {ids}.")
    pattern = rule.model
    if pattern is not None and not any(fnmatchcase(model.id, pattern) for model in known.models()):
        raise SetupError(f"{where} is for a model that nobody has: {pattern!r}.", hint="See `callsheet models`.")


def _check_priced(name: str, where: str) -> None:
    known = catalog.load()
    if name not in known.vendor_ids and not any(fnmatchcase(model.id, name) for model in known.models()):
        said = f"{where}: prices names {name!r}, which is no vendor and no model."
        raise SetupError(said, hint="Write a model's id, a pattern as vidu/*, or a vendor's id.")


def _refusal(where: str, error: ValidationError) -> SetupError:
    first = error.errors(include_url=False)[0]
    kind, place = first["type"], [one for one in first["loc"] if one != "constrained-int"]
    if kind.startswith("union_tag"):
        return SetupError(f"{where}: {_at(place)}`do` is missing or unknown.", hint=f"One of {', '.join(FAULTS)}.")
    if kind == "extra_forbidden":
        said = f"{where}: {_at(place[:-1])}{place[-1]!r} is not known."
        return SetupError(said, hint=f"It knows {', '.join(_known(place))}.")
    why = first["msg"].removeprefix("Value error, ")
    return SetupError(f"{where}: {_at(place)}{why}.", hint="docs/howto/testing-your-app.md lists all rules.")


def _at(place: Sequence[str | int]) -> str:
    """`rule 2 (drop), nth: ` for `rule.1.drop.nth`; one rule alone has no number."""
    parts = [str(one) for one in place]
    if len(place) > 1 and place[0] == "rule" and isinstance(place[1], int):
        done = f" ({place[2]})" if len(place) > 2 and place[2] in FAULTS else ""
        parts = [f"rule {place[1] + 1}{done}", *parts[3:]]
    return f"{', '.join(parts)}: " if parts else ""


def _known(place: Sequence[str | int]) -> Sequence[str]:
    shape = Pace if place[0] == "takes" else next((FAULTS[one] for one in map(str, place) if one in FAULTS), Scenario)
    return list(shape.model_fields)
