"""Writes stills: PNG, JPEG and WebP that say in their metadata what they are, each whole or not there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from callsheet.errors import RenderError
from callsheet.renderers.encode import PREVIEW
from callsheet.renderers.landing import landing

CONTENT_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "jpg": "image/jpeg", "webp": "image/webp"}
"""What a still may be written as, by the format's name."""

_DESCRIPTION, _SOFTWARE = 0x010E, 0x0131


def write_still(path: Path, rgb: NDArray[np.uint8], metadata: Mapping[str, Any] | None = None) -> str:
    """Write a uint8 RGB or RGBA picture by the ending of `path` and return its content type.

    PNG carries its words as text chunks, JPEG as EXIF, WebP as EXIF and XMP. `comment` in the metadata stands for
    PREVIEW. Raises RenderError for other endings.
    """
    name = path.suffix.lstrip(".").lower()
    if name not in CONTENT_TYPES:
        raise RenderError(f"A still cannot be written as {name!r}.", hint=f"Use one of {', '.join(CONTENT_TYPES)}.")
    told = dict(metadata or {})
    comment = str(told.pop("comment", PREVIEW))
    words = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
    picture = Image.fromarray(rgb)
    with landing(path) as part:
        if name == "png":
            picture.save(part, "PNG", pnginfo=_chunks(comment, words), compress_level=4)
        elif name == "webp":
            picture.save(part, "WEBP", quality=90, method=4, exif=exif(comment, words), xmp=xmp(comment, words))
        else:
            picture.convert("RGB").save(part, "JPEG", quality=92, subsampling=0, exif=exif(comment, words))
    return CONTENT_TYPES[name]


def _chunks(comment: str, words: str) -> PngInfo:
    chunks = PngInfo()
    chunks.add_text("Comment", comment)
    chunks.add_text("Software", "callsheet")
    chunks.add_itxt("Description", words)
    return chunks


def exif(comment: str, words: str) -> bytes:
    """EXIF that says so: the comment and the description as one, and our name."""
    said = Image.Exif()
    said[_DESCRIPTION] = f"{comment}. {words}".encode()
    said[_SOFTWARE] = "callsheet"
    return said.tobytes()


def xmp(comment: str, words: str) -> bytes:
    """The same as XMP."""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt>'
        f'<rdf:li xml:lang="x-default">{escape(f"{comment}. {words}")}</rdf:li>'
        "</rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
