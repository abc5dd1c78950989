"""The four stills of a video that a relay's `previewUrls` lead to: taken from it when they are asked for."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from starlette.requests import Request
from starlette.responses import Response

from callsheet.contract import Desk
from callsheet.errors import NotFound
from callsheet.renderers.media import NotMedia, TooManyPixels, open_video
from callsheet.tasks import File

COUNT = 4
WIDEST = 640
"""Pixels."""


class Previews:
    """Signs their addresses as that of the video is signed, and draws them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def addresses(self, base: str, file: File) -> list[str]:
        """Where they are; none for what is no video."""
        if not file.content_type.startswith("video/"):
            return []
        proof = urlsplit(self._desk.files.link(file)).query
        return [f"{base}/runway/previews/{file.id}/{number}.jpg?{proof}" for number in range(COUNT)]

    async def answer(self, request: Request) -> Response:
        """One still. The signature in the address is the proof; NotFound without it."""
        file_id, number = request.path_params["file_id"], request.path_params["number"]
        query = request.query_params
        if number >= COUNT or not self._desk.files.opens(file_id, query.get("expires", ""), query.get("signature", "")):
            raise NotFound("There is no such preview, or its address has expired.")
        file = await self._desk.files.get(None, file_id)
        path = await self._desk.files.local(file)
        try:
            still = await asyncio.to_thread(_still, path, (file.duration or 0.0) * number / COUNT)
        except (NotMedia, TooManyPixels) as error:
            raise NotFound("This file has no preview.") from error
        return Response(still, media_type="image/jpeg", headers={"cache-control": "private, max-age=3600"})


def _still(path: Path, at: float) -> bytes:
    """The first frame not before `at` seconds, at most WIDEST wide, as a JPEG."""
    with open_video(path) as container:
        stream = container.streams.video[0]
        container.seek(int(at / stream.time_base), stream=stream)
        frame = next((one for one in container.decode(stream) if one.time is None or one.time >= at - 1e-3), None)
    if frame is None:
        raise NotMedia(f"{path.name} has no frame there.")
    picture: Image.Image = frame.to_image()
    picture.thumbnail((WIDEST, WIDEST))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()
