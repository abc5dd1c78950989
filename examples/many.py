"""Twelve stills at once, each as soon as it is there: `python examples/many.py [FOLDER]`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from callsheet import AsyncClient

SUBJECTS = ("a fox", "a train", "a lighthouse", "a red boat")
WEATHER = ("in snow", "in autumn rain", "at golden hour")


async def main(folder: Path) -> None:
    """Submits all, then saves in the order in which they end."""
    async with AsyncClient() as client:

        async def one(prompt: str) -> Path:
            task = await client.run("text-to-image", {"prompt": prompt, "resolution": "360p"})
            return await client.download(task.artifacts[0], folder / f"{prompt.replace(' ', '-')}.png")

        wanted = [one(f"{subject} {weather}") for subject in SUBJECTS for weather in WEATHER]
        for ready in asyncio.as_completed(wanted):
            print(await ready)


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(target))
