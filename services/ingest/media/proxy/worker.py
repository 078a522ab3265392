"""The confined process that makes one proxy: `python -m services.ingest.media.proxy.worker`."""

from __future__ import annotations

from typing import BinaryIO

from services.ingest.media.proxy import PROXY
from services.ingest.media.proxy.encoder import make_proxy
from services.mediakit.sandbox.child import Channel, serve
from services.mediakit.sandbox.messages import Message

# Behind everything else, comparing included.
_NICENESS = 15


def _proxy(file: BinaryIO, channel: Channel, *, duration: float) -> Message:
    """Pieces come as they are made, each with its place."""

    def give(at: int, piece: bytes) -> None:
        channel.send(Message("piece", {"at": at}, piece))

    pictures = make_proxy(
        file,
        give,
        duration=duration,
        progressed=channel.progressed,
        cancelled=channel.cancelled,
    )
    return Message("done", {"pictures": pictures})


if __name__ == "__main__":
    serve({PROXY: _proxy}, niceness=_NICENESS, prepare=lambda: None)
