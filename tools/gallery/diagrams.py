"""Pages of diagrams in Chinese, English and the other languages, as a reader of documents would see them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from callsheet.renderers.previz.diagrams import pages
from callsheet.renderers.scene import Scene

Ask = tuple[str, str, str, int]
"""Capability, prompt, language and seed."""

PAGES: dict[str, Sequence[Ask]] = {
    "flowcharts": (
        (
            "flowchart",
            "订单处理流程：收到订单，检查库存。库存是否充足？是：打包发货；否：通知采购，等待补货，返回检查库存。"
            "然后开发票，同时通知客户。客户是否付款？是：归档；否：发送催款函，返回客户是否付款。结束",
            "zh",
            1,
        ),
        (
            "flowchart",
            "Draw a flowchart of a code review: Open a pull request, run the tests. If the tests "
            "fail, fix the code and go "
            "back to run the tests. Otherwise, ask for a review. Is it approved? Yes: merge it, "
            "deploy it. No: change the "
            "code, go back to ask for a review. Finally, close the ticket.",
            "en",
            3,
        ),
        ("flowchart", "用户注册登录流程", "zh", 4),
        (
            "flowchart",
            "Choose: one? -yes-> a\none? -no-> two?\ntwo? -yes-> b\ntwo? -no-> three?\nthree? -yes-> "
            "c\nthree? -no-> d\n"
            "a -> z\nb -> z\nc -> z\nd -> one?",
            "en",
            2,
        ),
    ),
    "mindmaps": (
        (
            "mindmap",
            "产品规划包括市场调研、设计、开发和运营。市场调研包括用户访谈、竞品分析。设计包括UI设计、交互设计。"
            "开发分为前端（React、CSS）和后端（API、数据库）。运营包括内容、增长、客服。",
            "zh",
            0,
        ),
        (
            "mindmap",
            "Healthy living includes diet, exercise, sleep and people. Diet covers vegetables, fruit, "
            "and water. Exercise: "
            "running, yoga, swimming. Sleep: eight hours, a dark room, no screens before bed. People: "
            "friends, family",
            "en",
            3,
        ),
        ("mindmap", "人工智能", "zh", 2),
    ),
    "plans": (
        (
            "gantt",
            "Website relaunch plan: Design takes 2 weeks from March 3, 2025, development for 3 weeks "
            "after design, testing 5 "
            "days after development. Docs in parallel with development, 10 days. Milestone: launch.",
            "en",
            0,
        ),
        (
            "gantt",
            "第一阶段：调研3天，访谈5天；第二阶段：设计1周，评审2天；第三阶段：开发3周，测试1周；里程碑：上线",
            "zh",
            4,
        ),
        ("gantt", "準備: 2025-04-01, 5日\n開発: 3週間\nテスト: 1週間\nマイルストーン: 公開", "ja", 1),
    ),
    "infographics": (
        (
            "infographic",
            "全球咖啡消费：2020: 10, 2021: 15, 2022: 18, 2023: 25。欧洲占30%，亚洲占45%，美洲占25%。用户数达到3.5亿人。"
            "增长率为12%。手冲 vs 意式：手冲风味清澈，意式口感浓郁。趋势：精品化、即饮、本地烘焙。"
            "第一步：采购。第二步：烘焙与拼配。第三步：冲煮",
            "zh",
            0,
        ),
        (
            "infographic",
            "Remote work: 58% of employees work from home one day a week. Companies save $11,000 per "
            "employee. 23% feel "
            "lonely. Office: rent, commute, meetings. Home: quiet, family, flexible hours. Tools: "
            "Chat 80, Video meetings "
            "with the whole team 65, Whiteboards 20, E-mail and shared documents 95. Step 1: agree on "
            "hours. Step 2: write "
            "things down",
            "en",
            2,
        ),
    ),
    "languages": (
        (
            "flowchart",
            "注文 → 在庫あり？\n在庫あり？ -はい-> 発送 → 終了\n在庫あり？ -いいえ-> 入荷待ち → 在庫あり？",
            "ja",
            0,
        ),
        ("flowchart", "시작 -> 로그인 -> 성공?\n성공? -예-> 홈 화면 -> 끝\n성공? -아니요-> 로그인", "ko", 1),
        ("flowchart", "Заявка -> Согласовано?\nСогласовано? -да-> Оплата\nСогласовано? -нет-> Заявка", "ru", 3),
        ("flowchart", "Début -> Vérifier l'âge\nVérifier l'âge -> Majeur ?\nMajeur ? -oui-> Entrée -> Fin", "fr", 4),
        ("mindmap", "臺灣小吃\n  飲料\n    珍珠奶茶\n    青草茶\n  麵食\n    牛肉麵\n  甜點\n    豆花", "zh-TW", 5),
        ("mindmap", "Größe & Übung\n  Maße\n    Länge\n    Höhe\n  Gewicht", "de", 2),
        ("infographic", "País | Ventas | Cuota\nPerú | 120 | 40%\nChile | 90 | 30%\nEspaña | 90 | 30%", "es", 0),
    ),
}

_WIDE, _GAP = 1500, 14
_GROUND = (205, 208, 212)


def draw(out: Path) -> None:
    """Write flowcharts.png, mindmaps.png, plans.png, infographics.png and languages.png."""
    for name, asked in PAGES.items():
        with tempfile.TemporaryDirectory() as folder:
            pictures = [_picture(Path(folder) / str(index), ask) for index, ask in enumerate(asked)]
        _page(pictures).quantize(128, dither=Image.Dither.NONE).save(out / f"{name}.png", optimize=True)


def _picture(folder: Path, ask: Ask) -> Image.Image:
    kind, prompt, language, seed = ask
    made = pages.render(Scene(kind, prompt=prompt, seed=seed, extra={"language": language}), folder, lambda _: None)
    with Image.open(made[0].path) as picture:
        return picture.convert("RGB").resize((picture.width // 2, picture.height // 2), Image.Resampling.LANCZOS)


def _page(pictures: Sequence[Image.Image]) -> Image.Image:
    """In rows, from the left, as many as fit."""
    places: list[tuple[int, int]] = []
    x = y = row = 0
    for picture in pictures:
        if x and x + picture.width > _WIDE:
            x, y, row = 0, y + row + _GAP, 0
        places.append((x, y))
        x, row = x + picture.width + _GAP, max(row, picture.height)
    wide = max(place[0] + picture.width for place, picture in zip(places, pictures, strict=True))
    page = Image.new("RGB", (wide, y + row), _GROUND)
    for place, picture in zip(places, pictures, strict=True):
        page.paste(picture, place)
    return page
