"""The worker process: reads one job from its input, answers on its output, and ends.

Its input stays open for as long as the answer is wanted: when it is closed, because the job was
cancelled or the parent has died, the work stops.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import BinaryIO

from services.embed.artifacts.frame_track import Cancellation
from services.embed.engines.local.jobs import (
    Failed,
    Finished,
    Made,
    Message,
    Progressed,
    read_job,
    write_message,
)
from services.embed.engines.local.network import loaded_network
from services.embed.engines.local.parts import Part
from services.embed.engines.local.source import SourceUnavailable
from services.mediakit.errors import MediaError

# Behind everything that answers people.
_NICENESS = 10


def main() -> None:
    os.nice(_NICENESS)
    answers = _private_output()
    # While it waits, it gets ready: this takes as long as to embed several seconds of video.
    loaded_network()
    try:
        job = read_job(sys.stdin.buffer)
    except EOFError:
        return  # the parent has no more jobs, or has gone
    unwanted = threading.Event()
    threading.Thread(target=_watch, args=(sys.stdin.buffer, unwanted), daemon=True).start()

    def progressed(fraction: float, seconds: float) -> None:
        write_message(answers, Progressed(fraction, seconds))

    def give(part: Part, piece: bytes) -> None:
        write_message(answers, Made(part, piece))

    answer: Message
    try:
        answer = Finished(job.run(progressed, unwanted.is_set, give))
    except (MediaError, SourceUnavailable, Cancellation) as error:
        answer = Failed(error)
    write_message(answers, answer)
    answers.close()
    # Nothing is left to clean up, and the watching thread would keep the interpreter waiting.
    os._exit(0)


def _private_output() -> BinaryIO:
    """The real output; what libraries print goes to the error output instead."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _watch(stream: BinaryIO, unwanted: threading.Event) -> None:
    stream.read(1)
    unwanted.set()


if __name__ == "__main__":
    main()
