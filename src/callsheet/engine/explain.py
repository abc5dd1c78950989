"""The types of a task's events, all of them, and each event in plain words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from callsheet.catalog.needs import Need
from callsheet.tasks import Event

Data = Mapping[str, Any]

EVENTS: Mapping[str, str] = {
    "created": "Accepted and durable. `model` as it was asked, `door` it came through.",
    "routed": "Where it will run: `stage`, `model`, `why`; `input` and `approximations` where they are not as asked.",
    "waiting": "It takes what other tasks make: `for`, each with `param`, `task` and `output`.",
    "submitting": "A request that may cost is about to be sent to the `stage`: the name of the `credential`, `wire`"
    " (the fingerprint of what is sent), `idempotency_key` where the vendor knows one, `again` for a repetition.",
    "started": "The stage works on it. `remote` is the vendor's id.",
    "unsure": "It was sent at `sent_at`, and nobody knows whether it arrived: `why`. It is looked for, not resent.",
    "adopted": "It did arrive: `remote` is the vendor's id, found `by` search, callback, operator or its late answer.",
    "resolved": "The operator says it never arrived: `as` is `lost`, or `again` where it is sent anew.",
    "progress": "`progress`, 0 to 1; at most four a second.",
    "noted": "The stage said something worth keeping: `note`.",
    "retrying": "No answer, or a refusal that passes: `phase`, `attempt`, `code`, `message`, `after` seconds.",
    "rerouted": "The stage did not take it: `from`, `to`, `why`; `model`, `input`, `approximations` as in `routed`."
    " `passed` names the models that could not take it either, each with its `why`; `to` is null where none could.",
    "parked": "It waits for a key: none is set up here, or the vendor refuses it: `why`, `setting`. Told once, however"
    " long it waits.",
    "resumed": "The key is back, or what it waited for is there, and it goes on. `given` names each `param`, `task`,"
    " `output` and the `file`, where it waited for other tasks.",
    "recovered": "The process ended, and local work starts again: `from`, `to`.",
    "answered": "The vendor finished: `artifacts` as it named them, not yet brought in.",
    "cancel_asked": "The caller wants the end.",
    "collected": "Every artifact is here, measured and durable: `files`.",
    "succeeded": "The end. `usage` is what it took.",
    "failed": "The end. `code`, `message`, `retryable`, and like all that goes wrong `reason`, `values`; what it cost"
    " (`credits`) and why (`charge`), if it held any.",
    "canceled": "The end that was asked for. `credits` and `charge` as in `failed`.",
    "late": "It succeeded at its vendor after its end here: `credits` it is charged for that, and the `files` it made.",
    "webhook": "A try to tell the webhook: `message` (its id), its `kind`, `attempt`, `status` or `error`, `told`,"
    " `after` seconds if tried again.",
}
"""Every type of event and what its data holds. The names are stable."""

ENDS = frozenset({"succeeded", "failed", "canceled"})
"""Event types after which a stream of events is over."""


def lines(events: Iterable[Event]) -> list[str]:
    """One line per event, in order."""
    return [say(event) for event in events]


def say(event: Event) -> str:
    """What happened, in one line for people."""
    tell = _WORDS.get(event.type)
    return tell(event.data) if tell else f"{event.type}: {json.dumps(dict(event.data), ensure_ascii=False)}"


def _created(data: Data) -> str:
    door = "" if data.get("door", "native") == "native" else f" through the {data['door']} door"
    return f"Asked of {data['model']}{door}."


def _routed(data: Data) -> str:
    said = f"Goes to {data['stage']}"
    said += f" as {data['model']}" if data["model"] != data["stage"] else ""
    said += f" ({data['why']})." if data.get("why") else "."
    return " ".join([said, *(_approximated(one) for one in data.get("approximations", ()))])


def _approximated(one: Data) -> str:
    instead = "is left out" if one.get("used") is None else f"becomes {_value(one['used'])}"
    return f"{one['param']} {_value(one['asked'])} {instead}: {str(one['why']).rstrip('.')}."


def _waiting(data: Data) -> str:
    awaited = [f"{_output(one)} (its {one['param']})" for one in data["for"]]
    return f"Waits for {', '.join(awaited)}."


def _resumed(data: Data) -> str:
    given = [f"{one['param']} is {one['file']}, {_output(one)}" for one in data.get("given", ())]
    return f"What it waited for is there: {'; '.join(given)}." if given else "The key is back; it goes on."


def _output(one: Data) -> str:
    return str(Need(one["task"], one["output"]))


def _submitting(data: Data) -> str:
    return f"Sending it to {data['stage']}."


def _started(data: Data) -> str:
    return f"{data['stage']} works on it" + (f" as {data['remote']}." if data.get("remote") else ".")


def _unsure(data: Data) -> str:
    why = str(data["why"]).rstrip(".")
    return f"Nobody knows whether it arrived: {why}. It is looked for, and not sent again; an operator may decide."


def _adopted(data: Data) -> str:
    how = {
        "search": "found at the vendor",
        "callback": "the vendor called about it",
        "operator": "the operator says so",
        "answer": "its answer came late",
    }
    return f"It did arrive, as {data['remote']}: {how[data['by']]}."


def _resolved(data: Data) -> str:
    return "The operator says it never arrived" + ("; it is sent anew." if data["as"] == "again" else ".")


def _retrying(data: Data) -> str:
    what = {"submit": "Could not be sent", "poll": "Could not be asked for", "collect": "Could not be brought in"}
    said = f"{what.get(data['phase'], 'Did not work')} (try {data['attempt']}): {str(data['message']).rstrip('.')}."
    return f"{said} Next try in {data['after']:.3g} s."


def _rerouted(data: Data) -> str:
    because = f"{data['from']} did not take it: {str(data['why']).rstrip('.')}."
    passed = [f"{one['model']} cannot take it: {str(one['why']).rstrip('.')}." for one in data.get("passed", ())]
    if data.get("to") is None:
        return " ".join([because, *passed, "No further stage is left."])
    changed = [_approximated(one) for one in data.get("approximations", ())]
    return " ".join([because, *passed, f"Goes to {data['to']} instead.", *changed])


def _answered(data: Data) -> str:
    return f"The vendor finished and named {_count(data.get('artifacts', ()), 'artifact')}."


def _collected(data: Data) -> str:
    files = data.get("files", ())
    named = ", ".join(f"{one['id']} ({one['content_type']}, {one['bytes']:,} bytes)" for one in files)
    return f"Kept {_count(files, 'file')}: {named}."


def _succeeded(data: Data) -> str:
    usage = {name: value for name, value in data.get("usage", {}).items() if name != "approximations"}
    cost = usage.pop("credits", None)
    told = ["Succeeded."]
    if cost is not None:
        told.append(f"It cost {cost:g} credits.")
    if usage:
        told.append(f"Used: {', '.join(f'{name} {_value(value)}' for name, value in usage.items())}.")
    return " ".join(told)


def _failed(data: Data) -> str:
    again = " The same task may succeed later." if data.get("retryable") else ""
    return f"Failed ({data['code']}): {str(data['message']).rstrip('.')}.{again}{_charge(data)}"


def _charge(data: Data) -> str:
    return f" It cost {data['credits']:g} credits: {data['charge']}." if "credits" in data else ""


def _late(data: Data) -> str:
    kept = f" Kept {_count(data['files'], 'file')}." if data.get("files") else ""
    return f"It succeeded at its vendor after its end here, and is charged {data['credits']:g} credits for it.{kept}"


def _webhook(data: Data) -> str:
    answer = f"answered {data['status']}" if data.get("status") is not None else str(data.get("error")).rstrip(".")
    said = f"Webhook, try {data['attempt']}: {answer}."
    if data.get("told") == "gave_up":
        return f"{said} It is not tried again."
    return said if data.get("after") is None else f"{said} Next try in {data['after']:.3g} s."


def _count(things: Any, word: str) -> str:
    return f"{len(things)} {word}" if len(things) == 1 else f"{len(things)} {word}s"


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:199]}…"


_WORDS: Mapping[str, Callable[[Data], str]] = {
    "created": _created,
    "routed": _routed,
    "waiting": _waiting,
    "submitting": _submitting,
    "started": _started,
    "unsure": _unsure,
    "adopted": _adopted,
    "resolved": _resolved,
    "progress": lambda data: f"{data['progress']:.0%} done.",
    "noted": lambda data: f"The stage says: {data['note']}",
    "retrying": _retrying,
    "rerouted": _rerouted,
    "parked": lambda data: f"Waits: {data['why']}",
    "resumed": _resumed,
    "recovered": lambda data: "The process that ran it ended; it starts again.",
    "answered": _answered,
    "cancel_asked": lambda data: "Someone asked to cancel it.",
    "collected": _collected,
    "succeeded": _succeeded,
    "failed": _failed,
    "canceled": lambda data: "Canceled." + _charge(data),
    "late": _late,
    "webhook": _webhook,
}
