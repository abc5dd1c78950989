"""The exit codes: one table, from which the mapping, `callsheet --help` and the docs are made."""

from __future__ import annotations

from dataclasses import dataclass

from callsheet.errors import CallsheetError


@dataclass(frozen=True, slots=True)
class ExitCode:
    """One exit code, what it means, and the error codes that lead to it."""

    number: int
    meaning: str
    errors: tuple[str, ...] = ()


OK = 0
FAILED = 1
USAGE = 2
REFUSED = 3
SETUP = 5
INTERRUPTED = 130

TABLE = (
    ExitCode(OK, "done"),
    ExitCode(
        FAILED,
        "the task failed",
        ("task_failed", "rejected", "vendor_error", "vendor_unauthorized", "unsure", "render_failed"),
    ),
    ExitCode(USAGE, "the command line is wrong"),
    ExitCode(
        REFUSED,
        "the input was refused",
        ("bad_request", "invalid_input", "not_supported", "not_made", "conflict", "too_large"),
    ),
    ExitCode(4, "no such task, file, model or key", ("not_found",)),
    ExitCode(SETUP, "this installation is not set up right", ("setup",)),
    ExitCode(6, "the task was canceled", ("task_canceled",)),
    ExitCode(
        7,
        "no server answers, or it cannot now: try again later",
        ("unreachable", "unexpected", "storage_unavailable", "vendor_unavailable", "too_many"),
    ),
    ExitCode(
        8, "not allowed: no key, a wrong key, no credit", ("unauthenticated", "forbidden", "no_credit", "not_genuine")
    ),
    ExitCode(9, "the time given to wait is over; the task goes on", ("still_running",)),
    ExitCode(70, "a fault in callsheet itself; CALLSHEET_DEBUG=1 shows where", ("error",)),
    ExitCode(INTERRUPTED, "interrupted (Ctrl-C)", ("interrupted",)),
)


class Interrupted(CallsheetError):
    """Ctrl-C: the message says what goes on, the hint how to come back to it."""

    code = "interrupted"


_BY_ERROR = {error: code.number for code in TABLE for error in code.errors}


def exit_code(error: CallsheetError) -> int:
    """The exit code an error leads to."""
    return _BY_ERROR.get(error.code, _BY_ERROR["error"])


def as_help() -> str:
    """The table as `--help` shows it."""
    return "\n".join(f"  {code.number:>3}  {code.meaning}" for code in TABLE)
