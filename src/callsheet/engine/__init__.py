"""Runs tasks: the row is the only truth, between polls a task is only a row, and nothing is sent twice."""

from callsheet.engine.engine import Engine
from callsheet.engine.explain import EVENTS, say
from callsheet.engine.keyring import Keyring
from callsheet.engine.library import Library, Rules
from callsheet.engine.parts import Given

__all__ = ["EVENTS", "Engine", "Given", "Keyring", "Library", "Rules", "say"]
