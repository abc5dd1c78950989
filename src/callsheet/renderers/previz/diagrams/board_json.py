"""An infographic as plain JSON, which a chat model can write and a person can edit; checked where it comes in."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from callsheet.renderers.previz.diagrams.shapes import Board, Card, Chart, Figure, Versus

_Text = Annotated[str, Field(max_length=600)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)


class _Figure(_Part):
    label: _Text
    value: float = Field(allow_inf_nan=False)
    shown: _Text = ""


class _Chart(_Part):
    kind: Literal["bar", "line", "donut"] = "bar"
    title: _Text = ""
    figures: list[_Figure] = Field(min_length=1, max_length=40)


class _Card(_Part):
    head: _Text = ""
    text: str | list[_Text] = ""


class _Versus(_Part):
    left: _Card
    right: _Card


class _Board(_Part):
    title: _Text = ""
    figures: list[_Figure] = Field(default=[], max_length=24)
    charts: list[_Chart] = Field(default=[], max_length=12)
    versus: list[_Versus] = Field(default=[], max_length=6)
    steps: list[_Card] = Field(default=[], max_length=24)
    cards: list[_Card] = Field(default=[], max_length=36)


def read(tree: Any) -> Board:
    """The board of parsed JSON: title, figures, charts, versus, steps, cards. ValueError names the place of a fault."""
    try:
        board = _Board.model_validate(tree)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ValueError(f"{'.'.join(map(str, first['loc'])) or 'the whole'}: {first['msg']}") from None
    made = Board(
        board.title,
        tuple(map(_figure, board.figures)),
        tuple(Chart(chart.kind, chart.title, tuple(map(_figure, chart.figures))) for chart in board.charts),
        tuple(Versus(_card(pair.left), _card(pair.right)) for pair in board.versus),
        tuple(map(_card, board.steps)),
        tuple(map(_card, board.cards)),
    )
    if any(chart.kind == "donut" and min(figure.value for figure in chart.figures) < 0 for chart in made.charts):
        raise ValueError("charts: a donut has no numbers below zero")
    return made


def card(text: str) -> Card:
    """A card of words alone."""
    return Card("", text)


def _figure(figure: _Figure) -> Figure:
    return Figure(figure.label, figure.value, figure.shown or f"{figure.value:g}")


def _card(found: _Card) -> Card:
    text = found.text if isinstance(found.text, str) else "\n".join(found.text)
    return Card(found.head, re.sub(r"\n+", "\n", text).strip())
