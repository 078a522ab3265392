"""Why SAGE could not start, said to the person who started it."""

from __future__ import annotations


class StartError(Exception):
    """Something has to be put right before SAGE can start; the message is one clear line.

    exit_code: of the launcher.
    """

    def __init__(self, message: str, *, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code
