"""The log: a line for each event on standard error, as text or JSON, with the ids that follow it through the house."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from collections.abc import Mapping
from typing import Any

from callsheet import context
from callsheet.app.masking import Mask, masking, secrets_of
from callsheet.settings import Settings

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
_PLAIN = re.compile(r"[^\s\"=]+")


def set_up(settings: Settings) -> None:
    """Send everything that callsheet and uvicorn have to say to standard error, in the form that `[log]` says."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(formatter(settings))
    for name in ("callsheet", "uvicorn.error", "opentelemetry"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [lines]
        logger.propagate = False
        # What others say about their own coming and going, callsheet says in its own words.
        logger.setLevel(logging.WARNING)
    logging.getLogger("callsheet").setLevel(settings.log.level.upper())


def formatter(settings: Settings) -> logging.Formatter:
    """How a line is written on this installation, none of its own secrets in it."""
    mask = masking(secrets_of(settings))
    return Objects(mask) if settings.log.format == "json" else Lines(mask)


class Lines(logging.Formatter):
    """`2026-11-21T10:00:00.000Z info task accepted request_id=req_… task_id=task_…`; a traceback is indented below."""

    def __init__(self, mask: Mask | None = None) -> None:
        super().__init__()
        self._mask = mask or masking()

    def format(self, record: logging.LogRecord) -> str:
        """One line, and what looks like a secret masked."""
        pairs = [f"{name}={_written(value)}" for name, value in _known(record).items()]
        line = " ".join([_stamp(record), record.levelname.lower(), _said(record), *pairs])
        if record.exc_info:
            line += "\n    " + self.formatException(record.exc_info).replace("\n", "\n    ")
        return self._mask(line)


class Objects(logging.Formatter):
    """One JSON object a line: `at`, `level`, `logger`, `message`, the ids, and `traceback` where there is one."""

    def __init__(self, mask: Mask | None = None) -> None:
        super().__init__()
        self._mask = mask or masking()

    def format(self, record: logging.LogRecord) -> str:
        """One object, and what looks like a secret masked, in names as in values."""
        said: dict[str, Any] = {
            "at": _stamp(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _said(record),
        }
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        said = {**_known(record), **said}
        return json.dumps({name: self._clean(name, value) for name, value in said.items()}, ensure_ascii=False)

    def _clean(self, name: str, value: Any) -> Any:
        """Numbers and truths as they are, all else as text; masked as it would be beside its name."""
        if value is None or isinstance(value, bool | int | float):
            return value
        return self._mask(f"{name}={value}").removeprefix(f"{name}=")


def _known(record: logging.LogRecord) -> Mapping[str, Any]:
    given = {name: value for name, value in vars(record).items() if name not in _OWN}
    return {name: value for name, value in {**context.noted(), **given}.items() if value is not None}


def _said(record: logging.LogRecord) -> str:
    return " ".join(record.getMessage().split())


def _stamp(record: logging.LogRecord) -> str:
    seconds, milliseconds = divmod(int(record.created * 1000), 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{milliseconds:03d}Z"


def _written(value: Any) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
