"""Where a task runs: from the model that was asked to the model that runs it, and what that one cannot honour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from callsheet.catalog import Catalog, Model, Param
from callsheet.errors import InvalidInput, NotFound, NotSupported, SetupError
from callsheet.tasks import Input

PREVIZ = "previz"
OWN = "vendor"
"""In a rule: the vendor of the model that was asked."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a submit comes to: `asked` is the model whose facts the input was checked against, `run` the one that runs.

    `approximations` lists what `run` cannot honour: `{param, asked, used, why}`, `used` None where it is left out.
    """

    asked: Model
    run: Model
    input: Mapping[str, Any]
    run_input: Mapping[str, Any]
    approximations: tuple[Mapping[str, Any], ...] = ()
    why: str = ""

    @property
    def stage(self) -> str:
        """The stage as callers see it."""
        return stage_of(self.run)


def stage_of(model: Model) -> str:
    """`previz` for every model of previz, else the model's id."""
    return PREVIZ if model.vendor == PREVIZ else model.id


class Routing:
    """Plans where each task runs.

    `rules` maps a model id, a capability or a pattern (`vidu/*`) to stages in order of preference: `previz`, a vendor,
    a model id, or `vendor` for the asked model's own. The first stage that has a driver here runs the task. An exact
    name outweighs a pattern; patterns count in their order. Without a rule: the vendor itself, else previz.
    """

    def __init__(
        self, catalog: Catalog, drivers: Iterable[str], rules: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._catalog = catalog
        self._drivers = frozenset(drivers)
        self._rules = dict(rules or {})
        for name, stages in self._rules.items():
            for stage in stages:
                self._must_be_known(name, stage)

    def plan(self, name: str, input: Input, stage: str | None = None) -> Plan:
        """Check the input and choose the stage; `stage` overrules the rules for this task.

        NotFound and InvalidInput as the catalogue raises them; NotSupported when nothing here can run it.
        """
        if self._catalog.is_capability(name):
            return self._plan_capability(name, input, stage)
        asked = self._catalog.find(name, input)
        checked = asked.check(input)
        stages, why = self._stages(name, asked, stage)
        run = self._first(stages, asked.capability, asked, checked)
        if run is None:
            raise self._nothing_runs(asked.id, asked.capability, stages)
        if run.id == asked.id:
            return Plan(asked, run, checked, checked, why=why)
        run_input, approximations = fit(run, asked, checked, input)
        return Plan(asked, run, checked, run_input, approximations, why)

    def runs(self, name: str) -> bool:
        """Whether a stage here could take a task of this model or capability, for some input."""
        known = self._catalog.is_capability(name)
        asked = None if known else self._catalog.model(name)
        stages, _ = self._stages(name, asked, None)
        return any(self._could_run(stage, asked.capability if asked else name, asked) for stage in stages)

    def _could_run(self, stage: str, capability: str, asked: Model | None) -> bool:
        vendor = asked.vendor if asked and stage == OWN else stage.partition("/")[0]
        own = asked is not None and asked.vendor == vendor
        return vendor in self._drivers and (own or "/" in stage or bool(self._catalog.models(capability, vendor)))

    def _plan_capability(self, capability: str, input: Input, stage: str | None) -> Plan:
        stages, why = self._stages(capability, None, stage)
        run = self._first(stages, capability, None, input)
        if run is None:
            raise self._nothing_runs(capability, capability, stages)
        checked = run.check(input)
        return Plan(run, run, checked, checked, why=why)

    def _stages(self, name: str, asked: Model | None, stage: str | None) -> tuple[Sequence[str], str]:
        if stage is not None:
            return (stage,), "the task names this stage"
        names = [name, *((asked.id, asked.capability) if asked else ())]
        for one in names:
            if one in self._rules:
                return self._rules[one], f"the routing rule for {one}"
        for pattern, stages in self._rules.items():
            if any(fnmatchcase(one, pattern) for one in names):
                return stages, f"the routing rule {pattern}"
        return ((OWN, PREVIZ) if asked else (PREVIZ,)), "no routing rule: the vendor where it has a key, else previz"

    def _first(self, stages: Iterable[str], capability: str, asked: Model | None, input: Input) -> Model | None:
        found = (self._model(stage, capability, asked, input) for stage in stages)
        return next((model for model in found if model is not None and model.vendor in self._drivers), None)

    def _model(self, stage: str, capability: str, asked: Model | None, input: Input) -> Model | None:
        """The model that a stage means for this task; None when it has none of this capability."""
        if stage == OWN or (asked is not None and stage in (asked.vendor, asked.id)):
            return asked
        if "/" in stage:
            return self._catalog.find(stage, input)
        if stage not in self._catalog.vendor_ids:
            known = ", ".join(self._catalog.vendor_ids)
            raise NotFound(f"No stage is called {stage!r}.", hint=f"Name a model, or one of: {known}.", param="stage")
        candidates = self._catalog.models(capability, stage)
        return next(
            (model for model in candidates if input.keys() <= model.params.keys()), next(iter(candidates), None)
        )

    def _nothing_runs(self, asked: str, capability: str, stages: Sequence[str]) -> NotSupported:
        vendors = sorted({model.vendor for model in self._catalog.models(capability)} - {PREVIZ})
        keys = " or ".join(f"CALLSHEET_VENDORS__{vendor.upper()}__KEY" for vendor in vendors)
        looked = ", ".join("its vendor" if stage == OWN else stage for stage in stages)
        return NotSupported(
            f"Nothing here can run {asked}: looked at {looked}.",
            hint=f"Give a vendor that has {capability} a key ({keys})." if keys else "No vendor has this capability.",
            param="model",
        )

    def _must_be_known(self, name: str, stage: str) -> None:
        vendor = stage.partition("/")[0]
        known = stage == OWN or vendor in self._catalog.vendor_ids
        if known and "/" in stage:
            models = self._catalog.models(vendor=vendor)
            known = any(model.id == stage or model.id.startswith(f"{stage}/") for model in models)
        if not known:
            raise SetupError(
                f"The setting routing sends {name!r} to {stage!r}, which is no stage.",
                hint=f"Stages are {OWN}, {', '.join(self._catalog.vendor_ids)}, or a model's id.",
            )


def fit(
    run: Model, asked: Model, checked: Mapping[str, Any], given: Input
) -> tuple[dict[str, Any], tuple[Mapping[str, Any], ...]]:
    """An input of one model as another takes it, and what had to change.

    What the other has no param for is left out, declared where the caller gave it. A value that the other refuses
    becomes its nearest or its default, declared always. Prompts and media are never changed: their InvalidInput stands.
    """
    taken = {name: value for name, value in checked.items() if name in run.params}
    left_out = [name for name in checked if name not in run.params and name in given]
    notes = [_note(name, checked[name], None, f"{run.id} has no such param") for name in left_out]
    while True:
        try:
            return run.check(taken), tuple(notes)
        except InvalidInput as error:
            name = (error.param or "").partition("[")[0].partition(".")[0]
            if name not in taken or run.params[name].is_media or run.params[name].required:
                raise
            used = _nearest(run.params[name], taken[name])
            notes.append(_note(name, taken[name], used, f"{error.message} {error.hint or ''}".strip()))
            if used is None or used == taken[name]:
                del taken[name]
            else:
                taken[name] = used


def _note(name: str, asked: Any, used: Any, why: str) -> dict[str, Any]:
    return {"param": name, "asked": asked, "used": used, "why": why}


def _nearest(param: Param, value: Any) -> Any:
    """The nearest number a param takes, else its default."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return param.default
    numbers = [one for one in param.values if isinstance(one, int | float)]
    if numbers:
        return min(numbers, key=lambda one: abs(one - value))
    low, high = param.min, param.max
    bounded = max(low, value) if low is not None else value
    bounded = min(high, bounded) if high is not None else bounded
    return int(bounded) if param.type == "integer" else bounded
