"""What a look is, in the words and figures that people are told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from services.compare.looks.framing import SIDE, Axis
from services.compare.looks.levelling import Look
from services.compare.looks.panning import Panning
from services.compare.timeline import (
    Box,
    Cells,
    FrameTrack,
    LookDifference,
    LookKind,
    PictureMap,
    UInt8,
)

# Levels: bars are darker than this, and colours that are no further apart look the same.
_DARK, _VISIBLE = 20.0, 3.0
# Mean distances of the chroma from grey: of pictures without colours, and of coloured ones.
_GREY, _COLOURED = 1.5, 3.0
_DESCRIBED_FRAMES = 60
# What is told of where one picture lies in the other.
_FRAMINGS = (LookKind.BARS, LookKind.REFRAMED, LookKind.MIRRORED)


def describe(look: Look, a: FrameTrack, b: FrameTrack) -> tuple[LookDifference, ...]:
    """What a viewer would see of the look; nothing when it is below what anybody sees."""
    if look.panning is not None:
        a, b = look.panning.applied(a, b)
    return tuple(_Description(look, a, b).differences())


class _Description:
    def __init__(self, look: Look, a: FrameTrack, b: FrameTrack) -> None:
        self._look, self._a, self._b = look, a, b
        count = min(len(look.matches), _DESCRIBED_FRAMES)
        index = np.linspace(0, len(look.matches) - 1, count).astype(np.int64)
        self._cells_a = a.fingerprints[look.matches.index_a[index]]
        self._cells_b = b.fingerprints[look.matches.index_b[index]]

    def differences(self) -> list[LookDifference]:
        found = []
        if self._look.framing.mirrored:
            sentence = "B is mirrored: left and right have changed places."
            found.append(self._told(LookKind.MIRRORED, sentence))
        if self._look.framing.negative:
            sentence = "B is a negative of A: light and dark have changed places."
            found.append(self._told(LookKind.REGRADED, sentence))
        found += (
            self._framing() if self._look.panning is None else [self._panned(self._look.panning)]
        )
        found += self._covered()
        found += self._colours()
        found += self._blending()
        placed = self._picture_map
        return [
            replace(each, picture_map=placed) if each.kind in _FRAMINGS else each for each in found
        ]

    def _framing(self) -> list[LookDifference]:
        framing, found = self._look.framing, []
        cropped: dict[str, Axis] = {}
        for axis, name, where, transposed in (
            (framing.vertical, "height", "above and below", False),
            (framing.horizontal, "width", "left and right", True),
        ):
            if axis == Axis():
                continue
            smaller = axis.scale > 1
            luma = (self._flipped_b if smaller else self._cells_a)[..., 0]
            edge = (luma.transpose(0, 2, 1) if transposed else luma)[:, axis.outside]
            if _is_dark(edge):
                share = 100 * (1 / axis.scale if smaller else axis.scale)
                found.append(self._bars("B" if smaller else "A", where, name, share))
            else:
                cropped[name] = axis
        return found + self._reframed(cropped)

    def _reframed(self, cropped: dict[str, Axis]) -> list[LookDifference]:
        if not cropped:
            return []
        scale = float(np.mean([axis.scale for axis in cropped.values()]))
        shown = " and ".join(
            f"{100 * (axis.scale if axis.scale < 1 else 1 / axis.scale):.0f} % of the {name}"
            for name, axis in cropped.items()
        )
        if scale < 1:
            sentence = f"B shows {shown} of A's picture, {1 / scale:.2f} times as large."
        else:
            sentence = f"A's picture takes {shown} of B's, {scale:.2f} times as small."
        return [self._told(LookKind.REFRAMED, sentence, amount=1 / scale, unit="times as large")]

    def _panned(self, panning: Panning) -> LookDifference:
        part, whole = ("A", "B") if panning.of_a else ("B", "A")
        across, down = panning.scales
        shown = " and ".join(
            f"{100 * scale:.0f} % of the {name}"
            for scale, name in ((across, "width"), (down, "height"))
            if scale < 1
        )
        sentence = (
            f"{part} shows {shown} of {whole}'s picture, and which part changes (pan and scan)."
        )
        scale = float(np.mean([each for each in (across, down) if each < 1] or [1.0]))
        amount = scale if panning.of_a else 1 / scale
        return self._told(LookKind.REFRAMED, sentence, amount=amount, unit="times as large")

    def _covered(self) -> list[LookDifference]:
        covered, found = self._look.covered, []
        for edges, name, transposed in (
            (("above", "below"), "height", False),
            (("left", "right"), "width", True),
        ):
            turned = covered.T if transposed else covered
            full = _edges(np.asarray(turned.all(axis=1), bool))
            if not full.any():
                continue
            ends = zip(edges, (full[0], full[-1]), strict=True)
            where = " and ".join(edge for edge, covers in ends if covers)
            found.append(self._covering_bars(where, name, full, transposed=transposed))
            covered = covered & ~(full[None, :] if transposed else full[:, None])
        if covered.any():
            sentence = "A part of the picture differs throughout, as under a logo or a time code."
            found.append(self._told(LookKind.OVERLAY, sentence, box=self._box_in_b(covered)))
        return found

    def _covering_bars(
        self, where: str, name: str, rows: Cells, *, transposed: bool
    ) -> LookDifference:
        """Bars that cover the edges of one side's picture, which is as large as the other's."""
        share = 100 * (1 - float(rows.mean()))
        for side, cells in (("B", self._flipped_b), ("A", self._cells_a)):
            luma = cells[..., 0].transpose(0, 2, 1) if transposed else cells[..., 0]
            dark = np.array([_is_dark(luma[:, k : k + 1]) for k in range(SIDE)]) & rows
            if dark.any():
                return self._bars(side, where, name, share)
        sentence = f"The picture differs throughout {where}, as under a band or thin bars."
        return self._told(LookKind.BARS, sentence, amount=share, unit=f"percent of the {name}")

    def _colours(self) -> list[LookDifference]:
        look = self._look
        if look.colour is None:
            return []
        grey_a, grey_b = (_chroma(cells) for cells in (self._cells_a, self._cells_b))
        for side, grey, other in (("B", grey_b, grey_a), ("A", grey_a, grey_b)):
            if grey <= _GREY and other >= _COLOURED:
                return [self._told(LookKind.MONOCHROME, f"{side} is black and white.")]
        left, right = (cells[:, look.compared] for cells in self._framed())
        mapped = look.colour(left if look.colour_of_a else right).astype(np.float32)
        change = mapped - (left if look.colour_of_a else right)
        if not look.colour_of_a:
            change = -change
        amount = float(np.linalg.norm(change, axis=-1).mean())
        if amount < _VISIBLE:
            return []
        lighter = float(change[..., 0].mean())
        sentence = f"B's colours are {amount:.0f} of 255 levels away from A's on average"
        if abs(lighter) >= _VISIBLE:
            word = "lighter" if lighter > 0 else "darker"
            sentence += f"; B is {abs(lighter):.0f} levels {word}"
        return [self._told(LookKind.REGRADED, f"{sentence}.", amount=amount, unit="levels of 255")]

    def _blending(self) -> list[LookDifference]:
        blending = self._look.blending
        if blending is None:
            return []
        mixed, pure = ("B", "A") if blending.of_a else ("A", "B")
        share = 100 * max(blending.earlier, blending.later)
        which = "next" if blending.later >= blending.earlier else "previous"
        sentence = (
            f"Each picture of {mixed} holds {share:.0f} % of the {which} one of {pure}, "
            "as interlaced video and converted frame rates do."
        )
        return [self._told(LookKind.BLENDED, sentence, amount=share, unit="percent")]

    def _bars(self, side: str, where: str, name: str, share: float) -> LookDifference:
        sentence = f"{side} has black bars {where}: its picture takes {share:.0f} % of the {name}."
        return self._told(LookKind.BARS, sentence, amount=share, unit=f"percent of the {name}")

    def _told(
        self,
        kind: LookKind,
        sentence: str,
        *,
        amount: float = 0.0,
        unit: str = "",
        box: Box | None = None,
    ) -> LookDifference:
        seen_a = self._a.times[self._look.matches.index_a]
        seen_b = self._b.times[self._look.matches.index_b]
        return LookDifference(
            kind=kind,
            sentence=sentence,
            a_start=float(seen_a.min()),
            a_end=float(seen_a.max()),
            b_start=float(seen_b.min()),
            b_end=float(seen_b.max()),
            amount=amount,
            unit=unit,
            box=box,
        )

    @property
    def _picture_map(self) -> PictureMap | None:
        framing = self._look.framing
        if framing.is_plain or self._look.panning is not None:
            return None
        across, down = framing.horizontal, framing.vertical
        return PictureMap(
            scale_x=across.scale,
            offset_x=across.offset,
            scale_y=down.scale,
            offset_y=down.offset,
            mirrored=framing.mirrored,
        )

    @property
    def _flipped_b(self) -> UInt8:
        return self._cells_b[:, :, ::-1] if self._look.framing.mirrored else self._cells_b

    def _framed(self) -> tuple[UInt8, UInt8]:
        framing = self._look.framing
        return framing.of_a(self._cells_a), framing.of_b(self._cells_b)

    def _box_in_b(self, covered: Cells) -> Box | None:
        """The box round the cells of the common grid, in fractions of B's picture."""
        rows = np.flatnonzero(covered.any(axis=1)).tolist()
        columns = np.flatnonzero(covered.any(axis=0)).tolist()
        top, left = rows[0] / SIDE, columns[0] / SIDE
        height = (rows[-1] + 1) / SIDE - top
        width = (columns[-1] + 1) / SIDE - left
        return self._look.located(Box(left=left, top=top, width=width, height=height))


def _edges(full: Cells) -> Cells:
    """(16,) the rows that are full from either edge on."""
    from_start = np.logical_and.accumulate(full)
    from_end = np.logical_and.accumulate(full[::-1])[::-1]
    edges: Cells = from_start | from_end
    return edges


def _is_dark(luma: UInt8) -> bool:
    return bool(luma.size) and float(np.quantile(luma, 0.9)) <= _DARK


def _chroma(cells: UInt8) -> float:
    """How far the colours are from grey on average, in levels."""
    return float(np.abs(cells[..., 1:].astype(np.float32) - 128.0).mean())
