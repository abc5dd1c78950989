"""What each kind of music is made of: tempo, metre, modes, players, groove and room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Genre:
    """The habits of one kind of music.

    `tempo` in beats a minute, lowest and highest; `modes` likeliest first; `comp` is the figure that the chords are
    played in, `groove` the drum pattern (empty: no drums), `low` the bass line's figure. `players` names the voice of
    each part: pad, comp, bass, lead, high. `swing` is how late the second half of a beat comes, 0 to 0.34 of a beat.
    """

    tempo: tuple[int, int]
    modes: tuple[str, ...]
    comp: str
    low: str
    groove: str
    players: Mapping[str, str]
    metre: int = 4
    swing: float = 0.0
    sevenths: bool = False
    hall: float = 1.6
    wet: float = 0.22
    energy: float = 0.55
    density: float = 0.5


def _players(pad: str, comp: str, bass: str, lead: str, high: str = "") -> Mapping[str, str]:
    named = {"pad": pad, "comp": comp, "bass": bass, "lead": lead, "high": high}
    return MappingProxyType({part: voice for part, voice in named.items() if voice})


GENRES: Mapping[str, Genre] = MappingProxyType(
    {
        "ambient": Genre(
            (58, 76), ("lydian", "major", "dorian"), "drift", "drone", "",
            _players("strings", "epiano", "sub", "bell", "choir"),
            sevenths=True, hall=3.6, wet=0.42, energy=0.3, density=0.25,
        ),
        "cinematic": Genre(
            (84, 112), ("minor", "dorian"), "ostinato", "long", "epic",
            _players("strings", "spiccato", "contrabass", "brass", "choir"),
            hall=2.6, wet=0.3, energy=0.8, density=0.4,
        ),
        "lo-fi": Genre(
            (70, 86), ("minor", "dorian", "major"), "lazy", "round", "lofi",
            _players("warm", "epiano", "bass", "epiano", "vibes"),
            swing=0.22, sevenths=True, hall=1.1, wet=0.16, energy=0.4, density=0.4,
        ),
        "pop": Genre(
            (96, 122), ("major", "minor"), "eighths", "root", "pop",
            _players("warm", "piano", "bass", "synth", "bell"),
            hall=1.4, wet=0.18, energy=0.65, density=0.6,
        ),
        "electronic": Genre(
            (120, 128), ("minor", "dorian"), "stabs", "offbeat", "house",
            _players("warm", "stab", "synthbass", "synth", "arp"),
            hall=1.5, wet=0.18, energy=0.8, density=0.5,
        ),
        "folk": Genre(
            (88, 112), ("major", "mixolydian", "dorian"), "picking", "root", "brushes",
            _players("strings", "guitar", "upright", "flute"),
            hall=1.2, wet=0.16, energy=0.45, density=0.5,
        ),
        "jazz": Genre(
            (108, 152), ("major", "minor", "dorian"), "swing", "walking", "jazz",
            _players("warm", "piano", "upright", "vibes"),
            swing=0.32, sevenths=True, hall=1.1, wet=0.14, energy=0.5, density=0.6,
        ),
        "waltz": Genre(
            (132, 168), ("major", "minor"), "oompah", "first", "",
            _players("strings", "piano", "contrabass", "violin", "bell"),
            metre=3, hall=1.9, wet=0.24, energy=0.5, density=0.5,
        ),
        "classical": Genre(
            (72, 116), ("major", "minor"), "alberti", "long", "",
            _players("", "piano", "pianobass", "piano"),
            hall=2.0, wet=0.22, energy=0.5, density=0.6,
        ),
        "chinese": Genre(
            (66, 92), ("gong", "yu"), "pluck", "long", "woodblock",
            _players("strings", "guzheng", "contrabass", "erhu", "dizi"),
            hall=2.0, wet=0.26, energy=0.45, density=0.45,
        ),
        "suspense": Genre(
            (66, 90), ("phrygian", "minor"), "tremor", "drone", "heartbeat",
            _players("dark", "spiccato", "sub", "celesta", "choir"),
            hall=3.0, wet=0.36, energy=0.45, density=0.25,
        ),
        "happy": Genre(
            (112, 132), ("major",), "chop", "root", "claps",
            _players("warm", "guitar", "bass", "whistle", "bell"),
            hall=1.2, wet=0.15, energy=0.7, density=0.6,
        ),
        "rock": Genre(
            (112, 144), ("minor", "mixolydian", "major"), "power", "root", "rock",
            _players("organ", "distorted", "bass", "distorted", ""),
            hall=1.1, wet=0.12, energy=0.85, density=0.5,
        ),
        "children": Genre(
            (104, 128), ("major",), "oompah", "first", "toys",
            _players("warm", "pizzicato", "upright", "musicbox", "whistle"),
            hall=1.2, wet=0.16, energy=0.55, density=0.6,
        ),
        "hip-hop": Genre(
            (82, 98), ("minor", "dorian"), "lazy", "round", "boombap",
            _players("warm", "epiano", "sub", "pizzicato", "vibes"),
            swing=0.14, sevenths=True, hall=1.0, wet=0.12, energy=0.6, density=0.35,
        ),
        "latin": Genre(
            (104, 126), ("major", "minor"), "montuno", "tumbao", "bossa",
            _players("warm", "guitar", "upright", "flute", "vibes"),
            sevenths=True, hall=1.2, wet=0.15, energy=0.6, density=0.55,
        ),
    }
)  # fmt: skip
"""By the name that `Made.extra` gives them."""

MOOD_GENRES = MappingProxyType(
    {
        "happy": "happy", "sad": "classical", "calm": "ambient", "tense": "suspense", "epic": "cinematic",
        "romantic": "waltz", "energetic": "pop", "dreamy": "ambient", "mysterious": "suspense", "neutral": "pop",
    }
)  # fmt: skip
"""Which kind a mood suggests where the prompt names none."""
