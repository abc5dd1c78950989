"""Builds the wheel and tries it as people install it, in empty environments and over the network: `make wheel`.

With `pipx run` in an environment of its own, with `uvx`, and with pip in a fresh one; then with every extra.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
UV = ROOT / ".tools" / "uv" / "bin" / "uv"
MAKE = ("run", "text-to-image", "--prompt", "a red door in a white wall", "--resolution", "360p")


def main() -> int:
    """Try each way; 1 when one of them fails."""
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        wheel = build(place)
        for name, words in ways(wheel, place).items():
            print(f"== {name}", flush=True)
            for command in words:
                done = run(command, place)
                if done.returncode:
                    failed.append(f"{name}: {' '.join(map(str, command))}")
                    break
    print(f"failed: {failed}" if failed else "every way works")
    return 1 if failed else 0


def build(place: Path) -> Path:
    """The wheel and the source archive of the working tree; the wheel is made from the archive, as an index would."""
    subprocess.run([UV, "build", "--quiet", "--out-dir", place / "dist", ROOT], check=True)
    (found,) = (place / "dist").glob("*.whl")
    print(f"{found.name}: {found.stat().st_size:,} bytes", flush=True)
    return found


def ways(wheel: Path, place: Path) -> dict[str, list[list[str | Path]]]:
    """For each way of installing, the commands that have to succeed."""
    extras = ",".join(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])
    pip, whole = place / "pip", place / "whole"
    inside, _shim = pip / "bin" / "callsheet", place / "pipx" / "bin" / "callsheet"
    made = [*MAKE, "--out", place / "made"]
    uvx: list[str | Path] = [UV, "tool", "run", "--isolated", "--from", wheel, "callsheet"]
    pipx: list[str | Path] = [UV, "tool", "run", "pipx", "install", "--force", wheel]
    return {
        "pip": [
            [sys.executable, "-m", "venv", pip],
            [pip / "bin" / "python", "-m", "pip", "install", "--quiet", wheel],
            [inside, "doctor"],
            [inside, *made],
            [inside, "demo", "--out", place / "demo"],
            [inside, "models", "--capability", "music"],
        ],
        "uvx": [[*uvx, "version"], [*uvx, "skill", "show"], [*uvx, *made]],
        "pipx": [
            pipx,
            [place / "pipx" / "bin" / "callsheet", "version"],
            [place / "pipx" / "bin" / "callsheet", *made],
        ],
        "every extra": [
            [UV, "venv", "--quiet", whole],
            [
                UV,
                "pip",
                "install",
                "--quiet",
                "--python",
                whole / "bin" / "python",
                f"callsheet[{extras}] @ file://{wheel}",
            ],
            [whole / "bin" / "callsheet", "doctor"],
            [whole / "bin" / "callsheet", "run", "speech", "-i", "text=Good morning.", "--out", place / "made"],
        ],
    }


def run(words: list[str | Path], place: Path) -> subprocess.CompletedProcess[bytes]:
    """One command, in a home and a pipx of its own, with the checkout out of sight."""
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith(("CALLSHEET_", "PYTHON", "VIRTUAL"))
    }
    own = {"CALLSHEET_HOME": str(place / "home"), "HOME": str(place / "person")}
    own |= {"PIPX_HOME": str(place / "pipx"), "PIPX_BIN_DIR": str(place / "pipx" / "bin")}
    kept = {"UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv"))}
    print("$", *(Path(word).name if isinstance(word, Path) else word for word in words), flush=True)
    return subprocess.run(words, cwd=place, env={**plain, **own, **kept}, check=False)


if __name__ == "__main__":
    if shutil.which("git") is None or not UV.is_file():
        sys.exit("run `make setup` first")
    sys.exit(main())
