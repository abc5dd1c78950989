"""The store on PostgreSQL, for any number of processes: its database, its queue, and what processes tell each other.

Needs the extra `postgres`; imported only where the setting `database` names a server.
"""

from callsheet.store.postgres.bulletin import Bulletin
from callsheet.store.postgres.database import Postgres
from callsheet.store.postgres.opening import opened
from callsheet.store.postgres.queue import Entry, Queue

__all__ = ["Bulletin", "Entry", "Postgres", "Queue", "opened"]
