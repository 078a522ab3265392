"""Where times of one version are in the other: pieces, made of a finished comparison's regions."""

from services.compare.timemap.building import map_of_regions
from services.compare.timemap.pieces import MappedTime, Outcome, Piece, PieceMap

__all__ = ["MappedTime", "Outcome", "Piece", "PieceMap", "map_of_regions"]
