"""Whether the ledger adds up: everything that is kept as a sum, compared with the entries it is the sum of."""

from __future__ import annotations

from typing import Any

from callsheet.money import Fault, credits
from callsheet.store.database import Records

READS = ("accounts", "ledger_sums", "ledger_wrong_tasks", "ledger_bare_tasks", "ledger_wrong_keys", "ledger_unpriced")
"""What is read, all of one moment; the last is no fault."""

_COUNTED = ("funds", "held", "spent", "entries")


def faults(accounts: Records, sums: Records, tasks: Records, bare: Records, keys: Records) -> list[Fault]:
    """Every difference; none where holds = settled + released + open, for each task and each account."""
    return [
        *_of_accounts({one["name"]: one for one in accounts}, {one["account"]: one for one in sums}),
        *(Fault(one["task_id"], _task(one)) for one in tasks),
        *(Fault(one["id"], _bare(one)) for one in bare),
        *(Fault(one["id"], _key(one)) for one in keys),
    ]


def _of_accounts(kept: dict[str, dict[str, Any]], sums: dict[str, dict[str, Any]]) -> list[Fault]:
    found: list[Fault] = []
    for name in sorted(kept.keys() | sums.keys()):
        says = {part: kept.get(name, {}).get(part, 0) for part in _COUNTED}
        is_ = {part: sums.get(name, {}).get(part, 0) for part in _COUNTED}
        wrong = [part for part in _COUNTED if says[part] != is_[part]]
        found += [Fault(name, f"{part} says {_amount(part, says)}, its entries {_amount(part, is_)}") for part in wrong]
        latest = sums.get(name, {}).get("latest", 0)
        if latest != is_["entries"]:
            found.append(Fault(name, f"its last entry is number {latest}, and there are {is_['entries']}"))
    return found


def _amount(part: str, record: dict[str, Any]) -> str:
    return str(record[part]) if part == "entries" else f"{credits(record[part])}"


def _task(one: dict[str, Any]) -> str:
    moved = ", ".join(f"{name} {credits(one[name])}" for name in ("holds", "settled", "released", "spent"))
    if one["state"] is None:
        return f"it is gone, and still holds something: {moved}"
    over = one["state"] in ("succeeded", "failed", "canceled") and one["says_held"]
    why = f"{one['state']}, and not closed" if over else "its entries are of another sum"
    says = f"it says held {credits(one['says_held'])}, spent {credits(one['says_spent'])}"
    return f"{why}: {says}; entries: {moved}, of account {one['account']}"


def _bare(one: dict[str, Any]) -> str:
    return f"it says held {credits(one['held'])}, spent {credits(one['spent'])}, and has no entry"


def _key(one: dict[str, Any]) -> str:
    says = f"{one['unfinished']} unfinished, {credits(one['committed'])} committed"
    return f"it says {says}; its tasks: {one['really_unfinished']}, {credits(one['really_committed'])}"
