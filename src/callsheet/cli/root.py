"""The root command: its table of subcommands, and what becomes of an error on its way out."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import click

from callsheet.cli import codes
from callsheet.cli.flags import place_flags
from callsheet.cli.lazy import LazyGroup, Named
from callsheet.cli.place import Place
from callsheet.cli.printing import say, show_error
from callsheet.errors import CallsheetError, SetupError

COMMANDS = {
    "run": Named("callsheet.cli.run:run", "Hand in a task, watch it, save what it made."),
    "play": Named("callsheet.cli.play:play", "Make a call sheet: named shots that take from each other."),
    "tasks": Named("callsheet.cli.tasks:tasks", "List, show, wait for, cancel or explain tasks."),
    "models": Named("callsheet.cli.catalogue:models", "What can be asked for, and with which params."),
    "vendors": Named("callsheet.cli.vendors:vendors", "Every vendor: whether it is live, and how it goes there."),
    "quote": Named("callsheet.cli.quote:quote", "What a task would cost; nothing is handed in."),
    "prompt": Named("callsheet.cli.prompt:prompt", "Look at a prompt before it is paid for."),
    "files": Named("callsheet.cli.files:files", "List, upload, download, show, inspect or delete files."),
    "webhooks": Named("callsheet.cli.webhooks:webhooks", "List, show or redeliver messages to webhooks."),
    "ledger": Named("callsheet.cli.ledger:ledger", "Pay credits in, show what became of them, check that they add up."),
    "keys": Named("callsheet.cli.keys:keys", "Create, list, limit or revoke the keys that open the API."),
    "skill": Named("callsheet.cli.skill:skill", "The guide for agents: show it, or install it."),
    "mcp": Named("callsheet.cli.mcp:mcp", "Give an agent tools to make media: an MCP server."),
    "serve": Named("callsheet.cli.serve:serve", "Run the server: the API and its worker."),
    "twin": Named("callsheet.cli.twin:twin", "Stand in for every vendor, offline, and misbehave on demand."),
    "work": Named("callsheet.cli.work:work", "Run tasks of a shared database."),
    "ca": Named("callsheet.cli.ca:ca", "The authority that signs for the vendors' hosts in `serve --tls`."),
    "demo": Named("callsheet.cli.demo:demo", "Make two clips and a contact sheet, with no key and no download."),
    "completion": Named("callsheet.cli.completion:completion", "Complete commands, models and tasks in your shell."),
    "doctor": Named("callsheet.cli.doctor:doctor", "Check that everything this installation needs is there."),
    "version": Named("callsheet.cli.version:version", "The version, and what it runs on."),
}


@click.command(
    cls=LazyGroup,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="\b\nExit codes:\n" + codes.as_help(),
)
@click.version_option(package_name="callsheet", message="callsheet %(version)s", help="Show the version and exit.")
@place_flags
def root() -> None:
    """One self-hosted task API for generated video, images, music, speech and diagrams.

    \b
    Example:
      callsheet run image-to-video -i image=@still.jpg --camera-move orbit --duration 5

    With --json, stdout holds exactly one JSON document: the result, or {"error": {...}}. Messages for people go to
    stderr. Without --url, commands use the server of the home folder and start one when none runs.
    """


def main(args: Sequence[str] | None = None) -> int:
    """Run a command line; the exit code. No error leaves a traceback, unless CALLSHEET_DEBUG is set."""
    given = list(sys.argv[1:] if args is None else args)
    place = Place()
    try:
        found = root.main(given, prog_name="callsheet", obj=place, standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return _told(SetupError(error.format_message()), as_json="--json" in given, quiet=True, number=codes.USAGE)
    except (click.Abort, KeyboardInterrupt):
        say("Interrupted.")
        return codes.INTERRUPTED
    except CallsheetError as error:
        return _told(error, as_json=place.json, number=codes.exit_code(error))
    except Exception as error:
        return _fault(error, as_json=place.json)
    return found if isinstance(found, int) else codes.OK


def _told(error: CallsheetError, *, as_json: bool, number: int, quiet: bool = False) -> int:
    show_error(error, as_json=as_json, quiet=quiet, code="usage" if number == codes.USAGE else error.code)
    if os.environ.get("CALLSHEET_DEBUG"):
        traceback.print_exception(error)
    return number


def _fault(error: Exception, *, as_json: bool) -> int:
    wrapped = CallsheetError(
        f"callsheet met a fault of its own: {type(error).__name__}: {error}",
        hint="Set CALLSHEET_DEBUG=1 to see where, and please report it.",
    )
    wrapped.__cause__ = error
    return _told(wrapped, as_json=as_json, number=codes.exit_code(wrapped))
