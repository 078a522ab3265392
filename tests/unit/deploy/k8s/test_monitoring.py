"""Alerts and dashboards: they ask for what the services tell, and each alert has its advice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from deploy.k8s.dashboards import DASHBOARDS, FOLDER, render
from services.compare.cache import BoundedCache
from services.compare.metrics import CompareMetrics
from services.embed.metrics import EmbedMetrics
from services.embed.tasks.observing import AttemptEnd
from services.embed.tasks.task_state import State
from services.ingest.metrics import IngestMetrics
from services.ingest.proxies.proxy import ProxyState
from services.servicekit.metrics import Metrics
from services.servicekit.swept import Swept

ROOT = Path(__file__).resolve().parents[4]
MONITORING = FOLDER.parent
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
OUTCOMES = {each.value for each in AttemptEnd}
STATES = {each.value for each in (*State, *ProxyState)}


class NoParts:
    in_flight = 0
    stored_bytes = 0


def told() -> Iterator[str]:
    """The name of every series that some service tells."""
    metrics = Metrics()
    metrics.count_swept(Swept())
    EmbedMetrics(metrics, ["local"], watchers=lambda: 0, confined=lambda: 0)
    IngestMetrics(metrics, NoParts(), confined=lambda: 0)
    cache = BoundedCache[str, int](1)
    CompareMetrics(metrics, {"results": cache}, watchers=lambda: 0, computing=lambda: 0)
    for family in metrics.registry.collect():
        suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
        yield from (family.name + each for each in suffixes.get(family.type, ("",)))


def alerts() -> list[dict[str, Any]]:
    rules = yaml.safe_load((MONITORING / "alerts.yaml").read_text())
    return [rule for group in rules["spec"]["groups"] for rule in group["rules"]]


def expressions() -> list[str]:
    panels = [
        target["expr"]
        for name in DASHBOARDS
        for panel in json.loads((FOLDER / f"{name}.json").read_text())["panels"]
        for target in panel["targets"]
    ]
    return [*panels, *(alert["expr"] for alert in alerts()), scaling_query()]


def scaling_query() -> str:
    file = MONITORING.parent / "queue-scaling" / "scaled-object.yaml"
    (trigger,) = yaml.safe_load(file.read_text())["spec"]["triggers"]
    return str(trigger["metadata"]["query"])


@pytest.mark.parametrize("expression", expressions())
def test_prometheus_understands_every_expression(expression: str) -> None:
    # Grafana puts a duration there before it asks.
    promql_parser.parse(expression.replace("$__rate_interval", "5m"))
    with pytest.raises(ValueError, match=r"."):
        promql_parser.parse(expression.replace("$__rate_interval", "5m") + " by (")


def test_rules_are_what_prometheus_reads() -> None:
    """What promtool checks, beside the expressions: fields, durations and templates."""
    for rule in alerts():
        assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
        assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", rule["alert"])
        assert promql_parser.parse_duration(rule["for"]).total_seconds() > 0
        assert set(rule["labels"]) == {"severity"}
        kept = grouped(rule["expr"])
        for label in re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]):
            assert kept is None or label in kept, rule["alert"]


def grouped(expression: str) -> set[str] | None:
    """The labels that an alert has; None when all of a series are kept."""
    found = re.findall(r"\bby \(([^)]*)\)", expression)
    return {label.strip() for each in found for label in each.split(",")} if found else None


@pytest.mark.parametrize("name", DASHBOARDS)
def test_dashboards_are_what_grafana_reads(name: str) -> None:
    board = json.loads((FOLDER / f"{name}.json").read_text())
    panels = board["panels"]
    places = [each["gridPos"] for each in panels]
    assert len({each["id"] for each in panels}) == len(panels)
    assert len({(each["x"], each["y"]) for each in places}) == len(panels)
    assert all(each["x"] + each["w"] <= 24 for each in places)
    assert all(each["targets"] and each["datasource"]["uid"] == "${source}" for each in panels)
    assert [each["name"] for each in board["templating"]["list"]] == ["source"]


def test_whatever_is_asked_for_is_told() -> None:
    names = set(told())
    asked = {
        name
        for each in expressions()
        for name in re.findall(
            r"\b(?:sage|rpc|process|db|http)_[a-z_]+\b(?=[\[{) ]|$)",
            re.sub(r"by \([^)]*\)", "", each),
        )
    }
    assert len(asked) > 15
    assert asked <= names
    ours = {name for name in names if name.startswith("sage_")}
    assert ours - asked <= {"sage_compare_comparison_seconds_sum"}


def test_outcomes_and_states_that_are_asked_for_exist() -> None:
    for each in expressions():
        for label, known in (("outcome", OUTCOMES), ("state", STATES)):
            for values in re.findall(rf'\b{label}=~?"([^"]*)"', each):
                assert set(values.split("|")) <= known


def test_every_alert_has_its_advice() -> None:
    names = [each["alert"] for each in alerts()]
    assert len(set(names)) == len(names)
    for each in alerts():
        assert f"\n| `{each['alert']}` |" in OPERATIONS
        assert each["annotations"]["runbook"] == f"docs/operations.md, {each['alert']}"


@pytest.mark.parametrize("name", DASHBOARDS)
def test_dashboards_are_up_to_date(name: str) -> None:
    assert (FOLDER / f"{name}.json").read_text() == render(name), "stale: run 'make k8s'"
    assert f"dashboards/{name}.json" in (MONITORING / "kustomization.yaml").read_text()
