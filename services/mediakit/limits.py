"""How long a video may be, and how long one picture may stand: what stamps claim has a limit.

A stamp of eight bytes may claim any time, but vectors and fingerprints are made for all of the
time that a video takes. Without a limit, two kilobytes with twenty pictures a few hours apart would
cost what days of video do.
"""

from __future__ import annotations

from collections.abc import Iterable

from services.mediakit.errors import MediaError, MediaReason

# What a track of the shortest segments takes in memory is just under a gigabyte then.
MAX_SECONDS = 8 * 3600.0
# How long one picture may be shown, or the sound may pause: slides of a talk stay for minutes.
MAX_GAP_SECONDS = 600.0
# How long one piece of decoded sound may be; formats have at most a few seconds.
MAX_SOUND_PIECE_SECONDS = 60.0
# Of videos of fewer bytes for each second all packets are read to find gaps, which costs little.
SPARSE_BYTES_PER_SECOND = 2000


class StampGuard:
    """Follows the times of a pass over a video and refuses what lies beyond the limits.

    Every method raises MediaError(TOO_LONG) or MediaError(GAP_TOO_LONG). Times are in seconds from
    the timeline's zero.

    since: where the pass begins.
    """

    def __init__(self, since: float = 0.0) -> None:
        self._picture = since
        self._sound_end = 0.0

    def picture(self, time: float) -> None:
        """The next picture is shown from `time` on."""
        ensure_length(time)
        if time - self._picture > MAX_GAP_SECONDS:
            raise _gap(self._picture, time)
        self._picture = time

    def sound(self, start: float, seconds: float) -> None:
        """The next piece of sound begins at `start` and lasts `seconds`."""
        ensure_length(start + seconds)
        if seconds > MAX_SOUND_PIECE_SECONDS:
            raise MediaError(
                MediaReason.UNDECODABLE,
                f"A single piece of the video's sound claims to last {seconds:.0f} s. "
                "Export the video again.",
            )
        reached = max(self._picture, self._sound_end)
        if start - reached > MAX_GAP_SECONDS:
            raise _gap(reached, start)
        self._sound_end = max(self._sound_end, start + seconds)

    def end(self, picture_end: float) -> None:
        """The last picture is shown until `picture_end`."""
        self.picture(max(picture_end, self._picture))


def ensure_length(seconds: float) -> None:
    """Raises MediaError(TOO_LONG) for a video that plays longer than SAGE takes."""
    if not seconds <= MAX_SECONDS:  # NaN too
        raise MediaError(
            MediaReason.TOO_LONG,
            f"The video says that it plays for {_spoken(seconds)}; SAGE takes up to "
            f"{_spoken(MAX_SECONDS)}. Cut it into shorter parts, or export it again if it is "
            "shorter than that.",
        )


def ensure_no_gap(times: Iterable[float], *, since: float = 0.0) -> None:
    """Raises MediaError as StampGuard does, for the times of all pictures in any order.

    since: for those from there on.
    """
    guard = StampGuard(since)
    for time in sorted(times):
        guard.picture(time)


def _gap(start: float, end: float) -> MediaError:
    return MediaError(
        MediaReason.GAP_TOO_LONG,
        f"Between {_spoken(start)} and {_spoken(end)} the video has nothing to show; SAGE takes "
        f"gaps of up to {_spoken(MAX_GAP_SECONDS)}. Export it again with a constant frame rate.",
    )


def _spoken(seconds: float) -> str:
    if not abs(seconds) < 1e12:
        return "an endless time"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
