"""`python -m deploy.sample FOLDER` draws the sample films that the page offers.

They are SAGE's own, under its licence.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.sample.film import FIRST_CUT, SECOND_CUT, write_film

FILMS = {"first-cut.mp4": (FIRST_CUT, 20), "second-cut.mp4": (SECOND_CUT, 24)}


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    # What is half drawn must not be taken along.
    with TemporaryDirectory() as drawn:
        for name, (shots, crf) in FILMS.items():
            write_film(Path(drawn) / name, shots, crf=crf)
            shutil.move(Path(drawn) / name, folder / name)


if __name__ == "__main__":
    main()
