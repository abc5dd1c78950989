"""Every format's stamp: nothing that is seen or heard changes, it reads back, and odd files stay as they are."""

from __future__ import annotations

import dataclasses
import io
import time
from pathlib import Path

import av
import pytest
from PIL import Image

from callsheet.provenance import Ingredient, inspect, read, xmp
from callsheet.provenance.stamping import Mode, Stamped, Stamper
from provenance_fixtures import FACTS, MAKERS, SVG, decoded, laid, made


def stamped(folder: Path, data: bytes, mode: Mode = "metadata", **more: object) -> Stamped:
    facts = dataclasses.replace(FACTS, **more)  # type: ignore[arg-type]
    return Stamper(mode, folder).stamp(laid(folder, data), folder / "draft", facts, edited=False)


@pytest.mark.parametrize("kind", MAKERS)
def test_a_stamp_reads_back_and_changes_no_pixel_sample_or_packet(kind: str, tmp_path: Path) -> None:
    before = made(kind)
    found = stamped(tmp_path, before)
    assert found.told["form"] == "metadata"
    assert read(found.path) == FACTS
    assert decoded(found.path.read_bytes(), kind) == decoded(before, kind)
    assert (tmp_path / "made").read_bytes() == before


@pytest.mark.parametrize("kind", MAKERS)
def test_stamping_twice_changes_nothing_and_the_first_origin_stays(kind: str, tmp_path: Path) -> None:
    first = stamped(tmp_path, made(kind)).path.read_bytes()
    again = stamped(tmp_path, first, task="task_02")
    assert again.path == tmp_path / "made"
    assert again.told["kept"] is True
    assert again.told["task"] == FACTS.task


@pytest.mark.parametrize("kind", MAKERS)
def test_a_file_cut_anywhere_is_kept_as_it_is_or_stamped_and_never_fails(kind: str, tmp_path: Path) -> None:
    data = made(kind)
    for share in (0.02, 0.3, 0.7, 0.99):
        cut = data[: max(1, int(len(data) * share))]
        found = stamped(tmp_path, cut)
        if not found.told["stamped"]:
            assert found.path.read_bytes() == cut
            assert found.told["why"].endswith(".")


@pytest.mark.parametrize("kind", ["png", "apng", "jpeg", "jpeg with Exif", "webp", "webp, lossless", "webp, moving"])
def test_pillow_finds_the_packet_where_the_format_has_it(kind: str, tmp_path: Path) -> None:
    with Image.open(stamped(tmp_path, made(kind)).path) as image:
        packet = image.info["xmp"]
    assert b"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia" in packet
    assert b"<Iptc4xmpExt:AISystemUsed>vidu/viduq3-pro/img2video</Iptc4xmpExt:AISystemUsed>" in packet
    assert packet.rstrip(b"\0").endswith(b'<?xpacket end="w"?>')


def test_a_gif_has_its_packet_as_adobe_lays_it_out(tmp_path: Path) -> None:
    data = stamped(tmp_path, made("gif, moving")).path.read_bytes()
    at = data.index(b"!\xff\x0bXMP DataXMP<?xpacket")
    end = data.index(b'<?xpacket end="w"?>', at) + 19
    assert data[end : end + 258] == b"\1" + bytes(range(255, -1, -1)) + b"\0"


@pytest.mark.parametrize(
    ("kind", "tag"),
    [("mp4", "xmp"), ("mov", "xmp"), ("mp3", "id3v2_priv.XMP"), ("mp3, bare", "id3v2_priv.XMP"), ("flac", "XMP")],
)
def test_ffmpeg_finds_the_packet_where_the_format_has_it(kind: str, tag: str, tmp_path: Path) -> None:
    path = stamped(tmp_path, made(kind)).path
    with av.open(str(path), options={"export_xmp": "1"} if tag == "xmp" else {}) as container:
        assert "<callsheet:task>task_01</callsheet:task>" in container.metadata[tag]


def test_a_packet_of_another_keeps_what_it_says_and_ours_is_added(tmp_path: Path) -> None:
    theirs = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description rdf:about="uuid:1" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Their tool"/>'
        b"</rdf:RDF></x:xmpmeta>"
    )
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", xmp=theirs)
    found = stamped(tmp_path, out.getvalue())
    assert read(found.path) == FACTS
    with Image.open(found.path) as image:
        packet = image.info["xmp"].decode()
    assert packet.count("CreatorTool") == 1
    assert 'xmp:CreatorTool="Their tool"' in packet
    assert packet.count('rdf:about="uuid:1"') == 2


def test_of_two_descriptions_only_ours_is_taken_out_however_a_tool_has_written_it() -> None:
    """Many write what has no parts as one tag that ends in itself."""
    dc = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    theirs = f'<rdf:Description rdf:about="" {dc}><dc:format>x</dc:format></rdf:Description>'
    ours = '<rdf:Description rdf:about="" xmlns:callsheet="urn:callsheet:provenance:1:" callsheet:task="task_0"/>'
    rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    packet = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {rdf}>{ours}{theirs}</rdf:RDF></x:xmpmeta>'
    found = xmp.written(FACTS, packet.encode()).decode()
    assert theirs in found
    assert 'task_0"' not in found
    assert xmp.read(found.encode()) == FACTS


@pytest.mark.parametrize("opened", [b'<metadata id="callsheet-provenance">', b"<x:xmpmeta "])
def test_a_drawing_full_of_beginnings_without_an_end_is_read_in_no_time(opened: bytes, tmp_path: Path) -> None:
    first = b'<svg xmlns="http://www.w3.org/2000/svg"><metadata id="callsheet-provenance">'
    path = laid(tmp_path, first + opened * 100_000 + (b"</metadata></svg>" if opened.startswith(b"<x") else b"</svg>"))
    began = time.process_time()
    assert read(path) is None
    assert time.process_time() - began < 2, "it is milliseconds; looked at naively it is hours"


@pytest.mark.parametrize(
    "packet", [b"no xml at all", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"\xff\xfe<\0a\0/\0>\0"]
)
def test_a_packet_that_cannot_be_read_is_not_touched(packet: bytes, tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", xmp=packet)
    found = stamped(tmp_path, out.getvalue())
    assert found.told["stamped"] is False
    assert "XMP packet" in found.told["why"]
    assert found.path.read_bytes() == out.getvalue()


@pytest.mark.parametrize(
    "data", [b"words", b"%PDF-1.7 ...", b'{"a": 1}', b"<html></html>", bytes(range(7, 71)), b"\0" * 64]
)
def test_a_format_that_carries_nothing_is_kept_and_says_why(data: bytes, tmp_path: Path) -> None:
    found = stamped(tmp_path, data)
    assert found.told["stamped"] is False
    assert found.told["model"] == FACTS.model
    assert read(tmp_path / "made") is None
    assert inspect(tmp_path / "made")["callsheet"] is None


def test_a_wav_of_unknown_length_and_an_svg_of_another_encoding_are_kept(tmp_path: Path) -> None:
    wav = bytearray(made("wav"))
    wav[4:8] = b"\xff\xff\xff\xff"
    assert stamped(tmp_path, bytes(wav)).told["stamped"] is False
    assert stamped(tmp_path, SVG.encode("utf-16")).told["stamped"] is False
    assert stamped(tmp_path, b"<svg/>").told["stamped"] is False


def test_a_drawing_with_a_prefix_is_still_well_formed(tmp_path: Path) -> None:
    drawing = b'<s:svg xmlns:s="http://www.w3.org/2000/svg" width="4" height="4"><s:path d="M0 0h4v4z"/></s:svg>'
    found = stamped(tmp_path, drawing)
    assert b'<s:metadata id="callsheet-provenance">' in found.path.read_bytes()
    assert read(found.path) == FACTS


def test_a_prompt_survives_whatever_is_written_in_it(tmp_path: Path) -> None:
    prompt = 'a <red> boat & "two" 小船 🚤 ]]> \n end'
    for kind in ("png", "svg", "mp3", "flac"):
        found = stamped(tmp_path, made(kind), prompt=prompt)
        kept = read(found.path)
        assert kept is not None
        assert kept.prompt == prompt
        assert "prompt" not in found.told


def test_a_large_file_is_copied_in_blocks_and_only_grows_by_the_stamp(tmp_path: Path) -> None:
    path = laid(tmp_path, made("mp4"))
    with path.open("ab") as file:  # a `free` box of 5 GB, sparse, before the end
        file.write(b"\0\0\0\1free" + (5 << 30).to_bytes(8, "big"))
        file.truncate(file.tell() + (5 << 30) - 16)
    assert read(path) is None
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 1)
    assert inspect(path)["why"] == "it ends in the middle of a box"


def test_a_stamp_that_came_over_from_an_ingredient_is_replaced(tmp_path: Path) -> None:
    still = stamped(tmp_path, made("png"), preview=True).path.rename(tmp_path / "still.png")
    ingredient = Ingredient(still, "c" * 64, "image/png", FACTS.task)
    new = dataclasses.replace(FACTS, task="task_09", source="composite", preview=False)
    found = Stamper("metadata", tmp_path).stamp(still, tmp_path / "draft", new, [ingredient], edited=True)
    kept = read(found.path)
    assert kept is not None
    assert (kept.task, kept.source, kept.preview) == ("task_09", "compositeWithTrainedAlgorithmicMedia", True)
    assert found.path.read_bytes().count(b"urn:callsheet") == 1


def test_a_full_disk_keeps_the_file_as_it_is(tmp_path: Path) -> None:
    path = laid(tmp_path, made("png"))
    found = Stamper("metadata", tmp_path).stamp(path, tmp_path / "no such folder" / "draft", FACTS, edited=False)
    assert found.path == path
    assert "No such file" in found.told["why"]
