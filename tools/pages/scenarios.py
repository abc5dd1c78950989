"""The scenarios page: every rule of the twin from its own shape, and the scenarios that come along."""

from __future__ import annotations

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from callsheet.twin import reading
from callsheet.twin.rules import FAULTS, When
from callsheet.twin.scenario import Pace, Scenario

INTRODUCTION = """# Scenarios

What `callsheet twin --scenario` reads: a TOML file, or the name of one that comes along. A key that is not known here
is refused, with those that are. Times are in virtual seconds. [How to test your app](../howto/testing-your-app.md)
shows them at work.

```toml
seed = 7                    # the same seed and the same requests: the same faults
start = 2026-11-21T10:00:00Z  # when virtual time begins; default: now
link_lifetime = 600         # for how long the link to a file opens it

[takes]                     # how long a task waits and runs where no rule says otherwise
queued = 1
running = 5
spread = 0.2                # up to 20 % more or less

[keys]                      # with any named, only these are let in, and their signatures are checked
my-key = "its secret"

[prices]                    # what a task costs, in credits: else what the catalogue documents
vidu = 4                    # every model of a vendor
"vidu/viduq3-pro/*" = 12    # a model's id or a pattern, which wins over the vendor

[[rule]]
do = "answer"
verb = "submit"
code = 429
retry_after = 2
nth = 1
```

A price is what `GET /twin/tasks` says was charged, and what the twin answers as the cost of a task where the vendor
tells one: Vidu, in whole credits, and Wiro. What failed or was canceled costs nothing, unless a rule says `charged`.

## When a rule holds

All that is given has to fit.

| name | default | what it fits |
|---|---|---|
| `vendor` | any | a vendor's id |
| `verb` | all that the rule can be done at | what is asked, or a list: see below |
| `model` | any | a model's id, or a pattern: `vidu/*` |
| `task` | any | a task's number, as they were accepted (1, 2 …), or a list |
| `nth` | any | the n-th time that the rest fits, or a list |
| `every` | any | every n-th time |
| `chance` | 1 | so often, 0 to 1; the same for the same seed and body, in whatever order requests come |
| `times` | any | at most so many times over all |
| `each` | `task` | what `nth`, `every` and `chance` count for: each `task`, each `key`, or `all` |

The verbs are `submit`, `poll`, `cancel`, `list`, `upload` and `download`, which are the client's, and `callback`. A
submit is one once its input has passed the vendor's own checks; where there is no task yet, each body counts for
itself. Rules are asked in the order of the file; the first that refuses a request ends it.

## What a rule does

| `do` | takes | at | what happens |
|---|---|---|---|
"""


def pages() -> dict[str, str]:
    """One page."""
    shipped = "\n".join(f"| `{name}` | {reading.load(name).about} |" for name in reading.names())
    along = f"\n## Scenarios that come along\n\n| name | what it is |\n|---|---|\n{shipped}\n"
    return {"docs/reference/scenarios.md": INTRODUCTION + "".join(map(_row, FAULTS)) + along}


def known() -> list[str]:
    """What the introduction has to name: the keys of a scenario, of its pace, and of every rule."""
    return [one for shape in (Scenario, Pace, When) for one in shape.model_fields if one != "about"]


def _row(name: str) -> str:
    shape = FAULTS[name]
    own = {one: field for one, field in shape.model_fields.items() if one not in When.model_fields and one != "do"}
    takes = ", ".join(_taken(one, field) for one, field in own.items())
    at = ", ".join(shape.verbs) if len(shape.verbs) < 6 else "all but callback" if len(shape.verbs) == 6 else "all"
    return f"| `{name}` | {takes} | {at} | {(shape.__doc__ or '').strip()} |\n"


def _taken(name: str, field: FieldInfo) -> str:
    default = field.default
    if default is PydanticUndefined or default is None:
        return f"`{name}`"
    told = str(default).lower() if isinstance(default, bool) else default
    return f"`{name}` ({told})"
