"""Where tasks, their timeline, files and keys are kept, durably, before anyone is answered."""

from callsheet.store.database import Clash, Database, Step, Unchanged
from callsheet.store.lock import HomeLock, owner
from callsheet.store.rows import Delivery, KeyRow, Onward, Phase, Row, Told
from callsheet.store.sqlite import Sqlite
from callsheet.store.store import COURSE, TASK, Lost, Store, Taken

__all__ = [
    "COURSE",
    "TASK",
    "Clash",
    "Database",
    "Delivery",
    "HomeLock",
    "KeyRow",
    "Lost",
    "Onward",
    "Phase",
    "Row",
    "Sqlite",
    "Step",
    "Store",
    "Taken",
    "Told",
    "Unchanged",
    "owner",
]
