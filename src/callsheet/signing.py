"""What proves something: Standard Webhooks signatures, signed links, key hashes, and secrets sealed at rest."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
import string
import time
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from callsheet.errors import SetupError

KEY_PREFIX = "cs_"
SECRET_PREFIX = "css_"
WEBHOOK_PREFIX = "whsec_"

TOLERANCE = 300
"""How many seconds a webhook's timestamp may lie from the receiver's clock."""

SEAL_NAME = "seal.key"

_ALPHABET = string.ascii_letters + string.digits
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of the Standard Webhooks scheme (https://www.standardwebhooks.com, 1.0.0).

    `secret` is `whsec_` and base64 (ValueError else), `timestamp` in seconds since 1970. A redelivery keeps its id and
    takes a new timestamp.
    """
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{_webhook_mac(secret, message_id, str(timestamp), body)}",
    }


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: int, tolerance: int = TOLERANCE) -> bool:
    """Whether one of the signatures in the headers is genuine and its timestamp within `tolerance` seconds of `now`.

    Header names count in any case. Compares in constant time.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    message_id, timestamp = lower.get("webhook-id", ""), lower.get("webhook-timestamp", "")
    if not message_id or not re.fullmatch(r"[0-9]{1,15}", timestamp) or abs(now - int(timestamp)) > tolerance:
        return False
    wanted = _webhook_mac(secret, message_id, timestamp, body).encode()
    given = [part.partition(",") for part in lower.get("webhook-signature", "").split(" ")]
    macs = [mac.encode() for version, _, mac in given if version == "v1"]
    return any([hmac.compare_digest(wanted, mac) for mac in macs])


def webhook_secret(secret: str) -> str:
    """The Standard Webhooks form of a key's secret: the same letters after `whsec_`."""
    return WEBHOOK_PREFIX + secret.removeprefix(SECRET_PREFIX)


def _webhook_mac(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(WEBHOOK_PREFIX).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        key = b""
    if not secret.startswith(WEBHOOK_PREFIX) or not key:
        raise ValueError("a webhook secret is whsec_ followed by base64")
    signed = f"{message_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def sign_link(key: bytes, about: str, expires: int) -> str:
    """What makes a link to `about` (a file id) genuine until `expires`, in seconds since 1970; safe in a URL."""
    mac = hmac.digest(key, f"{about}\n{expires}".encode(), "sha256")
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def link_opens(key: bytes, about: str, expires: str, signature: str, now: int) -> bool:
    """Whether a link's parts, as they came in, are genuine and not yet expired; `now` in seconds. Never raises."""
    if not re.fullmatch(r"[1-9][0-9]{0,14}", expires) or int(expires) <= now:
        return False
    wanted = sign_link(key, about, int(expires))
    return hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "surrogatepass"))


def new_key() -> tuple[str, str, str]:
    """A fresh `(id, key, secret)`: `key_` and a ULID, `cs_` and 256 bits, `css_` and 256 bits, letters and digits."""
    return f"key_{_ulid()}", KEY_PREFIX + _letters(43), SECRET_PREFIX + _letters(44)


def hash_key(key: str) -> str:
    """How a key is kept: SHA-256 in hex. A key has 256 random bits, so that a slow hash would protect nothing more."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _letters(count: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(count))


def _ulid() -> str:
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


class Seal:
    """Keeps secrets unreadable at rest under one master key of 32 bytes (AES-256-GCM)."""

    def __init__(self, master: bytes) -> None:
        if len(master) != 32:
            raise ValueError("a master key has 32 bytes")
        self._master = master
        self._cipher = AESGCM(self.derive("seal"))

    def seal(self, secret: str, about: str) -> str:
        """The secret as text to store; `about` (a key's id) must be named again to open it."""
        nonce = os.urandom(12)
        sealed = nonce + self._cipher.encrypt(nonce, secret.encode(), about.encode())
        return "v1." + base64.urlsafe_b64encode(sealed).decode()

    def unseal(self, sealed: str, about: str) -> str:
        """What was sealed about the same thing. SetupError when this is not the master key it was sealed under."""
        version, _, text = sealed.partition(".")
        try:
            raw = base64.urlsafe_b64decode(text)
            if version != "v1" or len(raw) < 28:
                raise ValueError("not a sealed secret")
            return self._cipher.decrypt(raw[:12], raw[12:], about.encode()).decode()
        except (InvalidTag, ValueError):
            raise SetupError(
                f"The secret of {about} was sealed under another master key.",
                hint=f"Put back the {SEAL_NAME} this home was made with, or create the key again.",
            ) from None

    def derive(self, purpose: str) -> bytes:
        """Another key of 32 bytes for one purpose (signed links), so that no key serves two."""
        return hmac.digest(self._master, f"callsheet {purpose}".encode(), "sha256")


def open_seal(home: Path, given: str | None = None) -> Seal:
    """The seal of a home: `given` (a setting: base64 of 32 bytes) or <home>/seal.key, made with mode 0600 when missing.

    SetupError for a key of the wrong size, or a file that others can read.
    """
    if given is not None:
        return Seal(_master(given, "the setting seal"))
    path = home / SEAL_NAME
    try:
        if not path.exists():
            _write_new(path, base64.b64encode(os.urandom(32)) + b"\n")
        if path.stat().st_mode & 0o077:
            raise SetupError(f"Others can read the master key {path}.", hint=f"Run `chmod 600 {path}`.")
        return Seal(_master(path.read_text("ascii", "replace"), str(path)))
    except OSError as error:
        raise SetupError(
            f"The master key {path} cannot be used: {error.strerror}.",
            hint="Check that the home may be written and has space left, or choose another with --home.",
        ) from error


def _master(text: str, where: str) -> bytes:
    try:
        raw = base64.b64decode(text.strip(), altchars=b"-_" if set(text) & set("-_") else None, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise SetupError(
            f"The master key in {where} is not 32 bytes in base64.",
            hint="Put the right one back; `openssl rand -base64 32` makes a new one, which cannot open old secrets.",
        )
    return raw


def _write_new(path: Path, content: bytes) -> None:
    """Complete and durable under its name, or not there; the first of two writers wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(fd, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(fd)
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
