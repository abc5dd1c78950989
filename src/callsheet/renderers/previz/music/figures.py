"""The figures that chords, bass and drums are played in, as data: when in the bar, how long, and what of the chord."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Step = tuple[float, float, str]
"""(beat, length in beats, what): `c` the chord, 0..7 one voice of it from below (4 and up: an octave higher)."""


def _run(step: float, length: float, voices: str) -> tuple[Step, ...]:
    return tuple((at * step, length, voice) for at, voice in enumerate(voices) if voice != ".")


COMP: Mapping[str, tuple[tuple[Step, ...], ...]] = MappingProxyType(
    {
        "drift": (((0, 4, "0"), (1, 3, "2"), (2.5, 3, "5")), ((0, 4, "1"), (1.5, 3, "3"), (3, 2, "6"))),
        "ostinato": (_run(0.5, 0.45, "01021012"), _run(0.25, 0.24, "0010201000102030")),
        "lazy": (((0, 1.6, "c"), (2.5, 1.2, "c")), ((0.5, 1.4, "c"), (2, 0.6, "c"), (3.5, 0.5, "3"))),
        "eighths": (
            ((0, 1.9, "c"), (2, 1.9, "c")),
            ((0, 1, "c"), (1, 1, "c"), (2, 1, "c"), (3, 0.5, "c"), (3.5, 0.5, "c")),
        ),
        "stabs": (
            ((0.75, 0.4, "c"), (1.5, 0.4, "c"), (2.75, 0.4, "c")),
            ((0.5, 0.35, "c"), (1.25, 0.35, "c"), (2.5, 0.35, "c"), (3.25, 0.35, "c")),
        ),
        "picking": (_run(0.5, 1.1, "02130213"), _run(0.5, 1.1, "03214123")),
        "swing": (
            ((0, 1.2, "c"), (1.5, 0.5, "c")),
            ((0.5, 0.5, "c"), (2.5, 1.2, "c")),
            ((1.5, 0.4, "c"), (3, 0.8, "c")),
        ),
        "oompah": (((1, 0.7, "c"), (2, 0.7, "c"), (3, 0.5, "c")),),
        "alberti": (_run(0.5, 0.6, "02120212"), _run(0.5, 0.6, "03120312")),
        "pluck": (
            _run(0.5, 1.8, "0.2.4.3."),
            _run(0.5, 1.5, "01245421"),
            ((0, 3, "c"), (2, 1.2, "4"), (2.5, 1.2, "5"), (3, 1.5, "6")),
        ),
        "tremor": (_run(0.5, 0.3, "00000000"), _run(0.25, 0.2, "0000000000001111")),
        "chop": (((0.5, 0.3, "c"), (1.5, 0.3, "c"), (2.5, 0.3, "c"), (3, 0.3, "c"), (3.5, 0.3, "c")),),
        "power": (_run(0.5, 0.46, "cccccccc"), ((0, 1.4, "c"), (1.5, 1.4, "c"), (3, 0.9, "c"))),
        "montuno": (((0, 0.4, "c"), (1, 0.4, "c"), (1.5, 0.4, "3"), (2.5, 0.4, "c"), (3.5, 0.4, "2")),),
    }
)
"""What the chords are played as; where there are several, later ones are for fuller sections."""

LOW: Mapping[str, tuple[tuple[float, float, str], ...]] = MappingProxyType(
    {
        "drone": ((0, 4, "r"),),
        "long": ((0, 2, "r"), (2, 2, "f")),
        "round": ((0, 1.4, "r"), (1.75, 0.6, "r"), (2.5, 1.2, "f")),
        "root": ((0, 0.95, "r"), (1, 0.9, "r"), (2, 0.95, "f"), (3, 0.9, "r")),
        "offbeat": ((0.5, 0.42, "r"), (1.5, 0.42, "r"), (2.5, 0.42, "r"), (3.5, 0.42, "o")),
        "walking": ((0, 0.95, "r"), (1, 0.95, "t"), (2, 0.95, "f"), (3, 0.95, "a")),
        "first": ((0, 0.9, "r"), (2, 0.8, "f")),
        "tumbao": ((0, 1.2, "r"), (1.5, 1.2, "f"), (3, 0.9, "o")),
    }
)
"""The bass: r root, f fifth, o octave, t third, a a step before the next root."""

GROOVES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "epic": {"taiko": "X..x..x.X..x.xx.", "boom": "X...............", "snare": "............x.xx"},
        "lofi": {
            "kick": "X.....x...X.....",
            "snare": "....x.......x...",
            "hat": "x.x.x.x.x.x.x.xx",
            "rim": "..........x.....",
        },
        "pop": {
            "kick": "X.....x.X.......",
            "snare": "....X.......X...",
            "hat": "x.x.x.x.x.x.x.x.",
            "tambourine": "....x.......x...",
        },
        "house": {
            "kick": "X...X...X...X...",
            "clap": "....X.......X...",
            "open": "..x...x...x...x.",
            "shaker": "x.xxx.xxx.xxx.xx",
        },
        "brushes": {"kick": "x.......x.......", "brush": "....x.......x...", "shaker": "x.x.x.x.x.x.x.x."},
        "jazz": {
            "ride": "X...x.x.X...x.x.",
            "hat": "....x.......x...",
            "kick": "x.......x.......",
            "brush": "......x......x..",
        },
        "woodblock": {"wood": "x.....x...x.....", "deep": "X.......x......."},
        "heartbeat": {"pulse": "X..x............", "boom": "................", "shaker": "x...x...x...x..."},
        "claps": {
            "kick": "X...X...X...X...",
            "clap": "....X.......X...",
            "shaker": "x.x.x.x.x.x.x.x.",
            "tambourine": "..x...x...x...x.",
        },
        "rock": {
            "kick": "X.....x.X.x.....",
            "snare": "....X.......X...",
            "hat": "x.x.x.x.x.x.x.x.",
            "crash": "................",
        },
        "toys": {"wood": "x...x...x...x...", "kick": "x.......x.......", "shaker": "..x...x...x...x."},
        "boombap": {"kick": "X..x......X.x...", "snare": "....X.......X...", "hat": "x.x.x.x.x.x.x.x."},
        "bossa": {
            "kick": "X.....xX......x.",
            "rim": "x..x..x...x..x..",
            "shaker": "x.xxx.xxx.xxx.xx",
            "conga": "....x.xx....x.xx",
        },
        "plain": {"kick": "X.......X.......", "snare": "....X.......X...", "hat": "x.x.x.x.x.x.x.x."},
    }
)
"""Sixteen steps a bar; X is an accent. The first drum plays first, the others join as the band grows fuller."""

WALTZ_GROOVE: Mapping[str, str] = MappingProxyType(
    {"kick": "X...........", "brush": "....x...x...", "shaker": "x.x.x.x.x.x."}
)

RHYTHMS: Mapping[int, tuple[tuple[tuple[float, float], ...], ...]] = MappingProxyType(
    {
        4: (
            ((0, 1.5), (1.5, 0.5), (2, 2)),
            ((0, 1), (1, 1), (2, 1), (3, 1)),
            ((0, 0.5), (0.5, 0.5), (1, 1), (2, 2)),
            ((0, 2), (2, 1), (3, 1)),
            ((0.5, 0.5), (1, 1), (2, 0.5), (2.5, 1.5)),
            ((0, 1), (1, 0.5), (1.5, 1), (2.5, 0.5), (3, 1)),
            ((0, 3), (3, 1)),
            ((0, 1.5), (1.5, 1.5), (3, 1)),
        ),
        3: (((0, 2), (2, 1)), ((0, 1), (1, 1), (2, 1)), ((0, 1.5), (1.5, 0.5), (2, 1)), ((0, 3),), ((0, 1), (1, 2))),
    }
)
"""Rhythmic cells of a melody's bar: (beat, length). A bar of six is two of three."""
