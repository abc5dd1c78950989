"""Stamps a file with its origin, so that no picture, sample or frame changes; a file it cannot stamp stays as it is."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from callsheet.errors import SetupError
from callsheet.provenance import credential, manifest, xmp
from callsheet.provenance.carriers import Layout, Unfit, look, write
from callsheet.provenance.credential import BadCredential, Credential
from callsheet.provenance.facts import Ingredient, Provenance, inherited
from callsheet.provenance.reading import read

log = logging.getLogger(__name__)

Mode = Literal["auto", "c2pa", "metadata", "off"]


@dataclass(frozen=True, slots=True)
class Stamped:
    """The file to keep, `path`: a new one, or the old where it is kept as it was. `told` is for `extra.provenance`."""

    path: Path
    told: dict[str, Any] = field(default_factory=dict[str, Any])


class Stamper:
    """Writes what is known of a file's origin into it: a signed C2PA manifest and an XMP packet, or the packet only.

    `auto` signs where the extra is installed. Without `certificate` and `key` this installation makes its own in
    `home`. SetupError where `c2pa` is asked for and cannot be had, or a given credential will not do.
    """

    def __init__(self, mode: Mode, home: Path, certificate: Path | None = None, key: Path | None = None) -> None:
        self.mode = mode
        self._home = home
        self._credential: Credential | None = None
        if mode == "c2pa" and not manifest.available():
            raise SetupError(
                'The setting provenance.mode is "c2pa", and the library that signs is not installed.',
                hint="Install callsheet[c2pa], or set provenance.mode to auto.",
            )
        self._signs = mode == "c2pa" or (mode == "auto" and manifest.available())
        if self._signs and certificate is not None and key is not None:
            try:
                self._credential = credential.given(certificate, key)
            except BadCredential as error:
                said = f"The credential of the section provenance will not do: {error}."
                raise SetupError(said, hint="Check provenance.certificate and provenance.key.") from error

    def stamp(
        self, source: Path, draft: Path, facts: Provenance, ingredients: Sequence[Ingredient] = (), *, edited: bool
    ) -> Stamped:
        """Write a stamped copy beside `draft`. Never fails: whatever goes wrong, the file is kept as it is.

        A file with a stamp of its own keeps it, unless that stamp came over from an ingredient.
        """
        try:
            before = [found for one in ingredients if (found := read(one.path)) is not None]
            facts = inherited(facts, before, edited=edited)
            return self._stamped(source, draft, facts, ingredients, before, edited)
        except (Unfit, OSError) as error:
            return Stamped(source, {"stamped": False, "why": _sentence(error), **facts.told()})
        except Exception:  # a file that was paid for is worth more than its stamp
            log.exception("a file could not be stamped", extra={"task_id": facts.task})
            return Stamped(
                source, {"stamped": False, "why": "Stamping it went wrong; the log says how.", **facts.told()}
            )

    def _stamped(
        self,
        source: Path,
        draft: Path,
        facts: Provenance,
        ingredients: Sequence[Ingredient],
        before: list[Provenance],
        edited: bool,
    ) -> Stamped:
        with source.open("rb") as file:
            layout = look(file, source.stat().st_size)
            there = xmp.read(layout.packet) if layout.packet else None
            if there is not None and there.task not in {one.task for one in before}:
                return Stamped(source, {"stamped": True, "form": _form(layout), "kept": True, **there.told()})
            if layout.sealed and not self._signs:
                raise Unfit("it carries a C2PA manifest, which any change would break; with callsheet[c2pa] it is kept")
            plain = draft.with_name(f"{draft.name}.xmp")
            with plain.open("wb") as out:
                write(file, layout.put(xmp.written(facts, layout.packet)), out)
        told = {"stamped": True, "form": "metadata", **facts.told()}
        if not self._signs or layout.content_type not in manifest.FORMATS:
            return Stamped(plain, told)
        signed = draft.with_name(f"{draft.name}.c2pa")
        parent = source if layout.sealed else None
        try:
            parts = (plain, signed, layout.content_type, facts, self._own())
            manifest.sign(*parts, ingredients=ingredients, parent=parent, edited=edited)
        except Exception as error:  # the library's own errors are of many kinds
            log.warning("a file could not be signed", extra={"task_id": facts.task, "error": str(error)})
            if layout.sealed:
                raise Unfit("it carries a C2PA manifest that could not be taken over, and is kept with it") from error
            return Stamped(plain, {**told, "why": f"It could not be signed: {error}"})
        plain.unlink()
        return Stamped(signed, {**told, "form": "c2pa"})

    def _own(self) -> Credential:
        if self._credential is None:
            self._credential = credential.own(self._home, datetime.datetime.now(datetime.UTC))
        return self._credential


def _form(layout: Layout) -> str:
    return "c2pa" if layout.sealed else "metadata"


def _sentence(error: Exception) -> str:
    said = str(error)
    return f"{said[:1].upper()}{said[1:].rstrip('.')}."
