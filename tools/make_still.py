"""Paints the still of the demo again, the same each time: `python tools/make_still.py [PATH]`."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from callsheet.renderers.previz.painter import compose

PROMPT = "a harbour at golden hour with a lighthouse and two sailboats, a flock of seagulls"
SEED = 16
SIZE = (1920, 1080)
DEFAULT = Path(__file__).parent.parent / "src" / "callsheet" / "demo" / "still.jpg"

_DESCRIPTION, _SOFTWARE, _ARTIST, _COPYRIGHT = 0x010E, 0x0131, 0x013B, 0x8298


def main(path: Path) -> None:
    """Paint the still and write it as JPEG, with words on its making and its dedication to the public domain."""
    rgb = compose.paint(PROMPT, *SIZE, SEED)
    exif = Image.Exif()
    exif[_DESCRIPTION] = f"Painted by callsheet's own painter from: {PROMPT}"
    exif[_SOFTWARE] = "callsheet tools/make_still.py"
    exif[_ARTIST] = "The callsheet authors"
    exif[_COPYRIGHT] = "Public domain: CC0 1.0, https://creativecommons.org/publicdomain/zero/1.0/"
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(rgb).save(path, "JPEG", quality=86, optimize=True, progressive=True, exif=exif.tobytes())
    print(f"{path}: {SIZE[0]}x{SIZE[1]}, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT)
