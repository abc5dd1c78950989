"""What the painter reads from a prompt."""

from __future__ import annotations

import pytest

from callsheet.renderers.previz.painter import figures, scenes, strokes
from callsheet.renderers.previz.painter.brief import Subject, read

RED, GREEN, BLUE, YELLOW = "#d8342c", "#3f9b54", "#2e6fd0", "#f2c230"
PURPLE, BLACK, WHITE = "#7a4fc0", "#23262e", "#f4f1ea"

SAME_PLACE = [
    ("a harbour at sunset", "黄昏的港口", "harbour"),
    ("the open sea at night", "夜晚的大海", "sea"),
    ("a mountain lake at dawn", "黎明的湖泊", "lake"),
    ("snowy mountains at noon", "中午的雪山", "mountains"),
    ("a misty forest in the early morning", "清晨薄雾中的森林", "forest"),
    ("desert dunes at sunset", "日落时的沙漠", "desert"),
    ("a city skyline at night", "城市的夜景", "city"),
    ("a rainy street at dusk", "暮色中下雨的街道", "street"),
    ("a flower field in the afternoon", "午后的花田", "field"),
    ("the arctic tundra by day", "白天的北极", "snow"),
    ("a distant galaxy", "遥远的星系", "space"),
    ("a coral reef", "珊瑚礁", "underwater"),
    ("a cozy kitchen in the morning", "早晨温馨的厨房", "room"),
    ("above the clouds at sunrise", "日出时的云海", "sky"),
    ("a product shot on a white background", "白色背景的产品展示", "studio"),
]


@pytest.mark.parametrize(("english", "chinese", "setting"), SAME_PLACE)
def test_english_and_chinese_words_choose_the_same_setting_and_time(english: str, chinese: str, setting: str) -> None:
    one, two = read(english), read(chinese)
    assert one.setting == two.setting == setting
    assert one.named
    assert two.named
    assert one.time == two.time


def test_every_setting_of_the_vocabulary_has_a_painter() -> None:
    assert {setting for _, _, setting in SAME_PLACE} == set(scenes.TABLE)


def test_a_prompt_without_a_known_place_gets_the_studio_and_no_claim() -> None:
    brief = read("quarterly synergy, leveraged holistically")
    assert brief.setting == "studio"
    assert not brief.named
    assert brief.subjects == ()


@pytest.mark.parametrize(
    ("prompt", "figure", "count"),
    [
        ("three sailboats", "sailboat", 3),
        ("三艘帆船", "sailboat", 3),
        ("2 cats on a roof", "cat", 2),
        ("两只白色的猫", "cat", 2),
        ("a flock of birds", "bird", 7),
        ("一群鸟", "bird", 7),
        ("a whale", "whale", 1),
        ("12 penguins", "penguin", 9),
    ],
)
def test_subjects_are_counted(prompt: str, figure: str, count: int) -> None:
    assert [(s.figure, s.count) for s in read(prompt).subjects] == [(figure, count)]


def test_a_colour_before_a_subject_is_that_subjects_colour_and_not_the_schemes() -> None:
    for prompt in ("a red car on a street", "街道上一辆红色的汽车"):
        brief = read(prompt)
        assert brief.subjects == (Subject("car", 1, "#d8342c"),)
        assert brief.colours == ()


@pytest.mark.parametrize(
    ("prompt", "setting", "subjects", "tints"),
    [
        ("a woman with red hair", "studio", {"woman": None, "woman hair": RED}, {}),
        ("红头发的女人", "studio", {"woman": None, "woman hair": RED}, {}),
        ("一个红头发、蓝眼睛的女孩", "studio", {"woman": None, "woman hair": RED, "woman eyes": BLUE}, {}),
        ("一位穿红裙子的女孩在海边", "sea", {"woman": RED}, {}),
        ("a redhead in a black coat", "studio", {"woman": BLACK, "woman hair": "#b5482a"}, {}),
        ("a red-haired girl in a green dress", "studio", {"woman": GREEN, "woman hair": RED}, {}),
        ("a woman in red", "studio", {"woman": RED}, {}),
        ("a white cup on a blue table", "room", {"cup": WHITE}, {"table": BLUE}),
        ("蓝色桌子上的白色杯子", "room", {"cup": WHITE}, {"table": BLUE}),
        ("a black dog on green grass", "field", {"dog": BLACK}, {"ground": GREEN}),
        ("绿色草地上的黑狗", "field", {"dog": BLACK}, {"ground": GREEN}),
        ("a yellow house under a purple sky", "field", {"house": YELLOW}, {"sky": PURPLE}),
        ("the sky is purple and the house is yellow", "field", {"house": YELLOW}, {"sky": PURPLE}),
        ("天空是紫色的，房子是黄色的", "field", {"house": YELLOW}, {"sky": PURPLE}),
        ("a house with a blue roof, red door", "field", {"house": None, "house roof": BLUE, "house door": RED}, {}),
        ("黄色沙发和蓝色墙壁", "room", {"sofa": YELLOW}, {"wall": BLUE}),
        ("a red sunset over the sea", "sea", {}, {"sky": RED}),
        ("a red wooden table lamp", "room", {"lamp": RED}, {}),
        ("a sailboat with red sails", "sea", {"sailboat": RED}, {}),
        ("a black and white cat", "studio", {"cat": BLACK, "cat light": WHITE}, {}),
        ("perfume bottle on a white background", "studio", {"bottle": None}, {"backdrop": WHITE}),
        ("白色背景的香水瓶", "studio", {"bottle": None}, {"backdrop": WHITE}),
        ("autumn forest", "forest", {}, {"leaves": "#d0772c", "ground": "#b98f45"}),
        ("a man with a blue skateboard", "studio", {"person": None}, {}),
    ],
)  # fmt: skip
def test_a_colour_goes_to_the_noun_it_stands_at(
    prompt: str, setting: str, subjects: dict[str, str | None], tints: dict[str, str]
) -> None:
    brief = read(prompt)
    found: dict[str, str | None] = {}
    for one in brief.subjects:
        found |= {one.figure: one.colour, **{f"{one.figure} {part}": code for part, code in one.parts}}
    assert (brief.setting, found, dict(brief.tints), brief.colours) == (setting, subjects, tints, ())


def test_a_shade_is_a_colour_and_black_and_white_before_no_thing_is_a_look() -> None:
    assert read("a dark green car").subjects[0].colour == "#2a603a"
    assert read("浅蓝色的汽车").subjects[0].colour == "#92b4e7"
    assert read("a black and white photo of a cat").style == "monochrome"
    assert read("red sneakers").colours == (RED,)


def test_a_house_under_the_sky_stands_on_the_ground_and_a_castle_in_the_clouds_does_not() -> None:
    assert [read(words).setting for words in ("a house under the sky", "a castle in the clouds", "the sky")] == [
        "field",
        "sky",
        "sky",
    ]


def test_a_colour_before_a_place_does_not_tint_the_sky() -> None:
    assert read("a green field").colours == ()
    assert read("a poster in red and blue").colours == ("#d8342c", "#2e6fd0")


@pytest.mark.parametrize(
    "prompt", ["portrait of an old woman by a window", "close-up of a cat", "一个女孩的特写", "肖像：男人"]
)
def test_a_close_shot_is_one_of_a_single_subject(prompt: str) -> None:
    assert read(prompt).close


@pytest.mark.parametrize("prompt", ["a woman by a window, portrait orientation", "close-up of three cats", "a cat"])
def test_what_names_no_close_shot_or_several_subjects_is_seen_from_where_it_stands(prompt: str) -> None:
    assert not read(prompt).close


def test_snow_is_weather_only_where_it_falls_and_weather_alone_takes_a_subject_outside() -> None:
    assert [read(words).weather for words in ("snowy mountains at sunset", "a snowy street", "雪山")] == [
        "clear",
        "snow",
        "clear",
    ]
    assert (read("a fox in the snow").setting, read("一只猫在雨中").setting) == ("snow", "field")


def test_what_is_refused_is_not_painted() -> None:
    assert read("a street without cars").subjects == ()
    assert read("没有人的街道").subjects == ()
    assert [s.figure for s in read("a cat and a dog", "dog").subjects] == ["cat"]


@pytest.mark.parametrize("prompt", ["马路", "马上出发", "可爱", "烟花", "机器", "人类的历史", "上海"])
def test_short_chinese_words_inside_longer_ones_are_not_misread(prompt: str) -> None:
    assert read(prompt).subjects == ()
    assert read(prompt).setting in {"studio", "street"}


def test_there_are_at_least_forty_figures_and_each_has_english_and_chinese_words() -> None:
    stock = figures.load()
    assert len(stock) >= 40
    for name, figure in stock.items():
        words = figure.words.split("|")
        assert any(word.isascii() for word in words), name
        assert any("\u4e00" <= word[0] <= "\u9fff" for word in words), name


@pytest.mark.parametrize("name", sorted(figures.load()))
def test_a_figures_every_word_calls_for_it_and_its_drawing_can_be_read(name: str) -> None:
    figure = figures.load()[name]
    for word in figure.words.split("|"):
        assert name in {s.figure for s in read(word).subjects}, word
    x0, y0, x1, y1 = strokes.extent(strokes.parse(figure.parts))
    assert x1 - x0 > 15
    assert -30 <= y0 < 60
    assert 60 < y1 <= 115
    assert figure.home is None or figure.home in scenes.TABLE


def test_a_line_that_is_no_drawing_is_refused() -> None:
    with pytest.raises(ValueError, match="no shape is called 'blot'"):
        strokes.parse(("body blot 1,2 3,4",))


@pytest.mark.parametrize(
    ("prompt", "setting", "shore"),
    [
        ("a lighthouse on a cliff at dusk, waves", "sea", "cliff"),
        ("悬崖上的灯塔，海浪", "sea", "cliff"),
        ("a lighthouse on a cliff", "sea", "cliff"),
        ("cliffs above the ocean", "sea", "cliff"),
        ("海边的峭壁", "sea", "cliff"),
        ("mountains by the sea", "sea", "heights"),
        ("海边的雪山", "sea", "heights"),
        ("a cliff in the mountains", "mountains", ""),
        ("悬崖", "mountains", ""),
        ("mountains above a sea of clouds", "mountains", ""),
        ("a harbour below a cliff", "harbour", ""),
        ("a lighthouse by the sea", "sea", ""),
    ],
)
def test_what_rises_from_the_sea_is_painted_with_the_sea(prompt: str, setting: str, shore: str) -> None:
    brief = read(prompt)
    assert (brief.setting, brief.shore) == (setting, shore)
