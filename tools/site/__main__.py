"""`python -m tools.site [FOLDER]`: build the documentation into FOLDER (default: site), strictly, and check it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.site import checking, nav, staging


def build(out: Path) -> list[str]:
    """Build the site into `out`, which is replaced, and say what is wrong with it; raises where it cannot be built."""
    homeless = [f"{name} has no place in tools/site/nav.py" for name in nav.homeless()]
    if homeless:
        return homeless
    with tempfile.TemporaryDirectory(prefix="callsheet-site-") as folder:
        settings = staging.stage(Path(folder))
        command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "--config-file", str(settings)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"The site could not be built:\n{done.stdout}{done.stderr}")
        site = settings.parent / "site"
        for page in (settings.parent / "docs").rglob("*.md"):
            shutil.copy(page, site / page.relative_to(settings.parent / "docs"))
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(site, out)
    return checking.faults(out)


def main() -> int:
    """Build, and 1 where something is wrong."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "site")
    found = build(out)
    print(
        "\n".join(found) if found else f"The documentation is in {out}: open {out / 'index.html'}, or serve the folder."
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
