"""Where tasks, their timeline, files and keys are kept, durably, before anyone is answered."""

from callsheet.store.database import Clash, Database, Step, Unchanged
from callsheet.store.keys import KeyRow
from callsheet.store.ledger import Limited, Moves, Short
from callsheet.store.lock import HomeLock, owner
from callsheet.store.missing import no_task
from callsheet.store.outbox import TOLD, Lost, NewEvent, Outgoing, Settled, event_steps
from callsheet.store.rows import Onward, Phase, Row
from callsheet.store.sharing import Position
from callsheet.store.sqlite import Sqlite
from callsheet.store.store import COURSE, TASK, Store, Taken
from callsheet.store.watched import Owned, Sole

__all__ = [
    "COURSE",
    "TASK",
    "TOLD",
    "Clash",
    "Database",
    "HomeLock",
    "KeyRow",
    "Limited",
    "Lost",
    "Moves",
    "NewEvent",
    "Onward",
    "Outgoing",
    "Owned",
    "Phase",
    "Position",
    "Row",
    "Settled",
    "Short",
    "Sole",
    "Sqlite",
    "Step",
    "Store",
    "Taken",
    "Unchanged",
    "event_steps",
    "no_task",
    "owner",
]
