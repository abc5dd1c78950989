"""The doors: the native HTTP API under /v1, its documents and its checks, on nothing but the contract."""
