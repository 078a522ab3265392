"""Compares two videos, which are uploaded side by side.

    python clients/python/examples/compare_two_videos_async.py A.mp4 B.mp4 [http://127.0.0.1:8080]

Needs a running server (`make run`) and `pip install .` from the root of this repository.
"""

# ruff: noqa: T201  (this program prints its answer)
from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import grpc

from sage.compare.v1.compare_pb2 import RegionKind
from sage_client import AsyncSageClient, EmbeddingFailed


async def main(a: str, b: str, server: str = "http://127.0.0.1:8080") -> None:
    async with AsyncSageClient(server, os.environ.get("TWELVELABS_API_KEY", "")) as sage:

        async def upload(path: str) -> str:
            video = await sage.upload(
                Path(path), lambda share: print(f"{path}: uploaded {100 * share:.0f} %")
            )
            return video.name

        videos = await asyncio.gather(upload(a), upload(b))
        await sage.embed_videos(
            videos,
            lambda task: print(
                f"{task.video_display_name}: {task.stage} {100 * task.progress:.0f} %"
            ),
        )
        async for message in sage.compare_videos(videos[0], videos[1]):
            region = message.region
            if message.HasField("region") and region.kind != RegionKind.REGION_KIND_UNCHANGED:
                kind = RegionKind.Name(region.kind).removeprefix("REGION_KIND_").lower()
                print(
                    f"{kind}: A {region.a_start:.3f}-{region.a_end:.3f} s, "
                    f"B {region.b_start:.3f}-{region.b_end:.3f} s"
                )
            if message.HasField("summary"):
                print(f"{message.summary.difference_count} differences")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(f"usage: {sys.argv[0]} A.mp4 B.mp4 [http://127.0.0.1:8080]")
    try:
        asyncio.run(main(*sys.argv[1:]))
    except grpc.RpcError as error:
        sys.exit(error.details())
    except (EmbeddingFailed, OSError) as error:
        sys.exit(str(error))
