"""The catalogue as a whole: every vendor's facts, read from its folder when first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from callsheet.catalog import build, find, vocabulary
from callsheet.catalog.model import Model, Vendor
from callsheet.catalog.vocabulary import Capability, Vocabulary
from callsheet.errors import NotFound, NotSupported

VENDORS = Path(__file__).parents[1] / "vendors"
LOCAL = ("previz", "edit")
"""The vendors whose models are named after capabilities, in order: a bare capability goes to the first that has it,
unless routing says otherwise. The one previews what costs elsewhere, the other does what no vendor here does."""


@cache
def load(root: Path = VENDORS) -> Catalog:
    """The catalogue of the vendor folders under `root`. Cheap: files are read when first needed, and once."""
    return Catalog(root)


class Catalog:
    """Vendors, models and the words they share. Everything in it is a fact and never changes while it is open."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.vendor_ids = tuple(sorted(path.parent.name for path in root.glob("*/catalog.toml")))
        self._vendors: dict[str, Vendor] = {}
        self._found: dict[tuple[str | None, str | None], tuple[Model, ...]] = {}

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Canonical params, capabilities, camera moves, sizes."""
        return vocabulary.read(self.root / "vocabulary.toml")

    @property
    def capabilities(self) -> Mapping[str, Capability]:
        """By id, in the order of the vocabulary."""
        return self.vocabulary.capabilities

    @property
    def vendors(self) -> tuple[Vendor, ...]:
        """All of them, by id."""
        return tuple(self.vendor(id) for id in self.vendor_ids)

    def vendor(self, id: str) -> Vendor:
        """One vendor. Raises NotFound naming those there are."""
        if id not in self.vendor_ids:
            raise NotFound(
                f"No vendor is called {id!r}.", hint=f"There are: {', '.join(self.vendor_ids)}.", param="vendor"
            ).because("vendor_unknown", vendor=id[:80], known=[*self.vendor_ids])
        if id not in self._vendors:
            self._vendors[id] = build.vendor(self.root / id / "catalog.toml", self.vocabulary)
        return self._vendors[id]

    def is_capability(self, id: str) -> bool:
        """True for `image-to-video` and its like, which are model ids that route."""
        return id in self.capabilities

    def models(self, capability: str | None = None, vendor: str | None = None) -> tuple[Model, ...]:
        """Every model with this capability and of this vendor, in the order of the files; unknown names find none."""
        if (capability, vendor) in self._found:
            return self._found[capability, vendor]
        known = self.vendor_ids if vendor is None else tuple(id for id in self.vendor_ids if id == vendor)
        of_vendor = (model for id in known for model in self.vendor(id).models.values())
        found = tuple(model for model in of_vendor if capability in (None, model.capability))
        if found:  # what is asked for may be any text: only what there is, is remembered
            self._found[capability, vendor] = found
        return found

    def model(self, id: str) -> Model:
        """The model with exactly this id. Raises NotFound naming the nearest."""
        vendor = id.partition("/")[0]
        found = self.vendor(vendor).models.get(id) if vendor in self.vendor_ids else None
        if found is None:
            raise find.unknown(id, self._ids())
        return found

    def find(self, id: str, input: Mapping[str, Any]) -> Model:
        """The model an id stands for, given an input: exact, a prefix routed by the input, or a capability (see LOCAL).

        Raises InvalidInput when a prefix fits none or several, NotSupported for a capability that runs nowhere here by
        itself, NotFound naming the nearest ids.
        """
        if self.is_capability(id):
            return self._of_capability(id)
        vendor = id.partition("/")[0]
        models = self.vendor(vendor).models if vendor in self.vendor_ids else {}
        if id in models:
            return models[id]
        candidates = find.behind(models.values(), id)
        if not candidates or id == vendor:
            raise find.unknown(id, self._ids())
        return find.by_input(id, candidates, input)

    def _of_capability(self, capability: str) -> Model:
        for vendor in LOCAL:
            local = f"{vendor}/{capability}"
            if vendor in self.vendor_ids and local in self.vendor(vendor).models:
                return self.vendor(vendor).models[local]
        able = [model.id for model in self.models(capability=capability)]
        raise NotSupported(
            f"{capability} cannot run on {' or '.join(LOCAL)}.",
            hint=f"Name a model that has it: {', '.join(able)}." if able else "No vendor in the catalogue has it.",
            param="model",
        ).because("not_local", capability=capability, choices=able)

    def _ids(self) -> list[str]:
        return [*self.capabilities, *(model.id for model in self.models())]
