"""What goes on at once in a flowchart: where ways fork, and where they meet again."""

from __future__ import annotations

import pytest

from test_diagrams_reading import arrows, asks, flow


def test_parallel_steps_fork_and_meet() -> None:
    found = arrows(flow("Plan. Design the page and write the copy in parallel, then review."))
    assert {("Plan", "", "Design the page"), ("Plan", "", "Write the copy")} <= found
    assert {("Design the page", "", "Review"), ("Write the copy", "", "Review")} <= found


@pytest.mark.parametrize(
    ("prompt", "language", "names"),
    [
        (
            "Plan. In parallel, write the docs and test the build. When both are done, publish.",
            "en",
            ("Plan", "Write the docs", "Test the build", "Publish"),
        ),
        ("Plan. In parallel: draw, write and shoot, then review.", "en", ("Plan", "Draw", "Write", "Shoot", "Review")),
        ("Plan. Write. Meanwhile, draw. Once both are finished, launch.", "en", ("Plan", "Write", "Draw", "Launch")),
        (
            "制定计划。并行：编写文档、测试版本。两者都完成后，发布。",
            "zh",
            ("制定计划", "编写文档", "测试版本", "发布"),
        ),
        ("制定计划。写文案。同时，画图标。全部完成后上线。", "zh", ("制定计划", "写文案", "画图标", "上线")),
    ],
)
def test_what_goes_on_in_parallel_forks_and_meets_when_all_are_done(
    prompt: str, language: str, names: tuple[str, ...]
) -> None:
    found = flow(prompt, language)
    first, *beside, last = names
    assert {(first, "", one) for one in beside} | {(one, "", last) for one in beside} <= arrows(found)
    assert asks(found) == set()
    assert len(found.nodes) == len(names) + 2


def test_a_condition_after_one_step_is_still_a_question() -> None:
    assert asks(flow("Plan. Build. When both are done, publish. Otherwise, wait.")) == {"Both are done?"}
    assert asks(flow("Receive the order. When the payment is done, ship it.")) == {"Is the payment done?"}
