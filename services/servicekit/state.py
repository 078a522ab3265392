"""What a service keeps and cannot start without: databases and key files."""

from __future__ import annotations


class StateError(Exception):
    """Something that the service keeps is damaged or missing, and a person must put it right.

    The message is one sentence or two: which file, what is wrong with it, what to restore, and what
    it costs to do without. To start again changes nothing, so the exit code is one of its own.
    """

    # EX_CONFIG of sysexits.h.
    EXIT_CODE = 78
