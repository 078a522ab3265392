"""The confined process of the local engine: `python -m services.embed.engines.local.child`."""

from __future__ import annotations

from services.embed.engines.local.jobs import embed, frame_track
from services.embed.engines.local.network import loaded_network
from services.embed.engines.local.results import EMBED, FRAME_TRACK
from services.mediakit.sandbox.child import serve

# Behind everything that answers people.
_NICENESS = 10

if __name__ == "__main__":
    # Loading the network takes as long as to embed several seconds of video.
    serve({EMBED: embed, FRAME_TRACK: frame_track}, niceness=_NICENESS, prepare=loaded_network)
