"""What is drawn: real files, opened and measured against what the diagram says, without reading a letter by machine."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
import resvg_py
from PIL import Image

from callsheet.errors import RenderError
from callsheet.renderers.encode import PREVIEW
from callsheet.renderers.previz.diagrams import letters, theme, words
from callsheet.renderers.previz.diagrams.draw_charts import scale
from diagram_corpus import CORPUS
from diagram_fixtures import KINDS, SVG, boxes, draw, squeezed

PROMPTS = {
    "flowchart": "收到订单，检查库存。库存是否充足？是：发货；否：补货，返回检查库存。通知客户",
    "mindmap": "Tea includes green, black and herbal. Green covers sencha and matcha",
    "gantt": "设计2周，开发3周，测试5天。里程碑：上线",
    "infographic": "咖啡：2020: 10, 2021: 15, 2022: 20。占比12%。手冲 vs 意式：手冲清澈，意式浓郁",
}


@pytest.mark.parametrize(("kind", "prompt", "language"), CORPUS)
def test_every_prompt_of_the_corpus_is_drawn_whole(tmp_path: Path, kind: str, prompt: str, language: str) -> None:
    drawn = draw(tmp_path, kind, prompt, language=language)
    png, svg, text = drawn.made
    assert [made.content_type for made in drawn.made] == ["image/png", "image/svg+xml", "text/plain"]
    size = int(drawn.root.get("width") or 0), int(drawn.root.get("height") or 0)
    assert (svg.width, svg.height) == size
    with Image.open(png.path) as picture:
        assert picture.size == (png.width, png.height) == (2 * size[0], 2 * size[1])
        assert picture.info["Comment"] == PREVIEW
    assert max(size) <= 4096
    assert text.path.stat().st_size > 20
    said = svg.path.read_text("utf-8")
    assert not re.search(
        r"<script|<foreignObject|javascript:|\son\w+=|<image|href=\"(?!#)|@import|stroke-width[:=]\"?-", said
    )
    assert PREVIEW in said
    _holds_all(drawn.words(), drawn.extra, drawn.source, prompt)
    x, y, w, h = (float(part) for part in (drawn.root.get("viewBox") or "").split())
    for letters_ in drawn.root.iter(f"{SVG}text"):
        if drawn.extra["understood"]:
            assert x <= float(letters_.get("x") or 0) <= x + w
            assert y <= float(letters_.get("y") or 0) <= y + h


def _holds_all(lettered: str, extra: dict[str, object], source: str, prompt: str) -> None:
    """Every word of the prompt that carries meaning is lettered, or told as left out or assumed."""
    told = squeezed(json.dumps(extra, ensure_ascii=False) + source)
    if extra["read_as"] != "text":
        return
    for word in re.findall(r"[^\W\d_]{4,}", prompt):
        parts = [word[at : at + 2] for at in range(len(word) - 1)] if re.search(r"[\u3040-\u9fff]", word) else [word]
        known = [squeezed(part) in lettered or squeezed(part) in told or part.lower() in _GRAMMAR for part in parts]
        assert sum(known) >= len(known) * 0.5, word


_GRAMMAR = {
    "then", "unless", "repeat", "until", "includes", "covers", "takes", "after", "weeks", "days", "semanas", "wochen",
    "tage", "días", "years", "year", "hito", "daftar",
}  # fmt: skip


def test_a_flowchart_has_exactly_its_nodes_arrows_and_diamonds(tmp_path: Path) -> None:
    drawn = draw(tmp_path, "flowchart", PROMPTS["flowchart"])
    assert drawn.extra["understood"] == {"nodes": 8, "arrows": 8, "decisions": 1}
    assert (len(drawn.groups("node")), len(drawn.groups("edge"))) == (8, 8)
    (diamond,) = drawn.groups("decision")
    corners = [tuple(map(float, at.split(","))) for at in (diamond.find(f"{SVG}polygon").get("points") or "").split()]  # type: ignore[union-attr]
    (top, right, bottom, left) = corners
    assert top[0] == pytest.approx(bottom[0], abs=0.02)
    assert left[1] == pytest.approx(right[1], abs=0.02)
    assert squeezed("".join(diamond.itertext())) == "库存是否充足？"
    assert sorted(squeezed("".join(label.itertext())) for label in drawn.groups("edge-label")) == ["否", "是"]


def test_arrows_end_at_the_edges_of_their_nodes(tmp_path: Path) -> None:
    drawn = draw(tmp_path, "flowchart", PROMPTS["flowchart"])
    edges = {group.get("data-id"): group for group in drawn.groups("edge")}
    places = {group.get("data-id"): _frame(group) for group in drawn.groups("node")}
    for name, group in edges.items():
        points = (group.find(f"{SVG}polygon").get("points") or "").split()  # type: ignore[union-attr]
        tip = [float(part) for part in points[0].split(",")]
        left, top, right, bottom = places[str(name).split()[1]]
        assert left - 0.1 <= tip[0] <= right + 0.1
        assert top - 0.1 <= tip[1] <= bottom + 0.1
        assert min(abs(tip[0] - left), abs(tip[0] - right), abs(tip[1] - top), abs(tip[1] - bottom)) < 0.1


def test_no_two_nodes_overlap(tmp_path: Path) -> None:
    many = "\n".join(
        f"a{n} -> b{n % 4}\nb{n % 4} -> c{n}?\nc{n}? -yes-> a{(n * 3) % 7}\nc{n}? -no-> z" for n in range(7)
    )
    frames = [_frame(group) for group in draw(tmp_path, "flowchart", many).groups("node")]
    for index, one in enumerate(frames):
        for other in frames[index + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def _frame(group: ET.Element) -> tuple[float, float, float, float]:
    polygon = group.find(f"{SVG}polygon")
    if polygon is not None:
        at = [tuple(map(float, point.split(","))) for point in (polygon.get("points") or "").split()]
        return min(x for x, _ in at), min(y for _, y in at), max(x for x, _ in at), max(y for _, y in at)
    ((x, y, w, h),) = boxes([group])
    return x, y, x + w, y + h


def test_bars_of_a_plan_are_as_long_as_their_days_and_begin_at_their_dates(tmp_path: Path) -> None:
    drawn = draw(tmp_path, "gantt", PROMPTS["gantt"])
    bars = list(boxes(drawn.groups("span")))
    per_day = bars[0][2] / 14
    assert [bar[2] / per_day for bar in bars] == pytest.approx([14, 21, 5], abs=0.01)
    assert [(bar[0] - bars[0][0]) / per_day for bar in bars] == pytest.approx([0, 14, 35], abs=0.01)
    (milestone,) = drawn.groups("milestone")
    corners = (milestone.find(f"{SVG}polygon").get("points") or "").split()  # type: ignore[union-attr]
    assert (float(corners[0].split(",")[0]) - bars[0][0]) / per_day == pytest.approx(40, abs=0.01)
    assert len(drawn.groups("wait")) == 3


def test_bars_and_slices_are_in_proportion_to_their_numbers(tmp_path: Path) -> None:
    drawn = draw(tmp_path, "infographic", "产量：甲 12, 乙 30, 丙 45。占比：东 50%，西 25%，北 25%")
    heights = [box[3] for box in boxes(drawn.groups("bar"))]
    assert [high / heights[0] for high in heights] == pytest.approx([1, 30 / 12, 45 / 12], rel=0.001)
    assert len(drawn.groups("slice")) == 3
    colours = [group.find(f"{SVG}path").get("fill") for group in drawn.groups("slice")]  # type: ignore[union-attr]
    pixels = drawn.rgb().astype(int)
    counts = [_count(pixels, str(colour)) for colour in colours]
    legend = 2 * 12 * 2 * 12
    shares = np.array([count - legend for count in counts], float)
    assert shares / shares.sum() == pytest.approx([0.5, 0.25, 0.25], abs=0.02)


def _count(pixels: np.ndarray, colour: str) -> int:
    wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return int((np.abs(pixels - wanted).max(axis=2) < 6).sum())


def test_an_axis_shows_zero_and_ends_round() -> None:
    assert scale([10, 25]) == (0, 25)
    assert scale([-5, 2, 8]) == (-5, 8)
    assert scale([0, 0]) == (0, 1)


@pytest.mark.parametrize("char", ["验", "か", "값", "ß", "Щ", "é", "龜", "ñ", "Q"])
def test_letters_are_drawn_as_the_font_has_them(tmp_path: Path, char: str) -> None:
    """The glyph rendered alone is found again in the picture of the diagram, at its place."""
    drawn = draw(tmp_path, "mindmap", f"- 中\n  - 文\n    - {char}", style="minimal")
    text = next(one for one in drawn.root.iter(f"{SVG}text") if "".join(one.itertext()) == char)
    size, ink = float(text.get("font-size") or 0), text.get("fill")
    alone = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" font-family="Noto Sans CJK SC">'
        f'<text x="8" y="28" font-size="{size}" fill="{ink}">{char}</text></svg>'
    )
    encoded = resvg_py.svg_to_bytes(svg_string=alone, skip_system_fonts=True, font_files=[str(letters.FONT)], zoom=2)
    (tmp_path / "alone.png").write_bytes(bytes(encoded))
    glyph = np.asarray(Image.open(tmp_path / "alone.png"))[:, :, 3] > 127
    box = _bounds(glyph)
    view = [float(part) for part in (drawn.root.get("viewBox") or "").split()]
    x, y = round(2 * (float(text.get("x") or 0) - view[0])), round(2 * (float(text.get("y") or 0) - view[1]))
    dark = (drawn.rgb().sum(axis=2) < 380)[y - 27 : y + 9, x - 16 : x + 16]
    found = _bounds(dark)
    assert abs(glyph[box].shape[0] - dark[found].shape[0]) <= 2
    assert abs(glyph[box].shape[1] - dark[found].shape[1]) <= 2
    rows, columns = (min(glyph[box].shape[at], dark[found].shape[at]) for at in (0, 1))
    same = glyph[box][:rows, :columns] == dark[found][:rows, :columns]
    assert same.mean() > 0.75


def _bounds(mask: np.ndarray) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def test_the_font_has_the_letters_of_all_twelve_languages() -> None:
    alphabets = {
        "en": "ABCxyz&'’“”",
        "zh": "的一是不了在人有我他这用户注册登录验证码龙龟",
        "zh-TW": "註冊驗證龍龜體灣臺",
        "ja": "あいうえおがぱっゃアイウー漢字働峠",
        "ko": "가나다라마바사뷁힣ㄱ", "es": "áéíóúñü¿¡ÁÑ", "fr": "àâæçéèêëîïôœùûüÿÉŒ«»", "de": "äöüßÄÖÜ„“",
        "it": "àèéìòùÈ", "pt": "ãõáâêçÃÕ", "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюяЁЩ", "id": "Selamat",
    }  # fmt: skip
    assert set(alphabets) == set(words.LANGUAGES)
    assert {name: letters.missing(text) for name, text in alphabets.items() if letters.missing(text)} == {}
    assert letters.missing("a🚀ก") == ["🚀", "ก"]


def test_what_cannot_be_lettered_is_told_and_stays_in_the_source(tmp_path: Path) -> None:
    drawn = draw(tmp_path, "mindmap", "- 🚀 Launch\n  - fuel")
    assert drawn.extra["not_lettered"] == ["🚀"]
    assert "🚀" in drawn.source
    assert "🚀" not in drawn.words()
    with pytest.raises(RenderError, match="No letter"):
        draw(tmp_path, "mindmap", "🚀🌙")
    with pytest.raises(RenderError, match="nothing that can be drawn"):
        draw(tmp_path, "infographic", " ?! ")


def test_source_that_is_broken_is_refused_with_the_parsers_words(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="cannot be drawn"):
        draw(tmp_path, "flowchart", "flowchart TD\n A --> --> {{{")
    with pytest.raises(RenderError, match="Vega-Lite tool"):
        draw(tmp_path, "infographic", '{"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "mark": "bar"}')
    with pytest.raises(RenderError, match="charts"):
        draw(tmp_path, "infographic", '{"charts": [{"kind": "cake", "figures": [{"label": "a", "value": 1}]}]}')


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_scene_gives_the_same_bytes_and_another_seed_another_look(tmp_path: Path, kind: str) -> None:
    first = draw(tmp_path / "a", kind, PROMPTS[kind], seed=5, count=2)
    again = draw(tmp_path / "b", kind, PROMPTS[kind], seed=6)
    assert len(first.made) == 6
    second = [made.path.read_bytes() for made in first.made[3:]]
    assert [second[1].split(b"</metadata>")[1], second[0][:16]] == [
        again.made[1].path.read_bytes().split(b"</metadata>")[1],
        again.made[0].path.read_bytes()[:16],
    ]
    assert [made.path.read_bytes() for made in again.made] == [
        made.path.read_bytes() for made in draw(tmp_path / "c", kind, PROMPTS[kind], seed=6).made
    ]
    assert first.made[0].path.read_bytes() != first.made[3].path.read_bytes()


@pytest.mark.parametrize("style", ["深色科技", "warm", "minimal", "green and fresh"])
def test_a_style_chooses_its_palette_and_an_unknown_one_is_told(tmp_path: Path, style: str) -> None:
    named = {"深色科技": "dusk", "warm": "clay", "minimal": "ink", "green and fresh": "meadow"}
    drawn = draw(tmp_path, "mindmap", PROMPTS["mindmap"], style=style, seed=3)
    assert drawn.extra["theme"] == named[style]
    assert drawn.extra["left_out"] == []
    assert draw(tmp_path, "mindmap", "a: b, c", style="blotchy").extra["left_out"] == ["style: blotchy"]


def test_letters_stand_out_from_what_is_below_them() -> None:
    """WCAG: 4.5 for words on paper, panels and tints, 3 for large words on accents."""
    for look in theme.THEMES:
        for ground in (look.paper, look.panel, *look.tints):
            assert _contrast(look.ink, ground) >= 4.5, (look.name, ground)
        assert _contrast(look.quiet, look.paper) >= 4.5, look.name
        assert all(_contrast(look.on_accent, accent) >= 3 for accent in look.accents), look.name


def _contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        r, g, b = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_width_is_as_asked_and_the_mark_can_be_left_off(tmp_path: Path) -> None:
    drawn = draw(tmp_path, "flowchart", PROMPTS["flowchart"], pixel_width=500, mark=False)
    assert (drawn.made[1].width, drawn.made[0].width) == (500, 1000)
    assert drawn.groups("mark") == []
    assert len(draw(tmp_path, "flowchart", PROMPTS["flowchart"]).groups("mark")) == 1


def test_the_source_says_what_it_is_and_can_be_drawn_again(tmp_path: Path) -> None:
    for kind in ("flowchart", "mindmap", "gantt"):
        drawn = draw(tmp_path, kind, PROMPTS[kind])
        assert drawn.source.startswith(f"%% {PREVIEW}\n")
        again = draw(tmp_path / "again", kind, drawn.source)
        assert again.extra["read_as"] == "source"
        assert again.extra["understood"] == drawn.extra["understood"]
    spec = json.loads(draw(tmp_path, "infographic", PROMPTS["infographic"]).source)
    assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/v")
    assert PREVIEW in spec["description"]
    charted = [part["data"]["values"] for part in spec["vconcat"] if "encoding" in part]
    assert [[row["value"] for row in rows] for rows in charted] == [[10, 15, 20]]
