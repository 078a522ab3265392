"""Restores a backup where there is nothing, or what was lost of it, or finds out whether one could.

Nothing that is there is ever written over.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from deploy.embedded.errors import StartError
from deploy.operations.archive import Archive, Manifest, StoredObject
from deploy.operations.databases import SQLITE, Database
from deploy.operations.errors import OperationError
from deploy.operations.installation import MASTER_KEY, Installation
from deploy.operations.objects import Bucket

_WRITERS = 8

Say = Callable[[str], None]


class Lost(StrEnum):
    """What is to be restored; the rest is there and stays as it is."""

    EVERYTHING = "everything"
    OBJECTS = "objects"
    DATABASES = "databases"
    COMPARISONS = "comparisons"
    KEYS = "keys"


def restore(
    installation: Installation, archive: Archive, say: Say, lost: Lost = Lost.EVERYTHING
) -> None:
    """Refuses, before it writes anything, a backup that is damaged and a place that is not empty.

    Raises OperationError.
    """
    manifest = verify(archive, say)
    databases = _lost_databases(installation, lost)
    count = 0
    with _unused(installation):
        for each in databases:
            each.require_empty()
        _restore_keys(installation, archive, manifest, _lost_keys(installation, manifest, lost))
        if lost not in (Lost.COMPARISONS, Lost.KEYS):
            with installation.bucket() as bucket:
                count = _restore_objects(bucket, archive, manifest, say, lost)
        # Last: a service that finds its database finds everything.
        for each in databases:
            kind, content = manifest.databases[each.service]
            each.restore(kind, archive.path(content))
    what = "" if lost is Lost.EVERYTHING else f"what was lost ({lost}) of "
    say(f"Restored {what}the backup of {manifest.made_at}: {count} objects. SAGE can be started.")


def _lost_databases(installation: Installation, lost: Lost) -> tuple[Database, ...]:
    if lost in (Lost.OBJECTS, Lost.KEYS):
        return ()
    if lost is Lost.COMPARISONS:
        return tuple(each for each in installation.databases if each.service == "compare")
    return installation.databases


def _lost_keys(installation: Installation, manifest: Manifest, lost: Lost) -> Collection[str]:
    """Without the others people sign in again; without the master key a database stays shut."""
    if lost is Lost.KEYS:
        return [each for each in manifest.keys if not installation.keys[each].exists()]
    if lost is Lost.EVERYTHING:
        return manifest.keys.keys()
    return manifest.keys.keys() & {MASTER_KEY} if lost is Lost.DATABASES else ()


def _restore_objects(
    bucket: Bucket, archive: Archive, manifest: Manifest, say: Say, lost: Lost
) -> int:
    """Writes the objects that the bucket lacks; how many."""
    if lost is Lost.EVERYTHING:
        bucket.require_empty()
    bucket.ensure()
    there = {key for key, _, _ in bucket.listed()}
    kept = list(archive.objects(manifest))

    def write(found: StoredObject) -> None:
        bucket.write(found.key, found.content_type, archive.path(found.content))

    with ThreadPoolExecutor(_WRITERS) as threads:
        count = sum(1 for _ in threads.map(write, (it for it in kept if it.key not in there)))
    later = there - {it.key for it in kept}
    if lost is Lost.DATABASES and later:
        say(
            f"{len(later)} objects of the bucket are not of this backup. Nothing names them any "
            "more, and they keep their room."
        )
    return count


def verify(archive: Archive, say: Say) -> Manifest:
    """Reads all of a backup. Raises OperationError for what is missing or damaged in it."""
    manifest = archive.read_manifest()
    if manifest is None:
        raise OperationError(f"There is no backup in {archive.root}, or none that is whole.")
    for service, (_, content) in manifest.databases.items():
        archive.check(content, f"{service}'s database")
    for setting, content in manifest.keys.items():
        archive.check(content, f"the key of {setting}")
    count = 0
    for each in archive.objects(manifest):
        archive.check(each.content, each.key)
        count += 1
    say(f"The backup of {manifest.made_at} is whole: {count} objects.")
    return manifest


@contextmanager
def _unused(installation: Installation) -> Iterator[None]:
    """On one machine: SAGE does not run there."""
    settings = installation.settings
    if settings.s3_endpoint and all(each.kind != SQLITE for each in installation.databases):
        yield  # nothing is in its home
        return
    try:
        with installation.home.locked():
            yield
    except StartError as error:
        raise OperationError(str(error)) from error


def _restore_keys(
    installation: Installation, archive: Archive, manifest: Manifest, settings: Collection[str]
) -> None:
    kept = {
        installation.keys[setting]: archive.path(manifest.keys[setting]).read_bytes()
        for setting in settings
    }
    missing = {file: data for file, data in kept.items() if not file.exists()}
    for file in kept.keys() - missing.keys():
        # A master key that was added to since has a line for each.
        if not set(kept[file].splitlines()) <= set(file.read_bytes().splitlines()):
            raise OperationError(
                f"{file} is another key than the backup's. Move it away; what is in the backup "
                "opens with its own key only."
            )
    for file, data in missing.items():
        _write_secret(file, data)


def _write_secret(file: Path, data: bytes) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = file.with_suffix(".partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as writer:
        writer.write(data)
    partial.replace(file)
