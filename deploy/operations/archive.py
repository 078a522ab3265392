"""A backup in a folder.

BACKUP/
  manifest.json        of the last backup that is whole; names everything else
  contents/ab/ab12...  files, by the SHA-256 of their bytes: databases, keys, objects
  objects-ID.jsonl     a line for each object: key, content type, etag, sha256, size

Contents are never changed, so a backup that is interrupted leaves the one before it whole, and what
was there already is not copied again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from deploy.operations.errors import OperationError

_FORMAT = 1
_CHUNK = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Content:
    """Bytes in the archive."""

    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """An object of the store, and where its bytes are. etag: the store's word for its version."""

    key: str
    content_type: str
    etag: str
    content: Content

    def is_still(self, etag: str, size: int) -> bool:
        """Whether the store tells of the same bytes now."""
        return (self.etag, self.content.size) == (etag, size)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One backup.

    made_at: when it began, in RFC 3339. databases: by service, with their kind, `sqlite` or
    `postgresql`. keys: by the setting that names the file. objects: the file that lists them.
    """

    made_at: str
    databases: Mapping[str, tuple[str, Content]]
    keys: Mapping[str, Content]
    objects: str


class Archive:
    """A folder with a backup, or where one is to be."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def create(self) -> None:
        """Nobody else may look into it: keys and people's videos are in it."""
        (self.root / "contents").mkdir(mode=0o700, parents=True, exist_ok=True)
        self.root.chmod(0o700)

    def add(self, chunks: Iterable[bytes]) -> Content:
        """Keeps bytes, once."""
        digest, size = hashlib.sha256(), 0
        handle, name = tempfile.mkstemp(dir=self.root, prefix="partial-")
        partial = Path(name)
        try:
            with os.fdopen(handle, "wb") as writer:
                for chunk in chunks:
                    digest.update(chunk)
                    size += len(chunk)
                    writer.write(chunk)
                writer.flush()
                os.fsync(writer.fileno())
            content = Content(sha256=digest.hexdigest(), size=size)
            place = self.path(content)
            place.parent.mkdir(mode=0o700, exist_ok=True)
            partial.replace(place)
        finally:
            partial.unlink(missing_ok=True)
        return content

    def add_file(self, file: Path) -> Content:
        """Like `add`, a piece at a time, so that its size does not matter."""
        with file.open("rb") as reader:
            return self.add(iter(lambda: reader.read(_CHUNK), b""))

    def has(self, content: Content) -> bool:
        """Whether all of the content is there. Only its size is checked; `verify` reads it."""
        place = self.path(content)
        return place.exists() and place.stat().st_size == content.size

    def path(self, content: Content) -> Path:
        """Where content with its hash is, or would be; the first two digits are a folder."""
        return self.root / "contents" / content.sha256[:2] / content.sha256

    def check(self, content: Content, what: str) -> None:
        """Raises OperationError when the bytes are not what they were."""
        place = self.path(content)
        if not place.exists():
            raise OperationError(f"{what} is missing in the backup {self.root}: {place}")
        with place.open("rb") as reader:
            found = hashlib.file_digest(reader, "sha256").hexdigest()
        if found != content.sha256:
            raise OperationError(f"{what} is damaged in the backup {self.root}: {place}")

    def read_manifest(self) -> Manifest | None:
        """The last backup that is whole; None where there is none.

        Raises OperationError for a manifest of something else.
        """
        file = self.root / "manifest.json"
        if not file.exists():
            return None
        try:
            told = json.loads(file.read_text())
            if told["format"] != _FORMAT:
                raise OperationError(
                    f"{file} is of another version of SAGE (format {told['format']})."
                )
            return Manifest(
                made_at=told["made_at"],
                databases={
                    name: (each["kind"], Content(**each["content"]))
                    for name, each in told["databases"].items()
                },
                keys={name: Content(**each) for name, each in told["keys"].items()},
                objects=told["objects"],
            )
        except (ValueError, KeyError, TypeError) as error:
            raise OperationError(f"{file} is damaged ({error!r}).") from error

    def write_manifest(self, manifest: Manifest) -> None:
        """From now on this is the backup; what only an earlier one needed is removed."""
        told = {
            "format": _FORMAT,
            "made_at": manifest.made_at,
            "databases": {
                name: {"kind": kind, "content": asdict(content)}
                for name, (kind, content) in manifest.databases.items()
            },
            "keys": {name: asdict(each) for name, each in manifest.keys.items()},
            "objects": manifest.objects,
        }
        partial = self.root / "manifest.partial"
        with partial.open("w") as writer:
            json.dump(told, writer, indent=1)
            writer.flush()
            os.fsync(writer.fileno())
        partial.replace(self.root / "manifest.json")
        self._remove_unused(manifest)

    def objects(self, manifest: Manifest) -> Iterator[StoredObject]:
        """One at a time, as a backup may have millions. Raises OSError when the list is missing."""
        with (self.root / manifest.objects).open() as lines:
            for line in lines:
                told: dict[str, Any] = json.loads(line)
                yield StoredObject(**{**told, "content": Content(**told["content"])})

    def write_objects(self, name: str, objects: Iterable[StoredObject]) -> int:
        """Lists objects in a file; how many."""
        count = 0
        with (self.root / name).open("w") as writer:
            for each in objects:
                writer.write(json.dumps(asdict(each)) + "\n")
                count += 1
        return count

    def _remove_unused(self, manifest: Manifest) -> None:
        used = {content.sha256 for _, content in manifest.databases.values()}
        used |= {each.sha256 for each in manifest.keys.values()}
        used |= {each.content.sha256 for each in self.objects(manifest)}
        for place in (self.root / "contents").glob("*/*"):
            if place.name not in used:
                place.unlink()
        for listing in self.root.glob("objects-*.jsonl"):
            if listing.name != manifest.objects:
                listing.unlink()
        for partial in self.root.glob("partial-*"):
            if partial.is_dir():
                shutil.rmtree(partial)
            else:
                partial.unlink()
