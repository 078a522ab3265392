"""Whether a SQLite file is whole, looked at before anything is written to it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from services.servicekit.state import StateError

_MAGIC = b"SQLite format 3\0"
_BUSY_SECONDS = 10.0
_WHOLE = "ok"


def check_sqlite(file: Path) -> None:
    """Reads all of the file; a second for some hundred megabytes. A new or empty one is whole.

    Raises StateError that names the file, what is wrong with it and what to restore.
    """
    try:
        if not file.exists() or file.stat().st_size == 0:
            return
        with file.open("rb") as reader:
            magic = reader.read(len(_MAGIC))
    except OSError as error:
        raise StateError(
            f"The database {file} cannot be read: {error.strerror}. Give SAGE the right to it."
        ) from None
    if magic != _MAGIC:
        raise _damaged(file, "it is not a SQLite database")
    try:
        # Writable, since what an earlier process left in the write-ahead log is taken in first.
        connection = sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True, timeout=_BUSY_SECONDS)
        try:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        raise StateError(
            f"The database {file} cannot be opened: {error}. Give SAGE the right to write it and "
            "its folder, and end other programs that hold it."
        ) from None
    except sqlite3.DatabaseError as error:
        raise _damaged(file, str(error)) from None
    if found != _WHOLE:
        raise _damaged(file, " ".join(str(found).split()))


def _damaged(file: Path, what: str) -> StateError:
    return StateError(
        f"The database {file} is damaged ({what}). Restore it from a backup of the same day as the "
        "stored objects; to do without it, move it away and set SAGE_START_EMPTY=true for one "
        "start: SAGE is empty then, and what was stored can no longer be reached."
    )
