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
