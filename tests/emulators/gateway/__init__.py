"""A SAGE server in one process, for the client: every service, over real gRPC, without video.

It keeps uploads in memory, embeds at once, and finds one difference between any two files whose
bytes differ, unless `differ` is off. Bytes that begin with "text" are refused as no video; a file
named `fails*` cannot be embedded. It counts calls (`calls`), and `fail_parts` makes the next
UploadPart calls fail as they do when a connection drops; `on_create_upload` is called by each
CreateUpload.
"""

from tests.emulators.gateway.server import EmulatedGateway
from tests.emulators.gateway.state import PART_SIZE

__all__ = ["PART_SIZE", "EmulatedGateway"]
