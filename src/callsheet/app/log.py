"""The log: one line an event on standard error, with the ids to follow it by, and never a secret."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from typing import Any

from callsheet.server.door import request_id

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
_PLAIN = re.compile(r"[^\s\"=]+")
_SECRETS = re.compile(
    r"(?i)(\bbearer\s+|(?:\b|_)(?:key|secret|token|signature|password)[\"']?\s*[=:]\s*[\"']?|\b(?:css?|whsec)_)[^\s\"'&,;]+"
)


def set_up(level: int = logging.INFO) -> None:
    """Send everything that callsheet and uvicorn have to say to standard error, in one form."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(Lines())
    for name in ("callsheet", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [lines]
        logger.propagate = False
    logging.getLogger("callsheet").setLevel(level)
    # What uvicorn says about its own coming and going, callsheet says in its own words.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)


class Lines(logging.Formatter):
    """`2026-11-21T10:00:00.000Z info task accepted request_id=req_… task_id=task_…`; a traceback is indented below."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and what looks like a secret masked."""
        seconds, milliseconds = divmod(int(record.created * 1000), 1000)
        at = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{milliseconds:03d}Z"
        said = " ".join(record.getMessage().split())
        line = " ".join([at, record.levelname.lower(), said, *_pairs(record)])
        if record.exc_info:
            line += "\n    " + self.formatException(record.exc_info).replace("\n", "\n    ")
        return _SECRETS.sub(r"\1***", line)


def _pairs(record: logging.LogRecord) -> list[str]:
    found: dict[str, Any] = {name: value for name, value in vars(record).items() if name not in _OWN}
    current = request_id.get()
    if current is not None:
        found = {"request_id": current, **found}
    return [f"{name}={_written(value)}" for name, value in found.items() if value is not None]


def _written(value: Any) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
