"""Metrics and traces: what is measured stands here, in wrappers around the database, the drivers and the doors."""

from callsheet.telemetry.page import CONTENT_TYPE as CONTENT_TYPE
from callsheet.telemetry.requests import ObservedRequests as ObservedRequests
from callsheet.telemetry.telemetry import Telemetry as Telemetry
