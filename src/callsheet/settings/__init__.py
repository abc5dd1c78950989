"""Every setting of an installation: what there is to set, and how it is read.

`load(home, flags, environ)` gives the `Settings` of a home; `home_folder(given)` only says where the home is.
"""

from callsheet.settings.loading import FILE, OTHER_VARIABLES, home_folder, load
from callsheet.settings.shape import PREFIX, Llm, Rule, Settings, VendorAccess

__all__ = ["FILE", "OTHER_VARIABLES", "PREFIX", "Llm", "Rule", "Settings", "VendorAccess", "home_folder", "load"]
