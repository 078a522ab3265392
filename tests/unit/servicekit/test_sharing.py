"""What a shared link shows: what it names, and nothing else, whatever a request looks like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

from sage.compare.v1 import compare_pb2, saved_comparison_pb2
from sage.embed.v1 import embed_pb2
from sage.ingest.v1 import ingest_pb2, proxy_pb2
from services.compare.service import _SHARED as SHARED_OF_COMPARE
from services.embed.service import _SHARED as SHARED_OF_EMBED
from services.servicekit.errors import SageError, not_found
from services.servicekit.sharing import Share, check_method, check_request, share_of_claim

SHARE = Share(comparison="comparisons/c", videos=frozenset({"videos/a", "videos/b"}))
names = st.from_regex(r"[a-z]+/[a-z0-9]{1,4}(/[a-z]+/[a-z0-9]{1,4})?", fullmatch=True)


def refusal(check: Callable[..., None], *arguments: Any) -> tuple[str, str]:
    with pytest.raises(SageError) as caught:
        check(*arguments)
    return caught.value.reason_name, caught.value.message


@pytest.mark.parametrize(
    ("request_", "needed"),
    [
        (ingest_pb2.GetVideoRequest(name="videos/a"), ("name",)),
        (proxy_pb2.GetProxyRequest(name="videos/b/proxy"), ("name",)),
        (compare_pb2.CompareVideosRequest(a="videos/a", b="videos/b"), ("a", "b")),
        (saved_comparison_pb2.GetComparisonRequest(name="comparisons/c"), ("name",)),
        (saved_comparison_pb2.WatchComparisonsRequest(names=["comparisons/c"]), ("names",)),
        (embed_pb2.ListEmbeddingsRequest(video="videos/a", engine="local"), ("video",)),
        (embed_pb2.ListEnginesRequest(), ()),
    ],
)
def test_what_is_shared_is_shown(request_: Message, needed: tuple[str, ...]) -> None:
    check_request(SHARE, needed, request_)


@pytest.mark.parametrize(
    ("request_", "needed", "name"),
    [
        (ingest_pb2.GetVideoRequest(name="videos/c"), ("name",), "videos/c"),
        (proxy_pb2.GetProxyRequest(name="videos/c/proxy"), ("name",), "videos/c/proxy"),
        (compare_pb2.CompareVideosRequest(a="videos/a", b="videos/c"), ("a", "b"), "videos/c"),
        (
            saved_comparison_pb2.WatchComparisonsRequest(names=["comparisons/c", "comparisons/d"]),
            ("names",),
            "comparisons/d",
        ),
        (
            compare_pb2.ExportComparisonRequest(
                a="videos/a", b="videos/b", saved_comparison="comparisons/d"
            ),
            ("a", "b"),
            "comparisons/d",
        ),
        (
            compare_pb2.CarryOverFileRequest(
                spec=compare_pb2.CarryOverSpec(a="videos/a", b="videos/c")
            ),
            (),
            "videos/c",
        ),
    ],
)
def test_what_is_not_shared_looks_like_what_is_not_there(
    request_: Message, needed: tuple[str, ...], name: str
) -> None:
    missing = not_found(name)
    assert refusal(check_request, SHARE, needed, request_) == (missing.reason_name, missing.message)


def test_what_would_be_about_everything_is_not_shared() -> None:
    watch = saved_comparison_pb2.WatchComparisonsRequest()
    assert refusal(check_request, SHARE, ("names",), watch)[0] == "NOT_FOUND"
    listing = embed_pb2.ListEmbeddingsRequest()
    assert refusal(check_request, SHARE, ("video",), listing)[0] == "NOT_FOUND"


@given(names)
def test_nothing_is_shown_but_what_the_claim_names(name: str) -> None:
    owner = "/".join(name.split("/")[:2])
    known = owner in {"comparisons/c", "videos/a", "videos/b"}
    assert SHARE.shows(name) == (known or owner.startswith("embeddings/"))


@given(st.builds(Share, comparison=names, videos=st.frozensets(names, min_size=1)))
def test_a_claim_says_what_was_shared(share: Share) -> None:
    assert share_of_claim(share.to_claim()) == share


@pytest.mark.parametrize(
    "claim",
    [
        None,
        "comparisons/c",
        {},
        {"comparison": "comparisons/c"},
        {"comparison": "comparisons/c", "videos": []},
        {"comparison": "comparisons/c", "videos": "videos/a"},
        {"comparison": "comparisons/c", "videos": ["videos/a", 1]},
        {"comparison": "", "videos": ["videos/a"]},
    ],
)
def test_a_claim_that_names_nothing_is_refused(claim: object) -> None:
    with pytest.raises(ValueError, match="claim"):
        share_of_claim(claim)


SERVICES = {
    service.full_name: service
    for file in (
        ingest_pb2.DESCRIPTOR,
        embed_pb2.DESCRIPTOR,
        compare_pb2.DESCRIPTOR,
        saved_comparison_pb2.DESCRIPTOR,
    )
    for service in file.services_by_name.values()
}
READING = ("Get", "List", "Watch", "Stream", "Compare", "Compute", "Export", "Map")


@pytest.mark.parametrize(
    ("method", "needed"), [*SHARED_OF_COMPARE.items(), *SHARED_OF_EMBED.items()]
)
def test_shared_methods_only_read_and_say_what_they_are_about(
    method: str, needed: tuple[str, ...]
) -> None:
    _, service, name = method.split("/")
    assert name.startswith(READING)
    fields = SERVICES[service].methods_by_name[name].input_type.fields_by_name
    assert set(needed) <= set(fields)
    assert needed or name == "ListEngines"


def test_a_method_that_is_not_shared_is_not_there() -> None:
    check_method({"/s/GetVideo": ("name",)}, "/s/GetVideo")
    assert refusal(check_method, {"/s/GetVideo": ("name",)}, "/s/DeleteVideo")[0] == "NOT_FOUND"
