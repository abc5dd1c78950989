"""The errors page: the tree of callsheet.errors, with each class's code, HTTP status and whether to try again."""

from __future__ import annotations

import inspect

from callsheet import errors

INTRODUCTION = """# Errors

An error answer is `{{"error": {{"code", "message", "hint", "param", "request_id"}}}}`. `code` is stable: decide by it.
`message` says what is wrong, `hint` names the way out, `param` the part of the input that is meant; `request_id` is in
the server's log too. The Python client raises the class of the same name.
A failed task carries `{{code, message, retryable, reason, values}}` in its `error`.

```text
{tree}
```

| class | code | HTTP | try again | means |
|---|---|---|---|---|
{rows}
"""


def pages() -> dict[str, str]:
    """One page."""
    tree = inspect.getdoc(errors) or ""
    rows = "\n".join(_row(kind) for kind in _descend(errors.CallsheetError) if kind.code != "error")
    drawing = inspect.cleandoc(tree.split("\n\n", 1)[1])
    return {"docs/reference/errors.md": INTRODUCTION.format(tree=drawing, rows=rows)}


def _descend(kind: type[errors.CallsheetError]) -> list[type[errors.CallsheetError]]:
    below = [
        found for child in kind.__subclasses__() if child.__module__ == errors.__name__ for found in _descend(child)
    ]
    return [kind, *below]


def _row(kind: type[errors.CallsheetError]) -> str:
    first = (inspect.getdoc(kind) or "").split("\n\n")[0].replace("\n", " ")
    status = "on the task" if issubclass(kind, errors.VendorError | errors.RenderError) else str(kind.status)
    if issubclass(kind, errors.SetupError):
        status = "at start"
    return f"| `{kind.__name__}` | `{kind.code}` | {status} | {'yes' if kind.retryable else 'no'} | {first} |"
