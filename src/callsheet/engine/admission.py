"""What a new task must be before anything of it is kept, the model and its input aside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from callsheet.engine import telling
from callsheet.engine.chain import Links
from callsheet.engine.routing import Plan
from callsheet.errors import InvalidInput
from callsheet.tasks import NewTask

MAX_LABELS, MAX_LABEL, MAX_VALUE = 16, 64, 512
MAX_KEY = 255
PRIORITIES = range(-100, 101)
RETENTIONS = range(60, 315_360_001)
"""Seconds: a minute to ten years."""


def check(new: NewTask) -> None:
    """InvalidInput for a priority, a retention, an Idempotency-Key or metadata that cannot be kept."""
    if new.priority not in PRIORITIES:
        raise InvalidInput(f"priority is {new.priority}.", hint="From -100 (last) to 100 (first).", param="priority")
    if new.idempotency_key is not None and not (
        0 < len(new.idempotency_key) <= MAX_KEY and new.idempotency_key.isprintable()
    ):
        raise InvalidInput(
            "This Idempotency-Key cannot be kept.", hint=f"1 to {MAX_KEY} letters.", param="Idempotency-Key"
        )
    if new.retention is not None and new.retention not in RETENTIONS:
        raise InvalidInput(
            f"retention is {new.retention}.", hint="Seconds, from 60 to ten years (315360000).", param="retention"
        )
    telling.check(new)
    _check_metadata(new.metadata)


def fingerprint(new: NewTask) -> str:
    """What two requests with one Idempotency-Key must share, as a hash. InvalidInput for what is no JSON."""
    said = [new.model, new.input, new.webhook, new.metadata, new.priority, new.stage, new.door, new.retention]
    said += [new.webhook_events] if new.webhook_events is not None else []
    try:
        return hashlib.sha256(json.dumps(said, sort_keys=True, allow_nan=False).encode()).hexdigest()
    except (ValueError, TypeError) as error:
        raise InvalidInput(f"The input is no JSON: {error}.") from error


def _check_metadata(metadata: Mapping[str, Any]) -> None:
    if len(metadata) > MAX_LABELS:
        raise InvalidInput(f"metadata has {len(metadata)} entries.", hint=f"At most {MAX_LABELS}.", param="metadata")
    for name, value in metadata.items():
        if not isinstance(value, str) or not 0 < len(name) <= MAX_LABEL or len(value) > MAX_VALUE:
            raise InvalidInput(
                f"metadata cannot hold {name!r:.70}.",
                hint=f"A name of 1 to {MAX_LABEL} letters, a value that is a string of at most {MAX_VALUE}.",
                param="metadata",
            )


def first_events(
    new: NewTask, plan: Plan, run_input: Mapping[str, Any], links: Links
) -> list[tuple[str, dict[str, Any]]]:
    """What a new task's timeline begins with."""
    routed: dict[str, Any] = {"stage": plan.stage, "model": plan.run.id, "why": plan.why}
    if plan.run.id != plan.asked.id:
        routed |= {"input": dict(run_input), "approximations": list(plan.approximations)}
    events: list[tuple[str, dict[str, Any]]] = [("created", {"model": new.model, "door": new.door}), ("routed", routed)]
    if links.places:
        told = links.told()
        events.append(("resumed", {"given": told}) if links.complete else ("waiting", {"for": told}))
    return events
