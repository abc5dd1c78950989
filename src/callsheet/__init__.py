"""callsheet: one self-hosted task API for generative media."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from callsheet.client import AsyncClient, Client, verify_webhook

__all__ = ["AsyncClient", "Client", "verify_webhook"]


def __getattr__(name: str) -> Any:
    """Load the SDK when it is first asked for, so that `import callsheet` stays cheap."""
    if name in __all__:
        return getattr(import_module("callsheet.client"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
