"""What the monitoring page tells to put into Prometheus: it can be read, and asks for metrics that there are."""

from __future__ import annotations

import re
from typing import Any

import yaml

from callsheet.telemetry.page import described
from docs_fixtures import ROOT, blocks

SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",), "info": ("_info",)}


def _page() -> tuple[dict[str, Any], dict[str, Any]]:
    first, second = (
        yaml.safe_load(block.text)
        for block in blocks(ROOT / "docs" / "howto" / "monitoring.md")
        if block.language == "yaml"
    )
    return first, second


def test_the_scrape_asks_the_default_address() -> None:
    scrape, _ = _page()
    assert scrape["scrape_configs"][0]["static_configs"][0]["targets"] == ["127.0.0.1:8420"]


def test_every_rule_is_whole_and_asks_for_metrics_and_labels_that_there_are() -> None:
    _, rules = _page()
    found = rules["groups"][0]["rules"]
    samples = {f"{name}{end}": labels for name, kind, labels, _ in described() for end in SUFFIXES[kind]}
    assert sum("alert" in rule for rule in found) == 3
    for rule in found:
        assert {"expr"} < rule.keys()
        asked = re.findall(r"\b(callsheet_\w+)(?:\{([^}]*)\})?", rule["expr"])
        assert asked
        for name, selector in asked:
            assert name in samples, name
            assert set(re.findall(r"(\w+)=", selector or "")) <= set(samples[name])
