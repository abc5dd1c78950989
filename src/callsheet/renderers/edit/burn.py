"""Letters subtitles onto a clip, each in exactly the frames that show between its start and its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from callsheet.renderers.edit.checks import lettered
from callsheet.renderers.edit.conform import target
from callsheet.renderers.edit.cues import Cue
from callsheet.renderers.edit.frames import Rgb
from callsheet.renderers.edit.origin import notes
from callsheet.renderers.edit.parts import part
from callsheet.renderers.edit.reel import reel
from callsheet.renderers.edit.sequence import Cut
from callsheet.renderers.edit.subtitles import Style, draw
from callsheet.renderers.encode import ClipWriter
from callsheet.renderers.scene import Made, Progress, Scene


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Write `out/clip.mp4`: the clip's own frames and sound, lettered. Raises RenderError for cues after its end."""
    given = scene.extra
    clip, found = lettered(given, reel)
    aim = target({}, clip)
    cut = Cut((part(clip, aim.fps),), aim)
    size = max(9, round(given["size"] * min(aim.width, aim.height)))
    style = Style(given["position"], given["look"], size, given["highlight"])
    told = notes(scene, [clip.path], cues=len(found))
    path = out / "clip.mp4"
    with ClipWriter(
        path, aim.width, aim.height, aim.fps, cut.frames, cut.sound(), told, progress=progress, crf=17
    ) as made:
        for rgb in written(cut.pictures(), found, aim.fps, style):
            made.write(rgb)
    facts = {"cues": len(found), "preview": told["preview"], "inputs": told["inputs"]}
    return [Made(path, "video/mp4", aim.width, aim.height, float(cut.frames / aim.fps), float(aim.fps), facts)]


def written(frames: Iterator[Rgb], found: Sequence[Cue], fps: Fraction, style: Style) -> Iterator[Rgb]:
    """The frames with their subtitles: frame k shows what starts at or before k / fps and ends after it."""
    begun = 0
    under_way: list[Cue] = []
    for number, rgb in enumerate(frames):
        seconds = Fraction(number) / fps
        while begun < len(found) and found[begun].start <= seconds:
            under_way.append(found[begun])
            begun += 1
        under_way = [cue for cue in under_way if cue.end > seconds]
        if under_way:
            draw(rgb, [(cue, cue.spoken(seconds)) for cue in under_way], style)
        yield rgb
