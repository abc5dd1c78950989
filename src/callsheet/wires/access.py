"""Where a vendor is reached and what it is shown, from its facts and the operator's settings."""

from __future__ import annotations

from urllib.parse import urlsplit

from callsheet.catalog import Vendor
from callsheet.settings import VendorAccess


def base_url(vendor: Vendor, access: VendorAccess) -> str:
    """What the paths of the vendor's models follow: `https://api.vidu.com/ent/v2`, without a slash at the end.

    The setting `base_url` stands for the vendor's scheme and host only, and may have a mount: with
    `http://127.0.0.1:8420/as/vidu` it is `http://127.0.0.1:8420/as/vidu/ent/v2`.
    """
    return origin_url(vendor, access) + urlsplit(vendor.base_url).path.rstrip("/")


def origin_url(vendor: Vendor, access: VendorAccess) -> str:
    """The same without the path of the facts, for what a vendor has beside it: uploads, a socket."""
    parts = urlsplit(vendor.base_url)
    return (access.base_url or f"{parts.scheme}://{parts.netloc}").rstrip("/")


def key_of(access: VendorAccess) -> str:
    """The vendor's key as it is sent; empty where none is set."""
    return access.key.get_secret_value() if access.key else ""


def secret_of(access: VendorAccess) -> str:
    """The vendor's secret as it is used to sign; empty where none is set."""
    return access.secret.get_secret_value() if access.secret else ""
