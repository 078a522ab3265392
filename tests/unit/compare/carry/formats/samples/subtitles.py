"""A realistic file of each format of subtitles, with styling, positions and comments."""

from __future__ import annotations

from tests.unit.compare.carry.formats.samples.sample import NTSC, Sample

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
