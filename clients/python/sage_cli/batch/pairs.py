"""The pairs of a batch: rows of a CSV file, or files of two folders with the same names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sage_cli.failures import Failure
from sage_cli.inputs import is_resource

_COLUMNS = ("a", "b", "name")
_NAME = re.compile(r"[^./\\\x00-\x1f][^/\\\x00-\x1f]{0,199}")
_VIDEO = re.compile(
    r"\.(3gp|asf|avi|dv|flv|gxf|lxf|m2ts?|m2v|m4v|mj2|mkv|mov|mp4|mpe?g|mts|mxf|ogv|qt|ts|vob"
    r"|webm|wmv|y4m)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """name: of the files with its answer, unique within a batch. a, b: what to compare."""

    name: str
    a: str
    b: str


@dataclass(frozen=True, kw_only=True)
class Batch:
    """alone: files of two folders that have no partner."""

    pairs: Sequence[Pair]
    alone: Sequence[Path] = ()


def pairs_of_csv(path: Path) -> Batch:
    """Rows with the columns `a`, `b` and perhaps `name`; paths are relative to the file's folder.

    Raises Failure, with the line, when the file cannot be read or understood.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Failure(f"{path} is not text in UTF-8.") from None
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}.") from None
    heading = text.partition("\n")[0]
    # Spreadsheets write semicolons where commas are in numbers.
    delimiter = ";" if ";" in heading and "," not in heading else ","
    source = io.StringIO(text, newline="")
    reader = csv.DictReader(source, delimiter=delimiter, skipinitialspace=True)
    columns = [column.strip().lower() for column in reader.fieldnames or ()]
    if not {"a", "b"} <= set(columns) <= set(_COLUMNS):
        raise Failure(f"{path}, line 1: the columns have to be a, b and, if you like, name.")
    reader.fieldnames = columns
    pairs: dict[str, Pair] = {}
    try:
        for row in reader:
            pair = _pair_of_row(row, path.parent, f"{path}, line {reader.line_num}")
            if pair.name in pairs:
                raise Failure(
                    f"{path}, line {reader.line_num}: there is another pair named {pair.name}; "
                    "give each a name in the column `name`."
                )
            pairs[pair.name] = pair
    except csv.Error as error:
        raise Failure(f"{path}, line {reader.line_num}: {error}.") from None
    if not pairs:
        raise Failure(f"{path} has no pairs.")
    return Batch(pairs=list(pairs.values()))


def pairs_of_folders(a: Path, b: Path) -> Batch:
    """Videos below both folders that have the same path, or the same but for the extension.

    Raises Failure when one is no folder, or when no file has a partner.
    """
    left, right = _videos(a), _videos(b)
    matched = [(path, path) for path in left if path in right]
    rest_a = [path for path in left if path not in right]
    rest_b = [path for path in right if path not in left]
    stems_a, stems_b = _by_stem(rest_a), _by_stem(rest_b)
    matched += [(stems_a[stem], stems_b[stem]) for stem in stems_a if stem in stems_b]
    if not matched:
        raise Failure(f"No video in {a} has the name of one in {b}.")
    pairs: dict[str, Pair] = {}
    for path_a, path_b in sorted(matched):
        stem = name = _safe(str(path_b.with_suffix("")))
        number = 1
        while name in pairs:
            number += 1
            name = f"{stem}-{number}"
        pairs[name] = Pair(name=name, a=str(a / path_a), b=str(b / path_b))
    with_partner_a, with_partner_b = {it for it, _ in matched}, {it for _, it in matched}
    alone = [a / path for path in rest_a if path not in with_partner_a]
    alone += [b / path for path in rest_b if path not in with_partner_b]
    return Batch(pairs=list(pairs.values()), alone=alone)


def _pair_of_row(row: dict[str, str | None], folder: Path, where: str) -> Pair:
    a, b = ((row.get(side) or "").strip() for side in ("a", "b"))
    if not a or not b or None in row:
        raise Failure(f"{where}: a row has to have a, b and no more than the columns.")
    name = (row.get("name") or "").strip()
    if name and not _NAME.fullmatch(name):
        raise Failure(f"{where}: {name!r} cannot be the name of a file.")
    if not name:
        stems = [_safe(it if is_resource(it) else Path(it).stem) for it in (a, b)]
        name = "-".join(dict.fromkeys(stems))
    a, b = (it if is_resource(it) else str(folder / it) for it in (a, b))
    return Pair(name=name, a=a, b=b)


def _videos(folder: Path) -> list[Path]:
    """Paths below the folder, in order; hidden files are left out."""
    if not folder.is_dir():
        raise Failure(f"{folder} is not a folder.")
    found = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    return [
        path
        for path in found
        if _VIDEO.fullmatch(path.suffix) and not any(it.startswith(".") for it in path.parts)
    ]


def _by_stem(paths: Iterable[Path]) -> dict[Path, Path]:
    """Those whose path without extension no other one has."""
    found: dict[Path, list[Path]] = {}
    for path in paths:
        found.setdefault(path.with_suffix(""), []).append(path)
    return {stem: same[0] for stem, same in found.items() if len(same) == 1}


def _safe(text: str) -> str:
    """As the name of a file."""
    return re.sub(r"[/\\\x00-\x1f]+", "-", text).lstrip(".")[:200] or "pair"
