"""Text to video: a painting in layers, filmed by a moving camera, with wind, water and light alive in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from callsheet.renderers.encode import ClipWriter
from callsheet.renderers.previz import mark, moves, sound
from callsheet.renderers.previz.painter import compose, moving
from callsheet.renderers.previz.painter.brief import Brief, read
from callsheet.renderers.previz.slate import Slate, shot_facts
from callsheet.renderers.previz.take import take
from callsheet.renderers.previz.text_to_image import painted
from callsheet.renderers.scene import Made, Progress, Scene


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Film `count` clips into the folder `out`, piece i from seed + i.

    The camera makes the scene's move, else the one the prompt names, else a gentle push. Progress is that of encoded
    frames. Raises RenderError or StorageError when a clip cannot be written.
    """
    brief = read(scene.prompt, scene.negative_prompt)
    made: list[Made] = []
    for index in range(scene.count):
        piece = replace(scene, seed=scene.seed + index)
        path = out / f"clip-{index + 1}.mp4"

        def forward(share: float, done: int = index) -> None:
            progress((done + share) / scene.count)

        made.append(_clip(piece, brief, path, forward))
    return made


def _clip(scene: Scene, brief: Brief, path: Path, progress: Progress) -> Made:
    move = _move(scene, brief)
    seconds = float(scene.exact_duration)
    path_of_camera = moves.poses(move, take(scene.seed, scene.motion, seconds, scene.width, scene.height), scene.frames)
    poses, margin = moving.fit(list(path_of_camera), scene.width, scene.height)
    painting = compose.compose(brief, scene.width, scene.height, scene.seed, margin=margin, duration=seconds)
    show = moving.Show(painting, margin)
    slate = Slate(scene, shot_facts(scene, scene.seed, move.name)) if scene.mark else None
    audio = sound.score(scene)
    facts = {"title": scene.prompt, "seed": scene.seed, "camera": move.name, **painted(brief)}
    with ClipWriter(
        path, scene.width, scene.height, scene.fps, scene.frames, audio, facts, progress=progress
    ) as clip:
        for index, pose in enumerate(poses):
            rgb = show.frame(pose, index / float(scene.fps))
            if slate is not None:
                slate.lay(rgb)
                mark.stamp(rgb)
            clip.write(rgb)
    return Made(
        path,
        "video/mp4",
        scene.width,
        scene.height,
        duration=seconds,
        fps=float(scene.fps),
        extra={"seed": scene.seed, "camera": move.name, "painted": painted(brief), "has_audio": audio is not None},
    )


def _move(scene: Scene, brief: Brief) -> moves.Move:
    index = scene.camera_move if scene.camera_move is not None else brief.camera
    return moves.GENTLE if index is None else moves.by_index(index)
