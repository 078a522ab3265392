"""The calls that SAGE makes to TwelveLabs. They block: call them on threads.

Every method raises what `failures.classify` makes of the vendor's errors, and `failures.Gone` when
the vendor does not know the task or the asset.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

import httpx
from pydantic import ValidationError
from twelvelabs import AsyncVideoInputRequest, MediaSource, TwelveLabs
from twelvelabs.core.api_error import ApiError
from twelvelabs.core.request_options import RequestOptions
from twelvelabs.types.completed_chunk import CompletedChunk

from services.embed.engines.twelvelabs.failures import (
    classify,
    unavailable,
    unusable,
    used_up,
)
from services.embed.engines.twelvelabs.models import segmentation
from services.embed.engines.twelvelabs.results import Item
from services.embed.ports import EngineSpec
from services.embed.tasks.task_state import Modality

# The queue knows when to try again; an SDK that tries by itself would hammer.
_OPTIONS = RequestOptions(max_retries=0)
_PAGE = 50
_MAX_PAGES = 20


class ReadRange(Protocol):
    """Some bytes of the video."""

    def __call__(self, offset: int, length: int) -> bytes: ...


@dataclass(frozen=True, kw_only=True)
class VendorTask:
    """status: `processing`, `ready` or `failed`. words: why it failed."""

    status: str
    items: Sequence[Item]
    words: str


@dataclass(frozen=True, kw_only=True)
class VendorAsset:
    """status: `processing`, `ready` or `failed`. words: why it failed."""

    id: str
    status: str
    words: str = ""


class Vendor:
    """One API key's view of the vendor.

    pause: seconds that the last answer asked to wait before the next call; 0 mostly.
    """

    def __init__(self, api_key: str, base_url: str, http: httpx.Client) -> None:
        self._client = TwelveLabs(api_key=api_key, base_url=base_url, httpx_client=http)
        self._http = http
        self.pause = 0.0

    def check_key(self) -> None:
        """The cheapest call that needs a key."""
        with _translated():
            self._client.embed.v_2.tasks.list(page_limit=1, request_options=_OPTIONS)

    def create_task(
        self,
        spec: EngineSpec,
        media: dict[str, str],
        *,
        segment_seconds: int,
        modalities: Sequence[Modality],
    ) -> str:
        """Starts a task and answers with its id. media: `url` or `asset_id`."""
        video = AsyncVideoInputRequest(
            media_source=MediaSource(**media),
            segmentation=segmentation(spec, segment_seconds),
            embedding_option=[modality.value.lower() for modality in modalities],
            embedding_scope=["clip"],
        )
        with _translated():
            answer = self._client.embed.v_2.tasks.with_raw_response.create(
                input_type="video",
                model_name=spec.model,
                video=video,
                request_options=_OPTIONS,
            )
        self._mind_limit(answer.headers)
        return answer.data.id

    def find_task(self, spec: EngineSpec, mark: str, since: float) -> str | None:
        """The newest task since then whose media carries the mark. since: seconds since 1970.

        Raises TransientFailure.
        """
        started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(since))
        for page in range(1, _MAX_PAGES + 1):
            with _translated():
                found = self._client.embed.v_2.tasks.list(
                    started_at=started, page=page, page_limit=_PAGE, request_options=_OPTIONS
                )
            if found.items is None:
                raise unavailable("its list of tasks is none")
            # The SDK's own pager never ends.
            if not found.items:
                return None
            for task in found.items:
                video = task.video_embedding
                media = video.metadata if video is not None else None
                if media is None or task.model_name != spec.model or task.status == "failed":
                    continue
                if mark in f"{media.input_url} {media.input_filename}":
                    return task.id
        return None

    def task(self, task_id: str) -> VendorTask:
        """How far a task is, with its vectors once it is done.

        Raises TransientFailure, PermanentFailure, RateLimited.
        """
        with _translated(vectors=True):
            answer = self._client.embed.v_2.tasks.with_raw_response.retrieve(
                task_id, request_options=_OPTIONS
            )
        self._mind_limit(answer.headers)
        task = answer.data
        return VendorTask(
            status=str(task.status),
            items=task.data or (),
            words=task.error.message if task.error is not None else "It gave no reason.",
        )

    def upload(self, name: str, content_type: str, file: BinaryIO) -> str:
        """Sends a small video in one request; answers with the asset's id."""
        with _translated():
            asset = self._client.assets.create(
                method="direct",
                file=(name, file, content_type),
                filename=name,
                enable_hls=False,
                enable_thumbnail=False,
                request_options=_OPTIONS,
            )
        return _known(asset.id)

    def upload_in_parts(
        self, name: str, size: int, read: ReadRange, progressed: Callable[[float], None]
    ) -> str:
        """Sends a large video part by part; answers with the asset's id. progressed: 0 to 1.

        Raises TransientFailure.
        """
        uploads = self._client.multipart_upload
        with _translated():
            session = uploads.create(
                filename=name, type="video", total_size=size, request_options=_OPTIONS
            )
            upload_id, chunk_size = _known(session.upload_id), session.chunk_size or size
            urls = _urls(session.upload_urls)
            total = -(-size // chunk_size)
            for index in range(1, total + 1):
                if index not in urls:
                    more = uploads.get_additional_presigned_urls(
                        upload_id,
                        start=index,
                        count=min(_PAGE, total - index + 1),
                        request_options=_OPTIONS,
                    )
                    urls.update(_urls(more.upload_urls))
                if index not in urls:
                    raise unavailable(f"it gave no address for part {index} of {total}")
                offset = (index - 1) * chunk_size
                data = read(offset, min(chunk_size, size - offset))
                answer = self._http.put(
                    urls[index], content=data, headers=session.upload_headers or {}
                )
                answer.raise_for_status()
                part = CompletedChunk(
                    chunk_index=index,
                    proof=_known(answer.headers.get("etag")).strip('"'),
                    proof_type="etag",
                    chunk_size=len(data),
                )
                uploads.report_chunk_batch(
                    upload_id, completed_chunks=[part], request_options=_OPTIONS
                )
                progressed(index / total)
        return _known(session.asset_id)

    def find_asset(self, name: str) -> str | None:
        """An asset of that file name. Raises TransientFailure."""
        with _translated():
            found = self._client.assets.list(
                filename=name, page_limit=_PAGE, request_options=_OPTIONS
            )
        if found.items is None:
            raise unavailable("its list of assets is none")
        return next((asset.id for asset in found.items if asset.filename == name), None)

    def asset(self, asset_id: str) -> VendorAsset:
        """Whether the vendor has made something of what was sent. Raises as `task` does."""
        with _translated():
            asset = self._client.assets.retrieve(asset_id, request_options=_OPTIONS)
        return VendorAsset(
            id=asset_id,
            status=_known(asset.status),
            words=asset.error.message if asset.error is not None else "It gave no reason.",
        )

    def delete_asset(self, asset_id: str) -> None:
        """Raises as `task` does, PermanentFailure for one that is not there any more, too."""
        with _translated():
            self._client.assets.delete(asset_id, request_options=_OPTIONS)

    def _mind_limit(self, headers: dict[str, str]) -> None:
        self.pause = used_up(headers, time.time())


@contextmanager
def _translated(*, vectors: bool = False) -> Iterator[None]:
    """vectors: whether the answer's `data` are vectors; wrong ones are still the vendor's."""
    try:
        yield
    except ApiError as error:
        # Without the original, here and below: its text repeats headers and bodies.
        raise classify(error.status_code or 0, error.headers or {}, error.body) from None
    except httpx.HTTPError as error:
        raise unavailable(f"the connection failed ({type(error).__name__})") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        what = f"{where}: {first['msg']} ({error.error_count()} faults)"
        if vectors and all(fault["loc"][:1] == ("data",) for fault in error.errors()):
            raise unusable(what) from None
        raise unavailable(f"its answer has another shape ({what})") from None


def _known(value: str | None) -> str:
    if not value:
        raise unavailable("its answer lacks what it must name")
    return value


def _urls(chunks: Any) -> dict[int, str]:
    return {chunk.chunk_index: chunk.url for chunk in chunks or () if chunk.url}
