"""A realistic file of each format, with styling, positions and comments, and its timed things."""

from __future__ import annotations

from dataclasses import dataclass

NTSC = 30000 / 1001


@dataclass(frozen=True, kw_only=True)
class Sample:
    """`times` are the starts and ends of its items in seconds; `step` is what times are whole
    multiples of; shifts by it are exact."""

    name: str
    content: bytes
    times: list[tuple[float, float | None]]
    texts: list[str]
    step: float
    frame_rate: float = 25.0
    start_timecode: float | None = None
    is_sound: bool = False


SRT = Sample(
    name="film.srt",
    is_sound=True,
    content=(
        "1\r\n00:00:01,000 --> 00:00:03,500 X1:100 X2:600 Y1:420 Y2:460\r\n"
        "<i>Good morning.</i>\r\n\r\n"
        "2\r\n00:00:04,040 --> 00:00:06,000\r\n{\\an8}Is anybody\r\nhere?\r\n\r\n"
        "3\r\n01:02:03,999 --> 01:02:05,000\r\n– Café.\r\n\r\nStill the third.\r\n\r\n\r\n"
    ).encode(),
    times=[(1.0, 3.5), (4.04, 6.0), (3723.999, 3725.0)],
    texts=[
        "<i>Good morning.</i>",
        "{\\an8}Is anybody\nhere?",
        "– Café.\n\nStill the third.",
    ],
    step=0.001,
)

WEBVTT = Sample(
    name="film.vtt",
    is_sound=True,
    content=b"""WEBVTT - A film
Kind: captions

STYLE
::cue(.loud) {
  color: red;
}

REGION
id:bottom
width:40%

NOTE
Translated by nobody

intro
00:01.000 --> 00:03.500 region:bottom align:start position:10%,line-left
<v Anna>Good <c.loud>morning</c>.

NOTE this one is karaoke

00:04.000 --> 00:08.000 line:-2 size:80%
<00:04.000>Sing <00:05.500>with <00:07.000>me

3
01:00:04.040 --> 01:00:06.000
The end
""",
    times=[(1.0, 3.5), (4.0, 8.0), (3604.04, 3606.0)],
    texts=[
        "<v Anna>Good <c.loud>morning</c>.",
        "<00:04.000>Sing <00:05.500>with <00:07.000>me",
        "The end",
    ],
    step=0.001,
)

ASS = Sample(
    name="film.ass",
    is_sound=True,
    content="""[Script Info]
; A comment of the script
Title: A film
ScriptType: v4.00+
PlayResX: 1920

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour
Style: Default,Arial,48,&H00FFFFFF

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:03.50,Default,Anna,0,0,0,,{\\pos(960,900)\\i1}Good, fine morning.{\\i0}
Comment: 0,0:00:02.00,0:00:03.00,Default,,0,0,0,,a remark for the typesetter
; between two events
Dialogue: 1,0:00:04.04,0:00:06.00,Default,,0,0,0,fx,{\\k50}Is {\\k146}it\\Nhere?

[Fonts]
fontname: none.ttf
""".encode("utf-8-sig"),
    times=[(1.0, 3.5), (2.0, 3.0), (4.04, 6.0)],
    texts=["Good, fine morning.", "a remark for the typesetter", "Is it\nhere?"],
    step=0.01,
)

TTML = Sample(
    name="film.ttml",
    is_sound=True,
    content=b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling"
    xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:frameRate="25" ttp:tickRate="10000000"
    xml:lang="en">
  <head>
    <styling><style xml:id="s1" tts:color="white" tts:fontFamily="proportionalSansSerif"/></styling>
    <layout><region xml:id="r1" tts:origin="10% 80%" tts:extent="80% 10%"/></layout>
  </head>
  <body>
    <div>
      <p xml:id="c1" begin="00:00:01.000" end='00:00:03.500' region="r1" style="s1">Good
        <span tts:fontStyle="italic">morning</span> &amp; welcome.</p>
      <!-- this one is in frames -->
      <p xml:id="c2" region="r1" begin="00:00:04:01" end="00:00:06:00">Is anybody<br/>here?</p>
      <p region="r1" begin="80000000t" dur="20000000t">Yes.</p>
      <p region="r1">
        <span begin="11.000s" end="12.500s">One</span>
        <span begin="13.000s" end="14.000s">two</span>
      </p>
    </div>
  </body>
</tt>
""",
    times=[(1.0, 3.5), (4.04, 6.0), (8.0, 10.0), (11.0, 12.5), (13.0, 14.0)],
    texts=["Good morning & welcome.", "Is anybody here?", "Yes.", "One", "two"],
    step=0.04,
)

SCC = Sample(
    name="film.scc",
    is_sound=True,
    content=b"""Scenarist_SCC V1.0

00:00:01;00\t9420 9420 9470 9470 c7ef ef64 206d eff2 6ee9 6e67 ae80 942f 942f

00:00:04;02\t942c 942c

00:00:58;10\t9420 9420 1370 1370 4973 2061 6e79 62ef 6479 2068 e5f2 e5bf 942c 942c 942f 942f

01:00:00;10\t9420 9420 9470 9470 ad20 d9e5 73ae 942c 942c 942f 942f

01:00:03;00\t942c 942c

""",
    times=[
        (41 / NTSC, 122 / NTSC),
        (1764 / NTSC, (107892 + 17) / NTSC),
        ((107892 + 19) / NTSC, (107892 + 90) / NTSC),
    ],
    texts=["Good morning.", "Is anybody here?", "- Yes."],
    step=1 / NTSC,
    frame_rate=24000 / 1001,
)

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
    start_timecode=3600.0,
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
    start_timecode=3600.0,
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
    start_timecode=3600.0,
)

EDL = Sample(
    name="cut.edl",
    content=b"""TITLE: A FILM
FCM: NON-DROP FRAME

001  TAPE1    V     C        05:00:00:00 05:00:04:00 01:00:00:00 01:00:04:00
* FROM CLIP NAME: OPENING.MOV
* LOC: 01:00:02:00 RED     LOOK HERE
002  TAPE2    V     C        06:00:00:00 06:00:00:00 01:00:04:00 01:00:04:00
002  TAPE3    V     D    010 07:00:00:00 07:00:02:00 01:00:04:00 01:00:06:00
* TO CLIP NAME: SECOND.MOV
003  TAPE4    A     C        08:00:00:00 08:00:04:00 01:00:06:00 01:00:08:00
M2   TAPE4          050.0                08:00:00:00
""",
    times=[(0.0, 4.0), (4.0, 6.0), (6.0, 8.0)],
    texts=["OPENING.MOV", "TAPE2", "TAPE4"],
    step=0.04,
    start_timecode=3600.0,
)

EDL_DROP = Sample(
    name="drop.edl",
    content=b"""TITLE: DROP
FCM: DROP FRAME

001  AX       V     C        00:00:00:00 00:00:01:00 00:00:59:29 00:01:01:01
002  AX       V     C        00;00;00;00 00;00;01;00 00;10;00;00 00;10;01;00
""",
    times=[(1799 / NTSC, 1829 / NTSC), (17982 / NTSC, 18012 / NTSC)],
    texts=["AX", "AX"],
    step=1 / NTSC,
    frame_rate=NTSC,
)

OTIO = Sample(
    name="cut.otio",
    content=b"""{
    "OTIO_SCHEMA": "Timeline.1",
    "metadata": {
        "tool": {
            "kept": true
        }
    },
    "name": "A film",
    "global_start_time": null,
    "tracks": {
        "OTIO_SCHEMA": "Stack.1",
        "metadata": {},
        "name": "tracks",
        "source_range": null,
        "effects": [],
        "markers": [
            {
                "OTIO_SCHEMA": "Marker.2",
                "metadata": {},
                "name": "Look",
                "color": "RED",
                "comment": "",
                "marked_range": {
                    "OTIO_SCHEMA": "TimeRange.1",
                    "duration": {
                        "OTIO_SCHEMA": "RationalTime.1",
                        "rate": 25.0,
                        "value": 0.0
                    },
                    "start_time": {
                        "OTIO_SCHEMA": "RationalTime.1",
                        "rate": 25.0,
                        "value": 50.0
                    }
                }
            }
        ],
        "enabled": true,
        "children": [
            {
                "OTIO_SCHEMA": "Track.1",
                "metadata": {},
                "name": "V1",
                "source_range": null,
                "effects": [],
                "markers": [],
                "enabled": true,
                "children": [
                    {
                        "OTIO_SCHEMA": "Gap.1",
                        "metadata": {},
                        "name": "",
                        "source_range": {
                            "OTIO_SCHEMA": "TimeRange.1",
                            "duration": {
                                "OTIO_SCHEMA": "RationalTime.1",
                                "rate": 25.0,
                                "value": 25.0
                            },
                            "start_time": {
                                "OTIO_SCHEMA": "RationalTime.1",
                                "rate": 25.0,
                                "value": 0.0
                            }
                        },
                        "effects": [],
                        "markers": [],
                        "enabled": true
                    },
                    {
                        "OTIO_SCHEMA": "Clip.2",
                        "metadata": {},
                        "name": "opening",
                        "source_range": {
                            "OTIO_SCHEMA": "TimeRange.1",
                            "duration": {
                                "OTIO_SCHEMA": "RationalTime.1",
                                "rate": 25.0,
                                "value": 100.0
                            },
                            "start_time": {
                                "OTIO_SCHEMA": "RationalTime.1",
                                "rate": 25.0,
                                "value": 250.0
                            }
                        },
                        "effects": [],
                        "markers": [],
                        "enabled": true,
                        "media_references": {},
                        "active_media_reference_key": "DEFAULT_MEDIA"
                    },
                    {
                        "OTIO_SCHEMA": "Clip.2",
                        "metadata": {},
                        "name": "second",
                        "source_range": {
                            "OTIO_SCHEMA": "TimeRange.1",
                            "duration": {
                                "OTIO_SCHEMA": "RationalTime.1",
                                "rate": 25.0,
                                "value": 50.0
                            },
                            "start_time": {
                                "OTIO_SCHEMA": "RationalTime.1",
                                "rate": 25.0,
                                "value": 0.0
                            }
                        },
                        "effects": [],
                        "markers": [],
                        "enabled": true,
                        "media_references": {},
                        "active_media_reference_key": "DEFAULT_MEDIA"
                    }
                ],
                "kind": "Video"
            }
        ]
    }
}
""",
    times=[(1.0, 5.0), (5.0, 7.0), (2.0, None)],
    texts=["opening", "second", "Look"],
    step=0.04,
)

SAMPLES = {
    "srt": SRT,
    "webvtt": WEBVTT,
    "ass": ASS,
    "ttml": TTML,
    "scc": SCC,
    "ffmetadata": FFMETADATA,
    "matroska": MATROSKA,
    "ogm": OGM,
    "csv": CSV,
    "frameio": FRAMEIO,
    "premiere": PREMIERE,
    "avid": AVID,
    "audacity": AUDACITY,
    "resolve": RESOLVE,
    "edl": EDL,
    "edl_drop": EDL_DROP,
    "otio": OTIO,
}
