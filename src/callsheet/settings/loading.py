"""Reads the settings: flags > environment CALLSHEET_* > callsheet.toml > defaults; says where a wrong one stands."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from pathlib import Path
from typing import Any, cast

import platformdirs
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import EnvSettingsSource

from callsheet.errors import SetupError
from callsheet.settings.shape import PREFIX, Rule, Settings, VendorAccess

FILE = "callsheet.toml"

OTHER_VARIABLES = frozenset({"CALLSHEET_HOME", "CALLSHEET_URL", "CALLSHEET_KEY", "CALLSHEET_DEBUG"})
"""Variables that are no settings: where the home is, which server and key a client uses, whether faults show whole."""

SECRETS = ("key", "secret", "former_secret", "seal", "database")
"""Settings that may lie in a file of their own: `key_file` and so on."""

_SECRETIVE = ("vendors", "webhooks", "llm", "metrics", "database", "seal")
"""Sections that hold secrets: what was written there is never shown."""

Tree = dict[str, Any]


def home_folder(given: Path | None = None, environ: Mapping[str, str] | None = None) -> Path:
    """Where the home is: what was given, else CALLSHEET_HOME, else the platform's folder for data. Not created."""
    named = given or (os.environ if environ is None else environ).get("CALLSHEET_HOME")
    return Path(named or platformdirs.user_data_path("callsheet", appauthor=False)).expanduser().absolute()


def load(
    home: Path | None = None, flags: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """The settings of a home. `flags` are what the command line gave, by dotted name: `{"server.port": 9000}`.

    A flag that is None was not given. SetupError names the setting, where it came from and the fix.
    """
    environ = os.environ if environ is None else environ
    folder = home_folder(home, environ)
    file = next((path for path in (folder / FILE, Path(FILE).absolute()) if path.is_file()), None)
    sources = [
        (_flag_tree(flags or {}), "the command line"),
        (_read_secret_files(_environment(environ)), "the environment"),
        (_read_secret_files(_read_file(file)), str(file)),
    ]
    merged = reduce(_laid_over, (tree for tree, _ in reversed(sources)), cast("Tree", {}))
    try:
        return Settings.model_validate({**merged, "home": folder})
    except ValidationError as error:
        raise _explained(error.errors(include_url=False), merged, sources) from None


def _flag_tree(flags: Mapping[str, Any]) -> Tree:
    tree: Tree = {}
    for name, value in flags.items():
        if value is not None:
            *sections, last = name.split(".")
            reduce(lambda inner, section: inner.setdefault(section, {}), sections, tree)[last] = value
    return tree


def _environment(environ: Mapping[str, str]) -> Tree:
    """What CALLSHEET_* says. A variable that names no section is an error here, one within a section later."""
    named = {name: value for name, value in environ.items() if name.upper().startswith(PREFIX)}
    settings = [name for name in Settings.model_fields if name != "home"]
    for name in named.keys() - OTHER_VARIABLES:
        section = name[len(PREFIX) :].split("__")[0].lower()
        if section not in settings:
            raise SetupError(
                f"The environment variable {name} is no setting.",
                hint=_near(section, settings, _variable),
            )
    source = EnvSettingsSource(Settings)
    source.env_vars = {name.lower(): value for name, value in named.items() if name not in OTHER_VARIABLES}
    return source()


def _read_file(file: Path | None) -> Tree:
    if file is None:
        return {}
    try:
        tree = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SetupError(f"{file} cannot be read: {error}.", hint="Correct it, or move it away.") from error
    if "home" in tree:
        raise SetupError(f"{file} sets home, which is where it is looked for.", hint="Use --home or CALLSHEET_HOME.")
    return tree


def _read_secret_files(tree: Tree) -> Tree:
    """`key_file` and the like name a file that holds the secret; it comes in their place."""
    read: Tree = {}
    for name, value in tree.items():
        bare = name.removesuffix("_file")
        if isinstance(value, dict):
            read[name] = _read_secret_files(cast("Tree", value))
        elif bare in SECRETS and bare != name:
            read[bare] = _secret(name, str(value))
        else:
            read[name] = value
    return read


def _secret(name: str, file: str) -> str:
    try:
        return Path(file).expanduser().read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise SetupError(
            f"{name} names {file}, which cannot be read: {getattr(error, 'strerror', error)}.",
            hint="Name a file that holds the secret and nothing else.",
        ) from error


def _laid_over(below: Tree, above: Tree) -> Tree:
    """Both trees as one; where both name a setting the upper one counts."""
    both = {**below, **above}
    for name in below.keys() & above.keys():
        lower, upper = below[name], above[name]
        if isinstance(lower, dict) and isinstance(upper, dict):
            both[name] = _laid_over(cast("Tree", lower), cast("Tree", upper))
    return both


def _explained(found: list[ErrorDetails], merged: Tree, sources: Iterable[tuple[Tree, str]]) -> SetupError:
    error = found[0]
    place = [str(part) for part in error["loc"]]
    origin = next((name for tree, name in sources if _has(tree, place)), "the defaults")
    setting = ".".join(place)
    variable = f" ({PREFIX}{'__'.join(place).upper()})" if origin == "the environment" else ""
    where = f"from {origin}{variable}"
    if error["type"] == "extra_forbidden":
        known = list(_known(place[:-1]))
        return SetupError(f"{setting} is no setting ({where}).", hint=_near(place[-1], known))
    said = error["msg"].removeprefix("Value error, ").replace("Input should be", "it should be", 1)
    value = "" if place[0] in _SECRETIVE else f" is {_at(merged, place)!r}"
    return SetupError(f"The setting {setting}{value} {where}: {said}.", hint=f"Correct it in {origin}.")


def _has(tree: Any, place: list[str]) -> bool:
    missing = object()
    return _at(tree, place, missing) is not missing


def _at(tree: Any, place: list[str], default: Any = None) -> Any:
    for part in place:
        if not isinstance(tree, dict):
            return tree  # a whole section was given where a table belongs
        if part not in tree:
            return default
        tree = tree[part]
    return tree


def _known(place: list[str]) -> Iterable[str]:
    if not place:
        return Settings.model_fields
    section = {"vendors": VendorAccess, "routing": Rule}.get(place[0]) or Settings.model_fields[place[0]].annotation
    return cast("type[BaseModel]", section).model_fields


def _near(word: str, known: Iterable[str], written: Callable[[str], str] = str) -> str:
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1)
    meant = f"Did you mean {written(close[0])}? " if close else ""
    return f"{meant}Known: {', '.join(written(one) for one in known)}."


def _variable(section: str) -> str:
    return f"{PREFIX}{section.upper()}__…"
