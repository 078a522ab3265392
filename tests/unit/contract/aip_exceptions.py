"""What the contract does otherwise than Google's rules for APIs ask, and why."""

from __future__ import annotations

_STREAMED = "Bytes, or a stream of a client's: REST has it in another form, or no use for it."
_TWO_VIDEOS = "Computed of two videos; it is no resource itself, so a POST names both."
_A_VIEW = "A view of a video, which says what is wanted of it: how many pictures, when, how high."
_NO_TIMES = "Without times there is nothing to get: the signature has both."
_FEW_ENGINES = "The engines are a handful, fixed when the server starts."
_SPELT_OUT = "All that may be chosen is few fields; the resource has many more, all the server's."
_SECRET = "A secret is told once and kept as a hash, so a repeated call could not tell it again."
_POSITION = "A position in media, or a length of it: seconds as a double, in all of the contract."
_SECONDS = (
    "SegmentBatch.start_seconds",
    "SegmentBatch.end_seconds",
    "FrameBatch.time_seconds",
    "FrameBatch.duration_seconds",
    "FrameBatch.picture_end_seconds",
    "Span.start_seconds",
    "Span.end_seconds",
    "DetailBatch.time_seconds",
    "Note.a_seconds",
    "Note.b_seconds",
    "Mark.frame_seconds",
    "Waveform.step_seconds",
)
_SIDE = "A and B are the two versions, and the names of sides."
# What is done otherwise, by rule, and why.
EXCEPTIONS: dict[str, dict[str, str]] = {
    "core::0127::http-annotation": {
        "EmbedService.StreamSegments": _STREAMED,
        "EmbedService.StreamFrameTrack": _STREAMED,
        "EmbedService.StreamDetailTrack": _STREAMED,
        "CompareService.CarryOver": _STREAMED,
        "IngestService.UploadVideo": _STREAMED,
        "VideoSourceService.GetVideoSource": "For SAGE's own services; the gateway hides it.",
    },
    "core::0127::resource-name-extraction": {
        "IngestService.UploadFile": "curl -T puts the name of the file into the path; no resource.",
    },
    "core::0131::get": {
        "CompareService.GetSimilarityMatrix": _TWO_VIDEOS,
        "CompareService.GetTechnicalDifferences": _TWO_VIDEOS,
        "CompareService.GetTimeMap": _TWO_VIDEOS,
        "ComparisonService.GetComparison": "Comparison is the computed one, SavedComparison kept.",
        "IngestService.GetStillLinks": _NO_TIMES,
        "IngestService.GetStills": _NO_TIMES,
    },
    "core::0131::request-unknown-fields": {
        "CompareService.GetSimilarityMatrix": _TWO_VIDEOS,
        "CompareService.GetTechnicalDifferences": _TWO_VIDEOS,
        "CompareService.GetTimeMap": _TWO_VIDEOS,
        "IngestService.GetPlaybackUrl": _A_VIEW,
        "IngestService.GetFilmstrip": _A_VIEW,
        "IngestService.GetStillLinks": _A_VIEW,
        "IngestService.GetStills": _A_VIEW,
        "IngestService.GetWaveform": _A_VIEW,
    },
    "core::0132::request-fields": {
        "EmbedService.ListEngines filter": _FEW_ENGINES,
        "EmbedService.ListEngines order_by": _FEW_ENGINES,
    },
    "core::0158::pages": {"EmbedService.ListEngines": _FEW_ENGINES},
    "core::0133::create": {
        "SessionService.CreateSharedSession": "What it opens is a Session like any other.",
    },
    "core::0133::request-resource-field": {
        "EmbedService.CreateEmbeddingTask": _SPELT_OUT,
        "ComparisonService.CreateComparison": _SPELT_OUT,
        "ApiTokenService.CreateApiToken": _SPELT_OUT,
        "SessionService.CreateSession": _SPELT_OUT,
        "SessionService.CreateSharedSession": _SPELT_OUT,
        "IngestService.CreateUpload": _SPELT_OUT,
        "IngestService.CreateProxy": "There is nothing to choose; it is repeatable as it is.",
    },
    "core::0155::request-id": {
        "ComparisonService.CreateShareLink": _SECRET,
        "ApiTokenService.CreateApiToken": _SECRET,
        "SessionService.CreateSession": "Two sessions are as good as one, and they expire.",
        "SessionService.CreateSharedSession": _SECRET,
        "IngestService.CreateProxy": "A video has one proxy: a repeated call answers with that.",
    },
    "core::0136::http-uri-suffix": {
        "ComparisonService.RevokeShareLink": "A DELETE; the word says that access ends with it.",
        "IngestService.UploadPart": "A PUT of the part itself, which may be repeated.",
        "IngestService.UploadFile": "A PUT of the file itself, as curl -T makes it.",
    },
    "core::0136::verb-noun": {
        "CompareService.CompareVideos": "`comparisons:stream` beside `comparisons:compute`.",
    },
    "core::0140::uri": {
        "PlaybackUrl.url": "An address that a browser opens, which people call a URL.",
        "StillLink.url": "An address that a browser opens, which people call a URL.",
    },
    "core::0140::prepositions": {
        "WatchEmbeddingTasksRequest.after_revision": "Where a watch goes on; shorter than a noun.",
        "WatchComparisonsRequest.after_revision": "Where a watch goes on; shorter than a noun.",
        "MappedTime.before": "The nearest time before one that is not there.",
        "MappedTime.after": "The nearest time after one that is not there.",
        "ComparisonHeader.only_in_a": _SIDE,
        "ComparisonHeader.only_in_b": _SIDE,
        "CarryOverSpec.made_for": "For which version the file was made.",
    },
    "core::0142::duration": dict.fromkeys(_SECONDS, _POSITION),
    "core::0216::synonyms": {
        "SavedComparison.Status": "People say how far their review is; a State is the server's.",
    },
}
