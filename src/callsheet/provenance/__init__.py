"""Where a file comes from, written into it and read back; bytes in, bytes out: it knows nothing of tasks or stores."""

from callsheet.provenance.facts import Ingredient, Provenance
from callsheet.provenance.reading import inspect, read

__all__ = ["Ingredient", "Provenance", "inspect", "read"]
