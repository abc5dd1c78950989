"""Makes a home as the installed release leaves one, for the tests of upgrades: `python -m tools.make_home FOLDER`.

Writes FOLDER/<version>.tar.gz, the home, and FOLDER/<version>.json, what has to be served from it ever after. Run once
for a release, with that release installed, before its version is counted up.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from callsheet.client import Client
from callsheet.twin import Twin

SETTINGS = """[fetch]
allow = ["127.0.0.1"]

[vendors.vidu]
key = "a key of the twin"
base_url = "{vidu}"

[ledger.prices]
"vidu/*" = 7
"""
FIRST: dict[str, Any] = {
    "model": "text-to-image",
    "input": {"prompt": "a lighthouse at dawn", "resolution": "360p", "count": 2, "format": "jpeg", "seed": 7},
    "metadata": {"film": "灯塔"},
    "idempotency_key": "first",
}
"""What the first task was asked with: asked again it is the same task, whichever release answers."""
LEFT_OUT = {"server.json", "server.log", "lock", "renders", "drafts"}
"""What belongs to a running server, and to no upgrade."""


def main(folder: Path) -> None:
    """Make the home, stop its server, and pack it."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "home"
        home.mkdir(mode=0o700)
        with Twin(speed=100_000) as twin:
            (home / "callsheet.toml").write_text(SETTINGS.format(vidu=twin.base("vidu")))
            with served(home) as (url, token):
                said = fill(url, token)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{version('callsheet')}.json").write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n")
        packed = folder / f"{version('callsheet')}.tar.gz"
        pack(home, packed)
    print(f"{packed}: {packed.stat().st_size:,} bytes")


@contextmanager
def served(home: Path) -> Generator[tuple[str, str]]:
    """`callsheet serve` on this home: its address and the operator's token. Stopped in good order at the end."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("CALLSHEET_")}
    server = subprocess.Popen(
        [sys.executable, "-m", "callsheet", "serve", "--port", "0", "--home", str(home)],
        cwd=home,
        env=plain,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    server.stdout.readline()
    try:
        note = json.loads((home / "server.json").read_text())
        yield note["url"], note["token"]
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)


def fill(url: str, token: str) -> dict[str, Any]:
    """Keys, credits, and tasks in every state: made, paid, failed, canceled and unfinished. What they came to."""
    with Client(url, token) as operator:
        key = operator.create_key("studio", account="studio", budget=100)
        revoked = operator.create_key("gone", account="studio")
        operator.revoke_key(revoked.id)
        operator.fund("studio", 50, memo="to begin with")
        assert key.key
        with Client(url, key.key) as client:
            ended = _tasks(client)
            upload = client.upload(b"<svg xmlns='http://www.w3.org/2000/svg'/>", name="note.svg")
            going = client.submit("text-to-image", {"prompt": "a tide pool [[slow 3600]]", "resolution": "360p"})
            next(task for task in client.watch(going) if task.state == "running")
            credits = client.credits(limit=100)
            return {
                "key": key.key,
                "revoked": revoked.key,
                "first": FIRST,
                "tasks": [client.get(task).raw for task in ended],
                "unfinished": going.id,
                "files": [one.raw for one in client.files(limit=50).data],
                "upload": upload.raw,
                "account": {
                    name: value for name, value in credits.raw.items() if name not in ("data", "entries", "next", "key")
                },
                "ledger": [one.raw for one in credits.entries],
            }


def _tasks(client: Client) -> list[str]:
    """One task of each end, small ones; their ids."""
    picture = client.run(**FIRST)
    clip = client.run("image-to-video", {"image": picture, "duration": 0.5, "camera_move": "push-in", "seed": 7})
    paid = client.run("vidu/viduq1/text2video", {"prompt": "a red door opens", "duration": 5})
    failed = client.submit("text-to-image", {"prompt": "a red door [[fail]]"})
    stuck = client.submit("text-to-image", {"prompt": "a red door [[stuck]]"})
    client.cancel(stuck)
    for task in (failed, stuck):
        for _ in client.watch(task):
            pass
    return [picture.id, clip.id, paid.id, failed.id, stuck.id]


def pack(home: Path, target: Path) -> None:
    """The home without what belongs to a running server."""
    for name in LEFT_OUT:
        left = home / name
        shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
    with tarfile.open(target, "w:gz") as tar:
        for path in sorted(home.rglob("*")):
            tar.add(path, path.relative_to(home).as_posix(), recursive=False)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
