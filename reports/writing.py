"""Files that belong together: they are written aside and moved into place when all of them are there."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def write_together(directory: Path, texts: Mapping[str, str], written: Mapping[Path, Path] | None = None) -> None:
    """Write `texts`, by file name, below `directory`, which is made if it is not there.

    `written` are files that stand aside already, each with its place; they are moved with the others. Where one text
    cannot be written, none is: the files that stood in `directory` before stay as they are. Raises OSError then.
    """
    aside = directory / f".aside-{os.getpid()}"
    aside.mkdir(parents=True, exist_ok=True)
    try:
        for name, text in texts.items():
            (aside / name).write_text(text, encoding="utf-8")
        for name in texts:
            (aside / name).replace(directory / name)
        for path, place in (written or {}).items():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, place)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def write_file(path: Path, text: str) -> None:
    """Write `text` to `path`: all of it or, where that cannot be done, nothing. A device or pipe is written as it is.

    Raises OSError.
    """
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")
    else:
        write_together(path.absolute().parent, {path.name: text})


def make_room_for(path: Path) -> None:
    """Make the directory of `path`, which will be written later. Raises OSError where no file can be written there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


def has_no_room(wrong: OSError) -> bool:
    """Whether `wrong` says that the disk is full, or a quota or a limit on the size of files is reached."""
    return wrong.errno in _NO_ROOM


def refusal(option: str, path: Path, wrong: OSError) -> str:
    """The sentence for `path`, given with `option`, that `wrong` kept from being written."""
    reason = wrong.strerror or type(wrong).__name__
    if has_no_room(wrong):
        return f"{option} {path} has no room left ({reason}): free some, or name another place"
    return f"{option} {path} cannot be written ({reason}): name another place"
