"""The pairs of a batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from sage_cli.batch.pairs import Pair, pairs_of_csv, pairs_of_folders
from sage_cli.failures import Failure


def table(folder: Path, text: str) -> Path:
    path = folder / "pairs.csv"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        "a,b,name\nx.mp4,y.mp4,first\nvideos/1,videos/2,\n",
        "\ufeffA; B; Name\r\nx.mp4; y.mp4; first\r\nvideos/1;videos/2;\r\n",
        'name,b,a\n"first","y.mp4","x.mp4"\n\n,videos/2,videos/1',
    ],
)
def test_rows_are_pairs_whose_paths_begin_at_the_file(tmp_path: Path, text: str) -> None:
    batch = pairs_of_csv(table(tmp_path, text))
    assert batch.pairs == [
        Pair(name="first", a=str(tmp_path / "x.mp4"), b=str(tmp_path / "y.mp4")),
        Pair(name="videos-1-videos-2", a="videos/1", b="videos/2"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: the columns have to be"),
        ("a,c\nx,y", "line 1: the columns have to be"),
        ("a,b\n", "has no pairs"),
        ("a,b\nx.mp4,\n", "line 2: a row has to have a, b"),
        ("a,b\nx.mp4,y.mp4,z.mp4\n", "line 2: a row has to have a, b"),
        ("a,b,name\nx,y,1\nx,z,1\n", "line 3: there is another pair named 1"),
        ("a,b,name\nx,y,../up\n", "line 2: '../up' cannot be the name of a file"),
        ("a,b,name\nx,y,.hidden\n", "cannot be the name of a file"),
    ],
)
def test_what_is_no_table_of_pairs_is_said_with_its_line(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(Failure) as failure:
        pairs_of_csv(table(tmp_path, text))
    assert words in failure.value.message


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"pairs.csv cannot be read: No such file"):
        pairs_of_csv(tmp_path / "pairs.csv")


def folder(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return root


def test_files_of_two_folders_are_matched_by_name_then_without_their_extension(
    tmp_path: Path,
) -> None:
    names_a = ("1.mp4", "2.MOV", "x/3.mxf", "old.mp4", "notes.txt", ".hidden.mp4")
    names_b = ("1.mp4", "2.mp4", "x/3.mxf", "new.mp4", "notes.txt", ".hidden.mp4")
    a, b = folder(tmp_path / "a", *names_a), folder(tmp_path / "b", *names_b)
    batch = pairs_of_folders(a, b)
    assert [(pair.name, pair.a, pair.b) for pair in batch.pairs] == [
        ("1", str(a / "1.mp4"), str(b / "1.mp4")),
        ("2", str(a / "2.MOV"), str(b / "2.mp4")),
        ("x-3", str(a / "x/3.mxf"), str(b / "x/3.mxf")),
    ]
    assert batch.alone == [a / "old.mp4", b / "new.mp4"]


def test_pairs_have_names_of_their_own(tmp_path: Path) -> None:
    names = ("1.mov", "1.mp4", "x/1.mp4", "x-1.mp4")
    a, b = folder(tmp_path / "a", *names), folder(tmp_path / "b", *names)
    pairs = pairs_of_folders(a, b).pairs
    assert len({pair.name for pair in pairs}) == 4
    assert all(Path(pair.a).name == Path(pair.b).name for pair in pairs)


def test_folders_without_a_common_name_are_refused(tmp_path: Path) -> None:
    a, b = folder(tmp_path / "a", "1.mp4"), folder(tmp_path / "b", "2.mp4")
    with pytest.raises(Failure, match="has the name of one in"):
        pairs_of_folders(a, b)
    with pytest.raises(Failure, match="is not a folder"):
        pairs_of_folders(a, b / "2.mp4")
