"""The tools that touch this machine's folders: save what was made, upload what is there, only where it was allowed."""

from __future__ import annotations

import asyncio
import hashlib
import re
import stat
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from mcp.types import CallToolResult
from pydantic import Field

from callsheet.client import AsyncClient, FileInfo
from callsheet.client.naming import suffix
from callsheet.errors import Forbidden, InvalidInput, NotMade
from callsheet.mcp import views
from callsheet.mcp.kit import Ctx, Kit, tool
from callsheet.mcp.showing import answer, uploaded
from callsheet.mcp.terms import Terms

_NAME = re.compile(r"[^\W_][\w .()-]{0,119}")
_LOOKED_THROUGH = 100
_STAYS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Folders:
    """Files on their way in and out."""

    kit: Kit

    @tool
    async def save(
        self,
        ctx: Ctx,
        task: Annotated[str, Field(description="A task that has succeeded.")],
        name: Annotated[
            str | None, Field(description="A plain file name without ending: `opening`. [the task's id]")
        ] = None,
    ) -> Annotated[CallToolResult, views.Saved]:
        """Save a task's outputs, in full quality, to the folder that was allowed at start.

        Nothing that lies there already is overwritten; saving the same output again under its name changes nothing.
        """
        out = self._out()
        if name is not None and not _NAME.fullmatch(name):
            said = f"{name!r} is no plain file name."
            raise InvalidInput(said, hint="Letters, digits, blanks, - and _; no folder, no ending.", param="name")

        async def saved(client: AsyncClient) -> views.Saved:
            found = await client.get(task)
            if not found.artifacts:
                said = f"{task} is {found.state.value} and has no files."
                raise NotMade(said, hint="Call wait until it has succeeded.")
            several = len(found.artifacts) > 1
            paths = [
                out / f"{name or found.id}{f'-{number}' if several else ''}{suffix(one)}"
                for number, one in enumerate(found.artifacts, start=1)
            ]
            for path, one in zip(paths, found.artifacts, strict=True):
                if not await asyncio.to_thread(_lies_there, path, one):
                    await client.download(one, path)
            return views.Saved(folder=str(out), paths=[str(one) for one in paths])

        return answer(await self.kit.ask(ctx, saved))

    @tool
    async def upload(
        self,
        ctx: Ctx,
        path: Annotated[str, Field(min_length=1, description="A file in a folder that was allowed at start.")],
    ) -> Annotated[CallToolResult, views.Uploaded]:
        """Upload a local file, so that its id can stand in an input. The same bytes twice give the same id.

        What lies on the web needs no upload: write its http(s) URL in the input. Neither do outputs of tasks: write
        their file id, or `{"from": "task_...", "output": 0}`.
        """
        found = allowed(self.kit.terms, path)

        async def stored(client: AsyncClient) -> views.Uploaded:
            known = await _known(client, await asyncio.to_thread(_sum, found), found.stat().st_size)
            return uploaded(known or await client.upload(found), known=known is not None)

        return answer(await self.kit.ask(ctx, stored))

    def _out(self) -> Path:
        if self.kit.terms.out is None:
            raise Forbidden(
                "Nothing may be saved: no folder was allowed at start.",
                hint="Give people the output's url, or have the server started with --out DIR.",
            )
        return self.kit.terms.out


def allowed(terms: Terms, path: str) -> Path:
    """The real file, which must lie in one of the allowed folders wherever links lead, and not be hidden there.

    Forbidden where no folder is allowed, InvalidInput for anything else.
    """
    if not terms.inputs:
        raise Forbidden(
            "No file of this machine may be read: no folder was allowed at start.",
            hint="Use an http(s) URL or a file id, or have the server started with --inputs DIR.",
        )
    for folder in terms.inputs:
        found = _within(folder, path)
        if found is not None:
            return found
    named = ", ".join(map(str, terms.inputs))
    said = f"{path!r} is no file in a folder that may be read."
    raise InvalidInput(said, hint=f"It must lie in {named}, and no part of it may begin with a dot.", param="path")


def _within(folder: Path, path: str) -> Path | None:
    """The real file, where it lies in the folder; None for anything else, whatever the reason."""
    try:
        found = (folder / path).resolve(strict=True)
        hidden = any(part.startswith(".") for part in found.relative_to(folder).parts)
        return found if stat.S_ISREG(found.stat().st_mode) and not hidden else None
    except (OSError, ValueError, RuntimeError):
        return None


async def _known(client: AsyncClient, sha256: str, size: int) -> FileInfo | None:
    """A file with these bytes that was stored lately and stays."""
    soon = datetime.now(UTC) + _STAYS
    page = await client.files(limit=_LOOKED_THROUGH)
    fitting = (one for one in page.data if (one.sha256, one.bytes) == (sha256, size))
    return next((one for one in fitting if one.expires_at is None or one.expires_at > soon), None)


def _lies_there(path: Path, file: FileInfo) -> bool:
    """Whether exactly this file lies there already; Forbidden where something else does."""
    if not path.exists() and not path.is_symlink():
        return False
    if path.is_file() and not path.is_symlink() and _sum(path) == file.sha256:
        return True
    raise Forbidden(f"{path.name} is there already, and is something else.", hint="Choose another name.", param="name")


def _sum(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
