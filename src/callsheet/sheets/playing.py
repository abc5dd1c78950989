"""Plans a call sheet and hands it in: what was made before is found by its take, and never made or paid again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from callsheet.contract import Files, Tasks
from callsheet.errors import CallsheetError, Conflict, InvalidInput, NoCredit, NotFound
from callsheet.sheets.sheet import Sheet, Shot, body, quoted, take_of
from callsheet.sheets.stopping import LONGEST, Plays, Stopped
from callsheet.tasks import Filter, NewTask, Quote, State, Task

ALL: Literal["*"] = "*"
"""In the place of the names of all shots."""

LABELS = frozenset({"sheet", "shot", "take"})
"""What every shot's task is labelled with."""

NOTHING: Mapping[str, str] = MappingProxyType({})

_SUM = re.compile(r"sha256:[0-9a-f]{64}")
_TRIES = 12
_BAD = (State.FAILED, State.CANCELED)


@dataclass(frozen=True, slots=True)
class Medium:
    """What stands for a file that a sheet names by its path: its content's sum, and a reference once it is here."""

    sum: str
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A shot and what is known of it.

    `task` is the newest of exactly this take, `found` whether it stands: made or under way. `quote` is what it would
    cost where it is still to be made, `anew` whether it is to be made whatever stands. `take` is None where that is not
    known before something that it takes from is handed in.
    """

    shot: Shot
    take: str | None
    task: Task | None
    found: bool
    quote: Quote | None
    anew: bool = False

    @property
    def gone(self) -> bool:
        """Whether it was made, and its files are not kept any more."""
        return self.task is not None and self.task.state is State.SUCCEEDED and not self.task.artifacts


@dataclass(frozen=True, slots=True)
class Plan:
    """What a play of a sheet comes to: its wanted shots, each after what it takes from."""

    sheet: Sheet
    shots: Mapping[str, Planned]
    media: Mapping[str, Medium]

    @property
    def credits(self) -> float:
        """What all that is still to be made costs, as far as that is known."""
        return sum(one.quote.credits for one in self.shots.values() if one.quote and one.quote.credits is not None)

    @property
    def unknown(self) -> list[str]:
        """The shots that are still to be made and for which no price is documented."""
        return [name for name, one in self.shots.items() if one.quote is not None and one.quote.credits is None]

    def check(self) -> None:
        """That it may be handed in: its files are here (InvalidInput), and it is within its budget (NoCredit)."""
        for name, one in self.shots.items():
            missing = sorted(path for path in one.shot.files if self.media[path].reference is None)
            if missing and not one.found:
                said = f"{name}: {missing[0]} is not uploaded yet."
                absent = InvalidInput(said, hint=_UPLOAD.format(path=missing[0]), param="files")
                raise _at(absent.because("shot_file_missing", shot=name, path=missing[0]), one.shot)
        budget = self.sheet.budget
        if budget is None:
            return
        if self.credits > budget:
            said = f"What is still to be made costs {self.credits:g} credits, and the budget is {budget:g}."
            dear = NoCredit(said, hint="See the quotes; raise the budget, or play it on previz.")
            raise dear.because("sheet_over_budget", cost=self.credits, budget=budget)
        if self.unknown:
            said = f"No price is documented for {', '.join(self.unknown)}, so the budget of {budget:g} cannot be kept."
            unpriced = InvalidInput(said, hint="Leave the budget out to play it all the same, or play it on previz.")
            raise unpriced.because("sheet_unpriced", shots=self.unknown, budget=budget)


_UPLOAD = 'Upload it with POST /v1/files and say which it is: files = {{"{path}": "file_…"}}.'


@dataclass(frozen=True, slots=True)
class Player:
    """Plays sheets for an account, and under the limits of the key `key_id`.

    A task is known again by the label `take`, the hash of all that makes it: what stands there is never paid twice.
    """

    tasks: Tasks
    files: Files
    account: str
    key_id: str | None = None
    plays: Plays = field(default_factory=Plays)

    async def plan(
        self,
        sheet: Sheet,
        *,
        only: str | None = None,
        fresh: Collection[str] = (),
        files: Mapping[str, str] | None = None,
    ) -> Plan:
        """What stands already, and what the rest would cost; every shot is checked, and nothing is handed in.

        `only` is a shot, made with those that it takes from. Those in `fresh` (ALL of them) are made anew, and so is
        all behind them. `files` says what stands for each path in the sheet: a file's id, an address, or
        `sha256:…` for one that is not uploaded yet.
        """
        wanted, files = sheet.behind(only) if only else sheet.shots, files or {}
        anew = frozenset(wanted) if ALL in fresh else frozenset(fresh)
        for name in sorted(anew - wanted.keys()):
            raise sheet.no_shot(name, wanted, param="fresh")
        named = frozenset[str]().union(*(shot.files for shot in sheet.shots.values()))
        for path in sorted(files.keys() - named):
            hint = f"It names: {', '.join(sorted(named))}." if named else "It names none."
            raise InvalidInput(f"{sheet.name} names no file {path!r}.", hint=hint, param="files")
        media = {path: await self._medium(path, one) for path, one in files.items()}
        shots: dict[str, Planned] = {}
        for shot in wanted.values():
            with _Naming(shot):
                shots[shot.name] = await self._planned(shot, shots, media, anew=shot.name in anew)
        return Plan(sheet, shots, media)

    async def hand_in(self, plan: Plan, key: str = "", labels: Mapping[str, str] = NOTHING) -> dict[str, Task]:
        """Every shot that is still to be made, in order; each waits for what it takes. The tasks of all shots, by name.

        After a fault or a lost answer, plan and hand in again: it goes on where it stopped. With the same `key` that is
        true of what is made anew, too. What is handed in gets the `labels` beside its own. Conflict where the play is
        canceled meanwhile.
        """
        plan.check()
        made: dict[str, Task] = {}
        async with self.plays.handing_in(self.account, plan.sheet.title) as handing:
            try:
                for name, one in plan.shots.items():
                    stands = one.task if one.found else None
                    with _Naming(one.shot):
                        made[name] = stands or await self._handed_in(plan, one, made, key, labels)
                    await handing.check()
            except Stopped as stopped:
                if stopped.elsewhere:  # who was asked may have looked before the last of these was there
                    await self._ended(made.values())
                raise
        return made

    async def _ended(self, made: Iterable[Task]) -> None:
        """What takes from others ends before them."""
        for task in reversed([*made]):
            await self.tasks.canceling(self.account, task.id)

    async def _planned(
        self, shot: Shot, before: Mapping[str, Planned], media: Mapping[str, Medium], *, anew: bool
    ) -> Planned:
        tasks = {name: task for name in shot.after if (task := before[name].task)}
        take, task, found = None, None, False
        if not anew and len(tasks) == len(shot.after):
            take = take_of(shot, _ids(tasks), {path: one.sum for path, one in media.items()})
            takes = await self._takes(take)
            standing = _standing(takes)
            task = standing or next(iter(takes), None)
            found = standing is not None and all(before[name].found for name in shot.after)
        quote = None if found else await self.tasks.quote(self.account, shot.model, quoted(shot), shot.stage)
        return Planned(shot, take, task, found, quote, anew)

    async def _handed_in(
        self, plan: Plan, one: Planned, made: Mapping[str, Task], key: str, more: Mapping[str, str]
    ) -> Task:
        shot = one.shot
        ids = _ids({name: made[name] for name in shot.after})
        take = take_of(shot, ids, {path: one.sum for path, one in plan.media.items()})
        input = body(shot, ids, {path: one.reference for path, one in plan.media.items()})
        labels = {**more, "sheet": plan.sheet.title[:LONGEST], "shot": shot.name, "take": take}
        keyed, before, past = bool(key and one.anew), -1, 0
        clash = Conflict("It is being handed in by another play of this sheet.", hint="Play it again.")
        clash.because("play_elsewhere")
        for _ in range(_TRIES):
            takes = await self._takes(take)
            if (standing := _standing(takes)) and not one.anew:
                return standing  # another play of this sheet was faster: its task is ours too
            past = 2 * past + 1 if len(takes) == before else 0  # numbers of tasks that were deleted stay taken
            before = len(takes)
            once = f"play {take} {key if keyed else before + past}"
            new = NewTask(
                shot.model, input, metadata=labels, stage=shot.stage, idempotency_key=once, key_id=self.key_id
            )
            try:
                return (await self.tasks.submit(self.account, new))[0]
            except Conflict as error:  # under this key something else was handed in, perhaps at this very moment
                if keyed:
                    raise
                clash = error
        raise clash

    async def _takes(self, take: str) -> tuple[Task, ...]:
        """The tasks of one take, newest first."""
        return (await self.tasks.list(self.account, Filter(metadata={"take": take}), 100, None)).tasks

    async def _medium(self, path: str, given: str) -> Medium:
        if _SUM.fullmatch(given):
            return Medium(given)
        if not given.startswith("file_"):
            return Medium(given, given)
        try:
            return Medium(f"sha256:{(await self.files.get(self.account, given)).sha256}", given)
        except NotFound as error:
            error.message, error.param = f"{path}: {error.message}", "files"
            raise


def _ids(tasks: Mapping[str, Task]) -> dict[str, str]:
    return {name: task.id for name, task in tasks.items()}


def _standing(takes: Collection[Task]) -> Task | None:
    return next((one for one in takes if one.state not in _BAD), None)


def _at(error: CallsheetError, shot: Shot) -> CallsheetError:
    error.line = shot.line
    return error


class _Naming:
    """Within it, an error of the caller's names the shot and its line."""

    def __init__(self, shot: Shot) -> None:
        self._shot = shot

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, CallsheetError):
            error.message = f"{self._shot.name}: {error.message}"
            _at(error, self._shot)
