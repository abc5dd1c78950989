"""The gallery's index page: every sheet with a line that says what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

AREAS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "scenes": (
        "Painted scenes",
        {
            "times.jpg": "every setting of the painter at every time of day",
            "weathers.jpg": "every outdoor setting in every weather",
        },
    ),
    "moves": (
        "Camera moves",
        {f"moves-{n}.jpg": f"moves {10 * n - 9} to {min(10 * n, 46)}, five frames each" for n in range(1, 6)},
    ),
    "video": (
        "Clips",
        {
            "shots.jpg": "several shots in one clip, through key pictures and cut; from first to last frame",
            "motion.jpg": "motion control: a clip, and the still that moves like it",
            "subjects.jpg": "subjects of given pictures in a painted scene",
            "templates.jpg": "templates as the arrangements that stand in for a vendor's effects",
        },
    ),
    "images": (
        "Pictures from pictures",
        {
            "treatments-lighthouse.jpg": "every treatment of one picture",
            "treatments-street.jpg": "the same of a picture with people and lights",
            "light-and-weather.jpg": "one picture in other light and weather",
            "controls.jpg": "reference to image by edge, depth and subject",
            "redraw.jpg": "a masked part made anew, all else byte for byte",
            "masks.jpg": "masks: subject, edge, depth, and what colour and place words name",
            "upscale.jpg": "enlarging, beside plain interpolation",
        },
    ),
    "music": (
        "Music",
        {f"sheet-{page}.png": "waveform, spectrogram, loudness and sections, three pieces" for page in range(1, 6)}
        | {"lo-fi.mp3": "eight seconds of lo-fi", "trailer.mp3": "eight seconds of an orchestral trailer in D minor"},
    ),
    "effects": (
        "Sound effects",
        {
            f"{name}.png": "the spectrogram of each recipe, its claim and what was measured"
            for name in (
                "weather", "water-and-fire", "animals", "people", "household", "machines", "engines", "metal-and-skin",
                "blasts", "screens",
            )
        },
    ),
    "speech": (
        "Speech",
        {
            "english.png": "an English text, every word where its time says",
            "mandarin.png": "the same in Mandarin",
            "cantonese.png": "the same in Cantonese",
        },
    ),
    "diagrams": (
        "Diagrams",
        {
            "flowcharts.png": "branches, loops and merges",
            "mindmaps.png": "mind maps from lists and sentences",
            "plans.png": "Gantt charts with dates, lengths and dependencies",
            "infographics.png": "cards, numbers, comparisons and charts",
            "languages.png": "the letters of twelve languages",
        },
    ),
    "edit": (
        "Edits",
        {
            "transitions.png": "every transition between two clips, as strips",
            "reframe.png": "one clip in other ratios: whole with bars, cut to fill, on a blurred copy, stretched",
            "subtitles.png": "subtitles in English and Chinese, plain and word by word",
            "contact-sheet.png": "a contact sheet",
            "loop.gif": "a loop without a seam",
        },
    ),
}  # fmt: skip
"""Every area in the order of the page: its heading, and its files with what each shows."""

_OPENING = """# Gallery

What previz makes, on sheets to look at and two pieces to hear. `make gallery` draws all of it anew.
"""


def page() -> str:
    """The page as Markdown; pictures and loops are shown, sounds are linked."""
    parts = [_OPENING]
    for area, (heading, sheets) in AREAS.items():
        parts.append(f"\n## {heading}\n")
        for name, line in sheets.items():
            shown = "" if name.endswith(".mp3") else f"\n\n![{line}]({area}/{name})"
            parts.append(f"\n[{name}]({area}/{name}): {line}.{shown}\n")
    return "".join(parts)


def unlisted(gallery: Path) -> list[str]:
    """Sheets in the folder that the page does not name, and names without a sheet."""
    there = {path.relative_to(gallery).as_posix() for path in gallery.glob("*/*") if path.is_file()}
    named = {f"{area}/{name}" for area, (_, sheets) in AREAS.items() for name in sheets}
    return sorted(there ^ named)
