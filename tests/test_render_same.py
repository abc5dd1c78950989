"""The same scene gives the same bytes, whatever lay in the memory that it is made in."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from render_fixtures import landscape, save

RENDER = """
import hashlib, sys
from pathlib import Path
from callsheet.renderers import render
from callsheet.renderers.scene import Scene

asked = {"width": 160, "height": 90, "duration": 0.5, "seed": 7, "mark": False}
still = Path(sys.argv[1])
scenes = [
    Scene("image-to-video", image=still, camera_move=3, generate_audio=True, **asked),
    Scene("text-to-video", prompt="a red fox in the rain", **asked),
]
for number, scene in enumerate(scenes):
    for one in render.render(scene, Path(sys.argv[2]) / str(number), lambda share: None):
        print(hashlib.sha256(one.path.read_bytes()).hexdigest())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc can be told what to fill its memory with")
def test_no_byte_of_a_clip_depends_on_what_lay_in_memory(tmp_path: Path) -> None:
    still = save(landscape(), tmp_path / "still.png")
    made = {_made(still, tmp_path / filling, filling) for filling in ("0", "85", "170")}
    assert len(made) == 1


def _made(still: Path, out: Path, filling: str) -> str:
    """The sums of what a process makes whose memory is filled with that byte when it is given out and given back."""
    told = subprocess.run(
        [sys.executable, "-c", RENDER, str(still), str(out)],
        env={**os.environ, "MALLOC_PERTURB_": filling},
        capture_output=True,
        text=True,
        timeout=150,
        check=True,
    )
    assert len(told.stdout.split()) == 2
    return told.stdout
