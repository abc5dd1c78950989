"""A client for the server a command means: the one named by --url, or the home's own."""

from __future__ import annotations

from callsheet.cli.home_server import obtain
from callsheet.cli.place import Place
from callsheet.client import Client
from callsheet.settings import home_folder


def connect(place: Place) -> Client:
    """A client for the named server; without one, for the home's server, which is started when none runs."""
    if place.remote:
        return Client(place.url, place.key)
    running = obtain(home_folder(place.home))
    return Client(running.url, place.key or running.token)
