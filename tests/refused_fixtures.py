"""Inputs that previz and edit are certain to refuse, each with the part of it that is meant, and some they take."""

from __future__ import annotations

from typing import Any, NamedTuple

SRT = "1\n00:00:{0},000 --> 00:00:{1},500\nhello\n"
WORDS = [{"text": "a", "start": 0, "end": 0.2}]
CLIP, SILENT, STILL, SOUND, TALL = (f"file_{number:026d}" for number in range(5))


class Refusal(NamedTuple):
    """A model, an input that its renderer refuses, and the param and the reason that say which part of it."""

    model: str
    input: dict[str, Any]
    param: str
    reason: str


REFUSED = [
    Refusal("edit/trim", {"video": CLIP, "start": 20}, "start", "part_empty"),
    Refusal("edit/trim", {"video": CLIP, "start": 0.3, "end": 0.2}, "end", "part_empty"),
    Refusal("edit/trim", {"video": CLIP, "fade_in": 1}, "fade_out", "fades_too_long"),
    Refusal("edit/concat", {"clips": [{"video": CLIP}, {"video": SILENT, "start": 9}]}, "clips[1].start", "part_empty"),
    Refusal(
        "edit/concat",
        {"videos": [CLIP, SILENT], "transition": "dissolve", "transition_duration": 3},
        "transition_duration",
        "clip_too_short",
    ),
    Refusal(
        "edit/concat", {"clips": [{"video": CLIP, "transition": "dissolve"}]}, "clips[0].transition", "transition_first"
    ),
    Refusal("edit/thumbnail", {"video": CLIP, "at": 7}, "at", "no_frame_there"),
    Refusal("edit/animation", {"video": CLIP, "start": 3}, "start", "part_empty"),
    Refusal("edit/animation", {"video": TALL, "width": 1920, "fps": 50}, "duration", "too_many_frames"),
    Refusal("edit/contact-sheet", {"video": CLIP, "start": 3}, "start", "part_empty"),
    Refusal("edit/contact-sheet", {"video": CLIP, "width": 100, "columns": 4}, "columns", "columns_too_many"),
    Refusal("edit/extract-audio", {"video": SILENT}, "video", "media_silent"),
    Refusal("edit/extract-audio", {"video": CLIP, "start": 2}, "start", "part_empty"),
    Refusal("edit/mux", {"video": CLIP, "audio": SOUND, "offset": 5}, "offset", "begins_too_late"),
    Refusal("edit/mix", {"tracks": [{"audio": SOUND, "loop": True}]}, "duration", "length_missing"),
    Refusal(
        "edit/mix", {"tracks": [{"audio": SOUND, "offset": 3}], "duration": 2}, "tracks[0].offset", "begins_too_late"
    ),
    Refusal("edit/burn-subtitles", {"video": CLIP, "subtitles": "no times"}, "subtitles", "no_subtitle"),
    Refusal("edit/burn-subtitles", {"video": CLIP, "subtitles": SRT.format("09", "08")}, "subtitles", "cue_backwards"),
    Refusal("edit/burn-subtitles", {"video": CLIP, "subtitles": SRT.format("09", "11")}, "offset", "begins_too_late"),
    Refusal(
        "edit/burn-subtitles",
        {"video": CLIP, "subtitles": SRT.format("00", "01"), "highlight": True},
        "highlight",
        "words_untimed",
    ),
    Refusal("previz/mask", {"image": STILL, "control": "pose"}, "control", "no_pose"),
    Refusal("previz/mask", {"image": STILL, "prompt": "not everything but not the sky"}, "prompt", "mask_unclear"),
    Refusal("previz/reference-to-image", {"image": STILL, "prompt": "x", "control": "pose"}, "control", "no_pose"),
    Refusal("previz/upscale", {"image": STILL, "scale": 8}, "scale", "made_too_large"),
    Refusal("previz/video-upscale", {"video": TALL, "resolution": "8k"}, "resolution", "too_many_frames"),
    Refusal("previz/multi-shot", {"shots": [{"prompt": "a"}], "transition": "morph"}, "transition", "pictures_missing"),
    Refusal(
        "previz/reference-to-video",
        {"prompt": "x", "subjects": [{"id": "a"}]},
        "subjects[0].images",
        "pictures_missing",
    ),
    Refusal("previz/template-to-video", {"template": "one_shot", "images": [STILL]}, "images", "pictures_missing"),
    Refusal(
        "previz/sound-effect",
        {"duration": 4, "shots": [{"from": 2, "to": 9, "prompt": "x"}]},
        "shots",
        "window_outside",
    ),
    Refusal("previz/speech", {"text": "<speak>a & b</speak>"}, "text", "ssml_broken"),
    Refusal("previz/speech", {"text": "<!DOCTYPE speak><speak>a</speak>"}, "text", "ssml_doctype"),
    Refusal("previz/speech", {"text": "... --- ..."}, "text", "nothing_to_say"),
    Refusal("previz/speech", {"text": "a <#500#> b"}, "text", "pause_too_long"),
    Refusal("previz/speech", {"text": "a", "pronunciations": ["omg"]}, "pronunciations", "pronunciation_wrong"),
    Refusal("previz/speech", {"text": "nuqneH", "language": "tlh"}, "language", "language_unspoken"),
    Refusal("previz/flowchart", {"prompt": "\U0001f600"}, "prompt", "nothing_to_draw"),
    Refusal("previz/mindmap", {"prompt": "\U0001f600"}, "prompt", "nothing_to_draw"),
    Refusal("previz/gantt", {"prompt": "\U0001f600"}, "prompt", "nothing_to_draw"),
    Refusal("previz/infographic", {"prompt": '{"title": '}, "prompt", "source_wrong"),
]
UNSIZED = [
    Refusal(
        "previz/reference-to-image", {"prompt": "x", "aspect_ratio": "original"}, "aspect_ratio", "pictures_missing"
    ),
    Refusal("previz/motion-control", {"image": STILL, "video": CLIP}, "duration", "media_seconds"),
]
"""Refused by the driver, before there is a scene to render."""

FINE = [
    ("edit/trim", {"video": CLIP, "start": 0.2}),
    ("edit/thumbnail", {"video": CLIP, "at": 0.4}),
    ("edit/burn-subtitles", {"video": CLIP, "subtitles": SRT.format("00", "01")}),
    ("edit/mix", {"tracks": [{"audio": SOUND, "offset": 3}, {"audio": SOUND}]}),
    ("edit/mux", {"video": CLIP, "audio": SOUND, "offset": 0.1}),
    ("previz/text-to-video", {"prompt": "a red door"}),
    ("previz/image-to-video", {"image": STILL}),
    ("previz/mask", {"image": STILL, "prompt": "everything but the sky"}),
    ("previz/upscale", {"image": STILL}),
    ("previz/speech", {"text": "<speak>a &amp; b</speak>", "language": "zh-HK"}),
    ("previz/flowchart", {"prompt": "begin -> end"}),
    ("previz/motion-control", {"image": STILL, "video": CLIP}),
]
