"""Where a task runs: from the model that was asked to the model that runs it, and what that one cannot honour."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from callsheet.catalog import LOCAL, Catalog, Model, Param
from callsheet.engine.pace import Chance
from callsheet.errors import InvalidInput, NotFound, NotSupported, RequestError, SetupError
from callsheet.settings import Rule
from callsheet.tasks import Input

PREVIZ = "previz"
OWN = "vendor"
"""In a rule: the vendor of the model that was asked."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a submit comes to: `asked` is the model whose facts the input was checked against, `run` the one that runs.

    `approximations` lists what `run` cannot honour: `{param, asked, used, why}`, `used` None where it is left out.
    `onward` are the further models of the rule that are live here, in order: where it goes if `run` does not take it.
    """

    asked: Model
    run: Model
    input: Mapping[str, Any]
    run_input: Mapping[str, Any]
    approximations: tuple[Mapping[str, Any], ...] = ()
    why: str = ""
    onward: tuple[str, ...] = ()

    @property
    def stage(self) -> str:
        """The stage as callers see it."""
        return stage_of(self.run)


def stage_of(model: Model) -> str:
    """`previz` for every model of previz, else the model's id."""
    return PREVIZ if model.vendor == PREVIZ else model.id


@dataclass(frozen=True, slots=True)
class _Course:
    """The rule for one task, and why it is this one. Only a rule that someone wrote leads on to further stages."""

    rule: Rule
    why: str
    leads_on: bool = False


class Routing:
    """Plans where each task runs.

    `rules` maps a model id, a capability or a pattern (`vidu/*`) to stages in order of preference: `previz`, a vendor,
    a model id, or `vendor` for the asked model's own. The first stage that has a driver here runs the task, or with
    weights one of those that have, by chance. An exact name outweighs a pattern; patterns count in their order.
    Without a rule: a model runs at its vendor, else on previz; a bare capability on previz, else on edit.
    """

    def __init__(self, catalog: Catalog, drivers: Iterable[str], rules: Mapping[str, Rule] | None = None) -> None:
        self._catalog = catalog
        self._drivers = frozenset(drivers)
        self._rules = dict(rules or {})
        self._of_model = _Course(
            Rule(stages=(OWN, PREVIZ)), "no routing rule: the vendor where it has a key, else previz"
        )
        local = tuple(vendor for vendor in LOCAL if vendor in catalog.vendor_ids)
        self._of_capability = _Course(Rule(stages=local or LOCAL), "no routing rule: what renders here")
        for name, rule in self._rules.items():
            for stage in rule.stages:
                self._must_be_known(name, stage)

    def plan(self, name: str, input: Input, stage: str | None = None, chance: Chance | None = None) -> Plan:
        """Check the input and choose the stage; `stage` overrules the rules for this task.

        Weights are drawn by `chance`; without it the heaviest stage is chosen. NotFound and InvalidInput as the
        catalogue raises them; NotSupported when nothing here can run it.
        """
        if self._catalog.is_capability(name):
            course = self._course(name, None, stage)
            run, why, onward = self._choose(course, name, None, input, chance)
            checked = run.check(input)
            return Plan(run, run, checked, checked, why=why, onward=onward)
        asked = self._catalog.find(name, input)
        checked = asked.check(input)
        course = self._course(name, asked, stage)
        run, why, onward = self._choose(course, asked.capability, asked, checked, chance)
        if run.id == asked.id:
            return Plan(asked, run, checked, checked, why=why, onward=onward)
        run_input, approximations = fit(run, {**asked.always, **checked}, input)
        return Plan(asked, run, checked, run_input, approximations, why, onward)

    def runs(self, name: str) -> bool:
        """Whether a stage here could take a task of this model or capability, for some input."""
        known = self._catalog.is_capability(name)
        asked = None if known else self._catalog.model(name)
        stages = self._course(name, asked, None).rule.stages
        return any(self._could_run(stage, asked.capability if asked else name, asked) for stage in stages)

    def first(self, name: str) -> str | None:
        """The vendor at which a task of this model would run, as far as its input does not decide; None for nowhere."""
        asked = self._catalog.model(name)
        stages = self._course(name, asked, None).rule.stages
        found = next((one for one in stages if self._could_run(one, asked.capability, asked)), None)
        return asked.vendor if found == OWN else found and found.partition("/")[0]

    def _could_run(self, stage: str, capability: str, asked: Model | None) -> bool:
        vendor = asked.vendor if asked and stage == OWN else stage.partition("/")[0]
        own = asked is not None and asked.vendor == vendor
        return vendor in self._drivers and (own or "/" in stage or bool(self._catalog.models(capability, vendor)))

    def _course(self, name: str, asked: Model | None, stage: str | None) -> _Course:
        if stage is not None:
            return _Course(Rule(stages=(stage,)), "the task names this stage")
        names = [name, *((asked.id, asked.capability) if asked else ())]
        for one in names:
            if one in self._rules:
                return _Course(self._rules[one], f"the routing rule for {one}", leads_on=True)
        for pattern, rule in self._rules.items():
            if any(fnmatchcase(one, pattern) for one in names):
                return _Course(rule, f"the routing rule {pattern}", leads_on=True)
        return self._of_model if asked else self._of_capability

    def _choose(
        self, course: _Course, capability: str, asked: Model | None, input: Input, chance: Chance | None
    ) -> tuple[Model, str, tuple[str, ...]]:
        """The model that runs it, why, and the ids of those it may go on to."""
        live = self._live(course.rule, capability, asked, input)
        if not live:
            raise self._nothing_runs(asked.id if asked else capability, capability, course.rule.stages)
        why, place = course.why, 0
        weights = list(live.values())
        if course.rule.weights and any(weights):
            place = drawn(weights, chance)
            why = f"{why}, weight {weights[place]:g} of {sum(weights):g}"
        run = list(live)[place]
        onward = tuple(one for one in live if one != run) if course.leads_on else ()
        return self._catalog.model(run), why, onward

    def _live(self, rule: Rule, capability: str, asked: Model | None, input: Input) -> dict[str, float]:
        """The models of a rule that have a driver here, with their weights, in order. What the first raises stands."""
        found: dict[str, float] = {}
        for stage, weight in zip(rule.stages, rule.weights or [1.0] * len(rule.stages), strict=True):
            try:
                model = self._model(stage, capability, asked, input)
            except RequestError:
                if not found:
                    raise
                continue  # a fallback that has no model for this input is none
            if model is not None and model.vendor in self._drivers:
                found[model.id] = found.get(model.id, 0.0) + weight
        return found

    def _model(self, stage: str, capability: str, asked: Model | None, input: Input) -> Model | None:
        """The model that a stage means for this task; None when it has none of this capability."""
        if stage == OWN or (asked is not None and stage in (asked.vendor, asked.id)):
            return asked
        if "/" in stage:
            return self._catalog.find(stage, input)
        if stage not in self._catalog.vendor_ids:
            known = ", ".join(self._catalog.vendor_ids)
            unknown = NotFound(
                f"No stage is called {stage!r}.", hint=f"Name a model, or one of: {known}.", param="stage"
            )
            raise unknown.because("stage_unknown", stage=stage[:80], known=[*self._catalog.vendor_ids])
        candidates = self._catalog.models(capability, stage)
        return next(
            (model for model in candidates if input.keys() <= model.params.keys()), next(iter(candidates), None)
        )

    def _nothing_runs(self, asked: str, capability: str, stages: Sequence[str]) -> NotSupported:
        vendors = sorted({model.vendor for model in self._catalog.models(capability)} - {*LOCAL})
        named = {one.partition("/")[0] for one in (asked, *stages)}
        vendors = [one for one in vendors if one in named] or vendors  # no other's key would help who named one
        settings = [f"CALLSHEET_VENDORS__{vendor.upper()}__KEY" for vendor in vendors]
        looked = ", ".join("its vendor" if stage == OWN else stage for stage in stages)
        neural = self._catalog.capabilities[capability].neural
        why = f"Previz cannot: {capability} takes a neural model such as {neural}. " if neural else ""
        hint = (
            f"Give a vendor that has {capability} a key ({' or '.join(settings)})."
            if settings
            else "No vendor has this capability."
        )
        error = NotSupported(f"Nothing here can run {asked}: looked at {looked}.", hint=why + hint, param="model")
        return error.because("nothing_runs", model=asked, capability=capability, neural=neural, settings=settings)

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


def drawn(weights: Sequence[float], chance: Chance | None) -> int:
    """Which of these is chosen: each by its share of all, or without chance the heaviest; never one that weighs 0."""
    if chance is None:
        return weights.index(max(weights))
    mark = chance() * sum(weights)
    heavy = [place for place, weight in enumerate(weights) if weight]
    for place in heavy:
        mark -= weights[place]
        if mark < 0:
            return place
    return heavy[-1]


def fit(
    run: Model, checked: Mapping[str, Any], given: Container[str]
) -> tuple[dict[str, Any], tuple[Mapping[str, Any], ...]]:
    """An input of one model as another takes it, and what had to change; `given` names what the caller gave.

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
