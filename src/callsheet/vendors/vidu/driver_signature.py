"""Vidu's signature of a callback, made by the dialect and checked by the driver."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

NAME = "vidu"
NONCE = "x-request-nonce"
SIGNED = ("Date", NONCE)


def sign(key: str, path: str, query: str, date: str, nonce: str) -> dict[str, str]:
    """The headers of a POST to `path?query`, both as they are written in the address; `date` in GMT as in RFC 9110."""
    values = {"Date": date, NONCE: nonce}
    return {
        **values,
        "X-HMAC-ALGORITHM": "hmac-sha256",
        "X-HMAC-ACCESS-KEY": NAME,
        "X-HMAC-SIGNED-HEADERS": ";".join(SIGNED),
        "X-HMAC-SIGNATURE": _mac(key, "POST", path, query, date, values),
    }


def genuine(key: str, method: str, path: str, query: str, headers: Mapping[str, str]) -> bool:
    """Whether a call is signed with this key. Header names in lower case. Compares in constant time."""
    names = [name for name in headers.get("x-hmac-signed-headers", "").split(";") if name]
    if headers.get("x-hmac-algorithm", "").lower() != "hmac-sha256" or not {*map(str.lower, SIGNED)} <= {
        name.lower() for name in names
    }:
        return False
    values = {name: headers.get(name.lower(), "") for name in names}
    wanted = _mac(key, method, path, query, headers.get("date", ""), values)
    return hmac.compare_digest(wanted.encode(), headers.get("x-hmac-signature", "").encode())


def _mac(key: str, method: str, path: str, query: str, date: str, signed: Mapping[str, str]) -> str:
    """Base64 of the HMAC over method, path, query, name, date and each signed header, a line each."""
    lines = [method, path, query, NAME, date, *(f"{name}:{value}" for name, value in signed.items())]
    text = "".join(f"{line}\n" for line in lines)
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()
