"""How gRPC itself repeats calls that found no server, in the languages whose gRPC can.

https://github.com/grpc/grpc/blob/master/doc/service_config.md
"""

from __future__ import annotations

import json

from services.servicekit.settings import MAX_MESSAGE_BYTES, MIB

# A message may be larger than what services send by what is written around it.
MESSAGE_BYTES = MAX_MESSAGE_BYTES + MIB

Json = dict[str, "str | float | list[str]"]


def policy(attempts: int, first: str, longest: str, factor: int) -> Json:
    """attempts: at most 5, which is gRPC's own limit. first, longest: pauses, such as `0.1s`."""
    return {
        "maxAttempts": attempts,
        "initialBackoff": first,
        "maxBackoff": longest,
        "backoffMultiplier": factor,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }


# A server that restarts is back within a second or so.
EVERY_CALL = policy(4, "0.1s", "1s", 2)
# In the middle of an upload it is known to have been there: it is waited for, about a minute.
A_PART = policy(5, "1.5s", "45s", 3)
UPLOAD_PART = {"service": "sage.ingest.v1.IngestService", "method": "UploadPart"}

SERVICE_CONFIG = json.dumps(
    {
        "methodConfig": [
            {"name": [{}], "retryPolicy": EVERY_CALL},
            {"name": [UPLOAD_PART], "retryPolicy": A_PART},
        ]
    }
)
