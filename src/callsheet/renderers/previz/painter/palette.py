"""The colours of a picture: a limited palette per time of day, moved by weather, setting, colour words and seed."""

from __future__ import annotations

import colorsys
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from callsheet.renderers.previz.painter.brief import Brief

Stops = tuple[tuple[float, np.ndarray], ...]


def hex_(code: str) -> np.ndarray:
    """`#f2a66b` as float32 red, green, blue 0..255."""
    return np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)], np.float32)


def rgb(red: float, green: float, blue: float) -> np.ndarray:
    """A colour 0..255 as float32."""
    return np.array([red, green, blue], np.float32)


def mix(a: np.ndarray, b: np.ndarray, share: float) -> np.ndarray:
    """From a to b by `share` 0..1."""
    return (a + (b - a) * np.float32(share)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as float32 RGB 0..255. `sky` runs from the zenith (0) to the horizon (1).

    `ambient` multiplies what things are (1 by day); `dark` says how far near things fall into silhouette; `night` says
    how much lamps and windows shine. `accents` are what the prompt or the scheme offers for small things.
    """

    sky: Stops
    haze: np.ndarray
    sun: np.ndarray
    cloud: np.ndarray
    shade: np.ndarray
    deep: np.ndarray
    silhouette: np.ndarray
    ambient: np.ndarray
    dark: float
    night: float
    accents: tuple[np.ndarray, ...]

    def lit(self, colour: np.ndarray, nearness: float) -> np.ndarray:
        """What a thing's own colour looks like here: lit, then lost in haze with distance, or dark close by."""
        seen = colour * self.ambient
        seen = mix(seen, self.silhouette, self.dark * (0.35 + 0.65 * nearness))
        return mix(self.haze, seen, min(1.0, 0.16 + 0.9 * nearness))


# zenith … horizon | haze | sun | cloud lit | cloud shade | deep water | silhouette | ambient | dark, night
_TIMES: dict[str, list[tuple[str, ...]]] = {
    "dawn": [
        ("#38518a #7f86b3 #d9a6b0 #ffd2a8 #ffe9c6",
         "#e9c3bd", "#fff0cf", "#ffd9c2", "#9d8fb5", "#41587f", "#39406b", "#d8c2cc", ".42 .15"),
        ("#2f6286 #7fa9bd #d5c7c0 #f9cfb0 #ffe7c9",
         "#dfc9c0", "#fff3d6", "#ffe3cd", "#94a3b8", "#37627d", "#2d4a66", "#d2cbcf", ".40 .12"),
    ],
    "day": [
        ("#2274b9 #4b9ad6 #8cc5e8 #c4e4f0 #e6f3ee",
         "#cfe4ec", "#fffbe6", "#ffffff", "#b5cce0", "#176a97", "#234a63", "#ffffff", ".10 .0"),
        ("#2f86b8 #5fb0cf #9dd3dc #d1eae0 #f3f3dc",
         "#d6e7e0", "#fff8dc", "#fffdf4", "#b3d0d8", "#187b93", "#1f4d5a", "#fffdf6", ".10 .0"),
        ("#3566ab #5e8fce #9abde6 #cadcf0 #eaf0f2",
         "#d3dfee", "#fffdf0", "#ffffff", "#b9c7e2", "#215a96", "#2a3f66", "#fbfbff", ".10 .0"),
    ],
    "golden": [
        ("#37598c #7b7fa0 #d79a86 #fbb96c #ffdf96",
         "#f3b987", "#fff0bd", "#ffd79a", "#a47c8c", "#3d4f74", "#34294a", "#e0a688", ".58 .22"),
        ("#2c5f7f #6f949a #d3b184 #f7c36b #ffe7a1",
         "#eebf86", "#fff3c4", "#ffdfa0", "#97858a", "#2f5c70", "#2b2f47", "#ddb08a", ".56 .20"),
        ("#4a4f8f #9a739c #e48b83 #ffac69 #ffd88c",
         "#f0a483", "#ffedb8", "#ffc796", "#95698f", "#48477c", "#38254c", "#dda090", ".60 .24"),
    ],
    "dusk": [
        ("#161c48 #3a2f70 #8b4585 #dd6a74 #ffa570",
         "#a85f83", "#ffc68a", "#e9877d", "#51407c", "#232a5c", "#1c1739", "#9076a8", ".66 .55"),
        ("#12284c #2a4a77 #6a6797 #cb7f8c #ffb283",
         "#9a7390", "#ffcf98", "#e29a90", "#465079", "#1d345f", "#161f3d", "#8a83ad", ".64 .5"),
    ],
    "night": [
        ("#050b20 #0a1736 #13284f #204066 #35597c",
         "#29486b", "#f0f4ff", "#4b6688", "#1b2d50", "#0b1d3a", "#060d20", "#4f6693", ".62 1"),
        ("#0a0a26 #15163f #262a5c #3d4277 #5b5c8e",
         "#41457a", "#f6f0ff", "#61639a", "#25275a", "#12153a", "#090920", "#5f63a0", ".62 1"),
    ],
}  # fmt: skip

_WARM, _COLD = hex_("#ff9a4a"), hex_("#3f7fc8")
_SCHEME = {
    "dawn": "#e8796b #f4c58a #5b7fa6 #fbe7cf",
    "day": "#e4572e #f3b340 #2a7f9e #f7f3e6",
    "golden": "#d9482f #f6b04a #2f6f86 #ffe8bf",
    "dusk": "#f0566d #ffb35c #4d5fb8 #f7cfd2",
    "night": "#ff6f61 #ffc861 #45a3d9 #d8e2ff",
}


def choose(brief: Brief, dice: np.random.Generator) -> Palette:
    """The palette of this picture; the dice pick a variant and jitter it a little."""
    variants = _TIMES[brief.time]
    row = variants[int(dice.integers(len(variants)))]
    palette = _palette(row, _SCHEME[brief.time])
    palette = _weather(palette, brief.weather, brief.time)
    palette = _jitter(palette, float(dice.normal(0, 0.012)), float(dice.uniform(0.94, 1.06)))
    return _style(_words(palette, brief), brief.style)


def every(palette: Palette, change: Callable[[np.ndarray], np.ndarray]) -> Palette:
    """The palette with one change applied to each of its colours."""
    return replace(
        palette,
        sky=tuple((place, change(colour)) for place, colour in palette.sky),
        accents=tuple(change(c) for c in palette.accents),
        ambient=np.clip(change(palette.ambient * 255) / 255, 0, 1.2),
        **{n: change(getattr(palette, n)) for n in ("haze", "sun", "cloud", "shade", "deep", "silhouette")},
    )


def saturate(colour: np.ndarray, amount: float, value: float = 1.0) -> np.ndarray:
    """The colour with its saturation multiplied, and its brightness."""
    grey = np.float32(colour @ np.array([0.3, 0.59, 0.11], np.float32))
    return np.clip((grey + (colour - grey) * amount) * value, 0, 255).astype(np.float32)


def _palette(row: tuple[str, ...], scheme: str) -> Palette:
    colours = [hex_(code) for code in row[0].split()]
    places = (0.0, 0.34, 0.66, 0.87, 1.0)
    dark, night = (float(n) for n in row[8].split())
    haze, sun, cloud, shade, deep, silhouette, ambient = (hex_(code) for code in row[1:8])
    return Palette(
        sky=tuple(zip(places, colours, strict=True)),
        haze=haze,
        sun=sun,
        cloud=cloud,
        shade=shade,
        deep=deep,
        silhouette=silhouette,
        ambient=ambient / 255,
        dark=dark,
        night=night,
        accents=tuple(hex_(code) for code in scheme.split()),
    )


_LOW, _HEAVY = frozenset({"dawn", "golden", "dusk"}), frozenset({"rain", "storm"})
_WEATHER = {"cloudy": (0.66, 0.95), "rain": (0.42, 0.72), "storm": (0.36, 0.5), "fog": (0.5, 1.02), "snow": (0.5, 0.98)}


def _weather(palette: Palette, weather: str, time: str) -> Palette:
    if weather not in _WEATHER:
        return palette
    saturation, value = _WEATHER[weather]
    made = every(palette, lambda c: saturate(c, saturation, value))
    if time in _LOW and weather in _HEAVY:
        made = _under_the_clouds(palette, made)
    return replace(made, sun=palette.sun, night=max(palette.night, 0.35 if weather in ("rain", "storm") else 0.0))


def _under_the_clouds(clear: Palette, made: Palette) -> Palette:
    """A low sun's light along the horizon and on the clouds' undersides, whatever rain there is."""
    low = zip(clear.sky, made.sky, strict=True)
    sky = tuple((place, mix(dull, bright, 0.75 * max(0.0, place - 0.3) / 0.7)) for (place, bright), (_, dull) in low)
    haze, cloud = mix(made.haze, clear.haze, 0.45), mix(made.cloud, clear.cloud, 0.4)
    return replace(made, sky=sky, haze=haze, cloud=cloud, deep=mix(made.deep, clear.haze, 0.12))


def _jitter(palette: Palette, hue: float, saturation: float) -> Palette:
    def turn(colour: np.ndarray) -> np.ndarray:
        h, s, v = colorsys.rgb_to_hsv(*(colour / 255).tolist())
        return np.array(colorsys.hsv_to_rgb((h + hue) % 1, min(1, s * saturation), v), np.float32) * 255

    return every(palette, turn)


def _words(palette: Palette, brief: Brief) -> Palette:
    """Colour words of the prompt pull the whole scheme towards them and become its accents; what is said of sky,
    clouds and water colours those alone."""
    colours = [hex_(code) for code in brief.colours]
    if brief.warmth:
        pull = _WARM if brief.warmth > 0 else _COLD
        palette = every(palette, lambda c: mix(c, pull * (c.mean() / max(pull.mean(), 1)) ** 0.9, 0.22))
    if colours:
        sky = list(palette.sky)
        for i, (place, colour) in enumerate(sky):
            sky[i] = (place, _towards(colour, colours[0] if i < 3 or len(colours) == 1 else colours[1], 0.34))
        haze = _towards(palette.haze, colours[-1], 0.3)
        palette = replace(palette, sky=tuple(sky), haze=haze, accents=(*colours, *palette.accents)[:4])
    return _elements(palette, brief)


def _elements(palette: Palette, brief: Brief) -> Palette:
    sky, clouds, water = (brief.tint(element) for element in ("sky", "clouds", "water"))
    if sky is not None:
        tone = hex_(sky)
        stops = tuple((place, _towards(colour, tone, 0.82 - 0.3 * place)) for place, colour in palette.sky)
        palette = replace(palette, sky=stops, haze=_towards(palette.haze, tone, 0.3))
    if clouds is not None:
        tone = hex_(clouds)
        palette = replace(palette, cloud=mix(palette.cloud, tone, 0.8), shade=mix(palette.shade, tone * 0.6, 0.7))
    if water is not None:
        palette = replace(palette, deep=mix(palette.deep, hex_(water) * palette.ambient, 0.75))
    return palette


def _towards(colour: np.ndarray, tone: np.ndarray, share: float) -> np.ndarray:
    """The colour pulled towards a tone, as bright as it was, or nearly."""
    level = np.clip(colour.mean() / max(float(tone.mean()), 20), 0, 2.2)
    return mix(colour, np.clip(tone * level, 0, 255), share)


def _style(palette: Palette, style: str) -> Palette:
    if style in ("monochrome", "ink"):
        grey = every(palette, lambda c: saturate(c, 0.0))
        if style == "monochrome":
            return grey
        paper, ink = hex_("#f1ebdd"), hex_("#2b2f33")
        washed = every(grey, lambda c: mix(ink, paper, min(1.0, float(c.mean()) / 255 * 0.62 + 0.46)))
        return replace(washed, silhouette=ink, dark=0.75, sun=hex_("#c8442f"), haze=hex_("#e4ddce"), cloud=paper)
    if style == "pastel":
        return replace(every(palette, lambda c: mix(saturate(c, 0.72), hex_("#fff4ee"), 0.34)), dark=palette.dark * 0.5)
    if style == "neon":
        neon = tuple(hex_(c) for c in ("#ff2fa0", "#21e6ff", "#8b4dff", "#ffe14d"))
        made = every(palette, lambda c: saturate(mix(c, hex_("#3a1a78") * (c.mean() / 90), 0.42), 1.25))
        return replace(made, accents=neon, night=1.0, haze=mix(made.haze, hex_("#c02b9c"), 0.28))
    if style == "vintage":
        return every(palette, lambda c: mix(saturate(c, 0.68), hex_("#d8b07a"), 0.16))
    return palette
