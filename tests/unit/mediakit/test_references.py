"""Files that would make the demuxer open other files or addresses are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.probe import probe
from tests.fixtures.clips import REEL, write
from tests.fixtures.damage import referring_movie

_REFERENCES = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n",
    "hls of data": "#EXTM3U\n#EXTINF:9,\ndata:video/mp4;base64,AAAA\n#EXT-X-ENDLIST\n",
    "hls of concat": "#EXTM3U\n#EXTINF:9,\nconcat:{target}|{target}\n#EXT-X-ENDLIST\n",
    "ffconcat": "ffconcat version 1.0\nfile '{target}'\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "dash": '<?xml version="1.0"?><MPD><Period><BaseURL>{target}</BaseURL></Period></MPD>',
    "smil": '<smil><body><video src="{target}"/></body></smil>',
    "reference movie": "RTSPtext\nrtsp://127.0.0.1/{target}\n",
}


@pytest.mark.parametrize("disguise", ["", "\0"], ids=["plain", "not quite text"])
@pytest.mark.parametrize("name", [*_REFERENCES])
def test_a_reference_is_no_video(name: str, disguise: str, reel: Path, tmp_path: Path) -> None:
    file = tmp_path / "clip.mp4"
    file.write_text(_REFERENCES[name].format(target=reel) + disguise * 64)
    with pytest.raises(MediaError) as caught:
        probe(file)
    assert caught.value.reason is MediaReason.NOT_A_VIDEO


def test_a_pattern_of_names_is_only_a_name(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    pattern = tmp_path / "%d.png"
    pattern.write_bytes(b"a letter")
    with pytest.raises(MediaError) as caught:
        probe(pattern)
    assert caught.value.reason is MediaReason.NOT_A_VIDEO


def test_a_movie_whose_media_lie_in_another_file_is_not_followed(tmp_path: Path) -> None:
    target = write(tmp_path / "target.mov", REEL[2:3], sound=False)
    assert probe(target).width
    movie = referring_movie(target, tmp_path / "clip.mov", target)
    assert str(target).encode() in movie.read_bytes()
    with pytest.raises(MediaError) as caught:
        probe(movie)
    assert caught.value.reason is MediaReason.UNDECODABLE
