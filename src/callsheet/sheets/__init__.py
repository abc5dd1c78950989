"""Call sheets: named shots that take from each other, read from TOML, checked whole, ordered and hashed; pure."""

from callsheet.sheets.reading import read
from callsheet.sheets.sheet import Output, Sheet, Shot, body, deep, quoted, take_of

__all__ = ["Output", "Sheet", "Shot", "body", "deep", "quoted", "read", "take_of"]
