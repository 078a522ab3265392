"""The API itself: requests in, answers out, without HTTP."""

from __future__ import annotations

import math
import random
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx

from tests.emulators.twelvelabs import vectors
from tests.emulators.twelvelabs.state import Asset, Lie, Task, Upload, new_id

if TYPE_CHECKING:
    from tests.emulators.twelvelabs.emulator import Emulator

_OPTIONS = {
    "marengo3.5": {"visual", "audio"},
    "marengo3.0": {"visual", "audio", "transcription"},
}
_DIRECT_LIMIT = 200 * 1000**2


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message}


class Api:
    """One account's tasks and assets."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self.tasks: dict[str, Task] = {}
        self.assets: dict[str, Asset] = {}
        self.uploads: dict[str, Upload] = {}

    def create_task(self, body: dict[str, Any]) -> dict[str, Any]:
        model = body.get("model_name", "")
        if model not in _OPTIONS:
            raise _bad(f"The model {model} is not supported.")
        video = body.get("video") or {}
        options = video.get("embedding_option") or sorted(_OPTIONS[model])
        if unknown := set(options) - _OPTIONS[model]:
            raise _bad(f"embedding_option {sorted(unknown)} is not supported by {model}.")
        if video.get("embedding_scope") != ["clip"]:
            raise _bad("This emulator makes clips only.")
        segment = _segment(model, video.get("segmentation") or {})
        source = video.get("media_source") or {}
        media, filename, failure = self._media(source)
        task = Task(
            id=new_id(),
            model=model,
            options=options,
            segment=segment,
            media=media,
            input_url=source.get("url"),
            input_filename=filename,
            failure=failure,
        )
        task.ready_at = task.created + self._emulator.task_seconds
        self.tasks[task.id] = task
        return {"_id": task.id, "status": "processing", "data": None}

    def task(self, task_id: str) -> dict[str, Any]:
        task = self._known(self.tasks, task_id)
        if time.time() < task.ready_at:
            return {"_id": task.id, "status": "processing", "data": None}
        failure = self._emulator.task_failure or task.failure
        if failure is None and task.items is None:
            try:
                assert task.media is not None
                task.items = vectors.embed(task.media, task.options, task.segment)
                task.duration = vectors.probe(task.media)
            except vectors.NotMedia:
                failure = task.failure = "We could not process your media for embedding."
        if failure is not None:
            error = {"message": failure}
            return {"_id": task.id, "status": "failed", "data": None, "error": error}
        return {
            "_id": task.id,
            "status": "ready",
            "created_at": _stamp(task.created),
            "data": self._told(list(task.items or [])),
            "metadata": {
                "input_type": "video",
                "input_url": task.input_url,
                "input_filename": task.input_filename,
                "embedding_options": task.options,
                "embedding_scopes": ["clip"],
                "duration": task.duration,
            },
        }

    def list_tasks(self, query: dict[str, str]) -> dict[str, Any]:
        page, limit = int(query.get("page", "1")), int(query.get("page_limit", "10"))
        since = query.get("started_at")
        found = [
            task
            for task in sorted(self.tasks.values(), key=lambda task: -task.created)
            if since is None or _stamp(task.created) >= since
        ]
        return {
            "data": [
                {
                    "_id": task.id,
                    "model_name": task.model,
                    "status": self._task_status(task),
                    "created_at": _stamp(task.created),
                    "video_embedding": {
                        "metadata": {
                            "input_url": task.input_url,
                            "input_filename": task.input_filename,
                            "duration": task.duration,
                        }
                    },
                }
                for task in found[(page - 1) * limit : page * limit]
            ],
            "page_info": {"page": page, "limit_per_page": limit, "total_results": len(found)},
        }

    def _task_status(self, task: Task) -> str:
        if time.time() < task.ready_at:
            return "processing"
        return "failed" if self._emulator.task_failure or task.failure else "ready"

    def create_asset(self, filename: str, data: bytes) -> dict[str, Any]:
        if len(data) > _DIRECT_LIMIT:
            raise Refused(413, "content_too_large", "File size exceeds maximum limit of 200 MB")
        return self._asset_message(self._keep(filename, data))

    def asset(self, asset_id: str) -> dict[str, Any]:
        return self._asset_message(self._known(self.assets, asset_id))

    def list_assets(self, query: dict[str, str]) -> dict[str, Any]:
        name = query.get("filename")
        return {
            "data": [
                self._asset_message(asset)
                for asset in self.assets.values()
                if name is None or asset.filename == name
            ]
        }

    def delete_asset(self, asset_id: str) -> None:
        self._known(self.assets, asset_id)
        del self.assets[asset_id]

    def create_upload(self, body: dict[str, Any], base_url: str) -> dict[str, Any]:
        asset = self._keep(body["filename"], None)
        asset.ready_at = math.inf
        upload = Upload(
            id=new_id(),
            asset=asset.id,
            filename=body["filename"],
            size=body["total_size"],
            chunk_size=self._emulator.chunk_size,
        )
        self.uploads[upload.id] = upload
        total = -(-upload.size // upload.chunk_size)
        return {
            "upload_id": upload.id,
            "asset_id": asset.id,
            "chunk_size": upload.chunk_size,
            "total_chunks": total,
            # Fewer than there are parts: the client has to ask for more.
            "upload_urls": self.part_urls(upload.id, 1, min(total, 2), base_url)["upload_urls"],
            "upload_headers": {},
        }

    def part_urls(self, upload_id: str, start: int, count: int, base_url: str) -> dict[str, Any]:
        self._known(self.uploads, upload_id)
        return {
            "upload_urls": [
                {"chunk_index": index, "url": f"{base_url}/parts/{upload_id}/{index}"}
                for index in range(start, start + count)
            ]
        }

    def put_part(self, upload_id: str, index: int, data: bytes) -> str:
        self._known(self.uploads, upload_id).parts[index] = data
        return f"etag-{index}-{len(data)}"

    def report_parts(self, upload_id: str, body: dict[str, Any]) -> dict[str, Any]:
        upload = self._known(self.uploads, upload_id)
        for part in body["completed_chunks"]:
            index = part["chunk_index"]
            if part["proof"] != f"etag-{index}-{len(upload.parts.get(index, b''))}":
                raise _bad(f"The proof of chunk {index} is wrong.")
        if sum(len(part) for part in upload.parts.values()) == upload.size:
            asset = self.assets[upload.asset]
            asset.data = b"".join(upload.parts[index] for index in sorted(upload.parts))
            asset.ready_at = time.time() + self._emulator.asset_seconds
        return {"asset_id": upload.asset, "total_completed": len(upload.parts)}

    def _media(self, source: dict[str, Any]) -> tuple[bytes | None, str | None, str | None]:
        """Bytes and name of the media, and why there are none."""
        if asset_id := source.get("asset_id"):
            asset = self._known(self.assets, asset_id)
            if self._status(asset) != "ready":
                raise Refused(409, "asset_not_ready", "The asset is still being processed.")
            return asset.data, asset.filename, None
        try:
            answer = httpx.get(source["url"], timeout=20)
            answer.raise_for_status()
            return answer.content, None, None
        except (httpx.HTTPError, KeyError):
            return None, None, "failed to fetch or materialize source media"

    def _keep(self, filename: str, data: bytes | None) -> Asset:
        ready_at = time.time() + self._emulator.asset_seconds
        asset = Asset(id=new_id(), filename=filename, data=data, ready_at=ready_at)
        self.assets[asset.id] = asset
        return asset

    def _status(self, asset: Asset) -> str:
        if time.time() < asset.ready_at:
            return "processing"
        try:
            vectors.probe(asset.data or b"")
        except vectors.NotMedia:
            return "failed"
        return "ready"

    def _asset_message(self, asset: Asset) -> dict[str, Any]:
        status = self._status(asset)
        message: dict[str, Any] = {
            "_id": asset.id,
            "method": "direct",
            "status": status,
            "filename": asset.filename,
            "created_at": _stamp(asset.created),
        }
        if status == "failed":
            message["error"] = {"message": "The file is corrupt or not supported."}
        return message

    def _told(self, items: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
        """The items as the emulator is told to tell them: never in order, perhaps not all true."""
        lies = self._emulator.lies
        visual = [item for item in items if item["embedding_option"] == "visual"]
        if Lie.NO_DATA in lies:
            return None
        if Lie.HALF in lies:
            items = [
                item for item in items if item["start_sec"] < visual[len(visual) // 2]["start_sec"]
            ]
        if Lie.HOLE in lies:
            items.remove(visual[len(visual) // 2])
        if Lie.NAN in lies:
            items[0] = {**items[0], "embedding": [math.nan, *items[0]["embedding"][1:]]}
        if Lie.RAGGED in lies:
            items[0] = {**items[0], "embedding": items[0]["embedding"][:-1]}
        if Lie.NO_AUDIO in lies:
            items = visual
        whole = {**visual[0], "embedding_scope": "asset", "end_sec": visual[-1]["end_sec"]}
        mixed = [*items, whole]
        random.Random(7).shuffle(mixed)
        return mixed

    @staticmethod
    def _known(things: dict[str, Any], thing_id: str) -> Any:
        if thing_id not in things:
            raise Refused(404, "resource_not_exists", f"{thing_id} does not exist.")
        return things[thing_id]


def _segment(model: str, segmentation: dict[str, Any]) -> float:
    """The length of a fixed segment; the shape must be the model's."""
    shape = segmentation if model == "marengo3.0" else segmentation.get("temporal", {})
    if shape.get("strategy") != "fixed":
        raise _bad("The structure of segmentation does not match the model.")
    seconds = shape.get("fixed", {}).get("duration_sec")
    if not isinstance(seconds, int) or not 2 <= seconds <= 10:
        raise _bad("duration_sec must be a whole number from 2 to 10.")
    return float(seconds)


def _bad(message: str) -> Refused:
    return Refused(400, "parameter_invalid", message)


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
