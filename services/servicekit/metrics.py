"""What Prometheus reads of a service, on a port of its own.

Imported only where a port for it is set: without one, nothing here costs anything. Each service
defines its own numbers in its `metrics` module, on the registry of a `Metrics`. Names of tasks,
videos and workspaces are no labels: there is no end of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack, ExitStack

import structlog
from prometheus_client import (
    CollectorRegistry,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    start_http_server,
)
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from services.servicekit.calls_out import CallsOut
from services.servicekit.state import StateError
from services.servicekit.swept import Swept

log = structlog.get_logger()

# From what a person does not notice to what a long upload or comparison takes.
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


class Metrics:
    """The numbers that all services have: the process, and its calls by OpenTelemetry's names.

    out: of what it asks of others.
    """

    def __init__(self) -> None:
        # When each series began; Prometheus knows how to do without.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._calls = Histogram(
            "rpc_server_call_duration_seconds",
            "How long calls took, watches and uploads included; its count is that of the calls.",
            ("rpc_method", "rpc_response_status_code"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.out = CallsOut(self.registry)

    def called(self, method: str, code: str, seconds: float) -> None:
        """A call has ended: `/package.Service/Method`, and gRPC's name for its outcome."""
        self._calls.labels(method.removeprefix("/"), code).observe(seconds)

    def read_gauge(self, name: str, told: str, read: Callable[[], float]) -> None:
        """A number that is looked up whenever somebody asks for it."""
        Gauge(name, told, registry=self.registry).set_function(read)

    def read_counter(
        self,
        name: str,
        told: str,
        labels: tuple[str, ...],
        read: Callable[[], Mapping[tuple[str, ...], float]],
    ) -> None:
        """Counts that something else keeps, by the values of the labels."""
        self.registry.register(_Counted(name, told, labels, read))

    def count_swept(self, swept: Swept) -> None:
        """What sweeps have removed; every service has some."""
        self.read_counter(
            "sage_swept", "What sweeps have removed here, by what it was.", ("what",), swept.counts
        )

    def serve(self, stack: AsyncExitStack | ExitStack, host: str, port: int) -> None:
        """Answers `GET /metrics` until the stack is closed, on a thread of its own.

        Raises StateError when the port is taken.
        """
        try:
            server, thread = start_http_server(port, host, self.registry)
        except OSError as error:
            raise StateError(
                f"The port for metrics, {host}:{port}, cannot be listened on ({error}). "
                "Set another one."
            ) from error

        def stop() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        stack.callback(stop)
        log.info("metrics", address=f"{host}:{port}")


class _Counted(Collector):
    def __init__(
        self,
        name: str,
        told: str,
        labels: tuple[str, ...],
        read: Callable[[], Mapping[tuple[str, ...], float]],
    ) -> None:
        self._name = name
        self._told = told
        self._labels = labels
        self._read = read

    def collect(self) -> Iterable[CounterMetricFamily]:
        family = CounterMetricFamily(self._name, self._told, labels=self._labels)
        for values, count in self._read().items():
            family.add_metric(values, count)
        yield family

    def describe(self) -> Iterable[CounterMetricFamily]:
        yield CounterMetricFamily(self._name, self._told, labels=self._labels)
