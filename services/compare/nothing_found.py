"""When nothing differs but the encoding, and what "nothing" means then."""

from __future__ import annotations

from dataclasses import dataclass

from services.compare.outcome import (
    DifferenceOptions,
    EmbeddedVideo,
    Modality,
    ModalityDifferences,
    SoundTrackFindings,
)
from services.compare.sound.channel_notes import what_was_looked_for

# Lengths within this many seconds are the same: codecs round to whole packets, and slower frame
# rates to their frames.
_SAME_LENGTH = 0.15


@dataclass(frozen=True)
class Compared:
    """What was compared of a pair, and what came of it.

    found: by modality. threshold, shortest_picture, shortest_sound: as they were applied; seconds.
    """

    a: EmbeddedVideo
    b: EmbeddedVideo
    options: DifferenceOptions
    found: list[ModalityDifferences]
    sound_tracks: SoundTrackFindings
    threshold: float
    shortest_sound: float

    @property
    def left_out(self) -> list[str]:
        """What was not compared, for people."""
        wanted = self.options.modalities
        modalities = {each.modality for each in self.found}
        frames = (self.a.frames, self.b.frames)
        out = []
        if Modality.VISUAL not in modalities:
            out.append("the picture")
        if not self.options.use_frames or None in frames:
            out.append("single frames")
        if wanted is not None and Modality.AUDIO not in wanted:
            out.append("the sound")
        elif not self.sound_tracks.complete:
            out.append("channels, further sound tracks and loudness")
        return out

    @property
    def equally_long(self) -> bool:
        """Whether both videos end together, but for what containers round."""
        return abs(self.a.duration - self.b.duration) <= _SAME_LENGTH


def is_reencode(compared: Compared, *, differs: bool) -> bool:
    """Whether everything was compared, and nothing differs."""
    complete = not compared.left_out and all(each.alignment.complete for each in compared.found)
    return not differs and complete and compared.equally_long


def nothing_notes(compared: Compared, *, differs: bool) -> list[str]:
    """What to tell people when no difference was found."""
    if differs or not compared.found:
        return []
    notes = []
    if not compared.equally_long:
        longer = "B" if compared.b.duration > compared.a.duration else "A"
        seconds = abs(compared.b.duration - compared.a.duration)
        notes.append(f"{longer} is {seconds:.3f} s longer.")
    limits = [f"Nothing differs by more than the threshold of {compared.threshold:g}"]
    shortest = compared.options.minimum_region
    for each in compared.found:
        if each.modality is Modality.VISUAL and compared.options.use_frames:
            limits.append(f"for {shortest:g} s in the picture" if shortest else "in any frame")
        elif each.modality is Modality.AUDIO:
            limits.append(f"for {compared.shortest_sound:g} s in the sound")
    said = ", ".join(limits)
    if compared.sound_tracks.pairs and compared.sound_tracks.complete:
        said += f"; {what_was_looked_for(compared.sound_tracks.pairs)}"
    notes.append(f"{said}.")
    if compared.left_out:
        notes.append(f"Not compared: {', '.join(compared.left_out)}.")
    return notes
