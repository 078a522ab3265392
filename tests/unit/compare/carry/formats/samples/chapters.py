"""A realistic file of each format of chapters."""

from __future__ import annotations

from tests.unit.compare.carry.formats.samples.sample import Sample

FFMETADATA = Sample(
    name="chapters.txt",
    content=b""";FFMETADATA1
title=A film \\= two words
; a comment

[CHAPTER]
TIMEBASE=1/1000
START=0
END=60000
title=Beginning

[CHAPTER]
TIMEBASE=1/25
START=1500
END=3000
title=The \\; middle

[STREAM]
title=video
""",
    times=[(0.0, 60.0), (60.0, 120.0)],
    texts=["Beginning", "The ; middle"],
    step=0.04,
)

MATROSKA = Sample(
    name="chapters.xml",
    content=b"""<?xml version="1.0"?>
<!DOCTYPE Chapters SYSTEM "matroskachapters.dtd">
<Chapters>
  <EditionEntry>
    <EditionUID>7</EditionUID>
    <ChapterAtom>
      <ChapterUID>11</ChapterUID>
      <ChapterTimeStart>00:00:00.000000000</ChapterTimeStart>
      <ChapterTimeEnd>00:01:00.000000000</ChapterTimeEnd>
      <ChapterDisplay><ChapterString>Beginning</ChapterString></ChapterDisplay>
      <ChapterAtom>
        <ChapterUID>12</ChapterUID>
        <ChapterTimeStart>00:00:30.000000000</ChapterTimeStart>
        <ChapterDisplay><ChapterString>Within</ChapterString></ChapterDisplay>
      </ChapterAtom>
    </ChapterAtom>
    <!-- the rest -->
    <ChapterAtom>
      <ChapterUID>13</ChapterUID>
      <ChapterTimeStart>00:01:00.040000000</ChapterTimeStart>
      <ChapterDisplay><ChapterString>End &amp; credits</ChapterString></ChapterDisplay>
    </ChapterAtom>
  </EditionEntry>
</Chapters>
""",
    times=[(0.0, 60.0), (30.0, None), (60.04, None)],
    texts=["Beginning", "Within", "End & credits"],
    step=0.001,
)

OGM = Sample(
    name="chapters.txt",
    content=(
        b"CHAPTER01=00:00:00.000\nCHAPTER01NAME=Beginning\n"
        b"CHAPTER02=00:01:00.040\nCHAPTER02NAME=End\n"
    ),
    times=[(0.0, 60.04), (60.04, None)],
    texts=["Beginning", "End"],
    step=0.001,
)
