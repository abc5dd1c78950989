"""Music: pieces from a prompt, each composed from its seed, exact to the sample, at -14 LUFS."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from callsheet.errors import RenderError
from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.previz import shoot
from callsheet.renderers.previz.music import brief, form, master, mixer, score
from callsheet.renderers.previz.music.band import Note
from callsheet.renderers.previz.music.score import Score
from callsheet.renderers.scene import Made, Progress, Scene
from callsheet.renderers.sound.write import FORMATS, write_sound

LONGEST = 900.0
_COMPOSED = 0.6
"""The share of the work that composing and mixing is; the rest is mastering and encoding."""


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Compose `count` pieces `out/music-1.mp3` ...; piece i from seed + i. Formats: mp3, wav, flac, m4a.

    A duration of 0 lets a piece last as long as its form needs. Raises RenderError for another format or length.
    """
    ending = ending_of(scene)
    made: list[Made] = []
    for index, piece in enumerate(shoot.pieces(scene)):
        asked = brief.read(piece.prompt, piece.negative_prompt, piece.seed)
        seconds = scene.duration or form.natural(asked)
        written = score.write(asked, form.plan(asked, seconds), piece.seed)

        def share(done: float, index: int = index) -> None:
            progress((index + done) / scene.count)

        made.append(recorded(written, out / f"music-{index + 1}.{ending}", shoot.facts(piece), share))
    return made


def ending_of(scene: Scene) -> str:
    """The file format a scene asks for; a scene that names a clip's gets MP3."""
    ending = "mp3" if scene.format == "mp4" else scene.format.lower()
    if ending not in FORMATS:
        raise RenderError(f"Music cannot be written as {ending!r}.", hint=f"Use one of {', '.join(FORMATS)}.")
    if not 0 <= scene.duration <= LONGEST:
        raise RenderError(f"Music of {scene.duration} s cannot be.", hint=f"0 to {LONGEST:.0f} s.", param="duration")
    return ending


def recorded(
    piece: Score,
    path: Path,
    facts: dict[str, Any],
    progress: Progress,
    accents: Sequence[Note] = (),
    swells: Sequence[float] = (),
) -> Made:
    """Play, master and write a piece; `accents` are played with it, `swells` are decibels for each of its seconds."""
    count = mixer.samples(piece.form.seconds)
    said = understood(piece)
    blocks = master.mastered(
        mixer.played(piece, accents, swells),
        count,
        path.with_name(f".{path.name}.mix.part"),
        lambda done: progress(_COMPOSED * done),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = write_sound(
        path,
        blocks,
        {**facts, "music": said},
        frames=count,
        progress=lambda done: progress(_COMPOSED + (1 - _COMPOSED) * done),
    )
    return Made(path, kind, duration=count / SAMPLE_RATE, extra={"music": said})


def understood(piece: Score) -> dict[str, Any]:
    """What was read from the prompt and what was composed, so that no one need guess. Times in seconds."""
    asked, plan = piece.brief, piece.form
    sections = [
        {
            "name": part.name,
            "start": round(part.first * plan.bar, 3),
            "end": round((part.first + part.bars) * plan.bar, 3),
        }
        for part in plan.sections
    ]
    sections.append({"name": "last chord", "start": round(plan.last, 3), "end": plan.seconds})
    return {
        "genre": asked.genre,
        "mood": asked.mood,
        "key": asked.key,
        "mode": asked.mode,
        "tempo": round(plan.tempo, 2),
        "metre": f"{asked.metre}/{8 if asked.metre == 6 else 4}",
        "instruments": [*dict.fromkeys(asked.players.values()), *(["drums"] if asked.drums else [])],
        "progression": piece.numerals["theme"],
        "sections": sections,
        "from_prompt": sorted(asked.said),
        **({"stand_ins": dict(asked.stand_ins)} if asked.stand_ins else {}),
    }
