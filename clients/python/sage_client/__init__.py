"""Compares two versions of a video through a SAGE server: `SageClient`, and `AsyncSageClient`."""

from sage_client.asynchronous import AsyncSageClient
from sage_client.synchronous import SageClient
from sage_client.watching import EmbeddingFailed

__all__ = ["AsyncSageClient", "EmbeddingFailed", "SageClient"]
