"""Bodies as clients and vendors write them: what is read, what is mended, what nothing reads and is named."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet import catalog
from callsheet.errors import InvalidInput
from callsheet.wires import bodies

CATALOG = catalog.load()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_an_object_is_read_and_nothing_else_is() -> None:
    assert bodies.read(b'{"prompt": "\xc3\xa4"}') == {"prompt": "ä"}
    assert bodies.read(b"  \n") == {}
    for wrong in (b"[1]", b'"text"', b"{prompt: 1}", b"\xff\xfe\x00", b"{"):
        with pytest.raises(InvalidInput):
            bodies.read(wrong)


def test_a_stray_backslash_is_passed_over() -> None:
    assert bodies.mended(r'{"url": "https://a.example/x?a=1\&b=2"}') == {"url": "https://a.example/x?a=1&b=2"}
    assert bodies.mended(r'"a\\\&b \" \u00e4 \n"') == 'a\\&b " ä \n'
    with pytest.raises(ValueError, match=r"Expecting"):
        bodies.mended(r'{"url": \&}')


@pytest.mark.parametrize(
    "unsound",
    [
        b'{"a": NaN}',
        b'{"a": [1, {"b": -Infinity}]}',
        b'{"a": 1e999}',
        b'{"a": "\\ud800"}',
        b'{"\\udfac": 1}',
        b'{"a": ' + b"[" * 101 + b"]" * 101 + b"}",
        b'{"a":' * 101 + b"1" + b"}" * 101,
    ],
)
def test_a_body_that_json_could_not_say_again_is_refused(unsound: bytes) -> None:
    """It would be accepted, and then no answer about its task could be written."""
    with pytest.raises(InvalidInput) as caught:
        bodies.read(unsound)
    assert caught.value.hint


def test_a_whole_letter_in_two_halves_and_a_body_of_some_depth_are_read() -> None:
    assert bodies.read(rb'{"a": "\ud83c\udfac"}') == {"a": "🎬"}
    assert bodies.read(b'{"a":' * 99 + b"[]" + b"}" * 99)


def test_what_a_vendor_says_that_could_not_be_kept_becomes_what_comes_nearest() -> None:
    assert bodies.mended('{"a": NaN, "b": [1e999, -Infinity, 1.5]}') == {"a": None, "b": [None, None, 1.5]}
    assert bodies.mended(r'{"a\ud800": "x\udfac\ud83c\udfac", "b": "c\&d"}') == {"a?": "x?🎬", "b": "c&d"}
    with pytest.raises(ValueError, match="nested too deeply"):
        bodies.mended("[" * 100_000)


@given(JSON)
def test_what_is_json_is_never_changed(value: object) -> None:
    assert bodies.mended(json.dumps(value)) == value
    assert bodies.mended(json.dumps(value).replace("&", "\\&")) == value


def test_strangers_are_named_and_set_aside() -> None:
    flat, wrapped = CATALOG.model("wondershare/tm_text2video_b"), CATALOG.model("mediaio/t2i-imagen-4")
    body = {"prompt": "a", "callback": "https://a.example", "params": "p", "style": "noir"}
    known, strangers = bodies.known(flat, body)
    assert (known, strangers) == ({name: one for name, one in body.items() if name != "style"}, ["style"])
    known, strangers = bodies.known(wrapped, {"data": {"prompt": "a", "style": 1}, "more": {}})
    assert (known, strangers) == ({"data": {"prompt": "a"}}, ["data.style", "more"])
    nested = {"template_info": [{"template_id": "t", "input_params": {"init_image": "https://a.example/i.png"}}]}
    assert bodies.known(CATALOG.model("wondershare/tm_reference_img2mask"), nested) == (nested, [])


def test_an_error_is_led_by_the_name_its_clients_know() -> None:
    model = CATALOG.model("wondershare/tm_text2video_b")
    said = bodies.in_their_words(model, InvalidInput("No such move.", param="camera_move"))
    assert said.message == "camera_move_index: No such move."
    assert bodies.in_their_words(model, InvalidInput("Empty.", param="prompt")).message == "Empty."
    assert bodies.in_their_words(model, InvalidInput("No.", param="webhook"), "hook").message == "hook: No."
