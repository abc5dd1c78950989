"""Another task's output, named in an input where media or a text is expected: `{"from": "task_...", "output": 0}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callsheet.catalog.param import Param
from callsheet.errors import InvalidInput

KINDS = ("image", "video", "audio", "text")
"""What an output can be asked for by, in place of its number: the first of this kind."""

FORM = 'another task\'s output ({"from": "task_..."})'
_ID = re.compile(r"task_[0-9A-Za-z]{1,64}")


@dataclass(frozen=True, slots=True)
class Need:
    """One output of one task: by its number, from 0 on, or the first of a kind."""

    task: str
    output: int | str = 0

    def plain(self) -> dict[str, Any]:
        """As an input holds it."""
        return {"from": self.task, "output": self.output}

    def __str__(self) -> str:
        what = f"the first {self.output}" if isinstance(self.output, str) else f"output {self.output}"
        return f"{what} of {self.task}"


def takes_output(param: Param) -> bool:
    """Whether another task's output may stand here: media, free texts, and a list that comes whole (the words of a
    speech)."""
    return stands_alone(param) or param.type == "list"


def stands_alone(param: Param) -> bool:
    """Whether each single value may be another task's output: a medium, or a free text."""
    return param.is_media or (param.type == "string" and not param.values and not param.spellings)


def read(given: Mapping[str, Any], at: str) -> Need:
    """The output that is named at this place of an input. InvalidInput for what names none."""
    unknown = sorted(given.keys() - {"from", "output"})
    if unknown:
        raise _wrong(f"{at} has no {unknown[0]!r}.", at)
    task, output = given.get("from"), given.get("output", 0)
    if not isinstance(task, str) or not _ID.fullmatch(task):
        raise _wrong(f"{at} names no task: `from` is {task!r:.80}.", at)
    numbered = isinstance(output, int) and not isinstance(output, bool) and 0 <= output < 1000
    if not numbered and output not in KINDS:
        raise _wrong(f"{at} names no output: `output` is {output!r:.80}.", at)
    return Need(task, output)


def of(checked: Mapping[str, Any]) -> Need:
    """The output that a checked input names."""
    return Need(checked["from"], checked["output"])


def _wrong(said: str, at: str) -> InvalidInput:
    hint = f'Write {{"from": "task_...", "output": 0}}; an output is a number or one of {", ".join(KINDS)}.'
    return InvalidInput(said, hint=hint, param=at)
