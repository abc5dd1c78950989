"""What is answered for a task, file or key that is not there, or is another account's."""

from __future__ import annotations

from callsheet.errors import NotFound


def no_task(task_id: str) -> NotFound:
    """The error for a task, by its id or by the name that a door gave it."""
    return NotFound(f"There is no task {task_id}.").because("task_unknown", task=task_id)


def no_file(file_id: str) -> NotFound:
    """The error for a file."""
    return NotFound(f"There is no file {file_id}.").because("file_unknown", file=file_id)


def no_key(key_id: str) -> NotFound:
    """The error for a key."""
    said = NotFound(f"There is no key {key_id}.", hint="`callsheet keys list` names them.")
    return said.because("key_unknown", key=key_id)
