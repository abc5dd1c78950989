"""The facts about every vendor and model, and what follows from them: checks, renaming, schemas, routing, prices."""

from callsheet.catalog.check import value as check_value
from callsheet.catalog.limits import check_media
from callsheet.catalog.load import LOCAL, Catalog, load
from callsheet.catalog.model import Auth, Callback, Cancels, Choice, Endpoint, Model, Once, Vendor
from callsheet.catalog.param import Media, Output, Param, Price, Rule
from callsheet.catalog.vocabulary import CameraMove, Capability, Vocabulary

__all__ = [
    "LOCAL",
    "Auth",
    "Callback",
    "CameraMove",
    "Cancels",
    "Capability",
    "Catalog",
    "Choice",
    "Endpoint",
    "Media",
    "Model",
    "Once",
    "Output",
    "Param",
    "Price",
    "Rule",
    "Vendor",
    "Vocabulary",
    "check_media",
    "check_value",
    "load",
]
