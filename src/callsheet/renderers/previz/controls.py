"""Refuses the one control of a picture that nothing here can read."""

from __future__ import annotations

from callsheet.errors import RenderError


def refuse_pose(control: str | None) -> None:
    """Raise RenderError where a pose is asked for: no classical method finds one."""
    if control == "pose":
        raise RenderError(
            "Previz cannot read a pose: that takes a neural model, such as ViTPose.",
            hint="Use edge, subject or depth, or run it on the vendor.",
            param="control",
        ).because("no_pose", param="control", neural="ViTPose")
