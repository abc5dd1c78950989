"""A stand-in for every vendor: their own paths, a clock of its own, and whatever is to go wrong."""

from callsheet.twin.scenario import Scenario
from callsheet.twin.twin import Twin

__all__ = ["Scenario", "Twin"]
