"""Compares two versions of a video through a SAGE server: `SageClient`, and `AsyncSageClient`."""

from sage_client.asynchronous import AsyncSageClient
from sage_client.connection import EmbeddingFailed
from sage_client.synchronous import SageClient

__all__ = ["AsyncSageClient", "EmbeddingFailed", "SageClient"]
