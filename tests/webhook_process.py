"""A process that makes one task with a webhook and lives until it is ended: `webhook_process.py FOLDER URL`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from engine_fixtures import DONE, Vendor, a_house


async def main(folder: Path, url: str) -> None:
    async with a_house(folder, {"studio": Vendor(submit=[DONE])}, fetch__allow="127.0.0.1") as house:
        await house.submit(webhook=url)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
