"""Which traces begin in a service."""

from __future__ import annotations

from collections.abc import Sequence

from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import (
    Decision,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.util.types import Attributes

_BEGIN = (SpanKind.SERVER, SpanKind.CONSUMER)


class WorthATrace(Sampler):
    """A call that comes in or a task that is taken begins one; a query by a loop does not.

    share: of those that are kept, 0 to 1.
    """

    def __init__(self, share: float) -> None:
        self._share = TraceIdRatioBased(share)

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """OpenTelemetry's hook: drops what neither a call nor a task begins, then by the share."""
        if kind not in _BEGIN:
            return SamplingResult(Decision.DROP)
        return self._share.should_sample(
            parent_context, trace_id, name, kind, attributes, links, trace_state
        )

    def get_description(self) -> str:
        """For OpenTelemetry's own log lines, with the share in it."""
        return f"WorthATrace{{{self._share.get_description()}}}"
