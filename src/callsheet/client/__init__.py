"""The SDK: AsyncClient by hand, Client generated from it; both speak HTTP only."""

from callsheet.client._async import AsyncClient
from callsheet.client._sync import Client
from callsheet.client.failures import StillRunning, TaskCanceled, TaskFailed, Unexpected, Unreachable
from callsheet.client.results import Artifact, Event, FileInfo, FilePage, Key, ModelInfo, Page, Quote, Task
from callsheet.client.retry import Retry

__all__ = [
    "Artifact",
    "AsyncClient",
    "Client",
    "Event",
    "FileInfo",
    "FilePage",
    "Key",
    "ModelInfo",
    "Page",
    "Quote",
    "Retry",
    "StillRunning",
    "Task",
    "TaskCanceled",
    "TaskFailed",
    "Unexpected",
    "Unreachable",
]
