"""Comparisons with one difference, and those that are kept."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import grpc
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.empty_pb2 import Empty

from sage.compare.v1 import (
    carry_over_pb2,
    compare_pb2,
    compare_pb2_grpc,
    saved_comparison_pb2,
    saved_comparison_pb2_grpc,
    technical_pb2,
    time_map_pb2,
)
from sage.compare.v1.time_map_pb2 import MappedTime, TimeMapPiece
from sage.embed.v1 import (
    embed_pb2,
)
from tests.emulators.gateway.state import FORMATS, State

_VISUAL = embed_pb2.MODALITY_VISUAL


class Comparisons(saved_comparison_pb2_grpc.ComparisonServiceServicer):
    def __init__(self, gateway: State) -> None:
        self._gateway = gateway

    def CreateComparison(self, request: Any, context: Any) -> saved_comparison_pb2.SavedComparison:
        self._gateway.enter("CreateComparison", context)
        kept = saved_comparison_pb2.SavedComparison(
            name=f"comparisons/{len(self._gateway.kept)}",
            a=request.a,
            b=request.b,
            options=request.options,
            display_name=request.display_name,
            status=saved_comparison_pb2.SavedComparison.STATUS_IN_REVIEW,
        )
        self._gateway.kept[kept.name] = kept
        return kept

    def GetComparison(self, request: Any, context: Any) -> saved_comparison_pb2.SavedComparison:
        self._gateway.enter("GetComparison", context)
        return self._gateway.kept[request.name]

    def ListComparisons(
        self, request: Any, context: Any
    ) -> saved_comparison_pb2.ListComparisonsResponse:
        self._gateway.enter("ListComparisons", context)
        self._gateway.lists.append(request)
        kept = self._gateway.kept.values()
        return saved_comparison_pb2.ListComparisonsResponse(comparisons=kept)

    def UpdateComparison(self, request: Any, context: Any) -> saved_comparison_pb2.SavedComparison:
        self._gateway.enter("UpdateComparison", context)
        kept = self._gateway.kept[request.comparison.name]
        request.update_mask.MergeMessage(request.comparison, kept)
        return kept

    def DeleteComparison(self, request: Any, context: Any) -> Empty:
        self._gateway.enter("DeleteComparison", context)
        del self._gateway.kept[request.name]
        return Empty()

    def CreateNote(self, request: Any, context: Any) -> saved_comparison_pb2.Note:
        self._gateway.enter("CreateNote", context)
        note = self._gateway.kept[request.parent].notes.add()
        note.CopyFrom(request.note)
        note.name = f"{request.parent}/notes/{len(self._gateway.kept[request.parent].notes)}"
        return note

    def UpdateNote(self, request: Any, context: Any) -> saved_comparison_pb2.Note:
        self._gateway.enter("UpdateNote", context)
        for kept in self._gateway.kept.values():
            for note in kept.notes:
                if note.name == request.note.name:
                    note.text = request.note.text
                    return note
        context.abort(grpc.StatusCode.NOT_FOUND, f"There is no {request.note.name}.")
        raise AssertionError

    def DeleteNote(self, request: Any, context: Any) -> Empty:
        self._gateway.enter("DeleteNote", context)
        return Empty()

    def CreateShareLink(self, request: Any, context: Any) -> saved_comparison_pb2.ShareLink:
        self._gateway.enter("CreateShareLink", context)
        made = saved_comparison_pb2.ShareLink()
        made.CopyFrom(request.share_link)
        made.name = f"{request.parent}/shareLinks/{len(self._gateway.share_links)}"
        self._gateway.share_links[made.name] = made
        told = saved_comparison_pb2.ShareLink(token=f"secret of {made.name}")
        told.MergeFrom(made)
        return told

    def ListShareLinks(
        self, request: Any, context: Any
    ) -> saved_comparison_pb2.ListShareLinksResponse:
        self._gateway.enter("ListShareLinks", context)
        own = (
            link
            for name, link in self._gateway.share_links.items()
            if name.startswith(f"{request.parent}/")
        )
        return saved_comparison_pb2.ListShareLinksResponse(share_links=own)

    def RevokeShareLink(self, request: Any, context: Any) -> Empty:
        self._gateway.enter("RevokeShareLink", context)
        if self._gateway.share_links.pop(request.name, None) is None:
            context.abort(grpc.StatusCode.NOT_FOUND, f"There is no {request.name}.")
        return Empty()


class Compare(compare_pb2_grpc.CompareServiceServicer):
    def __init__(self, gateway: State) -> None:
        self._gateway = gateway

    def CompareVideos(
        self, request: Any, context: Any
    ) -> Iterator[compare_pb2.CompareVideosResponse]:
        gateway = self._gateway
        gateway.enter("CompareVideos", context)
        gateway.compared.append(request)
        a, b = (self._embedding(name) for name in (request.a, request.b))
        header = compare_pb2.ComparisonHeader(
            a=a,
            b=b,
            options=request.options,
            modalities=[_VISUAL],
            only_in_a=gateway.only_in_a,
        )
        yield compare_pb2.CompareVideosResponse(header=header)
        differ = gateway.differ and a.video_sha256 != b.video_sha256
        spans = [(0, 10, compare_pb2.REGION_KIND_UNCHANGED)]
        if differ:
            spans = [
                (0, 4, compare_pb2.REGION_KIND_UNCHANGED),
                (4, 6, compare_pb2.REGION_KIND_REPLACED),
                (6, 10, compare_pb2.REGION_KIND_UNCHANGED),
            ]
        for start, end, kind in spans:
            region = compare_pb2.Region(
                kind=kind, a_start=start, a_end=end, b_start=start, b_end=end, modality=_VISUAL
            )
            region.score = 0.5 if kind == compare_pb2.REGION_KIND_REPLACED else 0.0
            yield compare_pb2.CompareVideosResponse(region=region)
        summary = compare_pb2.ComparisonSummary(
            duration_a=10,
            duration_b=10,
            difference_count=int(differ),
            reencode_only=not differ,
            similarity_percent=80 if differ else 100,
            notes=gateway.notes,
        )
        yield compare_pb2.CompareVideosResponse(summary=summary)

    def ExportComparison(self, request: Any, context: Any) -> HttpBody:
        self._gateway.enter("ExportComparison", context)
        self._gateway.exported.append(request)
        name = FORMATS.Name(request.format)
        return HttpBody(
            content_type=self._gateway.export_type,
            data=self._gateway.export or f"{name} of it\n".encode(),
        )

    def GetTechnicalDifferences(
        self, request: Any, context: Any
    ) -> technical_pb2.TechnicalDifferences:
        self._gateway.enter("GetTechnicalDifferences", context)
        self._gateway.technical_requests.append(request)
        return self._gateway.technical

    def GetSimilarityMatrix(self, request: Any, context: Any) -> compare_pb2.SimilarityMatrix:
        self._gateway.enter("GetSimilarityMatrix", context)
        return compare_pb2.SimilarityMatrix(rows=1, columns=request.max_columns, values=b"\0\xff")

    def CarryOver(self, requests: Any, context: Any) -> carry_over_pb2.CarryOverResponse:
        """Everything half a second later, but the first line, which is lost."""
        first, *chunks = requests
        self._gateway.enter("CarryOver", context)
        self._gateway.carried.append(first.spec)
        content = b"".join(each.chunk for each in chunks)
        return carry_over_pb2.CarryOverResponse(
            content=content.upper(),
            modality=first.spec.modality or _VISUAL,
            items=[
                carry_over_pb2.CarriedItem(
                    fate=carry_over_pb2.CARRY_FATE_LOST,
                    location="line 1",
                    text="Hello.",
                    start=1,
                    end=2,
                    remark="It was cut away.",
                ),
                carry_over_pb2.CarriedItem(
                    fate=carry_over_pb2.CARRY_FATE_KEPT,
                    location="line 5",
                    start=4,
                    end=5,
                    places=[carry_over_pb2.CarriedPlace(start=4.5, end=5.5)],
                ),
            ][0 if self._gateway.differ else 1 :],
            totals=[carry_over_pb2.CarryTotal(fate=carry_over_pb2.CARRY_FATE_KEPT, count=1)],
        )

    def MapTimes(self, request: Any, context: Any) -> time_map_pb2.MapTimesResponse:
        """One of each outcome, over and over."""
        self._gateway.enter("MapTimes", context)
        outcomes = itertools.cycle(
            [
                MappedTime(outcome=MappedTime.OUTCOME_MAPPED, place=1.5),
                MappedTime(outcome=MappedTime.OUTCOME_DELETED, before=3),
                MappedTime(outcome=MappedTime.OUTCOME_AMBIGUOUS, place=5, before=4, after=6),
                MappedTime(outcome=MappedTime.OUTCOME_OUTSIDE),
                MappedTime(outcome=MappedTime.OUTCOME_AMBIGUOUS, place=7),
            ]
        )
        found = [outcome for _, outcome in zip(request.times, outcomes, strict=False)]
        return time_map_pb2.MapTimesResponse(times=found, modality=request.modality)

    def GetTimeMap(self, request: Any, context: Any) -> time_map_pb2.TimeMap:
        """What lies after the first second comes a second earlier; nobody is sure of the rest."""
        self._gateway.enter("GetTimeMap", context)
        pieces = [
            TimeMapPiece(
                kind=TimeMapPiece.KIND_DELETED, a_end=1.0, confidence=1.0, certain=True, rate=0.0
            ),
            TimeMapPiece(
                kind=TimeMapPiece.KIND_RETIMED,
                a_start=1.0,
                a_end=3.5,
                b_end=2.0,
                rate=1.25,
                confidence=0.3,
            ),
        ]
        modality = time_map_pb2.ModalityTimeMap(modality=_VISUAL, pieces=pieces)
        return time_map_pb2.TimeMap(modalities=[modality], duration_a=3.5, duration_b=2.0)

    def _embedding(self, name: str) -> embed_pb2.Embedding:
        video = self._gateway.videos[name.replace("embeddings", "videos")]
        return embed_pb2.Embedding(name=name, video=video.name, video_sha256=video.sha256)
