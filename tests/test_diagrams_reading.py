"""What a prompt means: steps, decisions, loops, branches of thought, dates and numbers, and nothing lost on the way."""

from __future__ import annotations

from datetime import date

import pytest

from callsheet.renderers.previz.diagrams import check, mermaid, mermaid_read
from callsheet.renderers.previz.diagrams.shapes import Board, Branch, Flow, Plan
from callsheet.renderers.previz.diagrams.understand import Understood, understand


def flow(prompt: str, language: str = "en") -> Flow:
    found = understand("flowchart", prompt, language).diagram
    assert isinstance(found, Flow)
    return found


def arrows(found: Flow) -> set[tuple[str, str, str]]:
    labels = {node.id: node.label for node in found.nodes}
    return {(labels[edge.start], edge.label, labels[edge.end]) for edge in found.edges}


def asks(found: Flow) -> set[str]:
    return {node.label for node in found.nodes if node.kind == "decision"}


def plan(prompt: str) -> tuple[Plan, Understood]:
    found = understand("gantt", prompt, "en")
    assert isinstance(found.diagram, Plan)
    return found.diagram, found


def tasks(prompt: str) -> list[tuple[str, str, int]]:
    return [(span.name, span.start.isoformat(), span.days) for span in plan(prompt)[0].spans]


def tree(branch: Branch) -> object:
    return {branch.label: [tree(child) for child in branch.children]} if branch.children else branch.label


def mind(prompt: str, language: str = "en") -> object:
    found = understand("mindmap", prompt, language).diagram
    assert isinstance(found, Branch)
    return tree(found)


def board(prompt: str) -> Board:
    found = understand("infographic", prompt, "zh").diagram
    assert isinstance(found, Board)
    return found


def test_a_condition_in_chinese_has_both_branches_and_a_loop() -> None:
    found = flow("用户输入手机号，然后获取验证码。如果验证码正确，则设置密码，否则返回输入手机号。最后注册成功。")
    assert asks(found) == {"验证码正确？"}
    assert arrows(found) == {
        ("开始", "", "用户输入手机号"), ("用户输入手机号", "", "获取验证码"), ("获取验证码", "", "验证码正确？"),
        ("验证码正确？", "是", "设置密码"), ("验证码正确？", "否", "用户输入手机号"),
        ("设置密码", "", "注册成功"), ("注册成功", "", "结束"),
    }  # fmt: skip


def test_a_condition_in_english_has_both_branches_and_a_loop() -> None:
    found = flow(
        "Receive the order, check the stock. If the item is in stock, pack it. Otherwise, order more and go back to"
        " check the stock. Finally, send the invoice."
    )
    assert arrows(found) == {
        ("Start", "", "Receive the order"), ("Receive the order", "", "Check the stock"),
        ("Check the stock", "", "Is the item in stock?"), ("Is the item in stock?", "Yes", "Pack it"),
        ("Is the item in stock?", "No", "Order more"), ("Order more", "", "Check the stock"),
        ("Pack it", "", "Send the invoice"), ("Send the invoice", "", "End"),
    }  # fmt: skip


@pytest.mark.parametrize("answers", ["是：发货；否：补货。", "否：补货；是：发货。"])
def test_answers_to_a_question_come_in_either_order_and_meet(answers: str) -> None:
    found = arrows(flow(f"收到订单。库存是否充足？{answers}通知客户"))
    assert {("库存是否充足？", "是", "发货"), ("库存是否充足？", "否", "补货")} <= found
    assert {("发货", "", "通知客户"), ("补货", "", "通知客户")} <= found


def test_the_opposite_condition_is_the_other_branch() -> None:
    found = flow("提交申请，主管审批。如果通过，备案，如果不通过，退回提交申请")
    assert asks(found) == {"通过？"}
    assert ("通过？", "不通过", "提交申请") in arrows(found)


def test_until_asks_after_the_step_and_while_before_it() -> None:
    assert ("All tests pass?", "No", "Testing") in arrows(
        flow("Write code, repeat testing until all tests pass, deploy")
    )
    found = arrows(flow("Review. While there are open comments, fix them. Publish."))
    assert {("Are there open comments?", "Yes", "Fix them"), ("Fix them", "", "Are there open comments?")} <= found
    assert ("Are there open comments?", "No", "Publish") in found


def test_a_branch_that_ends_goes_on_to_nothing_else() -> None:
    found = arrows(flow("Screen. If suitable, interview. Otherwise, decline and end. Make an offer."))
    assert ("Decline", "", "End") in found
    assert ("Decline", "", "Make an offer") not in found


def test_arrows_are_read_in_any_language() -> None:
    found = flow("注文 → 在庫あり？\n在庫あり？ -はい-> 発送 → 終了\n在庫あり？ -いいえ-> 注文", "ja")
    assert asks(found) == {"在庫あり？"}
    assert arrows(found) == {
        ("注文", "", "在庫あり？"), ("在庫あり？", "はい", "発送"),
        ("発送", "", "終了"), ("在庫あり？", "いいえ", "注文"),
    }  # fmt: skip
    assert [node.kind for node in found.nodes if node.label == "終了"] == ["end"]


def test_an_indented_list_is_steps_and_answers() -> None:
    found = arrows(flow("1. Prijava\n2. Verifikasi?\n  - Ya: Masuk\n  - Tidak: Ulangi\n3. Keluar", "id"))
    assert {("Verifikasi?", "Ya", "Masuk"), ("Verifikasi?", "Tidak", "Ulangi"), ("Masuk", "", "Keluar")} <= found
    assert ("Mulai", "", "Prijava") in found


def test_a_mind_map_grows_from_sentences_headings_and_indents() -> None:
    assert mind("产品规划包括市场调研、设计和开发。设计包括UI设计、交互设计。开发分为前端（React、CSS）和后端。") == {
        "产品规划": ["市场调研", {"设计": ["UI设计", "交互设计"]}, {"开发": [{"前端": ["React", "CSS"]}, "后端"]}]
    }
    assert mind(
        "Healthy living includes diet, exercise and sleep. Diet covers fruit and water. Exercise: yoga, swimming"
    ) == {"Healthy living": [{"Diet": ["Fruit", "Water"]}, {"Exercise": ["Yoga", "Swimming"]}, "Sleep"]}
    assert mind("# Plan\n## A\n- x\n- y\n## B\n- z") == {"Plan": [{"A": ["x", "y"]}, {"B": ["z"]}]}
    assert mind("회사\n  영업\n  개발\n    앱", "ko") == {"회사": ["영업", {"개발": ["앱"]}]}


def test_gantt_tasks_have_their_dates_durations_and_waits() -> None:
    found, _ = plan(
        "Design takes 2 weeks from March 3, 2025, development for 3 weeks after design, testing 5 days after"
        " development. Docs in parallel with development, 10 days. Milestone: launch."
    )
    assert [(span.name, span.start, span.days) for span in found.spans] == [
        ("Design", date(2025, 3, 3), 14), ("Development", date(2025, 3, 17), 21), ("Testing", date(2025, 4, 7), 5),
        ("Docs", date(2025, 3, 17), 10), ("Launch", date(2025, 4, 12), 0),
    ]  # fmt: skip
    assert [span.after for span in found.spans] == [(), ("t1",), ("t2",), ("t1",), ("t3",)]


def test_gantt_sentences_in_chinese() -> None:
    prompt = "项目从2025年3月1日开始。需求分析：3月1日-3月10日，开发1个半月，测试在开发之后3周，"
    assert tasks(prompt + "文档与测试同时进行，5天") == [
        ("需求分析", "2025-03-01", 10), ("开发", "2025-03-11", 45),
        ("测试", "2025-04-25", 21), ("文档", "2025-04-25", 5),
    ]  # fmt: skip
    found, _ = plan("第一阶段：调研3天，访谈5天；第二阶段：设计1周，评审2天")
    assert [(span.section, span.name, span.days) for span in found.spans] == [
        ("第一阶段", "调研", 3), ("第一阶段", "访谈", 5), ("第二阶段", "设计", 7), ("第二阶段", "评审", 2)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "prompt",
    [
        "Task | Start | Duration | After\nA | 2025-02-01 | 10 |\nB | | 2w | A",
        "A: 2025-02-01, 10 días\nB: 2 semanas",
        "A: 2025-02-01, 10 jours\nB: 2 semaines",
        "A: 01.02.2025, 10 Tage\nB: 2 Wochen",
        "A: 2025-02-01, 10 giorni\nB: 2 settimane",
        "A: 2025-02-01, 10 dias\nB: 2 semanas",
        "A: 2025-02-01, 10 дней\nB: 2 недели",
        "A: 2025-02-01, 10 hari\nB: 2 minggu",
        "A: 2025-02-01, 10일\nB: 2주",
        "A: 2025-02-01, 10日\nB: 2週間",
        "A: 2025年2月1日, 10天\nB: 两周",
        "- A: 2025-02-01 - 2025-02-10\n- B: 14 days",
    ],
)
def test_dates_and_durations_are_read_in_every_language(prompt: str) -> None:
    assert tasks(prompt) == [("A", "2025-02-01", 10), ("B", "2025-02-11", 14)]


def test_what_a_plan_does_not_say_is_assumed_and_told() -> None:
    found, told = plan("新产品上线项目计划，包含需求分析、开发、测试、上线四个阶段")
    assert [span.name for span in found.spans] == ["需求分析", "开发", "测试", "上线"]
    assert not found.dated
    assert "2026-01-05" in told.assumed[0]
    assert len(told.assumed) == 5
    assert plan("Design 2 days. Please be quick.")[1].left_out == ("Please be quick",)


def test_numbers_become_the_chart_that_they_are_fit_for() -> None:
    found = board(
        "全球咖啡消费：2020: 10, 2021: 15, 2022: 18, 2023: 25。欧洲占30%，亚洲占45%，美洲占25%。用户数达到3.5亿人。"
    )
    assert found.title == "全球咖啡消费"
    assert [(chart.kind, [figure.value for figure in chart.figures]) for chart in found.charts] == [
        ("line", [10, 15, 18, 25]), ("donut", [30, 45, 25])
    ]  # fmt: skip
    assert [(figure.label, figure.shown, figure.value) for figure in found.figures] == [("用户数", "3.5亿人", 3.5e8)]


def test_figures_keep_the_units_and_sizes_that_they_were_written_with() -> None:
    sold = board("Sales: Berlin 900 thousand, Paris 3 million, Rome $1.2M.")
    assert [(figure.label, figure.shown, figure.value) for figure in sold.figures] == [
        ("Berlin", "900 thousand", 9e5), ("Paris", "3 million", 3e6), ("Rome", "$1.2M", 1.2e6)
    ]  # fmt: skip
    (chart,) = board("Users: Berlin 900K users, Paris 1.2M users").charts
    assert [figure.value for figure in chart.figures] == [9e5, 1.2e6]
    yearly = board("Revenue 2023 $1.2M, 2024 $1.8M, up 50%")
    assert [(figure.label, figure.shown) for figure in yearly.figures] == [
        ("Revenue 2023", "$1.2M"), ("2024", "$1.8M"), ("up", "50%")
    ]  # fmt: skip
    assert board("In 2023 users grew by 5 km, 7 € and 40 MW").figures[0].shown == "5 km"


def test_figures_of_different_kinds_in_one_chinese_sentence_are_no_mere_topic() -> None:
    found = board("2023年收入120万元，2024年180万元，增长50%")
    assert [(figure.label, figure.shown) for figure in found.figures] == [
        ("2023年收入", "120万元"), ("2024年", "180万元"), ("增长", "50%")
    ]  # fmt: skip


def test_a_comparison_by_two_figures_gives_each_side_its_own() -> None:
    (found,) = board("iPhone vs Android: 45% vs 55%").versus
    assert ((found.left.head, found.left.text), (found.right.head, found.right.text)) == (
        ("iPhone", "45%"), ("Android", "55%")
    )  # fmt: skip


def test_comparisons_steps_and_cards_are_told_apart() -> None:
    found = board(
        "iOS vs Android: iOS is closed, Android is open. Step 1: plan. Step 2: do. Office: rent, lights, noise"
    )
    assert [(pair.left.head, pair.left.text, pair.right.text) for pair in found.versus] == [("iOS", "closed", "open")]
    assert [step.head for step in found.steps] == ["plan", "do"]
    assert [(card.head, card.text) for card in found.cards] == [("Office", "rent\nlights\nnoise")]


def test_a_table_is_a_chart_for_each_column_of_numbers() -> None:
    found = board("Country | Users | Share\nChina | 1000 | 60%\nUSA | 800 | 40%")
    assert [(chart.title, chart.kind) for chart in found.charts] == [("Users", "bar"), ("Share", "donut")]


@pytest.mark.parametrize("kind", ["flowchart", "mindmap", "gantt", "infographic"])
@pytest.mark.parametrize("prompt", ["量子计算", "Beekeeping"])
def test_a_topic_alone_is_an_outline_and_says_so(kind: str, prompt: str) -> None:
    found = understand(kind, prompt, "zh")
    assert (found.origin, found.title) == ("outline", prompt)
    assert "outline" in found.assumed[0]


@pytest.mark.parametrize(
    ("kind", "prompt"),
    [
        ("flowchart", "收到订单，检查库存。如果充足，发货，否则补货。"),
        ("mindmap", '事 includes "a", b (c) and [d]; #1 & <e>'),
        ("gantt", "Design: phase #1 2 weeks, build; part 3 weeks after design"),
    ],
)
def test_the_source_that_is_written_is_sound_and_says_the_same(kind: str, prompt: str) -> None:
    found = understand(kind, prompt, "en").diagram
    if isinstance(found, Flow):
        source, same = mermaid.flowchart(found, "TD"), Flow(found.nodes, found.edges, "TD")
    elif isinstance(found, Branch):
        source, same = mermaid.mindmap(found), found
    else:
        assert isinstance(found, Plan)
        source, same = mermaid.gantt(found), None
    assert check.fault(source) == ""
    read = mermaid_read.read(source)
    if same is not None:
        assert read == same
    else:
        assert isinstance(read, Plan)
        assert isinstance(found, Plan)
        assert [(s.start, s.days, s.after) for s in read.spans] == [(s.start, s.days, s.after) for s in found.spans]


@pytest.mark.parametrize(
    "broken",
    [
        "flowchart TD\n A[x --> B",
        "flowchart TD\n A --> end",
        'flowchart TD\n A[Say (hi) "you"] --> B{is it [ok]?}\n B -->|yes (1)| C',
        "A --> B",
        "flowchart TD\n A → B",
        "```mermaid\nflowchart LR\n A --> B\n```",
    ],
)
def test_source_that_is_nearly_right_is_mended(broken: str) -> None:
    source, done = check.mended(check.unfenced(broken))
    assert check.fault(source) == ""
    assert done or "```" in broken


def test_source_beyond_repair_is_refused_in_the_parsers_words() -> None:
    with pytest.raises(ValueError, match=r"[Pp]arse"):
        understand("flowchart", "flowchart TD\n A --> --> {{{", "en")
