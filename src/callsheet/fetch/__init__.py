"""Every outgoing call that a caller can steer: checked by address, bounded in bytes and time."""

from callsheet.fetch.addresses import why_not
from callsheet.fetch.download import Fetched, NotFetched, download
from callsheet.fetch.guard import SETTING, Guard

__all__ = ["SETTING", "Fetched", "Guard", "NotFetched", "download", "why_not"]
