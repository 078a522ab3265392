"""The state of an emulated server, and how it refuses calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import grpc

from sage.compare.v1 import (
    compare_pb2,
    saved_comparison_pb2,
    technical_pb2,
)
from sage.embed.v1 import (
    api_token_pb2,
    embed_pb2,
    session_pb2,
)
from sage.errors.v1.error_reason_pb2 import ErrorReason
from sage.ingest.v1 import ingest_pb2
from services.servicekit.errors import SageError, to_status

PART_SIZE = 64
FORMATS = compare_pb2.ExportFormat


class State:
    """What the servicers share: what was sent, what they are to do, and what they were asked."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        # What lists were asked for.
        self.lists: list[Any] = []
        self.fail_parts = 0
        # How many calls of a method find nobody, while the server is away.
        self.away: Counter[str] = Counter()
        self.on_create_upload: Callable[[], object] = lambda: None
        self.fail_watches = 0
        # Tasks end, and no watch tells of it.
        self.silent_watches = False
        self.anonymous = True
        self.session_seconds = 3600.0
        self.tokens: set[str] = set()
        self.api_tokens: dict[str, api_token_pb2.ApiToken] = {}
        self.uploads: dict[str, ingest_pb2.Upload] = {}
        self.specs: dict[str, ingest_pb2.CreateUploadRequest] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.videos: dict[str, ingest_pb2.Video] = {}
        self.tasks: dict[str, embed_pb2.EmbeddingTask] = {}
        self.compared: list[compare_pb2.CompareVideosRequest] = []
        self.exported: list[compare_pb2.ExportComparisonRequest] = []
        # What exports say that they are.
        self.export_type = 'text/plain; name="a-vs-b.txt"'
        # What an export is; by default a line with its format.
        self.export = b""
        self.technical = technical_pb2.TechnicalDifferences()
        self.technical_requests: list[technical_pb2.GetTechnicalDifferencesRequest] = []
        self.carried: list[compare_pb2.CarryOverSpec] = []
        self.notes: list[str] = []
        self.kept: dict[str, saved_comparison_pb2.SavedComparison] = {}
        self.share_links: dict[str, saved_comparison_pb2.ShareLink] = {}
        self.ended_sessions: list[session_pb2.DeleteSessionRequest] = []
        self.watch_failure = (grpc.StatusCode.UNAVAILABLE, "connection reset")
        self.differ = True
        self.only_in_a: list[embed_pb2.Modality.ValueType] = []

    def enter(self, method: str, context: grpc.ServicerContext) -> None:
        """Counts a call, and refuses it without a token that was given out."""
        self.calls[method] += 1
        if self.away[method] > 0:
            self.away[method] -= 1
            context.abort(grpc.StatusCode.UNAVAILABLE, "connection refused")
        metadata = dict(context.invocation_metadata())
        token = str(metadata.get("authorization", "")).removeprefix("Bearer ")
        if token not in self.tokens:
            abort(context, ErrorReason.ERROR_REASON_UNAUTHENTICATED, "The token is not known.")


def abort(context: grpc.ServicerContext, reason: ErrorReason.ValueType, message: str) -> None:
    fail(context, SageError(reason, message))


def fail(context: grpc.ServicerContext, error: SageError) -> None:
    status = to_status(error)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    codes = {code.value[0]: code for code in grpc.StatusCode}
    context.abort(codes[error.code], error.message)
