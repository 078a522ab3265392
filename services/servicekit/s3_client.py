"""The boto3 client, set up in one way for everything that talks to the object store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CONNECT_TIMEOUT_SECONDS = 5
_READ_TIMEOUT_SECONDS = 60
# After the first attempt.
_RETRIES = 4


def create_s3_client(
    endpoint: str | None,
    region: str,
    *,
    connections: int = 32,
    read_timeout: float = _READ_TIMEOUT_SECONDS,
) -> S3Client:
    """A thread-safe client of the store. Credentials come from the usual AWS chain.

    endpoint: None for AWS itself. read_timeout: seconds of silence after which the store counts
    as gone.
    """
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        config=Config(
            # Presigned URLs must hold behind the gateway: signature in the query, path style.
            signature_version="s3v4",
            s3={"addressing_style": "path", "payload_signing_enabled": False},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"mode": "standard", "max_attempts": _RETRIES},
            max_pool_connections=connections,
            connect_timeout=_CONNECT_TIMEOUT_SECONDS,
            read_timeout=read_timeout,
        ),
    )
