"""What both clients know of a server, and what they raise."""

from __future__ import annotations

from urllib.parse import urlsplit

from sage.embed.v1.embed_pb2 import EmbeddingTask
from sage_client.stubs import OPTIONS

DEFAULT_SERVER = "http://127.0.0.1:8080"


class EmbeddingFailed(Exception):
    """A task failed or was cancelled; its message is for people."""

    def __init__(self, task: EmbeddingTask) -> None:
        super().__init__(f"{task.video_display_name}: {task.error.message or task.stage}")
        self.task = task


def target_of(server: str) -> tuple[str, bool]:
    """`host:port` of the URL of a server, and whether it speaks TLS. Raises ValueError."""
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{server} is not the URL of a server; {DEFAULT_SERVER} would be one.")
    tls = parts.scheme == "https"
    return parts.netloc if parts.port else f"{parts.netloc}:{443 if tls else 80}", tls


def options_of(target: str) -> list[tuple[str, str | int]]:
    """The options of a channel to `host:port`: no proxy lies before one's own machine."""
    own = target.startswith(("127.0.0.1:", "localhost:", "[::1]:"))
    return [*OPTIONS, ("grpc.enable_http_proxy", 0 if own else 1)]
