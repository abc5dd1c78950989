"""One named part of an input as the facts describe it, and the limits on the media it may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

MEDIA_TYPES = frozenset({"image", "images", "video", "videos", "audio", "audios", "mask", "file", "files"})
"""Param types whose value names media: a file id, an address, another task's output (needs.py), or a list of them."""

MANY_TYPES = frozenset({"images", "videos", "audios", "files", "list"})
"""Param types whose value is a list."""

NONE: Mapping[Any, Any] = MappingProxyType({})


def nothing() -> Mapping[Any, Any]:
    """An empty mapping nobody can write to: what a fact that says nothing holds."""
    return NONE


@dataclass(frozen=True, slots=True)
class Media:
    """What a media file must be. Sizes in bytes, sides in pixels, ratios as width over height, durations in seconds.

    `formats` are short names (`png`, `jpeg`, `mp4`); `content_types` the same as MIME types. None means no limit known.
    """

    formats: tuple[str, ...] = ()
    content_types: tuple[str, ...] = ()
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


@dataclass(frozen=True, slots=True)
class Param:
    """One param of one model, under its canonical name.

    type         string integer number boolean moment (seconds from the start, or one of the words in `values`),
                 media (image images video videos audio audios mask file files), object or list
    values       the only values allowed; empty means any within the limits. `examples` are not a limit
    spellings    other ways to say one of the values: `7` and `push in` for the camera move `push-in`
    max_tokens   how many of the vendor's tokens it reads; what is longer is cut off there without a word
    fields       what an object, or each object of a list, consists of; empty means free JSON
    item         the type of each element of a list without fields
    wire         where the vendor wants it: a name, or a path such as `options.gen2Options.seed` or `images[0]`
    also         further places that get the same value; `aliases` are read there too, but never written
    form         how the vendor spells the value (see forms.py); `wire_values` is the table of the form `mapped`
    own          True for a param that only this vendor has: its name is not in the vocabulary
    """

    name: str
    type: str
    description: str = ""
    unit: str | None = None
    required: bool = False
    default: Any = None
    values: tuple[Any, ...] = ()
    examples: tuple[Any, ...] = ()
    spellings: Mapping[str, Any] = field(default_factory=nothing)
    min: float | None = None
    max: float | None = None
    multiple_of: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    max_tokens: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    fields: Mapping[str, Param] = field(default_factory=nothing)
    item: str | None = None
    media: Media | None = None
    wire: str = ""
    also: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    form: str = "plain"
    wire_values: Mapping[Any, Any] = field(default_factory=nothing)
    own: bool = False

    @property
    def is_media(self) -> bool:
        """True when its value names files: the engine fetches and stores them before anything runs."""
        return self.type in MEDIA_TYPES

    @property
    def many(self) -> bool:
        """True when its value is a list."""
        return self.type in MANY_TYPES


@dataclass(frozen=True, slots=True)
class Rule:
    """What the value of one param demands of others, as documented.

    It applies when every param of `when` has one of the values listed and every param of `given` was given; with
    neither, always. Then each param of `then` may only have the values listed (left to its default it takes the first
    of them), all of `need` must be given, at least one of `any_of`, none of `never`; each param of `fill` that was left
    out takes the value of the param it names; and those of `instead_of` that were left out stay out, default or not.
    """

    why: str
    source: str
    when: Mapping[str, tuple[Any, ...]] = field(default_factory=nothing)
    given: tuple[str, ...] = ()
    then: Mapping[str, tuple[Any, ...]] = field(default_factory=nothing)
    need: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    instead_of: tuple[str, ...] = ()
    fill: Mapping[str, str] = field(default_factory=nothing)

    def applies(self, given: Mapping[str, Any], full: Mapping[str, Any]) -> bool:
        """Whether its conditions hold for what was given, and for that with defaults filled in."""
        return all(name in given for name in self.given) and all(
            full.get(name) in allowed for name, allowed in self.when.items()
        )


@dataclass(frozen=True, slots=True)
class Output:
    """What a model makes: its kind (video image audio text json svg), how many, and where the vendor's answer names it.

    `count` is a number, or the name of the param that says how many. Of several `keys` the first is the one we emit.
    """

    kind: str
    count: int | str = 1
    content_types: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Price:
    """A documented price in the vendor's credits, per `task`, per `second` of the duration or per `output` made."""

    credits: float
    per: str
    source: str
    checked: str
    when: Mapping[str, tuple[Any, ...]] = field(default_factory=nothing)
    unit: str = "credits"
