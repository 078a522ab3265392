"""Writes the dashboards of components/monitoring: `python -m deploy.k8s.dashboards`.

One for what users feel, and one for each service, as Grafana reads them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "components" / "monitoring" / "dashboards"
_COLUMNS, _WIDTH, _HEIGHT = 2, 12, 8
_CALLS = "rpc_server_call_duration_seconds"
_STATEMENTS = "db_client_operation_duration_seconds"
_REQUESTS = "http_client_request_duration_seconds"
_FAILED = 'rpc_response_status_code=~"INTERNAL|UNKNOWN|UNAVAILABLE|DATA_LOSS"'


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Lines over time. expr: PromQL. legend: of each line, from its labels. unit: Grafana's."""

    title: str
    expr: str
    legend: str = ""
    unit: str = "short"


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """title: without "SAGE"."""

    title: str
    panels: tuple[Panel, ...]


def _rate(of: str, by: str) -> str:
    return f"sum by ({by}) (rate({of}[$__rate_interval]))"


def _quantile(share: float, histogram: str, labels: str, by: str) -> str:
    buckets = f"{histogram}_bucket{{{labels}}}"
    return f"histogram_quantile({share}, {_rate(buckets, f'{by}, le')})"


def _of_service(job: str) -> tuple[Panel, ...]:
    """What is asked of every service."""
    return (
        Panel(
            title="Calls",
            expr=_rate(f'{_CALLS}_count{{job="{job}"}}', "rpc_method"),
            legend="{{rpc_method}}",
            unit="reqps",
        ),
        Panel(
            title="Calls that did not end well",
            expr=_rate(
                f'{_CALLS}_count{{job="{job}",rpc_response_status_code!="OK"}}',
                "rpc_method, rpc_response_status_code",
            ),
            legend="{{rpc_response_status_code}} {{rpc_method}}",
            unit="reqps",
        ),
        Panel(
            title="Time of calls, 95 %",
            expr=_quantile(0.95, _CALLS, f'job="{job}"', "rpc_method"),
            legend="{{rpc_method}}",
            unit="s",
        ),
        Panel(
            title="Cores in use",
            expr=f'rate(process_cpu_seconds_total{{job="{job}"}}[$__rate_interval])',
            legend="{{instance}}",
        ),
        Panel(
            title="Time of statements, 95 %",
            expr=_quantile(0.95, _STATEMENTS, f'job="{job}"', "db_operation_name"),
            legend="{{db_operation_name}}",
            unit="s",
        ),
        Panel(
            title="Time of the store and vendors, 95 %",
            expr=_quantile(0.95, _REQUESTS, f'job="{job}"', "server_address, http_request_method"),
            legend="{{server_address}} {{http_request_method}}",
            unit="s",
        ),
        Panel(
            title="Swept away an hour",
            expr=f'sum by (what) (increase(sage_swept_total{{job="{job}"}}[1h]))',
            legend="{{what}}",
        ),
        Panel(
            title="Memory",
            expr=f'process_resident_memory_bytes{{job="{job}"}}',
            legend="{{instance}}",
            unit="bytes",
        ),
    )


DASHBOARDS: Mapping[str, Dashboard] = {
    "users": Dashboard(
        title="what users feel",
        panels=(
            Panel(
                title="Share of calls that fail for a fault of SAGE's",
                expr=f"{_rate(f'{_CALLS}_count{{{_FAILED}}}', 'job')} "
                f"/ {_rate(f'{_CALLS}_count', 'job')}",
                legend="{{job}}",
                unit="percentunit",
            ),
            Panel(
                title="Time of lookups, 95 %",
                expr=_quantile(0.95, _CALLS, 'rpc_method=~".*/(Get|List).*"', "job"),
                legend="{{job}}",
                unit="s",
            ),
            Panel(
                title="Time of comparisons, 95 %",
                expr=_quantile(0.95, "sage_compare_comparison_seconds", "", "mode"),
                legend="{{mode}}",
                unit="s",
            ),
            Panel(
                title="How long the oldest task waits",
                expr="max by (engine) (sage_embed_oldest_queued_seconds)",
                legend="{{engine}}",
                unit="s",
            ),
            Panel(
                title="Tasks that end",
                expr=_rate(
                    'sage_embed_attempts_ended_total{outcome=~"succeeded|failed"}',
                    "engine, outcome",
                ),
                legend="{{engine}} {{outcome}}",
            ),
            Panel(
                title="Bytes uploaded a second",
                expr="sum(rate(sage_ingest_stored_bytes_total[$__rate_interval]))",
                unit="Bps",
            ),
        ),
    ),
    "ingest": Dashboard(
        title="ingest",
        panels=(
            *_of_service("ingest"),
            Panel(
                title="Bytes stored a second",
                expr=_rate("sage_ingest_stored_bytes_total", "instance"),
                legend="{{instance}}",
                unit="Bps",
            ),
            Panel(
                title="Parts in flight",
                expr="sage_ingest_parts_in_flight",
                legend="{{instance}}",
            ),
            Panel(
                title="Copies for browsers",
                expr="max by (state) (sage_ingest_proxies)",
                legend="{{state}}",
            ),
            Panel(
                title="Confined processes",
                expr="sage_ingest_confined_processes",
                legend="{{instance}}",
            ),
        ),
    ),
    "embed": Dashboard(
        title="embed",
        panels=(
            *_of_service("embed"),
            Panel(
                title="Tasks",
                expr="max by (engine, state) (sage_embed_tasks)",
                legend="{{engine}} {{state}}",
            ),
            Panel(
                title="How long the oldest task waits",
                expr="max by (engine) (sage_embed_oldest_queued_seconds)",
                legend="{{engine}}",
                unit="s",
            ),
            Panel(
                title="Attempts begun",
                expr=_rate("sage_embed_attempts_begun_total", "engine"),
                legend="{{engine}}",
            ),
            Panel(
                title="Attempts ended",
                expr=_rate("sage_embed_attempts_ended_total", "engine, outcome"),
                legend="{{engine}} {{outcome}}",
            ),
            Panel(
                title="Seconds of video a second of work",
                expr=f"{_rate('sage_embed_video_seconds_total', 'engine')} "
                f"/ {_rate('sage_embed_work_seconds_total', 'engine')}",
                legend="{{engine}}",
            ),
            Panel(
                title="Confined processes",
                expr="sage_embed_confined_processes",
                legend="{{instance}}",
            ),
            Panel(title="Watches", expr="sage_embed_watchers", legend="{{instance}}"),
            Panel(
                title="Requests that vendors have left for a key",
                expr="min by (vendor) (sage_embed_vendor_requests_left)",
                legend="{{vendor}}",
            ),
        ),
    ),
    "compare": Dashboard(
        title="compare",
        panels=(
            *_of_service("compare"),
            Panel(
                title="Comparisons computed",
                expr=_rate("sage_compare_comparison_seconds_count", "mode"),
                legend="{{mode}}",
            ),
            Panel(
                title="Time of comparisons, 95 %",
                expr=_quantile(0.95, "sage_compare_comparison_seconds", "", "mode"),
                legend="{{mode}}",
                unit="s",
            ),
            Panel(
                title="Share of looks into caches that find something",
                expr=_rate('sage_compare_cache_lookups_total{result="hit"}', "cache")
                + " / "
                + _rate("sage_compare_cache_lookups_total", "cache"),
                legend="{{cache}}",
                unit="percentunit",
            ),
            Panel(
                title="Bytes in caches",
                expr="sage_compare_cache_bytes",
                legend="{{instance}}",
                unit="bytes",
            ),
            Panel(
                title="Computations under way or waiting",
                expr="sage_compare_computing",
                legend="{{instance}}",
            ),
            Panel(title="Watches", expr="sage_compare_watchers", legend="{{instance}}"),
        ),
    ),
}


def render(name: str) -> str:
    """A dashboard as the text of its file."""
    dashboard = DASHBOARDS[name]
    model = {
        "uid": f"sage-{name}",
        "title": f"SAGE: {dashboard.title}",
        "tags": ["sage"],
        "schemaVersion": 39,
        "time": {"from": "now-6h", "to": "now"},
        "refresh": "30s",
        "templating": {
            "list": [
                {"name": "source", "label": "Source", "type": "datasource", "query": "prometheus"}
            ]
        },
        "panels": [_panel(place, panel) for place, panel in enumerate(dashboard.panels)],
    }
    return json.dumps(model, indent=1) + "\n"


def _panel(place: int, panel: Panel) -> dict[str, object]:
    source = {"type": "prometheus", "uid": "${source}"}
    row, column = divmod(place, _COLUMNS)
    return {
        "id": place + 1,
        "title": panel.title,
        "type": "timeseries",
        "datasource": source,
        "gridPos": {"x": column * _WIDTH, "y": row * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [
            {
                "refId": "A",
                "datasource": source,
                "expr": panel.expr,
                "legendFormat": panel.legend or panel.title,
            }
        ],
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for each in DASHBOARDS:
        (FOLDER / f"{each}.json").write_text(render(each))
