"""Media types of videos: from what was found in the file, or guessed before it is there.

Only types of this table ever reach the store, since media is served on the origin of the web page,
where a file that called itself HTML would run.
"""

from __future__ import annotations

# Of copies for browsers.
PROXY_TYPE = "video/webm"
STILL_TYPE = "image/jpeg"
_MP4 = "video/mp4"
_UNKNOWN = "application/octet-stream"

_BY_EXTENSION = {
    "mp4": _MP4,
    "m4v": _MP4,
    "mov": "video/quicktime",
    "mkv": "video/x-matroska",
    "webm": "video/webm",
    "avi": "video/x-msvideo",
    "ts": "video/mp2t",
    "mts": "video/mp2t",
    "m2ts": "video/mp2t",
    "mpg": "video/mpeg",
    "mpeg": "video/mpeg",
    "flv": "video/x-flv",
    "wmv": "video/x-ms-wmv",
    "ogv": "video/ogg",
    "3gp": "video/3gpp",
    "mxf": "application/mxf",
}
# By the first name of the demuxer that opened the file.
_BY_CONTAINER = {
    "mov": _MP4,
    "matroska": "video/x-matroska",
    "mpegts": "video/mp2t",
    "avi": "video/x-msvideo",
    "flv": "video/x-flv",
    "asf": "video/x-ms-wmv",
    "mpeg": "video/mpeg",
    "mpegvideo": "video/mpeg",
    "ogg": "video/ogg",
    "mxf": "application/mxf",
}
# One demuxer reads several types; which one of them, the file's extension says.
_SIBLINGS = {
    "mov": {_MP4, "video/quicktime", "video/3gpp"},
    "matroska": {"video/x-matroska", "video/webm"},
}
# Browsers play these when they are told a type that they know.
_PLAYABLE_AS = {
    "video/quicktime": _MP4,
    "video/3gpp": _MP4,
    "video/x-matroska": "video/webm",
}


def guessed_type(display_name: str, hint: str) -> str:
    """The type by the client's hint if it is one of a video, else by the file's extension."""
    known = {*_BY_EXTENSION.values()}
    return hint if hint in known else _by_extension(display_name)


def found_type(container: str, display_name: str) -> str:
    """The type of a file that was opened; `container` is the demuxer's name for its format."""
    family = container.split(",", maxsplit=1)[0]
    guess = _by_extension(display_name)
    if guess in _SIBLINGS.get(family, set()):
        return guess
    return _BY_CONTAINER.get(family, _UNKNOWN)


def playback_type(content_type: str) -> str:
    """The type under which a browser is given the file."""
    return _PLAYABLE_AS.get(content_type, content_type)


def _by_extension(display_name: str) -> str:
    return _BY_EXTENSION.get(display_name.rpartition(".")[2].lower(), _UNKNOWN)
