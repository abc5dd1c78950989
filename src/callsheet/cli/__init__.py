"""The `callsheet` command: each subcommand is a module of its own, loaded when it is called."""

from callsheet.cli.root import main

__all__ = ["main"]
