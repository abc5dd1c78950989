"""Takes secrets out of what is about to be logged: those that are known by heart, and what looks like one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from pydantic import BaseModel, SecretStr

STARS = "***"
SHORTEST = 6
"""Letters: a shorter one is no secret, and masking it would eat half the log."""

Mask = Callable[[str], str]

_ADDRESSES = re.compile(r"(?i)(?<=://)[^/\s?#@\"'<>]*@|(?<=\?)(?<=\S\?)[^\s\"'<>=&?]*[=&][^\s\"'<>]*")
"""A name and password before a host; the query of an address, which is where vendors and buckets put signatures."""
# Neither pattern begins with a run of any length: what is masked may be long, and is written by others.

_SCHEME = r"(?:bearer|basic|token|digest|key)\s+"
_SET = r"\\*[\"']?\s*[=:]\s*\\*[\"']?"
_CREDENTIALS = re.compile(
    rf"(?i)(\bbearer\s+(?=\S{{8}})"
    rf"|(?:key|secret|token|signature|password|passwd|credentials?){_SET}(?:{_SCHEME}|v1,)?"
    rf"|\bauthorization{_SET}(?:{_SCHEME})?"
    r"|/callbacks/[^/\s]+/[^/\s]+/"
    r"|\b(?:css?|whsec)_|\bv1,)[^\s\"'&,;\\]+"
)


def masking(known: Iterable[str] = ()) -> Mask:
    """A function that masks each of these secrets wherever it stands, in any spelling, and all that looks like one.

    What merely looks like one is a header or field of such a name, a query, a name and password before a host, the
    proof in a callback's path, and this installation's own keys.
    """
    texts = {form for secret in known if len(secret) >= SHORTEST for form in _forms(secret)}
    by_heart = re.compile("|".join(map(re.escape, sorted(texts, key=len, reverse=True)))) if texts else None

    def mask(text: str) -> str:
        if by_heart is not None:
            text = by_heart.sub(STARS, text)
        return _CREDENTIALS.sub(rf"\1{STARS}", _ADDRESSES.sub(_starred, text))

    return mask


def secrets_of(settings: BaseModel) -> Iterator[str]:
    """Every secret in the settings, in whatever section, and the passwords of addresses among them."""
    for value in _leaves(settings):
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if isinstance(value, SecretStr):
            yield value.get_secret_value()
        if isinstance(text, str) and "://" in text and (password := _password(text)):
            yield password
            yield unquote(password)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _leaves(getattr(value, name))
    elif isinstance(value, dict):
        for one in value.values():
            yield from _leaves(one)
    else:
        yield value


def _password(address: str) -> str | None:
    try:
        return urlsplit(address).password
    except ValueError:
        return None


def _forms(secret: str) -> set[str]:
    """As it is, as a URL has it, and as a repr has it."""
    return {secret, quote(secret), quote(secret, safe=""), repr(secret)[1:-1]}


def _starred(found: re.Match[str]) -> str:
    return f"{STARS}@" if found[0].endswith("@") else STARS
