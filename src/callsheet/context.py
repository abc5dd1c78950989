"""What the present request or step is about, for logs and spans: set at the doors and where a step begins."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request being answered."""

trace: ContextVar[str | None] = ContextVar("trace", default=None)
"""The W3C trace context (`traceparent`) that what happens now belongs to."""

_about: ContextVar[Mapping[str, str]] = ContextVar("about", default=NOTHING)

_TRACE = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def note(**known: str | None) -> None:
    """From here on this is about so much more: `note(task_id=..., account=...)`. What is None is not said."""
    _about.set({**_about.get(), **{name: value for name, value in known.items() if value is not None}})


def noted() -> Mapping[str, str]:
    """What is known: `request_id`, `task_id`, `account`, `vendor`, each where it is."""
    current = request_id.get()
    return _about.get() if current is None else {"request_id": current, **_about.get()}


@contextmanager
def fresh(request: str | None = None, traced: str | None = None) -> Generator[None]:
    """A request or a step of its own: what was known outside is not known inside, nor the other way round."""
    tokens = request_id.set(request), trace.set(traced), _about.set(NOTHING)
    try:
        yield
    finally:
        request_id.reset(tokens[0])
        trace.reset(tokens[1])
        _about.reset(tokens[2])


def read_trace(given: str | None) -> str | None:
    """A `traceparent` header, if it is one by W3C's rules: of another shape it is as if none had come."""
    return given if given is not None and _TRACE.fullmatch(given) else None
