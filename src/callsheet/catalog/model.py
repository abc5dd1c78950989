"""A vendor, its models, and what can be asked of a model: check, rename, describe, price."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from callsheet.catalog import check, places, quote, rename, schema
from callsheet.catalog.needs import Need
from callsheet.catalog.param import Output, Param, Price, Rule, nothing
from callsheet.tasks import State


@dataclass(frozen=True, slots=True)
class Model:
    """One generative model behind one endpoint. Its id is `vendor/name`, and the name may have a slash.

    `fixed` is what the body always says (`model`, `taskType`); `always` what its results are although no param says
    so (Gen-2 makes 4 seconds), asked of any other stage that runs in its place. `ignored` are places in the body that
    belong to the call and not to the input (a callback address, a pass-through field). `aliases` are further names by
    which the vendor's documents call it. `source` says where the facts are from, `checked` when they were compared
    (a date).
    """

    id: str
    vendor: str
    name: str
    capability: str
    title: str
    about: str
    method: str
    path: str
    params: Mapping[str, Param]
    outputs: tuple[Output, ...]
    docs: str
    source: str
    checked: str
    prices: tuple[Price, ...] = ()
    rules: tuple[Rule, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=nothing)
    always: Mapping[str, Any] = field(default_factory=nothing)
    ignored: frozenset[str] = frozenset()
    aliases: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def check(self, input: Mapping[str, Any]) -> dict[str, Any]:
        """The canonical input with defaults filled in. Raises InvalidInput naming the param and the way out."""
        return check.check(self.id, self.params, self.rules, input)

    def to_wire(self, input: Mapping[str, Any]) -> dict[str, Any]:
        """The vendor's request body for a checked input."""
        return rename.to_wire(self.params, self.fixed, input)

    def from_wire(self, wire: Mapping[str, Any]) -> dict[str, Any]:
        """A vendor's request body in canonical names and units, not yet checked. Raises InvalidInput."""
        return rename.from_wire(self.params, self.fixed, wire, self.ignored)

    def media(self, input: Mapping[str, Any]) -> Iterator[places.Place]:
        """Every `(place, param, reference)` to media in an input: `subjects[0].images`, however deep."""
        return places.media(self.params, input)

    def with_media(self, input: Mapping[str, Any], new: Callable[[Param, str], Any]) -> dict[str, Any]:
        """The input with `new(param, reference)` in the place of every reference to media."""
        return places.replaced(self.params, input, new)

    def needs(self, input: Mapping[str, Any]) -> Iterator[tuple[str, Param, Need]]:
        """Every `(place, param, need)`: outputs of other tasks that a checked input names."""
        return places.outputs(self.params, input)

    def fulfilled(self, input: Mapping[str, Any], new: Callable[[Param, Need], Any]) -> dict[str, Any]:
        """The input with `new(param, need)` in the place of every output of another task."""
        return places.fulfilled(self.params, input, new)

    def mapped(self, input: Mapping[str, Any], new: Callable[[Param, Any], Any]) -> dict[str, Any]:
        """The input, checked or not yet, with `new(param, value)` wherever another task's output may stand."""
        return places.mapped(self.params, input, new)

    def schema(self) -> dict[str, Any]:
        """JSON Schema (2020-12) of the canonical input."""
        return schema.schema(self.title, self.about, self.params, self.rules)

    def entry(self) -> dict[str, Any]:
        """The model as the API and the command line list it: plain JSON, without the schema of its input."""
        return {
            "id": self.id,
            "object": "model",
            "vendor": self.vendor,
            "name": self.name,
            "capability": self.capability,
            "title": self.title,
            "about": self.about,
            "aliases": self.aliases,
            "outputs": [_output(output) for output in self.outputs],
            "prices": [_price(price) for price in self.prices],
            "notes": self.notes,
            "docs": self.docs,
            "source": self.source,
            "checked": self.checked,
        }

    def quote(self, input: Mapping[str, Any]) -> tuple[float | None, str, str | None]:
        """Credits (None where no price is documented), how they were reckoned, and the source. Checks the input."""
        return quote.quote(self.prices, self.outputs, self.check(input))


@dataclass(frozen=True, slots=True)
class Auth:
    """How a vendor wants to be convinced, as facts: `secrets` to be configured, and `headers` made from them.

    `{name}` in a header stands for a secret or a part described in `parts`, in words.
    """

    scheme: str
    secrets: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=nothing)
    parts: Mapping[str, str] = field(default_factory=nothing)


@dataclass(frozen=True, slots=True)
class Callback:
    """How a vendor calls us: the param that takes the address, on which of its states, signed how (None: not)."""

    param: str
    states: tuple[str, ...] = ()
    signature: str | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Once:
    """That a vendor takes a request twice for one: the header that carries the key, and for how many seconds."""

    header: str
    lifetime: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Cancels:
    """Whether a vendor can stop what waits there and what runs there, and what that gives back.

    `refund` is `all` where what was stopped is not charged, `none` where it is charged in full, `told` where the
    vendor's answer says what it cost, and `unknown` where nothing is documented.
    """

    queued: bool
    running: bool
    refund: str
    about: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A call that is no model: ask for a task, list, cancel, credits, upload. `params` and `answer` are in words."""

    name: str
    method: str
    path: str
    about: str
    source: str
    params: Mapping[str, str] = field(default_factory=nothing)
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A place where documents contradict each other or say nothing: what was chosen, and why."""

    topic: str
    about: str
    chosen: str
    why: str
    source: str


@dataclass(frozen=True, slots=True)
class Vendor:
    """Everything known of a company's API that is not about one model.

    `states` maps its words to ours; `unreachable` says why one of ours never comes from them. `errors` maps its error
    codes to the names of our error classes. `link_lifetime` is in seconds, None where nothing is documented.
    `calls` is how many questions a second it takes, where that is documented; `charges_on_failure` whether a task that
    failed there costs.
    """

    id: str
    name: str
    about: str
    base_url: str
    hosts: tuple[str, ...]
    auth: Auth
    docs: str
    source: str
    checked: str
    models: Mapping[str, Model]
    states: Mapping[str, State] = field(default_factory=nothing)
    unreachable: Mapping[State, str] = field(default_factory=nothing)
    errors: Mapping[str, str] = field(default_factory=nothing)
    link_lifetime: int | None = None
    rate_limits: tuple[str, ...] = ()
    callback: Callback | None = None
    once: Once | None = None
    cancels: Cancels | None = None
    calls: float | None = None
    charges_on_failure: bool | None = None
    endpoints: tuple[Endpoint, ...] = ()
    choices: tuple[Choice, ...] = ()
    notes: tuple[str, ...] = ()


def _output(output: Output) -> dict[str, Any]:
    return {"kind": output.kind, "count": output.count, "content_types": output.content_types}


def _price(price: Price) -> dict[str, Any]:
    return {
        "credits": price.credits,
        "per": price.per,
        "unit": price.unit,
        "when": price.when,
        "source": price.source,
        "checked": price.checked,
    }
