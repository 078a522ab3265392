"""A realistic file of each format of markers, comments and labels."""

from __future__ import annotations

from tests.unit.compare.carry.formats.samples.sample import NTSC, Sample

CSV = Sample(
    name="notes.csv",
    content=(
        b'Start,End,Who,Comment\r\n1.5,3,Anna,"Too long, ""really"""\r\n'
        b'4.04,6.25,Ben,"two\r\nlines"\r\n,,Ben,a general remark\r\n61,62.5,Anna,\r\n'
    ),
    times=[(1.5, 3.0), (4.04, 6.25), (61.0, 62.5)],
    texts=['Too long, "really"', "two\r\nlines", ""],
    step=1.0,
)

FRAMEIO = Sample(
    name="comments.csv",
    content=(
        b"#,Commenter,Comment,Timecode,Frame,Duration,Timestamp,Completed\n"
        b'1,Anna,"Lower the music, please",01:00:01:10,35,00:00:02:00,2026-03-01 10:00,No\n'
        b"2,Ben,Agreed,01:00:04:00,100,,2026-03-01 11:00,Yes\n"
    ),
    times=[(1.4, 3.4), (4.0, None)],
    texts=["Lower the music, please", "Agreed"],
    step=0.04,
    start=3600.0,
)

PREMIERE = Sample(
    name="markers.csv",
    content=(
        "Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\n"
        "Logo\ttoo late\t00;00;59;29\t00;01;01;02\t00;00;01;01\tComment\n"
        "\tchapter two\t00;10;00;00\t00;10;00;00\t00;00;00;00\tChapter\n"
    ).encode("utf-16"),
    times=[(1799 / NTSC, 1830 / NTSC), (17982 / NTSC, None)],
    texts=["too late", "chapter two"],
    step=1 / NTSC,
    frame_rate=NTSC,
)

AVID = Sample(
    name="markers.txt",
    content=(
        b'anna\t01:00:01:10\tV1\tred\t"Lower" the music\t1\n'
        b"ben\t01:00:04:00\tTC1\tgreen\tAgreed\t50\n"
    ),
    times=[(1.4, None), (4.0, 6.0)],
    texts=['"Lower" the music', "Agreed"],
    step=0.04,
    start=3600.0,
)

AUDACITY = Sample(
    name="labels.txt",
    content=b"1.000000\t3.500000\tHello\n\\\t100.0\t2000.0\n4.040000\t4.040000\tClick\n",
    times=[(1.0, 3.5), (4.04, None)],
    texts=["Hello", "Click"],
    step=0.001,
    is_sound=True,
)

RESOLVE = Sample(
    name="markers.edl",
    content=b"""TITLE: Timeline 1
FCM: NON-DROP FRAME

001  001      V     C        01:00:01:10 01:00:01:11 01:00:01:10 01:00:01:11  \n\
3 people in frame |C:ResolveColorBlue |M:Marker 1 |D:1

002  001      V     C        01:00:04:00 01:00:04:01 01:00:04:00 01:00:04:01  \n\
 |C:ResolveColorRed |M:Marker 2 |D:50

""",
    times=[(1.4, None), (4.0, 6.0)],
    texts=["Marker 1", "Marker 2"],
    step=0.04,
    start=3600.0,
)
