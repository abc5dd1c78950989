"""For those who receive webhooks: whether one is genuine, and what it says."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from callsheet.client.failures import NotGenuine
from callsheet.client.results import Task, read_task

TOLERANCE = 300.0
"""Seconds that a webhook's time may lie from this machine's."""


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """What a webhook tells. `id` is the same at every try: what was seen before need not be done again.

    `type` is `task.started`, `task.succeeded`, `task.failed` or `task.canceled`; `sent_at` is when this try was made.
    """

    id: str
    type: str
    sent_at: datetime
    task: Task


def verify_webhook(
    secret: str | Sequence[str],
    headers: Mapping[str, str],
    body: bytes | str,
    *,
    tolerance: float = TOLERANCE,
    now: float | None = None,
) -> WebhookEvent:
    """What a webhook says, once it is proved genuine; NotGenuine when it is not.

    `secret` is the one that came with a key (`css_…` or `whsec_…`), or several while keys are changed. `headers` may be
    written in any case; `body` is what came in, byte for byte. Signatures are compared in constant time; `tolerance` is
    how many seconds the webhook's time may lie from `now` (seconds since 1970; by default this machine's clock).
    """
    raw = body.encode() if isinstance(body, str) else body
    lower = {name.lower(): value for name, value in headers.items()}
    message_id, stamp = lower.get("webhook-id", ""), lower.get("webhook-timestamp", "")
    given = [part.encode() for part in lower.get("webhook-signature", "").split() if part.startswith("v1,")]
    if not message_id or not given or not re.fullmatch(r"[0-9]{1,12}", stamp):
        raise NotGenuine("This is no signed webhook.", hint="Hand in all its headers, and its body as it came.")
    signed = f"{message_id}.{stamp}.".encode() + raw
    wanted = [_signature(one, signed) for one in ([secret] if isinstance(secret, str) else secret)]
    if not any([hmac.compare_digest(ours, theirs) for ours in wanted for theirs in given]):
        raise NotGenuine("The webhook's signature is not one of this secret.", hint="Check the secret and the body.")
    if abs((time.time() if now is None else now) - int(stamp)) > tolerance:
        raise NotGenuine("The webhook was signed too long ago, or ahead of time.", hint="Check this machine's clock.")
    return _event(message_id, int(stamp), raw)


def _signature(secret: str, signed: bytes) -> bytes:
    try:
        key = base64.b64decode(secret.rpartition("_")[2].encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        key = b""
    if not secret.startswith(("css_", "whsec_")) or not key:
        raise NotGenuine("This is no webhook secret.", hint="It begins with css_ or whsec_.")
    return b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())


def _event(message_id: str, stamp: int, raw: bytes) -> WebhookEvent:
    try:
        task = read_task(json.loads(raw))
    except (ValueError, KeyError, TypeError):
        raise NotGenuine("The webhook is genuine, and tells of no task.", hint="Was it made by callsheet?") from None
    kind = "started" if not task.done else task.state.value
    return WebhookEvent(message_id, f"task.{kind}", datetime.fromtimestamp(stamp, UTC), task)
