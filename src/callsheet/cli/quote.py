"""`callsheet quote`: what a task would cost."""

from __future__ import annotations

from typing import Any

import click

from callsheet.catalog import load
from callsheet.cli.completing import complete_model
from callsheet.cli.connecting import connect
from callsheet.cli.flags import everywhere
from callsheet.cli.inputs import build, facts
from callsheet.cli.place import Place
from callsheet.cli.printing import fields, show, show_json
from callsheet.cli.run import input_flags


@click.command()
@click.argument("model", shell_complete=complete_model)
@input_flags
@click.option("--on", "stage", metavar="STAGE", help="Where it would run: previz, or a vendor's model id.")
@everywhere
@click.pass_obj
def quote(place: Place, model: str, pairs: tuple[str, ...], stage: str | None, **flags: Any) -> None:
    """What a task would cost. The input is checked; nothing is handed in.

    \b
    Example:
      callsheet quote vidu/viduq1 --prompt "a harbour" --duration 5
    """
    input = build(facts(load(), model), pairs, flags)
    with connect(place) as client:
        found = client.quote(model, input, stage=stage)
    if place.json:
        show_json(found.raw)
        return
    credits = "not documented" if found.credits is None else f"{found.credits:g}"
    show(fields({"credits": credits, "basis": found.basis, "stage": found.stage, "source": found.source}))
