"""What was agreed at the start: how long a call takes, where tasks run, what may be spent, which folders are open."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from callsheet.errors import InvalidInput, SetupError

LONGEST_WAIT = 45.0
"""Seconds that a call waits for a task at most; with all else that it does, it stays below 60."""

LONGEST_CALL = 55.0
"""Seconds after which a call is answered in any case."""

_NAME = 100


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one server. `wait` and `call` are seconds.

    `stage` is where everything that generates has to run. `budget` is in credits, counted under `budget_name` for as
    long as its tasks are kept, whichever process made them. `out` is the one folder that outputs are saved to, `inputs`
    those that files are uploaded from; both are None or empty where nothing was allowed.
    """

    wait: float = LONGEST_WAIT
    call: float = LONGEST_CALL
    stage: str | None = None
    budget: float | None = None
    budget_name: str = "mcp"
    allow_unpriced: bool = False
    out: Path | None = None
    inputs: tuple[Path, ...] = field(default_factory=tuple)

    def stage_for(self, asked: str | None) -> str | None:
        """Where what generates runs when this stage is asked for; InvalidInput for another than the one it has to."""
        if self.stage is None or asked in (None, self.stage):
            return self.stage or asked
        said = f"Everything that this server makes runs on {self.stage}, by the will of who started it."
        raise InvalidInput(said, hint=f"Leave out stage, or say stage={self.stage}.", param="stage")

    def resolved(self) -> Terms:
        """The same with real folders; SetupError where one is not there, `out` cannot be made, or a name is none."""
        if not (self.budget_name.isprintable() and 0 < len(self.budget_name) <= _NAME):
            said = f"The name of a budget has 1 to {_NAME} printable characters."
            raise SetupError(said, hint="Name it with --budget-name.")
        return Terms(
            wait=self.wait,
            call=self.call,
            stage=self.stage,
            budget=self.budget,
            budget_name=self.budget_name,
            allow_unpriced=self.allow_unpriced,
            out=_made(self.out) if self.out else None,
            inputs=tuple(_folder(one, "--inputs") for one in self.inputs),
        )


def _made(out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(f"{out} cannot be used: {error.strerror}.", hint="Name another folder with --out.") from error
    return _folder(out, "--out")


def _folder(path: Path, flag: str) -> Path:
    if not path.is_dir():
        raise SetupError(f"{path} is no folder.", hint=f"Name one that is there with {flag}.")
    return path.resolve()
