"""The names of ITU-T H.273's code points, as FFmpeg writes them; empty for unspecified ones."""

from __future__ import annotations

_PRIMARIES = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "film",
    9: "bt2020",
    10: "smpte428",
    11: "smpte431",
    12: "smpte432",
    22: "ebu3213",
}
_TRANSFERS = {
    1: "bt709",
    4: "gamma22",
    5: "gamma28",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    9: "log100",
    10: "log316",
    11: "iec61966-2-4",
    12: "bt1361e",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    17: "smpte428",
    18: "arib-std-b67",
}
_MATRICES = {
    0: "gbr",
    1: "bt709",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "ycgco",
    9: "bt2020nc",
    10: "bt2020c",
    11: "smpte2085",
    12: "chroma-derived-nc",
    13: "chroma-derived-c",
    14: "ictcp",
    15: "ipt-c2",
    16: "ycgco-re",
    17: "ycgco-ro",
}
# FFmpeg's own numbers, not H.273's flag.
_RANGES = {1: "limited", 2: "full"}


def primaries(code: int) -> str:
    """Which red, green and blue the samples mean: `bt709`. code: ColourPrimaries."""
    return _PRIMARIES.get(code, "")


def transfer(code: int) -> str:
    """How samples become light: `smpte2084` for PQ. code: TransferCharacteristics."""
    return _TRANSFERS.get(code, "")


def matrix(code: int) -> str:
    """How brightness and colour were made of red, green and blue. code: MatrixCoefficients."""
    return _MATRICES.get(code, "")


def colour_range(code: int) -> str:
    """`limited` or `full`. code: FFmpeg's AVColorRange, which is not the flag of H.273."""
    return _RANGES.get(code, "")
