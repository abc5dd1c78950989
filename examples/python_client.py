"""Make a still, put a camera move on it, and save both: `python examples/python_client.py [FOLDER]`."""

from __future__ import annotations

import sys
from pathlib import Path

from callsheet import Client
from callsheet.client import Task


def show(task: Task) -> None:
    """One line per piece of news."""
    print(f"{task.id}  {task.state:<9}  {task.progress:4.0%}")


def main(folder: Path) -> None:
    """The server is the one CALLSHEET_URL names, else http://127.0.0.1:8420."""
    folder.mkdir(parents=True, exist_ok=True)
    with Client() as client:
        still = client.run("text-to-image", {"prompt": "a lighthouse at dusk", "resolution": "360p", "seed": 7})
        image = client.download(still.artifacts[0], folder / "lighthouse.png")
        clip = client.run(
            "image-to-video",
            {"image": image, "prompt": "slow push in", "camera_move": "push-in", "duration": 1},
            on_update=show,
        )
        print(client.download(clip.artifacts[0], folder / "lighthouse.mp4"))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
