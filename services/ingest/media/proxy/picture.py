"""Pictures as browsers show them: progressive, upright, of square pixels, 8 bits, 4:2:0, BT.709."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from av.error import BlockingIOError as NothingYet
from av.error import EOFError as GraphEnd
from av.filter import Graph
from av.video.frame import VideoFrame

# What a proxy's picture fits into, upright or on its side.
_LONG_SIDE, _SHORT_SIDE = 1280, 720
# From this height on, pictures that do not name their matrix have BT.709's, as players take them.
_HD_HEIGHT = 720
# Numbers of ITU-T H.273: matrices; of FFmpeg: ranges.
_MATRIX_RGB, _MATRIX_UNKNOWN = 0, (2, 3)
_RANGE_FULL = 2
# In which times pass through the filters; the stamps that come out are those that went in.
UNIT = Fraction(1, 1_000_000)


@dataclass(frozen=True, kw_only=True)
class Form:
    """What the pictures of a stretch have in common, and filters are set up for.

    pixel_aspect: width of a pixel by its height. rotation: degrees counter-clockwise by which a
    player turns the picture. matrix: a number of ITU-T H.273.
    """

    width: int
    height: int
    pixel_format: str
    pixel_aspect: Fraction
    rotation: int
    interlaced: bool
    matrix: int
    full_range: bool


def form_of(frame: VideoFrame, pixel_aspect: Fraction, *, interlaced: bool) -> Form:
    """interlaced: whether some picture of the video has been."""
    return Form(
        width=frame.width,
        height=frame.height,
        pixel_format=frame.format.name,
        pixel_aspect=pixel_aspect,
        rotation=frame.rotation % 360,
        interlaced=interlaced,
        matrix=int(frame.colorspace),
        full_range=int(frame.color_range) == _RANGE_FULL or frame.format.name.startswith("yuvj"),
    )


def shown_size(form: Form) -> tuple[int, int]:
    """Width and height of the proxy for a video whose first pictures have this form.

    Even numbers, upright, the shape in which the video is shown, and never larger than that.
    """
    width, height = form.width * max(form.pixel_aspect, Fraction(1)), Fraction(form.height)
    if form.pixel_aspect < 1:
        height = form.height / form.pixel_aspect
    if form.rotation % 180:
        width, height = height, width
    share = min(
        Fraction(1),
        _LONG_SIDE / max(width, height),
        _SHORT_SIDE / min(width, height),
    )
    return _even(width * share), _even(height * share)


def filters(form: Form, size: tuple[int, int]) -> list[tuple[str, str]]:
    """The filters in their order, with arguments, that make pictures of `size` of this form."""
    turned = form.rotation % 180 != 0
    width, height = reversed(size) if turned else size
    chain: list[tuple[str, str]] = []
    if form.interlaced:
        # One picture for each, its second field interpolated; progressive ones pass.
        chain.append(("yadif", "mode=send_frame:deint=interlaced"))
    chain.append(
        (
            "scale",
            f"{width}:{height}:flags=bilinear:in_color_matrix={_matrix(form)}"
            f":in_range={'full' if form.full_range else 'limited'}"
            ":out_color_matrix=bt709:out_range=limited",
        )
    )
    chain.append(("format", "pix_fmts=yuv420p"))
    if form.rotation in (90, 270):
        chain.append(("transpose", "cclock" if form.rotation == 90 else "clock"))
    elif form.rotation == 180:
        chain += [("hflip", ""), ("vflip", "")]
    chain.append(("setsar", "1"))
    return chain


class PictureConverter:
    """Makes one picture of each, in order; the last ones come out when it is finished.

    pixel_aspect: of all pictures, as the container tells it.
    """

    def __init__(self, pixel_aspect: Fraction) -> None:
        self._pixel_aspect = pixel_aspect
        self._interlaced = False
        self._form: Form | None = None
        self._graph: Graph | None = None
        self.size: tuple[int, int] | None = None

    def add(self, time: float, frame: VideoFrame) -> Iterator[tuple[float, VideoFrame]]:
        """Pictures that are ready, with their times in seconds."""
        self._interlaced = self._interlaced or frame.interlaced_frame
        form = form_of(frame, self._pixel_aspect, interlaced=self._interlaced)
        if form != self._form:
            yield from self.finish()
            self.size = self.size or shown_size(form)
            self._form, self._graph = form, _graph(form, self.size)
        if self._graph is not None:
            frame.pts, frame.time_base = round(time / UNIT), UNIT
            self._graph.vpush(frame)
            yield from self._ready(self._graph)

    def finish(self) -> Iterator[tuple[float, VideoFrame]]:
        """What the filters still hold."""
        if self._graph is not None:
            self._graph.vpush(None)
            yield from self._ready(self._graph)
            self._form = self._graph = None

    def _ready(self, graph: Graph) -> Iterator[tuple[float, VideoFrame]]:
        while True:
            try:
                picture = graph.vpull()
            except (NothingYet, GraphEnd):
                return
            stamp, unit = picture.pts, picture.time_base
            if stamp is None or unit is None:
                raise ValueError("a filter has lost a picture's stamp")
            yield float(stamp * unit), picture


def _graph(form: Form, size: tuple[int, int]) -> Graph:
    graph = Graph()
    graph.threads = 1
    source = graph.add(
        "buffer",
        f"video_size={form.width}x{form.height}:pix_fmt={form.pixel_format}"
        f":time_base={UNIT.numerator}/{UNIT.denominator}:pixel_aspect=1/1"
        f":colorspace={form.matrix}:range={'pc' if form.full_range else 'tv'}",
    )
    nodes = [source, *(graph.add(name, arguments) for name, arguments in filters(form, size))]
    graph.link_nodes(*nodes, graph.add("buffersink"))
    graph.configure()
    return graph


def _matrix(form: Form) -> str:
    """The matrix by which the picture is read, in the words of the scaler."""
    if form.matrix == _MATRIX_RGB:
        return "auto"
    if form.matrix in _MATRIX_UNKNOWN:
        return "bt709" if form.height >= _HD_HEIGHT else "smpte170m"
    return "auto"


def _even(length: Fraction) -> int:
    return max(round(length / 2) * 2, 2)
