"""Whatever the contract offers to people can be done with a command."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from sage.compare.v1 import compare_pb2, saved_comparison_pb2
from sage.embed.v1 import api_token_pb2, embed_pb2, session_pb2
from sage.ingest.v1 import ingest_pb2

CLIENT = Path(__file__).resolve().parents[3] / "clients" / "python"
FILES = (
    compare_pb2,
    saved_comparison_pb2,
    api_token_pb2,
    embed_pb2,
    session_pb2,
    ingest_pb2,
)
# Methods that no command calls, and why none has to.
WITHOUT_A_COMMAND = {
    "CarryOverFile": "CarryOver in one message, for programs that cannot stream",
    "ComputeComparison": "CompareVideos in one message, for programs that cannot stream",
    "DescribeComparison": "sentences for language models; `sage compare` prints what they say",
    "GetStillLinks": "pictures for whoever has no token; `sage video still` writes one to a file",
    "GetApiToken": "`sage token list` shows all there is of each",
    "UploadFile": "`sage upload` sends parts, which can be resumed",
    "UploadVideo": "`sage upload` sends parts, which can be resumed",
    "GetVideoSource": "of one service for another",
    "StreamSegments": "vectors, for programs that compare by themselves",
    "StreamFrameTrack": "fingerprints, for programs that compare by themselves",
    "StreamDetailTrack": "fingerprints, for programs that compare by themselves",
    "CreateSharedSession": "what the page does for whoever opens a link",
    "WatchComparisons": "keeps pages in step that are open beside each other",
    "SetMarks": "marks are put on differences that are looked at, which is done in the page",
}


def methods() -> set[str]:
    return {
        method.name
        for module in FILES
        for service in module.DESCRIPTOR.services_by_name.values()
        for method in service.methods
    }


def called() -> Iterator[str]:
    """What modules of the command and of the client beneath it take from something."""
    for folder in ("sage_cli", "sage_client"):
        for path in (CLIENT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Attribute):
                    yield node.attr


def test_every_method_has_a_command_or_a_reason() -> None:
    assert methods() - set(called()) == set(WITHOUT_A_COMMAND)


def test_every_service_of_the_contract_is_asked_about() -> None:
    folders = [CLIENT / "sage" / name / "v1" for name in ("compare", "embed", "ingest")]
    stubs = {path.name for folder in folders for path in folder.glob("*_pb2_grpc.py")}
    asked = {f"{Path(str(module.__file__)).stem}_grpc.py" for module in FILES}
    serving = {name for name in stubs if "Servicer" in _text(folders, name)}
    assert serving == asked


def _text(folders: list[Path], name: str) -> str:
    return next(
        (folder / name).read_text("utf-8") for folder in folders if (folder / name).exists()
    )
