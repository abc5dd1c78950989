"""Call sheets: named shots that take from each other, read from TOML, checked whole, planned and handed in."""

from callsheet.sheets.examples import Example, examples
from callsheet.sheets.playing import ALL, LABELS, Plan, Planned, Player
from callsheet.sheets.reading import AS_WRITTEN, Known, Wish, parse, read
from callsheet.sheets.sheet import Local, Output, Sheet, Shot, body, deep, quoted, take_of
from callsheet.sheets.stopping import Ending, Plays, stop, title_of

__all__ = [
    "ALL",
    "AS_WRITTEN",
    "LABELS",
    "Ending",
    "Example",
    "Known",
    "Local",
    "Output",
    "Plan",
    "Planned",
    "Player",
    "Plays",
    "Sheet",
    "Shot",
    "Wish",
    "body",
    "deep",
    "examples",
    "parse",
    "quoted",
    "read",
    "stop",
    "take_of",
    "title_of",
]
