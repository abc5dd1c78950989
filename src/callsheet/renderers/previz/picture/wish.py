"""Reads what a prompt wishes of a given picture: treatments, light, weather, colours and the scene it names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from callsheet.renderers.previz.painter.brief import Brief, read

STYLES: Mapping[str, str] = MappingProxyType(
    {
        "watercolour": "watercolour|watercolor|aquarelle|gouache|水彩",
        "oil": "oil painting|oil paint|oil on canvas|in oils|impasto|impressionist|impressionism|van gogh|oil"
        "|油画|厚涂|印象派|梵高",
        "pencil": "pencil|sketch|graphite|charcoal|line drawing|hand drawn|素描|铅笔|速写|炭笔|线稿|手绘",
        "ink": "ink wash|ink painting|sumi-e|chinese painting|brush painting|ink|水墨|国画|泼墨|写意|墨",
        "anime": "anime|cel shading|cel-shaded|cel|ghibli|manga style|cartoon|动漫|动画|二次元|卡通|吉卜力|赛璐璐|日漫",
        "comic": "comic book|comic|halftone|pop art|graphic novel|漫画|波普|网点|美漫",
        "pixel": "pixel art|pixelated|pixel|8-bit|8 bit|16-bit|像素",
        "low_poly": "low-poly|low poly|lowpoly|polygonal|低多边形|多边形",
        "glass": "stained glass|mosaic|彩色玻璃|彩绘玻璃|花窗|马赛克|玻璃画",
        "blueprint": "blueprint|technical drawing|schematic|蓝图|工程图|图纸",
        "mono": "black and white|black-and-white|monochrome|greyscale|grayscale|noir|b&w|黑白|单色",
        "sepia": "sepia|old photo|old photograph|daguerreotype|老照片|泛黄|棕褐",
        "film": "vintage film|vintage|retro|film look|analog film|analogue|polaroid|kodak|35mm|复古|胶片|怀旧",
        "neon": "neon|cyberpunk|synthwave|vaporwave|霓虹|赛博朋克|赛博",
    }
)
"""The treatments and the words that ask for them, English and Chinese."""

_TIMES: Mapping[str, str] = MappingProxyType(
    {
        "golden": "golden hour|sunset|golden light|magic hour|evening sun|日落|夕阳|落日|黄昏|傍晚|晚霞|余晖|黄金时刻",
        "dusk": "dusk|twilight|blue hour|nightfall|暮色|薄暮|蓝调时刻|暮光",
        "night": "night|midnight|nighttime|moonlight|moonlit|starry|夜晚|夜|深夜|午夜|月光|星空",
        "dawn": "dawn|sunrise|daybreak|first light|黎明|日出|清晨|拂晓|晨光",
        "day": "daylight|daytime|noon|midday|sunny|白天|正午|中午|晴天|阳光",
    }
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was read: `styles` in the order they are named, `time` and `weather` None where none is named."""

    styles: tuple[str, ...]
    time: str | None
    weather: str | None
    brief: Brief

    @property
    def scene(self) -> Brief:
        """The scene to paint, without the figures: those are taken from the pictures that are given."""
        return replace(self.brief, subjects=())

    @property
    def nothing(self) -> bool:
        """Whether the prompt holds no word that means anything here."""
        read_any = self.styles or self.time or self.weather or self.brief.colours or self.brief.warmth
        return not (read_any or self.brief.named)

    def said(self) -> dict[str, Any]:
        """What was understood, for whoever reads the result."""
        found = {
            "styles": list(self.styles),
            "time": self.time,
            "weather": self.weather,
            "colours": list(self.brief.colours),
            "setting": self.brief.setting if self.brief.named else None,
            "subjects": {subject.figure: subject.count for subject in self.brief.subjects},
        }
        return {name: value for name, value in found.items() if value}


def wish(prompt: str, negative: str = "") -> Wish:
    """Read a prompt; what `negative` names is left out."""
    brief = read(prompt, negative)
    refused = set(_named(negative, STYLES))
    styles = tuple(style for style in _named(prompt, STYLES) if style not in refused)
    times = _named(prompt, _TIMES)
    return Wish(styles[:2], times[0] if times else None, brief.weather if brief.weather != "clear" else None, brief)


def _named(text: str, table: Mapping[str, str]) -> list[str]:
    """The names whose words the text holds, in its order; a longer word hides a shorter one inside it."""
    text = text.lower()
    words = [(word, name) for name, joined in table.items() for word in joined.split("|")]
    found: list[tuple[int, str]] = []
    for word, name in sorted(words, key=lambda pair: -len(pair[0])):
        pattern = rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)
        for match in re.finditer(pattern, text):
            found.append((match.start(), name))
        text = re.sub(pattern, lambda match: "\0" * len(match[0]), text)
    return list(dict.fromkeys(name for _, name in sorted(found)))
