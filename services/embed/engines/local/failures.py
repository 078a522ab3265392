"""What the errors of worker processes mean for a task."""

from __future__ import annotations

import structlog

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.ports import PermanentFailure, TransientFailure
from services.embed.tasks.task_state import WORKER_CRASHED, Failure
from services.mediakit.errors import MediaError
from services.mediakit.sandbox.conversation import SourceUnavailable
from services.mediakit.sandbox.process import ProcessDied
from services.servicekit.errors import reason_name

log = structlog.get_logger()

WORKER_ERRORS = (MediaError, SourceUnavailable, ProcessDied)


def classify(error: MediaError | SourceUnavailable | ProcessDied) -> Exception:
    """What a worker process raised, as the queue understands it."""
    match error:
        case MediaError():
            return PermanentFailure(Failure(reason=error.reason.value, message=error.message))
        case SourceUnavailable():
            log.warning("video_unreadable", error=str(error))
            unavailable = reason_name(ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE)
            return TransientFailure(
                Failure(reason=unavailable, message="The video's bytes could not be read.")
            )
        case ProcessDied():
            log.warning("worker_died", exit_code=error.exit_code, output=error.output)
            return TransientFailure(WORKER_CRASHED)
