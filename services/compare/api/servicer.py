"""The compare service's methods: each resolves, loads, computes and answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

from google.api.httpbody_pb2 import HttpBody
from google.protobuf.message import Message

from sage.compare.v1 import (
    carry_over_pb2,
    compare_pb2,
    compare_pb2_grpc,
    description_pb2,
    technical_pb2,
    time_map_pb2,
)
from sage.compare.v1.compare_pb2 import (
    AlignmentMode,
    Comparison,
    ComparisonHeader,
    ComparisonOptions,
)
from sage.embed.v1.embed_pb2 import Embedding, Modality
from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.compare import export
from services.compare.api import answer, carry_over, convert, time_map
from services.compare.api.about_files import about_files, start_timecodes
from services.compare.api.description import description_of, told_of
from services.compare.api.detail import detail_source
from services.compare.api.exporting import (
    Shots,
    document_of,
    export_options,
    require_same_videos,
)
from services.compare.api.pair_work import PairWork, both
from services.compare.api.pictures import thumbnails_of
from services.compare.api.side_links import side_links
from services.compare.api.technical import differences_message
from services.compare.cache import BoundedCache
from services.compare.computing import Check, Computing
from services.compare.differences import compare_pair
from services.compare.memory import Charge, MemoryBudget
from services.compare.outcome import EmbeddedVideo
from services.compare.pairing import Side, choose_pair, shared_engines
from services.compare.ports import ComparisonObserver, Embeddings, Files, FindSaved
from services.compare.saved.comparison import SavedComparison
from services.compare.segments.matrix import Heatmap, similarity_heatmap
from services.compare.technical.comparing import compare_facts
from services.compare.timeline import FrameTrack, SegmentTrack
from services.servicekit.errors import SageError
from services.servicekit.identity import current_identity
from services.servicekit.settings import MAX_MESSAGE_BYTES, MIB

_DEFAULT_CELLS = 256
# Room for metadata and framing beside the message itself.
_MAX_ANSWER_BYTES = MAX_MESSAGE_BYTES - MIB // 4

_SEQUENCE = AlignmentMode.ALIGNMENT_MODE_SEQUENCE

ResultKey = tuple[str, bytes]


class CompareServicer(compare_pb2_grpc.CompareServiceServicer):
    """Compares what `embeddings` finds, and what `files` tells.

    results: finished comparisons, so that exporting one, or asking again, computes nothing. Its
    keys begin with the workspace and hold the embeddings' etags.
    memory: what all comparisons under way may take. seconds: how long each of them may take.
    find_saved: finds kept comparisons, whose notes and marks go into exports.
    observer: hears of each comparison that was computed, and how many seconds that took.
    """

    def __init__(
        self,
        embeddings: Embeddings,
        files: Files,
        computing: Computing,
        results: BoundedCache[ResultKey, Comparison],
        memory: MemoryBudget,
        seconds: float,
        find_saved: FindSaved,
        observer: ComparisonObserver | None = None,
    ) -> None:
        self._find_saved = find_saved
        self._observer = observer
        self._embeddings = embeddings
        self._files = files
        self._computing = computing
        self._results = results
        self._work = PairWork(computing, memory, seconds)

    async def CompareVideos(
        self, request: compare_pb2.CompareVideosRequest, context: Any
    ) -> AsyncIterator[compare_pb2.CompareVideosResponse]:
        header = await self._header(request.a, request.b, request.options)
        yield compare_pb2.CompareVideosResponse(header=header)
        comparison = await self._comparison(header)
        for message in answer.stream_of(comparison):
            yield message

    async def ComputeComparison(
        self, request: compare_pb2.ComputeComparisonRequest, context: Any
    ) -> Comparison:
        header = await self._header(request.a, request.b, request.options)
        comparison = await self._comparison(header)
        _require_fitting(comparison, "Call CompareVideos, which sends it in pieces.")
        return comparison

    async def DescribeComparison(
        self, request: compare_pb2.DescribeComparisonRequest, context: Any
    ) -> description_pb2.ComparisonDescription:
        header = await self._header(request.a, request.b, request.options)
        comparison = await self._comparison(header)
        told = told_of(comparison, request)
        of_a, of_b = told.moments
        a, b = await both(
            side_links(self._files, header.a.video, of_a),
            side_links(self._files, header.b.video, of_b),
        )
        return description_of(comparison, told, a, b)

    async def ExportComparison(
        self, request: compare_pb2.ExportComparisonRequest, context: Any
    ) -> HttpBody:
        saved = await self._saved(request)
        header = await self._header(request.a, request.b, request.options)
        rates = await self._frame_rates(header)
        about = await about_files(self._files, header, request)
        options = export_options(request, rates, about.start_timecodes)
        comparison = await self._comparison(header)
        shots = (
            await self._shots(header, comparison) if export.tells_shots(request.format) else None
        )
        pictures = await thumbnails_of(self._files, request, comparison, options)
        document = document_of(request, comparison, options, shots, about, pictures, saved)
        file = await self._computing.run(lambda _: export.write(request.format, document))
        body = HttpBody(content_type=file.content_type, data=file.data)
        _require_fitting(body, "Export another format, or call CompareVideos.")
        return body

    async def GetSimilarityMatrix(
        self, request: compare_pb2.GetSimilarityMatrixRequest, context: Any
    ) -> compare_pb2.SimilarityMatrix:
        a, b = await self._pair(request.a, request.b, request.engine)
        modality = request.modality or Modality.MODALITY_VISUAL

        async def load(
            embedding: Embedding, charge: Charge
        ) -> Mapping[Modality.ValueType, SegmentTrack]:
            found = await self._embeddings.segments(embedding, charge)
            if modality not in found:
                name = request.a if embedding is a else request.b
                raise convert.modality_missing(modality, name)
            return found

        def work(
            of_a: Mapping[Modality.ValueType, SegmentTrack],
            of_b: Mapping[Modality.ValueType, SegmentTrack],
            check: Check,
        ) -> Heatmap:
            return similarity_heatmap(
                of_a[modality],
                of_b[modality],
                max_rows=request.max_rows or _DEFAULT_CELLS,
                max_columns=request.max_columns or _DEFAULT_CELLS,
                pooling=convert.pooling_of(request.pooling),
                check=check,
            )

        heatmap = await self._work.of((a, b), load, work, with_frames=False)
        rows, columns = heatmap.values.shape
        return compare_pb2.SimilarityMatrix(
            rows=rows,
            columns=columns,
            values=heatmap.values.tobytes(),
            duration_a=heatmap.duration_a,
            duration_b=heatmap.duration_b,
        )

    async def GetTechnicalDifferences(
        self, request: technical_pb2.GetTechnicalDifferencesRequest, context: Any
    ) -> technical_pb2.TechnicalDifferences:
        videos = await asyncio.gather(self._video_of(request.a), self._video_of(request.b))
        a, b = await both(*(self._files.facts(video, request.view) for video in videos))
        found = await self._computing.run(lambda _: compare_facts(a, b))
        answer = differences_message(a, b, found)
        _require_fitting(answer, "Read the facts of each with GetTechnicalFacts.")
        return answer

    async def _saved(self, request: compare_pb2.ExportComparisonRequest) -> SavedComparison | None:
        """The comparison whose notes and marks were asked for."""
        if not request.saved_comparison:
            return None
        saved = await self._find_saved(request.saved_comparison)
        a, b = await asyncio.gather(self._video_of(request.a), self._video_of(request.b))
        require_same_videos(saved, a, b)
        return saved

    async def _video_of(self, name: str) -> str:
        is_embedding = name.startswith("embeddings/")
        return (await self._embeddings.get(name)).video if is_embedding else name

    async def GetTimeMap(
        self, request: compare_pb2.GetTimeMapRequest, context: Any
    ) -> time_map_pb2.TimeMap:
        header = await self._header(request.a, request.b, request.options)
        found = time_map.time_map_of(await self._comparison(header))
        _require_fitting(found, "Call MapTimes, or compare shorter videos.")
        return found

    async def MapTimes(
        self, request: compare_pb2.MapTimesRequest, context: Any
    ) -> time_map_pb2.MapTimesResponse:
        header = await self._header(request.a, request.b, request.options)
        comparison = await self._comparison(header)
        modality = request.modality or Modality.MODALITY_VISUAL
        by = time_map.piece_map_of(comparison, modality, request.side)
        return await self._computing.run(
            lambda _: time_map_pb2.MapTimesResponse(
                times=time_map.mapped_times(by, request.times), modality=modality
            )
        )

    async def CarryOver(
        self, request: AsyncIterator[compare_pb2.CarryOverRequest], context: Any
    ) -> carry_over_pb2.CarryOverResponse:
        return await self.CarryOverFile(await carry_over.received(request), context)

    async def CarryOverFile(
        self, request: compare_pb2.CarryOverFileRequest, context: Any
    ) -> carry_over_pb2.CarryOverResponse:
        spec = request.spec
        header = await self._header(spec.a, spec.b, spec.options)
        # A file that cannot be read is refused before anything is compared.
        starts = await start_timecodes(self._files, header)
        durations = header.a.duration.ToNanoseconds() / 1e9, header.b.duration.ToNanoseconds() / 1e9
        counting = carry_over.counting_of(spec, await self._frame_rates(header), starts, durations)
        opened = await self._computing.run(lambda _: carry_over.opened_file(request, counting))
        comparison = await self._comparison(header)
        carried = await self._computing.run(
            lambda _: carry_over.carried_over(spec, opened, comparison, counting)
        )
        _require_fitting(carried, "Carry the file over in parts.")
        return carried

    async def _header(self, a: str, b: str, options: ComparisonOptions) -> ComparisonHeader:
        """What is compared with what, and how."""
        embedding_a, embedding_b = await self._pair(a, b, options.engine)
        return convert.header_of(embedding_a, embedding_b, options)

    async def _pair(self, a: str, b: str, engine: str) -> tuple[Embedding, Embedding]:
        side_a, side_b = await asyncio.gather(self._side(a, engine), self._side(b, engine))
        undecided = len(shared_engines(side_a, side_b)) != 1
        ranking = await self._embeddings.engine_ranking() if undecided else ()
        return choose_pair(side_a, side_b, engine=engine, ranking=ranking)

    async def _side(self, name: str, engine: str) -> Side:
        if name.startswith("embeddings/"):
            return Side(name=name, candidates=[await self._embeddings.get(name)])
        return Side(name=name, candidates=await self._embeddings.of_video(name, engine))

    async def _comparison(self, header: ComparisonHeader) -> Comparison:
        key = (current_identity().workspace, header.SerializeToString(deterministic=True))
        known = self._results.get(key)
        if known is not None:
            return known
        options = convert.options_of(header)
        refined = _is_refined(header)

        async def load(embedding: Embedding, charge: Charge) -> EmbeddedVideo:
            segments = await self._embeddings.segments(embedding, charge)
            frames = await self._embeddings.frame_track(embedding, charge) if refined else None
            detail = detail_source(self._embeddings, embedding, charge) if refined else None
            return convert.embedded_video(segments, frames, detail)

        def work(a: EmbeddedVideo, b: EmbeddedVideo, check: Check) -> Comparison:
            found = compare_pair(a, b, options, check, mode=convert.mode_of(header))
            return answer.comparison_of(header, a, b, found)

        pair = header.a, header.b
        coming = sum(convert.detail_bytes(each) for each in pair) if refined else 0
        started = time.monotonic()
        comparison = await self._work.of(pair, load, work, with_frames=refined, coming=coming)
        if self._observer is not None:
            self._observer(convert.mode_of(header), time.monotonic() - started)
        self._results.put(key, comparison, comparison.ByteSize())
        return comparison

    async def _frame_rates(self, header: ComparisonHeader) -> tuple[float | None, float | None]:
        """Of A and of B; None where that is not known."""
        times = await asyncio.gather(
            self._embeddings.first_frame_times(header.a),
            self._embeddings.first_frame_times(header.b),
        )
        a, b = (export.frame_rate_of(each) for each in times)
        return a, b

    async def _shots(self, header: ComparisonHeader, comparison: Comparison) -> Shots | None:
        """Where shots begin, of the ends of regions; None where that is not known."""
        if not _is_refined(header):
            return None
        times_a, times_b = export.shot_times(comparison.regions)

        def work(a: FrameTrack | None, b: FrameTrack | None, check: Check) -> Shots | None:
            if a is None or b is None:
                return None
            starts_a = export.shot_starts(a, times_a)
            check()
            return starts_a, export.shot_starts(b, times_b)

        pair = header.a, header.b
        return await self._work.of(pair, self._embeddings.frame_track, work, with_frames=True)


def _is_refined(header: ComparisonHeader) -> bool:
    """Whether the comparison looks at frames, and so has loaded them."""
    return header.options.refine and header.options.alignment == _SEQUENCE


def _require_fitting(message: Message, instead: str) -> None:
    size = message.ByteSize()
    if size > _MAX_ANSWER_BYTES:
        raise SageError(
            ErrorReason.ERROR_REASON_RESPONSE_TOO_LARGE,
            f"The answer is too large for one message ({size / MIB:.1f} MiB). {instead}",
            metadata={"size_bytes": str(size), "limit_bytes": str(_MAX_ANSWER_BYTES)},
        )
