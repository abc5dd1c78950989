"""Where an artifact comes from, as the engine knows it, written into the file before it is stored."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from callsheet.catalog import Catalog
from callsheet.engine.intake import references
from callsheet.engine.library import Library
from callsheet.errors import CallsheetError
from callsheet.provenance import Ingredient, Provenance
from callsheet.provenance.facts import MIXED, PLAIN_MIX, TRAINED
from callsheet.provenance.stamping import Stamped, Stamper
from callsheet.store import Row, Store
from callsheet.tasks import Clock

PREVIZ, EDIT = "previz", "edit"

_SOURCES = {PREVIZ: "algorithmicMedia", EDIT: PLAIN_MIX}
_OF_VENDORS = {
    "redraw": MIXED,
    "upscale": "algorithmicallyEnhanced",
    "video-upscale": "algorithmicallyEnhanced",
    "mask": "algorithmicMedia",
}
"""What a vendor's model makes of media that are given; all else it makes is generated."""


class Mark:
    """Stamps what tasks make. `prompts` says whether a file tells its prompt."""

    def __init__(
        self, stamper: Stamper, store: Store, library: Library, catalog: Catalog, clock: Clock, *, prompts: bool
    ) -> None:
        self._stamper = stamper
        self._store = store
        self._library = library
        self._catalog = catalog
        self._clock = clock
        self._prompts = prompts
        self._version = version("callsheet")

    async def stamp(self, row: Row, path: Path, draft: Path) -> Stamped:
        """The file to store in place of `path`, and what is to be told of it. Never fails."""
        if self._stamper.mode == "off":
            return Stamped(path)
        ingredients = await self._ingredients(row)
        facts = await self._facts(row, ingredients)
        edited = facts.vendor == EDIT
        return await asyncio.to_thread(self._stamper.stamp, path, draft, facts, ingredients, edited=edited)

    async def _facts(self, row: Row, ingredients: list[Ingredient]) -> Provenance:
        task, run = row.task, self._catalog.model(row.run_model)
        words = row.run_input.get("prompt", row.run_input.get("text"))
        source = _SOURCES.get(run.vendor) or _OF_VENDORS.get(task.capability, TRAINED)
        upstream = [one.task for one in ingredients if one.task is not None]
        return Provenance(
            task=task.id,
            model=task.model,
            stage=task.stage,
            vendor=run.vendor,
            capability=task.capability,
            created=_stamp(self._clock()),
            preview=run.vendor == PREVIZ,
            source=source,
            version=self._version,
            ingredients=tuple(dict.fromkeys(one.sha256 for one in ingredients)),
            tasks=tuple(dict.fromkeys([*upstream, *await self._taken_from(row)])),
            prompt=words if self._prompts and isinstance(words, str) else None,
        )

    async def _ingredients(self, row: Row) -> list[Ingredient]:
        """The files that its input names, each once; one that has been deleted since can no longer be told of."""
        found: dict[str, Ingredient] = {}
        for _, file_id in references(self._catalog.model(row.run_model), row.run_input):
            try:
                file = await self._library.get(row.task.account, file_id)
                path = await self._library.local(file)
            except CallsheetError:
                continue
            found[file.sha256] = Ingredient(path, file.sha256, file.content_type, file.task_id)
        return list(found.values())

    async def _taken_from(self, row: Row) -> list[str]:
        """The tasks whose outputs its input took, texts and lists among them: its timeline tells."""
        events = await self._store.events(row.task.id)
        resumed = [event for event in events if event.type == "resumed"]
        return [str(one["task"]) for event in resumed for one in event.data.get("given", ())]


def _stamp(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
