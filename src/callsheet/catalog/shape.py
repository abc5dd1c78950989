"""The shape of catalogue files, in pydantic: what the tests hold every file to, and the JSON Schema for editors.

It is not in the way of running programs. `callsheet models` shall start in a moment, and importing pydantic alone takes
longer than reading every fact; so the tests validate the files, and a program trusts what was tested (build.py).
"""

from __future__ import annotations

import datetime
import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1)]
Sentence = Annotated[str, Field(pattern=r"[.!?]$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Label = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
Value = bool | int | float | str
Scalar = Literal["string", "integer", "number", "boolean", "moment", "object", "list"]
MediaType = Literal["image", "images", "video", "videos", "audio", "audios", "mask", "file", "files"]
Type = Scalar | MediaType
ImageFormat = Literal["png", "jpeg", "webp", "avif", "gif", "bmp", "tiff", "heic"]
ClipFormat = Literal["mp4", "mov", "avi", "webm", "mkv", "flv", "ts", "mp3", "m4a", "wav", "ogg", "flac", "aac"]
Format = ImageFormat | ClipFormat
Ours = Literal["queued", "running", "succeeded", "failed", "canceled"]


class Strict(BaseModel):
    """Unknown keys are refused, and nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


class MediaFacts(Strict):
    """Limits on a media file; see param.Media."""

    formats: list[Format] = []
    min_bytes: int | None = None
    max_bytes: int | None = None
    min_side: int | None = None
    max_side: int | None = None
    max_pixels: int | None = None
    min_ratio: float | None = None
    max_ratio: float | None = None
    min_fps: float | None = None
    max_fps: float | None = None
    min_duration: float | None = None
    max_duration: float | None = None


class SharedParam(Strict):
    """A definition in `[params.<label>]`; see param.Param for what each key means."""

    type: Type | None = None
    description: Sentence | None = None
    unit: Text | None = None
    required: bool | None = None
    default: Value | None = None
    values: list[Value] | None = None
    examples: list[Value] | None = None
    min: float | None = None
    max: float | None = None
    multiple_of: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    max_tokens: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    fields: list[ParamFacts] | None = None
    item: Type | None = None
    media: MediaFacts | None = None
    wire: Text | None = None
    also: list[Text] | None = None
    aliases: list[Text] | None = None
    form: Literal["plain", "text", "seconds", "upper", "true-text", "camera-index"] | None = None
    wire_values: list[Annotated[list[Value], Field(min_length=2, max_length=2)]] | None = None
    own: bool | None = None


class ParamFacts(SharedParam):
    """A param of a model; `use` names the shared definition it starts from, if it is not the one of its own name."""

    name: Name
    use: Label | None = None


class OutputFacts(Strict):
    """What a model makes."""

    kind: Literal["image", "video", "audio", "text", "svg"]
    count: int | Name = 1
    content_types: list[Text] = []
    keys: list[Text] = []


class PriceFacts(Strict):
    """A documented price."""

    credits: float
    per: Literal["task", "second", "output"]
    source: Text
    checked: datetime.date
    when: dict[Name, Value | list[Value]] = {}
    unit: Text = "credits"


class RuleFacts(Strict):
    """What the value of one param demands of others."""

    why: Sentence
    source: Text | None = None
    when: dict[Name, Value | list[Value]] = {}
    given: list[Name] = []
    then: dict[Name, Value | list[Value]] = {}
    need: list[Name] = []
    any_of: list[Name] = []
    never: list[Name] = []
    instead_of: list[Name] = []
    fill: dict[Name, Name] = {}


class ModelFacts(Strict):
    """A model; one that is `like` another says only what differs."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$")]
    like: Text | None = None
    without: list[Name] = []
    capability: Label | None = None
    title: Text
    about: Sentence
    method: Literal["POST", "GET"] | None = None
    path: Text | None = None
    docs: Text | None = None
    source: Text | None = None
    checked: datetime.date | None = None
    wrap: Text | None = None
    fixed: dict[Text, Value] | None = None
    always: dict[Text, Value] | None = None
    ignored: list[Text] | None = None
    aliases: list[Text] | None = None
    notes: list[Sentence] | None = None
    outputs: list[OutputFacts] | None = None
    prices: list[PriceFacts] | None = None
    params: list[ParamFacts] | None = None
    rules: list[RuleFacts] | None = None


class AuthFacts(Strict):
    """How requests are signed."""

    scheme: Literal["none", "header", "bearer", "token", "basic", "hmac"]
    secrets: list[Name] = []
    headers: dict[Text, Text] = {}
    parts: dict[Name, Text] = {}


class CallbackFacts(Strict):
    """How the vendor calls us."""

    param: Text
    states: list[Text] = []
    signature: Text | None = None
    about: Sentence


class OnceFacts(Strict):
    """That a vendor takes a request twice for one: the header that carries our key, and for how many seconds."""

    header: Text
    lifetime: Annotated[int, Field(gt=0)]
    source: Text | None = None


class CancelFacts(Strict):
    """What a vendor can stop, and what that gives back."""

    queued: bool
    running: bool
    refund: Literal["all", "none", "told", "unknown"]
    about: Sentence


class VendorFacts(Strict):
    """The head of a catalogue file."""

    id: Name
    name: Text
    about: Sentence
    base_url: Text
    hosts: list[Text]
    docs: Text
    source: Text
    checked: datetime.date
    states: dict[Text, Ours] = {}
    unreachable: dict[Ours, Sentence] = {}
    auth: AuthFacts
    errors: dict[Text, Literal["Rejected", "Unauthorized", "Unsure", "Unavailable", "VendorError"]] = {}
    link_lifetime: int | None = None
    rate_limits: list[Sentence] = []
    callback: CallbackFacts | None = None
    once: OnceFacts | None = None
    cancels: CancelFacts | None = None
    calls: Annotated[float, Field(gt=0)] | None = None
    charges_on_failure: bool | None = None
    ignored: list[Text] = []
    notes: list[Sentence] = []


class EndpointFacts(Strict):
    """A call that is no model."""

    name: Label
    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: Text
    about: Sentence
    source: Text | None = None
    params: dict[Text, Text] = {}
    answer: Text | None = None


class ChoiceFacts(Strict):
    """What was chosen where documents contradict each other."""

    topic: Label
    about: Sentence
    chosen: Sentence
    why: Sentence
    source: Text


class CatalogFile(Strict):
    """A whole vendors/<vendor>/catalog.toml."""

    vendor: VendorFacts
    endpoints: list[EndpointFacts] = []
    choices: list[ChoiceFacts] = []
    params: dict[Label, SharedParam] = {}
    models: list[ModelFacts]


def schema_text() -> str:
    """The JSON Schema of a catalogue file, as the text of vendors/catalog.schema.json."""
    found: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **CatalogFile.model_json_schema(),
        "title": "A vendor's catalog.toml",
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
