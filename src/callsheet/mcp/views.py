"""What the tools answer, as shapes: their schemas are what an agent is told of each answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class View(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(extra="forbid")


class Output(View):
    """One file that a task made."""

    number: Annotated[int, Field(description="Which output it is, from 0: what look, save and another input call it.")]
    file: Annotated[str, Field(description="Its file id: it can stand in the input of another task.")]
    content_type: str | None = None
    name: str | None = None
    bytes: int | None = None
    width: int | None = None
    height: int | None = None
    duration: Annotated[float | None, Field(description="Seconds.")] = None
    fps: float | None = None
    url: Annotated[str | None, Field(description="A signed link for people; it expires.")] = None


class Failure(View):
    """Why a task failed."""

    code: str
    message: str
    retryable: Annotated[bool, Field(description="Whether the very same task may succeed later, as another take.")]


class Budget(View):
    """What may be spent by this server, in credits, worst case."""

    name: str
    limit: float
    committed: Annotated[float, Field(description="Spent, or set aside for what is under way.")]
    left: float


class TaskView(View):
    """A task as it stands."""

    task: Annotated[str, Field(description="Its id: what wait, look, save and cancel take, now or another day.")]
    state: Annotated[str, Field(description="queued, running, succeeded, failed or canceled.")]
    done: Annotated[bool, Field(description="Whether it has ended; it never changes again.")]
    progress: Annotated[float, Field(description="From 0 to 1.")]
    model: str
    capability: str
    stage: Annotated[str, Field(description="Where it runs: previz is the free, labelled preview on this machine.")]
    outputs: list[Output] = Field(default_factory=list[Output])
    error: Failure | None = None
    unsure: Annotated[
        bool, Field(description="The vendor may have it and its answer was lost: it is looked for, never sent again.")
    ] = False
    approximations: Annotated[list[dict[str, Any]], Field(description="What the stage could not honour exactly.")] = (
        Field(default_factory=list[dict[str, Any]])
    )
    credits: Annotated[float | None, Field(description="What it cost, or is set aside for it; null: not known.")] = None
    take: Annotated[int | None, Field(description="Which take of this call it is.")] = None
    label: str | None = None
    repeated: Annotated[bool, Field(description="This very call was made before: nothing new was handed in.")] = False
    created_at: datetime | None = None
    ended_at: datetime | None = None
    budget: Budget | None = None
    next: Annotated[str, Field(description="What to do now.")]


class TaskLine(View):
    """A task in a list."""

    task: str
    state: str
    progress: float
    model: str
    stage: str
    label: str | None = None
    prompt: Annotated[str | None, Field(description="The beginning of what was asked.")] = None
    outputs: Annotated[list[str], Field(description="File ids.")]
    created_at: datetime | None = None


class TaskPage(View):
    """Some tasks, in the order asked for."""

    tasks: list[TaskLine]
    cursor: Annotated[
        str | None, Field(description="Give it to list_tasks for those that follow; null at the end.")
    ] = None


class Canceled(View):
    """What a cancel came to."""

    task: str
    state: str
    outcome: Annotated[str, Field(description="What becomes of it, in a word.")]
    why: str
    held: Annotated[float | None, Field(description="Credits that were set aside.")] = None
    charged: float | None = None
    released: float | None = None


class CanceledSheet(View):
    """What the end of a play came to."""

    shots: Annotated[dict[str, str], Field(description="What becomes of each.")]
    held: float
    charged: float | None
    released: float


class ModelLine(View):
    """A model in a list."""

    model: str
    capability: str
    vendor: str
    title: str | None = None
    about: str | None = None
    makes: Annotated[list[str], Field(description="Kinds of output.")]
    required: Annotated[list[str], Field(description="Params without which it does not run.")]
    price: Annotated[str, Field(description="As documented; quote says it for an input.")]


class ModelPage(View):
    """The models that fit, best first."""

    models: list[ModelLine]
    more: Annotated[int, Field(description="How many further ones fit.")]
    capabilities: Annotated[
        dict[str, int], Field(description="Asked for nothing: all that can be made, and how many models make it.")
    ]


class ModelView(View):
    """A model, and the JSON Schema of its input."""

    model: str
    capability: str
    vendor: str
    title: str | None = None
    about: str | None = None
    makes: list[str]
    price: str
    notes: list[str]
    docs: str | None = None
    input_schema: dict[str, Any]
    example: Annotated[dict[str, Any], Field(description="A make call with the least it needs.")]


class QuoteView(View):
    """What a task would cost at most."""

    model: str
    stage: str
    credits: Annotated[float | None, Field(description="At most; null where no price is documented.")]
    basis: str
    source: str | None = None
    budget: Budget | None = None
    refusal: Annotated[str | None, Field(description="Why the budget would not bear it; null where it would.")] = None


class ShotView(View):
    """One shot of a call sheet."""

    name: str
    model: str
    stage: str
    after: Annotated[list[str], Field(description="The shots that it takes from.")]
    found: Annotated[bool, Field(description="It stood already: made or under way, of exactly this input.")]
    task: str | None = None
    state: str | None = None
    progress: float | None = None
    credits: Annotated[float | None, Field(description="At most; null: not known, or nothing to be made.")] = None
    outputs: list[Output] = Field(default_factory=list[Output])
    error: Failure | None = None


class SheetView(View):
    """A call sheet: what playing it comes to, or how far it is."""

    title: str
    handed_in: bool
    done: Annotated[bool, Field(description="Whether every shot has ended.")]
    credits: Annotated[float | None, Field(description="What all that is still to be made costs at most.")] = None
    unpriced: Annotated[list[str], Field(description="Shots to be made whose price nobody documents.")] = Field(
        default_factory=list[str]
    )
    refusal: Annotated[str | None, Field(description="Why it would not be handed in as it is.")] = None
    shots: list[ShotView]
    budget: Budget | None = None
    next: Annotated[str, Field(description="What to do now.")]


class LookView(View):
    """What a file shows, beside the picture of it."""

    file: str
    task: str | None = None
    kind: Annotated[str, Field(description="image, video, audio or text.")]
    content_type: str | None = None
    bytes: int | None = None
    width: int | None = None
    height: int | None = None
    duration: Annotated[float | None, Field(description="Seconds.")] = None
    fps: float | None = None
    times: Annotated[list[float], Field(description="When each frame shown stands, in seconds.")] = Field(
        default_factory=list[float]
    )
    loudness: Annotated[float | None, Field(description="Integrated, in LUFS; null: no sound, or silence.")] = None
    peak: Annotated[float | None, Field(description="The highest sample, in dBFS.")] = None
    silence: Annotated[bool | None, Field(description="Whether its sound is silent; null: it has none.")] = None
    text: Annotated[str | None, Field(description="The text, or the source of a diagram.")] = None
    cut: Annotated[bool, Field(description="Whether the text goes on.")] = False
    seen: Annotated[str, Field(description="What the picture is.")]


class Saved(View):
    """Files that were saved."""

    folder: str
    paths: list[str]


class Uploaded(View):
    """A file that can stand in an input."""

    file: Annotated[str, Field(description="Write it in an input where the model takes media.")]
    name: str | None = None
    content_type: str | None = None
    bytes: int | None = None
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    expires_at: datetime | None = None
    known: Annotated[bool, Field(description="The same bytes were there already.")] = False
