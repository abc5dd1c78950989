"""From the text of a call sheet to a Sheet: all of it is checked, and every fault names its line and the way out."""

from __future__ import annotations

import difflib
import graphlib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, cast

from callsheet.catalog import Catalog, Model, Param
from callsheet.catalog.check import REFERENCE
from callsheet.errors import InvalidInput, NotSupported, RequestError
from callsheet.sheets.lines import At, lines, nearest
from callsheet.sheets.sheet import UNMADE, Local, Output, Sheet, Shot, deep
from callsheet.sheets.values import no_text, strange

Table = Mapping[str, Any]

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_OUTPUT = re.compile(r"@(?P<name>[A-Za-z0-9][A-Za-z0-9_-]*)(?:#(?P<which>[0-9]{1,3}|image|video|audio|text))?")
_OWN = ("model", "on")
"""What a shot says that is no param of its model."""

MOST = 500
"""Shots of one sheet: it is checked and handed in as a whole."""

RICHEST = 1_000_000_000
"""Credits that a budget may name."""

_SIZES = {"resolution", "aspect_ratio"}


@dataclass(frozen=True, slots=True)
class Wish:
    """How a sheet is to be played.

    `stage` is where every generating shot runs, whatever the sheet says; edits stay where they are. `changes` outweigh
    the sheet: `{"resolution": ...}` its defaults, `{"opening.duration": ...}` one shot or the defaults of a capability.
    """

    stage: str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict[str, Any])


AS_WRITTEN = Wish()


def read(path: Path, catalog: Catalog, wish: Wish = AS_WRITTEN) -> Sheet:
    """The sheet in this file, checked whole; the files that it names lie beside it. InvalidInput names the line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise InvalidInput(f"{path} cannot be read: {said}.", hint="Give the path of a call sheet.") from error
    beside = Known(lambda one: (path.parent / one).is_file(), "A path is meant from where the sheet lies")
    return parse(text, catalog, wish, name=path.name, known=beside)


@dataclass(frozen=True, slots=True)
class Known:
    """Which paths that a sheet names have a file, and what to say of one that has none."""

    has: Callable[[str], bool]
    hint: str


def parse(text: str, catalog: Catalog, wish: Wish, *, name: str, known: Known) -> Sheet:
    """The sheet in this text, checked whole; `name` stands in messages, and as the title of one that has none."""
    try:
        raw: dict[str, Any] = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also for a number of thousands of digits
        at = re.search(r"at line (\d+)", str(error))
        line = int(at[1]) if at else len(text.splitlines()) or None
        fault = _fault(f"{name} is no TOML: {error}.", "See docs/howto/call-sheets.md.", None, line)
        raise fault.because("not_toml", said=str(error)) from error
    reader = _Reader(name, known, catalog, raw, lines(text), wish.stage, dict(wish.changes))
    if found := strange(raw) or no_text(raw, reader.changes):
        reader.refuse(*found)
    return reader.sheet()


_Why = tuple[str | None, Mapping[str, Any]]
"""The reason of a refusal, and what it names."""


@dataclass
class _Reader:
    name: str
    known: Known
    catalog: Catalog
    raw: dict[str, Any]
    lines: Mapping[At, int]
    stage: str | None
    changes: dict[str, Any]
    names: list[str] = field(default_factory=list[str])
    used: set[str] = field(default_factory=set[str])

    def sheet(self) -> Sheet:
        self._only_known((), self.raw, ("sheet", "defaults", "shots"))
        about = self._table(("sheet",))
        self._only_known(("sheet",), about, ("title", "budget"))
        budget = about.get("budget")
        if budget is not None and (
            isinstance(budget, bool) or not isinstance(budget, int | float) or not 0 <= budget <= RICHEST
        ):
            self.refuse(
                ("sheet", "budget"), f"budget is a number of credits, up to {RICHEST:,}.", "Write budget = 100."
            )
        shots = self._table(("shots",))
        if not shots:
            self.refuse(("shots",), "there is no shot.", "Write [shots.opening] and, below it, model and its params.")
        if len(shots) > MOST:
            self.refuse(("shots",), f"{len(shots)} shots are too many.", f"At most {MOST}: make two sheets of it.")
        if len(self._table(("defaults",))) > MOST:
            self.refuse(("defaults",), "these are too many defaults.", f"At most {MOST}.")
        self.names = list(shots)
        made = {name: self._shot(name) for name in shots}
        self._all_used(made.values())
        order = self._order(made)
        title = str(about.get("title", Path(self.name).stem))
        return Sheet(title, {name: made[name] for name in order}, budget, self.name)

    def _shot(self, name: str) -> Shot:
        at = ("shots", name)
        given = {**self._table(at), **self._changed(name)}
        if not NAME.fullmatch(name):
            self.refuse(at, f"{name!r} is no name of a shot.", "Letters a to z, digits, - and _; files get this name.")
        named = given.get("model")
        if not isinstance(named, str):
            self.refuse(at, "a shot needs a model.", 'Write model = "image-to-video": a capability or a model id.')
        model = self._model(at, named, [one for one in given if one not in _OWN])
        own = {param: value for param, value in given.items() if param not in _OWN}
        full = {**self._defaults(model, named, own), **own}
        after: dict[str, None] = {}
        input = model.mapped(full, lambda param, value: self._leaf(at, param, value, after))
        self._judge(at, model, named, input)
        stage = self.stage if self.stage and self._generates(model.capability) else given.get("on")
        return Shot(name, named, model.capability, input, stage, tuple(after), nearest(self.lines, at))

    def _model(self, at: At, named: str, params: Iterable[str]) -> Model:
        """The model whose facts the input is checked by."""
        try:
            return self.catalog.find(named, dict.fromkeys(params))
        except NotSupported:  # a capability that runs at vendors only: the server's routing decides which
            return self.catalog.models(capability=named)[0]
        except RequestError as error:
            self.refuse((*at, "model"), error.message, error.hint, (error.reason, error.values))

    def _generates(self, capability: str) -> bool:
        return not any(model.vendor == "edit" for model in self.catalog.models(capability=capability))

    def _changed(self, name: str) -> dict[str, Any]:
        found = {key.partition(".")[2]: value for key, value in self.changes.items() if key.partition(".")[0] == name}
        return {param: value for param, value in found.items() if param}

    def _defaults(self, model: Model, named: str, own: Table) -> dict[str, Any]:
        """What the defaults say for this shot: those for all, then those of its capability, then those of its model."""
        said = self._table(("defaults",))
        found: dict[str, Any] = {}
        for label, table in (("", said), *((one, said.get(one)) for one in (model.capability, named))):
            entries = table if isinstance(table, Mapping) else {}
            plain = {name: one for name, one in entries.items() if label or not isinstance(one, Mapping)}
            plain |= self._changed(label) if label else {n: v for n, v in self.changes.items() if "." not in n}
            fitting = {name: one for name, one in plain.items() if name in model.params}
            if label and len(fitting) < len(plain):
                name = next(one for one in plain if one not in fitting)
                self._unknown(("defaults", label, name), model, name)
            found |= fitting
            self.used |= fitting.keys()
        if {"width", "height"} & own.keys():
            found = {name: one for name, one in found.items() if name not in _SIZES}
        return found

    def _leaf(self, at: At, param: Param, value: Any, after: dict[str, None]) -> Any:
        """A text or a medium: another shot's output, a file beside the sheet, or what it says."""
        if not isinstance(value, str):
            return value
        if value.startswith("@@"):
            return value[1:]
        named = _OUTPUT.fullmatch(value)
        if named:
            return self._output(at, named, after)
        if not param.is_media or REFERENCE.fullmatch(value):
            return value
        if not self.known.has(value):
            hint = f"{self.known.hint}; another shot is written @name."
            said = f"{at[1]}: {param.name} names {value}, and no such file is there."
            self.refuse(self._where(at, value), said, hint, ("shot_file_missing", {"shot": at[1], "path": value}))
        return Local(value)

    def _output(self, at: At, named: re.Match[str], after: dict[str, None]) -> Any:
        name, which = named["name"], named["which"] or "0"
        output = int(which) if which.isdecimal() else which
        if name in self.names:
            after[name] = None
            return Output(name, output)
        if name.startswith("task_"):
            return {"from": name, "output": output}
        near = difflib.get_close_matches(name, self.names, 1)
        guess = f"Did you mean @{near[0]}? " if near else ""
        hint = f"{guess}Its shots: {', '.join(self.names)}. A text that begins with @ is written @@."
        why = ("shot_unknown", {"shot": name, "known": self.names, "near": near})
        self.refuse(self._where(at, named[0]), f"{at[1]} takes from @{name}, and no shot is called so.", hint, why)

    def _where(self, at: At, text: str) -> At:
        """The key of a shot below which this text stands."""
        return next((key for key in self.lines if key[:2] == at and len(key) > 2 and self._says(key, text)), at)

    def _says(self, place: At, text: str) -> bool:
        value: Any = self.raw
        for name in place:
            value = value.get(name) if isinstance(value, Mapping) else None
        found: list[bool] = []
        deep(value, lambda one: found.append(one == text))
        return any(found)

    def _judge(self, at: At, model: Model, named: str, input: Table) -> None:
        """By the facts, as far as they can tell now: what is still to be made is judged when it is there."""
        stands = deep(input, lambda one: UNMADE if isinstance(one, Output | Local) else one)
        if unknown := next((name for name in input if name not in model.params), None):
            self._unknown((*at, unknown), model, unknown)
        if self.catalog.is_capability(named) and model.vendor not in ("previz", "edit"):
            return
        try:
            model.check(stands)
        except InvalidInput as error:
            param = re.split(r"[.\[]", error.param or "")[0]
            tables = (at, ("defaults", named), ("defaults", model.capability), ("defaults",))
            place = next(((*one, param) for one in tables if (*one, param) in self.lines), at)
            self.refuse(place, f"{at[1]}: {error.message}", error.hint, (error.reason, error.values))

    def _unknown(self, place: At, model: Model, name: str) -> NoReturn:
        try:
            model.check({name: None})
        except InvalidInput as error:
            self.refuse(place, f"{place[1]}: {error.message}", error.hint, (error.reason, error.values))
        raise AssertionError("an unknown param is refused")

    def _all_used(self, shots: Iterable[Shot]) -> None:
        """A default, or a change, that is for nothing is a mistake."""
        known = {*self.names, *(shot.capability for shot in shots), *(shot.model for shot in shots)}
        plain = {name for name, one in self._table(("defaults",)).items() if not isinstance(one, Mapping)}
        for name in sorted(self._table(("defaults",)).keys() - plain - known):
            if not self.catalog.is_capability(name) and not any(one.id == name for one in self.catalog.models()):
                hint = f"Those of its shots: {', '.join(sorted(known.difference(self.names)))}."
                self.refuse(("defaults", name), f"[defaults.{name}] is no capability and no model.", hint)
        for name in sorted(plain - self.used):
            self.refuse(("defaults", name), f"no shot takes the default {name}.", "Leave it out, or mend its name.")
        for name in self.changes:
            head, dot, _ = name.partition(".")
            if (dot and head not in known) or (not dot and name not in self.used):
                raise InvalidInput(f"Nothing here is changed by {name}.", hint="Write PARAM=VALUE or SHOT.PARAM=VALUE.")

    def _order(self, shots: Mapping[str, Shot]) -> list[str]:
        """As the sheet has them, but each behind what it takes from."""
        sorter = graphlib.TopologicalSorter({name: shot.after for name, shot in shots.items()})
        try:
            sorter.prepare()
        except graphlib.CycleError as error:
            ring = list(reversed(cast("list[str]", error.args[1])))
            drawn = " -> ".join(f"@{name}" for name in ring)
            self.refuse(("shots", ring[0]), f"these shots wait for each other: {drawn}.", "Let one of them begin.")
        ready, order = [*sorter.get_ready()], list[str]()
        while ready:
            ready.sort(key=self.names.index, reverse=True)
            order.append(ready.pop())
            sorter.done(order[-1])
            ready += sorter.get_ready()
        return order

    def _only_known(self, at: At, table: Table, known: tuple[str, ...]) -> None:
        for name in table:
            if name not in known:
                what = f"[{name}]" if isinstance(table[name], Mapping) else name
                self.refuse((*at, name), f"{what} means nothing here.", f"Known: {', '.join(known)}.")

    def _table(self, place: At) -> dict[str, Any]:
        value: Any = self.raw
        for name in place:
            value = value.get(name, {})
            if not isinstance(value, dict):
                self.refuse(place, f"{name} is no table.", f"Write [{'.'.join(place)}] and what belongs to it below.")
        return cast("dict[str, Any]", value)

    def refuse(self, place: At, said: str, hint: str | None, why: _Why = (None, {})) -> NoReturn:
        line, (reason, values) = nearest(self.lines, place), why
        where = f"{self.name}:{line}" if line else self.name
        fault = _fault(f"{where}: {said}", hint, ".".join(place), line)
        raise (fault.because(reason, **values) if reason else fault) from None


def _fault(said: str, hint: str | None, param: str | None, line: int | None) -> InvalidInput:
    fault = InvalidInput(said, hint=hint, param=param)
    fault.line = line
    return fault
