"""Dialogue of a clip: what its prompt lets someone say in quotes, spoken where espeak-ng is installed."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.previz.speech import reading
from callsheet.renderers.previz.speech.reading import Pause
from callsheet.renderers.previz.speech.spoken import Spoken
from callsheet.renderers.previz.speech.talker import Talker

LOUDNESS, _PEAK = -18.0, -1.5
_MOST = 600

# Only what someone says: quotes alone may stand on a sign.
_VERBS = (
    r"(?:says?|said|saying|asks?|asked|shouts?|whispers?|repl(?:y|ies)|answers?|yells?|cries|murmurs?|speaks?|tells?"
    r"|narrat\w+|voice[- ]?over|说|喊|问|答|道|低语|讲|旁白|台词|念)"
)
QUOTED = r"(?:\"([^\"]+)\"|“([^”]+)”|「([^」]+)」|『([^』]+)』|«([^»]+)»|‘([^’]+)’)"
"""What stands in quotation marks."""

_SAID = re.compile(rf"{_VERBS}[^\"“「『«‘.。!?！？]{{0,40}}{QUOTED}", re.IGNORECASE)


def lines(prompt: str) -> tuple[str, ...]:
    """The quotes of a prompt that a word of speaking leads to, in order."""
    found = (next(part for part in hit.groups() if part) for hit in _SAID.finditer(prompt))
    return tuple(line.strip()[:_MOST] for line in found if line.strip())


def able() -> bool:
    """Whether anything here can speak."""
    return importlib.util.find_spec("espeakng_loader") is not None


def spoken(said: tuple[str, ...], given: Mapping[str, Any], seed: int) -> NDArray[np.float32]:
    """The lines as stereo at -18 LUFS, one after the other. RenderError as speech raises it."""
    wanted = {name: given[name] for name in ("voice", "language") if given.get(name)}
    read = reading.read({"text": "\n".join(said), **wanted})
    heard = Spoken()
    with Talker() as talker:
        for spell in read.spells(seed):
            if isinstance(spell, Pause):
                heard.rest(spell)
            else:
                heard.add(spell, talker.say(spell.line))
    heard.close()
    gain, _ = heard.track.gain(LOUDNESS, _PEAK)
    return np.concatenate(list(heard.track.levelled(gain, _PEAK)))
