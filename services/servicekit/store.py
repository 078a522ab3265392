"""The S3 client that ingest and embed share in how it is set up, not in what they do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CONNECT_TIMEOUT_SECONDS = 5
_READ_TIMEOUT_SECONDS = 60


def create_s3_client(
    endpoint: str | None,
    region: str,
    *,
    connections: int = 32,
    read_timeout: float = _READ_TIMEOUT_SECONDS,
) -> S3Client:
    """A thread-safe client of the store.

    endpoint: None for AWS itself; to presign URLs of another origin, that origin.
    read_timeout: seconds of silence after which the store counts as gone.
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
            retries={"mode": "standard", "max_attempts": 4},
            max_pool_connections=connections,
            connect_timeout=_CONNECT_TIMEOUT_SECONDS,
            read_timeout=read_timeout,
        ),
    )
