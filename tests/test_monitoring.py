"""The dashboard and the alerts speak of metrics that there are, and the runbook of what the alerts say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import metrics
from bot.gauges import Gauges
from bot.spending import Caps
from bot.store import Store
from tests.fakes import FakeKnowledge

ROOT = Path(__file__).resolve().parent.parent
DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy/grafana/expo-bot.json").read_text("utf-8"))
ALERTS: dict[str, Any] = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text("utf-8"))
RULES: list[dict[str, Any]] = [rule for group in ALERTS["groups"] for rule in group["rules"]]
NAME = re.compile(r"\b(?:expo_bot|process)_[a-z_]+")
SELECTED = re.compile(r"((?:expo_bot|process)_[a-z_]+)\{([^}]*)\}")
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[str]:
    yield from (target["expr"] for panel in PANELS for target in panel["targets"])
    yield from (rule["expr"] for rule in RULES)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Every name that a scrape can hold, with its labels."""
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('db')}/bot.db")
    gauges = Gauges(store, FakeKnowledge(), Caps(), now=lambda: datetime.now(UTC))
    found: dict[str, set[str]] = {}
    for metric in [*metrics.REGISTRY.collect(), *gauges.collect()]:
        names = {sample.name for sample in metric.samples} | {metric.name}
        if metric.type == "counter":
            names |= {f"{metric.name}_total"}
        if metric.type == "histogram":
            names |= {f"{metric.name}{end}" for end in ("_bucket", "_count", "_sum")}
        for name in names:
            found[name] = {label for sample in metric.samples for label in sample.labels}
    store.close()
    return found


def test_every_metric_that_is_asked_for_is_told(told: dict[str, set[str]]) -> None:
    asked = {name for expression in expressions() for name in NAME.findall(expression)}

    assert asked - set(told) == set()
    assert len(asked) > 15


def test_what_is_told_is_shown(told: dict[str, set[str]]) -> None:
    shown = {name for panel in PANELS for target in panel["targets"] for name in NAME.findall(target["expr"])}
    ours = {metric for metric in told if metric.startswith("expo_bot_")}

    bare = {re.sub(r"_(?:total|bucket|count|sum|created)$", "", name) for name in ours}
    assert bare - {re.sub(r"_(?:total|bucket)$", "", name) for name in shown} == set()


def test_a_metric_that_is_not_told_would_be_noticed(told: dict[str, set[str]]) -> None:
    assert "expo_bot_tea_cups" not in told


def test_selected_outcomes_and_stages_are_those_the_help_names() -> None:
    """A mistyped label value selects nothing, for ever, and nobody notices."""
    helps = {metric.name: metric.documentation for metric in metrics.REGISTRY.collect()}
    wrong = [
        (name, value)
        for expression in expressions()
        for name, labels in SELECTED.findall(expression)
        for label, values in re.findall(r'(\w+)[!=]~?="?~?"?([\w|]+)"', labels)
        for value in values.split("|")
        if label in ("outcome", "stage") and value not in helps[re.sub(r"_(?:total|bucket)$", "", name)]
    ]

    assert wrong == []


def test_the_dashboard_is_one_that_grafana_provisions() -> None:
    ids = [panel["id"] for panel in DASHBOARD["panels"]]

    assert {"uid", "title", "schemaVersion", "panels", "templating", "time"} <= set(DASHBOARD)
    assert "id" not in DASHBOARD  # the database's own
    assert len(ids) == len(set(ids))
    for panel in PANELS:
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert panel["title"]
        assert panel["targets"]
    cells = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells)), "panels lie on each other"
    assert max(x for x, _ in cells) < 24


def test_every_alert_has_its_chapter_in_the_runbook() -> None:
    page = (ROOT / "docs/operations.md").read_text("utf-8")
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}

    assert {rule["annotations"]["runbook"] for rule in RULES} - anchors == set()
    assert [rule["alert"] for rule in RULES if rule["alert"] not in page] == []


def test_the_runbook_names_only_metrics_that_are_told(told: dict[str, set[str]]) -> None:
    page = (ROOT / "docs/operations.md").read_text("utf-8")

    assert set(NAME.findall(page)) - set(told) == set()
