"""A realistic edit list and timeline."""

from __future__ import annotations

from tests.unit.compare.carry.formats.samples.sample import NTSC, Sample

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
    start=3600.0,
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
