"""Where artifacts lie in the store: everything of a workspace under `workspaces/{workspace}/`."""

from __future__ import annotations

WORKSPACES = "workspaces/"


def vectors_prefix(workspace: str, embedding: str, attempt: int) -> str:
    """Each attempt writes to a place of its own, so that a worker that was given up for dead
    cannot write into the result of its successor."""
    return f"{embedding_prefix(workspace, embedding)}{attempt}/"


def embeddings_prefix(workspace: str) -> str:
    """Of all embeddings of a workspace, so that they can be removed together."""
    return f"{WORKSPACES}{workspace}/embeddings/"


def embedding_prefix(workspace: str, embedding: str) -> str:
    """Of all attempts at one embedding."""
    return f"{embeddings_prefix(workspace)}{embedding}/"


def frame_track_key(workspace: str, sha256: str) -> str:
    """One frame track for the same bytes, whatever engine made the vectors."""
    return f"{frame_tracks_prefix(workspace)}{sha256}"


def detail_track_key(workspace: str, sha256: str) -> str:
    """Made with the frame track, and as shared."""
    return f"{detail_tracks_prefix(workspace)}{sha256}"


def detail_tracks_prefix(workspace: str) -> str:
    """A detail track's key is the hash of the video's bytes below this."""
    return f"{WORKSPACES}{workspace}/detail-tracks/"


def frame_tracks_prefix(workspace: str) -> str:
    """A frame track's key is the hash of the video's bytes below this."""
    return f"{WORKSPACES}{workspace}/frame-tracks/"
