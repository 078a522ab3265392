"""Backs up, restores, and tells of the work: `python -m deploy.operations WHAT [FOLDER]`.

Where SAGE is, the variables say that `make run` and the services read: SAGE_HOME, or SAGE_S3_*,
SAGE_*_DATABASE_URL and SAGE_*_KEY_FILE.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from sqlalchemy.exc import DBAPIError

from deploy.embedded.errors import StartError
from deploy.embedded.run import read_settings
from deploy.operations.archive import Archive
from deploy.operations.backup import back_up
from deploy.operations.errors import OperationError
from deploy.operations.installation import read_installation
from deploy.operations.restore import Lost, restore, verify
from deploy.operations.status import Listing, as_text, status
from services.servicekit.state import StateError

_COMMANDS = {
    "backup": "copies databases, keys and objects into a folder",
    "verify": "reads all of a backup",
    "restore": "restores a backup where there is nothing, or what was lost of it",
    "status": "lists tasks, leases and quotas of all workspaces",
}
_SENTENCES = (OperationError, StartError, StateError)


def main() -> int:
    arguments = _parser().parse_args()
    try:
        if arguments.what == "status":
            _show(asyncio.run(status(read_installation(read_settings()))), arguments.json)
            return 0
        archive = Archive(arguments.folder.resolve())
        if arguments.what == "verify":
            verify(archive, print)
        elif arguments.what == "backup":
            it = read_installation(read_settings())
            back_up(it, archive, print, smaller=arguments.smaller)
        else:
            restore(read_installation(read_settings()), archive, print, arguments.lost)
    except (*_SENTENCES, Boto3Error, BotoCoreError, ClientError, DBAPIError, OSError) as error:
        print(f"sage: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.operations", description=__doc__)
    commands = parser.add_subparsers(dest="what", required=True)
    by_name = {name: commands.add_parser(name, help=told) for name, told in _COMMANDS.items()}
    for name in ("backup", "verify", "restore"):
        by_name[name].add_argument("folder", type=Path, help="of the backup")
    by_name["status"].add_argument("--json", action="store_true", help="for programs")
    by_name["backup"].add_argument(
        "--smaller", action="store_true", help="even if less than half of the objects are left"
    )
    by_name["restore"].add_argument(
        "--lost",
        type=Lost,
        choices=list(Lost),
        default=Lost.EVERYTHING,
        help="what to restore, while the rest is there and stays as it is",
    )
    return parser


def _show(listings: Sequence[Listing], as_json: bool) -> None:
    if as_json:
        rows = {
            it.title: [dict(zip(it.columns, row, strict=True)) for row in it.rows]
            for it in listings
        }
        # PostgreSQL's sums of integers are decimals.
        print(json.dumps(rows, indent=1, default=int))
        return
    for each in listings:
        print(as_text(each))


if __name__ == "__main__":
    sys.exit(main())
