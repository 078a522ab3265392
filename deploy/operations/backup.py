"""Backs an installation up while it runs.

First the databases, those that name things of others before those others, then the objects: what a
copy of a database names was there before, so it is in the copies made after it, unless somebody has
deleted it meanwhile.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from deploy.operations.archive import Archive, Content, Manifest, StoredObject
from deploy.operations.errors import OperationError
from deploy.operations.installation import Installation
from deploy.operations.objects import Bucket

# Comparisons name videos and embeddings, tasks and embeddings name videos.
_ORDER = ("compare", "embed", "ingest")
_READERS = 8

Say = Callable[[str], None]


def back_up(
    installation: Installation, archive: Archive, say: Say, *, smaller: bool = False
) -> Manifest:
    """Makes the archive what the installation is.

    smaller: whether it may have less than half of the objects that it had.

    Raises OperationError.
    """
    began = datetime.now(UTC)
    archive.create()
    earlier = archive.read_manifest()
    databases = _copy_databases(installation, archive)
    keys = {
        setting: archive.add_file(file)
        for setting, file in installation.keys.items()
        if file.exists()
    }
    if not keys:
        raise OperationError(
            "No key was found. SAGE_TOKEN_SIGNING_KEY_FILE, SAGE_JWKS_FILE and "
            "SAGE_MASTER_KEY_FILE, or SAGE_HOME, say where they are."
        )
    for missing in installation.keys.keys() - keys.keys():
        say(f"{missing} names no file; what it opens cannot be restored without it.")
    listing = f"objects-{began:%Y%m%dT%H%M%S%f}.jsonl"
    known = {} if earlier is None else {it.key: it for it in archive.objects(earlier)}
    with installation.bucket() as bucket:
        count = archive.write_objects(listing, _copies(bucket, archive, known))
    if count * 2 < len(known) and not smaller:
        raise OperationError(
            f"The store holds {count} objects, and the backup in {archive.root} {len(known)}. It "
            "was left as it is, for they may have been lost. When somebody has removed them, say "
            "--smaller; otherwise see 'Disasters' in docs/operations.md."
        )
    manifest = Manifest(
        made_at=began.isoformat(timespec="seconds"),
        databases=databases,
        keys=keys,
        objects=listing,
    )
    archive.write_manifest(manifest)
    say(f"Backed up {len(databases)} databases, {len(keys)} keys and {count} objects.")
    return manifest


def _copy_databases(
    installation: Installation, archive: Archive
) -> Mapping[str, tuple[str, Content]]:
    by_service = {each.service: each for each in installation.databases}
    copied = {}
    with tempfile.TemporaryDirectory(dir=archive.root, prefix="partial-databases-") as folder:
        for service in _ORDER:
            file = Path(folder) / service
            by_service[service].dump(file)
            copied[service] = by_service[service].kind, archive.add_file(file)
            file.unlink()
    return copied


def _copies(
    bucket: Bucket, archive: Archive, known: Mapping[str, StoredObject]
) -> Iterator[StoredObject]:
    def copy(found: tuple[str, str, int]) -> StoredObject | None:
        key, etag, size = found
        before = known.get(key)
        if before is not None and before.is_still(etag, size) and archive.has(before.content):
            return before
        read = bucket.read(key)
        if read is None:
            return None
        content_type, chunks = read
        content = archive.add(chunks)
        return StoredObject(key=key, content_type=content_type, etag=etag, content=content)

    with ThreadPoolExecutor(_READERS) as threads:
        yield from (copied for copied in threads.map(copy, bucket.listed()) if copied is not None)
