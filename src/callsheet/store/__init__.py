"""Where tasks, their timeline, files and keys are kept, durably, before anyone is answered."""

from callsheet.store.database import Database, Step, Unchanged
from callsheet.store.rows import Delivery, KeyRow, Phase, Row, Told
from callsheet.store.store import COURSE, TASK, Lost, Store, Taken

__all__ = [
    "COURSE",
    "TASK",
    "Database",
    "Delivery",
    "KeyRow",
    "Lost",
    "Phase",
    "Row",
    "Step",
    "Store",
    "Taken",
    "Told",
    "Unchanged",
]
