"""What a scene's files say of themselves, and how one that cannot be used is refused."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from callsheet.errors import RenderError
from callsheet.renderers import media


def facts(path: Path | None, name: str = "video") -> media.Facts:
    """What a scene's video is. Raises RenderError, with `name` as the param, where it is missing or no video."""
    if path is None:
        raise RenderError(f"This render needs {name}.", param=name).because("param_missing", param=name)
    with readable(name):
        found = media.probe(path)
    if found.kind != "video":
        raise RenderError(f"{name} is {found.content_type}, not a video.", param=name).because(
            "kind_wrong", param=name, kind="video", given=found.content_type
        )
    return found


@contextmanager
def readable(name: str) -> Generator[None]:
    """What cannot be opened in here is told as a RenderError with `name` as the param."""
    try:
        yield
    except (media.NotMedia, media.TooManyPixels) as error:
        raise RenderError(f"{name} cannot be used: {error}", param=name).because(
            "media_unusable", param=name, quoted=str(error)
        ) from error
    except OSError as error:
        raise RenderError(f"{name} cannot be read: {error.strerror or error}.", param=name).because(
            "media_unreadable", param=name
        ) from error
