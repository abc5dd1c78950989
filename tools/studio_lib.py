"""Fetches the studio's browser libraries from npm, as modules that name each other by path."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "src" / "callsheet" / "server" / "studio" / "static" / "lib"

PACKAGES = {
    "preact": "11.2.0",
    "htm": "3.1.1",
    "@preact/signals": "2.11.4",
    "@preact/signals-core": "1.14.5",
}
"""What the studio stands on in the browser, pinned. The licences are copied beside the code."""

MODULES = {
    "preact.js": ("preact", "dist/preact.mjs"),
    "hooks.js": ("preact", "hooks/dist/hooks.mjs"),
    "htm.js": ("htm", "dist/htm.mjs"),
    "signals.js": ("@preact/signals", "dist/signals.mjs"),
    "signals-core.js": ("@preact/signals-core", "dist/signals-core.mjs"),
}

BARE = {
    '"preact/hooks"': '"./hooks.js"',
    '"preact"': '"./preact.js"',
    '"@preact/signals-core"': '"./signals-core.js"',
}
"""A browser resolves no bare name, and an import map would be an inline script."""


def main() -> None:
    """Write every module and licence anew."""
    LIBRARY.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        unpacked = {name: _unpacked(name, version, Path(folder)) for name, version in PACKAGES.items()}
        for module, (package, path) in MODULES.items():
            (LIBRARY / module).write_text(_by_path(package, (unpacked[package] / path).read_text()))
        for name, place in unpacked.items():
            shutil.copyfile(place / "LICENSE", LIBRARY / f"LICENSE-{name.removeprefix('@').replace('/', '-')}")


def _unpacked(name: str, version: str, folder: Path) -> Path:
    packed = subprocess.run(
        ["npm", "pack", "--silent", f"{name}@{version}"], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()
    place = folder / packed.removesuffix(".tgz")
    with tarfile.open(folder / packed) as archive:
        archive.extractall(place, filter="data")
    return place / "package"


def _by_path(package: str, source: str) -> str:
    for bare, path in BARE.items():
        source = source.replace(f"from{bare}", f"from{path}")
    source = source.partition("//# sourceMappingURL=")[0].rstrip()
    return f"/* {package} {PACKAGES[package]}, see the licence beside this file */\n{source}\n"


if __name__ == "__main__":
    main()
