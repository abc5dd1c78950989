"""The honest fallback: where no recipe is known, a neutral abstract sound that follows the prompt's adjectives."""

from __future__ import annotations

import re

import numpy as np

from callsheet.renderers.previz.effects.bodies import buzz, edge, lay, swept, turns
from callsheet.renderers.previz.effects.level import factor, loudest
from callsheet.renderers.previz.effects.noise import Stereo, Throw, bent, wander
from callsheet.renderers.sound import waves

_LEVEL = -26.0
_WORDS = {
    "bright": r"bright|sharp|shiny|high|crisp|glow\w*|crystal|明亮|尖|清脆|高音|闪",
    "dark": r"dark|deep|low|heavy|ominous|gloomy|dull|黑暗|低沉|沉重|阴森|深",
    "rough": r"harsh|rough|gritty|noisy|dirty|broken|粗糙|嘈杂|刺耳|噪",
    "metal": r"metal\w*|robot\w*|machine\w*|mechanic\w*|steel|金属|机械|机器",
    "rising": r"ris\w+|grow\w*|up\b|ascend\w*|open\w*|上升|渐强|升起|变大",
    "falling": r"fall\w*|sink\w*|down\b|descend\w*|fad\w*|下降|落下|渐弱|消散",
    "quick": r"fast|quick|nervous|puls\w+|rapid|flicker\w*|快|急|脉冲|闪烁",
    "soft": r"soft|gentle|calm|quiet|peace\w*|dream\w*|温柔|轻|宁静|安静|梦",
}


def traits(prompt: str) -> tuple[str, ...]:
    """Which adjectives were heard: they are all that this sound knows of the prompt."""
    return tuple(name for name, words in _WORDS.items() if re.search(words, prompt, re.IGNORECASE | re.ASCII))


def sound(prompt: str, count: int, throw: Throw) -> Stereo:
    """A slow chord of plain tones in moving air, `count` samples of stereo, that begins and ends in silence."""
    said = frozenset(traits(prompt))
    octave = 2.0 ** (("bright" in said) - ("dark" in said))
    bend = 2.0 ** (("rising" in said) - ("falling" in said))
    glide = bent(count, (0, 1), (1, bend)) if bend != 1 else np.ones(count, np.float32)
    steps = (1.0, 1.41, 2.76, 4.3) if "metal" in said else (1.0, 1.498, 2.0, 3.0)
    rough = 0.9 if "rough" in said else 0.12 if "soft" in said else 0.3
    made = np.zeros((count, 2), np.float32)
    for k, ratio in enumerate(steps):
        tone = buzz(turns(165.0 * octave * ratio * glide), (1, 0.25, 0.08))
        lay(
            made,
            tone * wander(throw, count, 2.5 if "quick" in said else 0.5, 0.15, 1.0),
            0,
            0.5 / ratio**0.5,
            -0.6 + 0.4 * k,
        )
    for side in (-0.8, 0.8):
        air = swept(throw, count, 700.0 * octave * glide * wander(throw, count, 0.4, 0.7, 1.4), 1.5)
        lay(made, air * wander(throw, count, 0.6, 0.4, 1.0), 0, rough, side)
    if "quick" in said:
        made *= (0.55 + 0.45 * waves.sine(np.arange(count) * (6 / 44_100)))[:, None]
    length = count / 44_100
    made *= edge(count, min(0.3, length / 5), min(0.6, length / 4))[:, None]
    return made * factor(_LEVEL - 4 * ("soft" in said) - loudest(made))
