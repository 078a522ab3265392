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
    key: tuple[str, str] | None = None,
    connections: int = 32,
    read_timeout: float = _READ_TIMEOUT_SECONDS,
) -> S3Client:
    """A thread-safe client of the store.

    endpoint: None for AWS itself. key: its id and secret; from the usual AWS chain when it is None.
    read_timeout: seconds of silence after which the store counts
    as gone.
    """
    key_id, secret = key or (None, None)
    return boto3.client(
        "s3",
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
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
