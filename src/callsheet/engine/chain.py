"""Outputs of other tasks named in an input: whether they are there, whether they will do, and what they come to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from callsheet.catalog import Catalog, Model, Param, check_value
from callsheet.catalog.needs import Need
from callsheet.engine import advance, failing
from callsheet.engine.advance import Move
from callsheet.engine.intake import Intake, at_place
from callsheet.engine.library import Library
from callsheet.errors import InvalidInput, NotFound, NotMade, RequestError
from callsheet.store import Row, Store
from callsheet.tasks import File, State, Task

MAX_TEXT = 1_000_000
"""How many bytes of text may be taken from another task's output."""

Place = tuple[str, Param, Need]


@dataclass(frozen=True, slots=True)
class Links:
    """What an input takes of other tasks: every place of it, the values that are there, whether those are all."""

    places: tuple[Place, ...] = ()
    values: Mapping[tuple[Need, str], Any] = field(default_factory=dict)
    files: Mapping[Need, File] = field(default_factory=dict)
    complete: bool = True

    @property
    def tasks(self) -> set[str]:
        """The ids of the tasks it takes from."""
        return {need.task for _, _, need in self.places}

    def told(self) -> list[dict[str, Any]]:
        """Each place once, for the timeline, with its file where it is known."""
        found = {
            (at, need): {"param": at, "task": need.task, "output": need.output}
            | ({"file": self.files[need].id} if need in self.files else {})
            for at, _, need in self.places
        }
        return list(found.values())

    def fulfil(self, model: Model, input: Mapping[str, Any]) -> Mapping[str, Any]:
        """The input with what the other tasks made in its places."""
        if not self.places:
            return input
        return model.fulfilled(input, lambda param, need: self.values[need, _shape(param)])


class Chain:
    """Looks at the tasks whose outputs an input names."""

    def __init__(self, store: Store, library: Library, catalog: Catalog, intake: Intake) -> None:
        self._store = store
        self._library = library
        self._catalog = catalog
        self._intake = intake

    async def links(self, account: str, models: Iterable[Model], input: Mapping[str, Any]) -> Links:
        """What a checked input takes of other tasks, judged by every model's limits as far as it is there.

        NotFound for a task that is not the account's, NotMade where one failed, was canceled, has no such output or no
        longer its file, InvalidInput and TooLarge for an output that will not do. Each names the param. Reads nothing
        when the input names none.
        """
        distinct = {model.id: model for model in models}.values()
        places = tuple(place for model in distinct for place in model.needs(input))
        if not places:
            return Links()
        tasks = await self._tasks(account, places)
        values: dict[tuple[Need, str], Any] = {}
        files: dict[Need, File] = {}
        for at, param, need in places:
            with at_place(at):
                if not tasks[need.task].state.final:
                    self._will_do(param, need, tasks[need.task])
                    continue
                files[need] = files.get(need) or await self._output(account, need)
                values[need, _shape(param)] = await self._value(param, files[need], need, at)
        complete = all(task.state.final for task in tasks.values())
        return Links(places, values, files, complete)

    async def look(self, row: Row, now: int) -> Move:
        """What becomes of a task that waits: it goes on, waits on, or fails with what it waited for."""
        run = self._catalog.model(row.run_model)
        task = row.task
        bare = self._catalog.is_capability(task.model)
        asked = run if bare else self._catalog.find(task.model, task.input)
        try:
            links = await self.links(task.account, (asked, run), task.input)
        except RequestError as error:
            return advance.failed(row, failing.failure_of(error), now)
        if not links.complete:
            return advance.waiting(now)
        input, run_input = links.fulfil(asked, task.input), links.fulfil(run, row.run_input)
        return advance.fulfilled(row, input, run_input, links.told(), now)

    async def _tasks(self, account: str, places: Iterable[Place]) -> dict[str, Task]:
        """Each task once, none that ended badly."""
        found: dict[str, Task] = {}
        for at, _, need in places:
            with at_place(at):
                found[need.task] = found.get(need.task) or await self._store.task(account, need.task)
                _may_come(need, found[need.task])
        return found

    def _will_do(self, param: Param, need: Need, task: Task) -> None:
        """Refuse at once what can never be right: a picture where a clip is wanted."""
        models = self._catalog.models(task.capability)  # whichever runs it in the end
        kinds = {_kind_of(output.kind) for model in models for output in model.outputs}
        wanted = _wanted(param)
        if kinds and wanted is not None and not kinds & wanted:
            made, taken = " and ".join(sorted(kinds)), " or ".join(sorted(wanted))
            said = f"{need.task} makes {made}, and {param.name} takes {taken}."
            raise InvalidInput(said, hint="Name a task that makes it.")

    async def _output(self, account: str, need: Need) -> File:
        """The file that this output is. NotMade where there is none, or none any more."""
        here = await self._store.outputs(account, need.task)
        number = need.output if isinstance(need.output, int) else _first(here, need.output)
        try:
            file = here[number]
            await self._library.present(file)
        except (KeyError, NotFound):
            raise await self._missing(need, len(here)) from None
        return file

    async def _missing(self, need: Need, left: int) -> NotMade:
        """Why it is not there: the timeline knows what was made."""
        made: list[Mapping[str, Any]] = []
        after = 0
        while page := await self._store.events(need.task, after):
            made = next((list(event.data["files"]) for event in page if event.type == "collected"), made)
            after = page[-1].seq
        kinds = [_kind_of(one["content_type"]) for one in made]
        was = need.output in kinds if isinstance(need.output, str) else need.output < len(made)
        if was:
            gone = NotMade(f"The file of {need} has expired or was deleted.", hint="Make it again, or upload the file.")
            return gone.because("output_expired", task=need.task, output=need.output)
        listed = ", ".join(f"{number} ({kind})" for number, kind in enumerate(kinds)) or "none"
        none = NotMade(f"{need.task} has no {_which(need)}.", hint=f"Its outputs: {listed}.")
        known = [f"{number} ({kind})" for number, kind in enumerate(kinds)]
        return none.because("output_missing", task=need.task, output=need.output, known=known)

    async def _value(self, param: Param, file: File, need: Need, at: str) -> Any:
        """What stands in the input: the file's id, its text, or the list that was told with it."""
        try:
            if param.is_media:
                await self._intake.judge(param, file)
                return file.id
            return check_value(param, await self._told(param, file), at)
        except RequestError as error:
            error.message = f"{str(need)[0].upper()}{str(need)[1:]} will not do. {error.message}"
            raise

    async def _told(self, param: Param, file: File) -> Any:
        for name in (param.name, *_TOLD_AS.get(param.name, ())) if param.type == "list" else ():
            if name in file.extra:
                return file.extra[name]
        text = await self._text(param, file)
        if param.type == "string":
            return text
        try:
            return json.loads(text)
        except ValueError as error:
            raise InvalidInput(f"It holds no list, and tells no {param.name}.") from error

    async def _text(self, param: Param, file: File) -> str:
        if _kind_of(file.content_type) != "text" or file.bytes > MAX_TEXT:
            said = f"{param.name} takes text, and this is {file.content_type} of {file.bytes:,} bytes."
            raise InvalidInput(said, hint=f"Text of at most {MAX_TEXT:,} bytes.")
        data = await asyncio.to_thread((await self._library.local(file)).read_bytes)
        try:
            return data.decode("utf-8").strip()
        except UnicodeDecodeError as error:
            raise InvalidInput(f"{param.name} takes text, and this is none.", hint="UTF-8 is read.") from error


def _may_come(need: Need, task: Task) -> None:
    if task.state is State.CANCELED:
        ended = NotMade(f"{need.task} was canceled, so there is no {_which(need)} to take.", hint=_OTHER)
        raise ended.because("input_canceled", task=need.task)
    if task.state is State.FAILED:
        failure = task.error
        why = f" ({failure.code}): {failure.message.rstrip('.')}" if failure else ""
        ended = NotMade(f"{need.task} failed{why}. So there is no {_which(need)} to take.", hint=_OTHER)
        raise ended.because("input_failed", task=need.task)


_TOLD_AS = {"cues": ("sentences",)}
"""Under which other names an output tells a list: what a speech calls sentences are the cues of subtitles."""

_OTHER = "Run that task anew, and name the new one."
_WANTED = {"images": "image", "mask": "image", "videos": "video", "audios": "audio"}


def _which(need: Need) -> str:
    return need.output if isinstance(need.output, str) else f"output {need.output}"


def _shape(param: Param) -> str:
    """What a value is taken as: one output may stand in several places, as a file, a text or a list."""
    return "file" if param.is_media else f"{param.type} {param.name}"


def _wanted(param: Param) -> set[str] | None:
    """The kinds that a param takes; None for any, and for a list, which may come with anything."""
    if param.type in ("file", "files", "list"):
        return None
    return {_WANTED.get(param.type, param.type)} if param.is_media else {"text"}


def _kind_of(said: str) -> str:
    """`image`, `video`, `audio` or `text`, from a content type or the kind of an output."""
    kind = said.partition("/")[0]
    if said in ("svg", "image/svg+xml"):
        return "image"
    return kind if kind in ("image", "video", "audio") else "text"


def _first(files: Mapping[int, File], kind: str) -> int:
    """The number of the first of this kind; -1 where there is none."""
    return next((number for number, file in sorted(files.items()) if _kind_of(file.content_type) == kind), -1)
