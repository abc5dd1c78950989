"""The SDK: AsyncClient by hand, Client generated from it; both speak HTTP only."""

from callsheet.client._async import AsyncClient
from callsheet.client._sync import Client
from callsheet.client.advice import PromptCheck, PromptFinding
from callsheet.client.failures import NotGenuine, StillRunning, TaskCanceled, TaskFailed, Unexpected, Unreachable
from callsheet.client.money import Account, Credits, LedgerCheck, LedgerEntry
from callsheet.client.office import PlannedShot, Play, PlayedShot, SheetExample, SheetPlan, VendorInfo
from callsheet.client.receiving import WebhookEvent, verify_webhook
from callsheet.client.results import (
    Artifact,
    Attempt,
    Event,
    FileInfo,
    FilePage,
    Key,
    ModelInfo,
    Page,
    Quote,
    Task,
    Webhook,
    WebhookPage,
)
from callsheet.client.retry import Retry

__all__ = [
    "Account",
    "Artifact",
    "AsyncClient",
    "Attempt",
    "Client",
    "Credits",
    "Event",
    "FileInfo",
    "FilePage",
    "Key",
    "LedgerCheck",
    "LedgerEntry",
    "ModelInfo",
    "NotGenuine",
    "Page",
    "PlannedShot",
    "Play",
    "PlayedShot",
    "PromptCheck",
    "PromptFinding",
    "Quote",
    "Retry",
    "SheetExample",
    "SheetPlan",
    "StillRunning",
    "Task",
    "TaskCanceled",
    "TaskFailed",
    "Unexpected",
    "Unreachable",
    "VendorInfo",
    "Webhook",
    "WebhookEvent",
    "WebhookPage",
    "verify_webhook",
]
