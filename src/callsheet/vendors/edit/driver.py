"""Editing as a vendor: a checked input becomes a Scene, all of it in `extra`, and a child process does the work."""

from __future__ import annotations

from callsheet.contract import Order
from callsheet.renderers.looking import Look
from callsheet.renderers.pool import Pool
from callsheet.renderers.scene import Scene
from callsheet.settings import Settings
from callsheet.wires.rendering import RenderDriver


def local_driver(settings: Settings, pool: Pool) -> EditDriver:
    """The driver of an installation: always live, on the pool that all local renders share."""
    return EditDriver(pool, settings.home / "renders" / "edit", slots=settings.render.cores)


class EditDriver(RenderDriver):
    """Hands every param to the renderer by its canonical name, media as paths however deep they stand."""

    def sketch(self, order: Order, look: Look) -> Scene:
        """The scene of a checked input."""
        given = order.model.with_media(order.input, lambda _, file_id: str(order.media[file_id]))
        return Scene(capability=order.model.capability, extra=given)
