"""Keep a reply's bytes, compressed, before anything reads them. Writing only; reading is elsewhere."""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from review.errors import StageError


@dataclass(frozen=True, slots=True)
class Kept:
    """A file under ``raw/``: its path from the review's folder, and the SHA-256 and size of the reply itself."""

    path: str
    sha256: str
    size: int


def keep(folder: Path, source: str, name: str, body: bytes) -> Kept:
    """Write ``raw/<source>/<name>.gz``: the same reply always gives the same file, whole or not at all.

    Raises
    ------
    StageError
        The disk is full, or the folder cannot be written.
    """
    path = folder / "raw" / source / f"{name}.gz"
    partial = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.write(gzip.compress(body, mtime=0))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as fault:
        _remove(partial)
        raise _sentence(fault, path) from fault
    return Kept(path.relative_to(folder).as_posix(), hashlib.sha256(body).hexdigest(), len(body))


def _remove(partial: Path) -> None:
    try:
        partial.unlink(missing_ok=True)
    except OSError:
        return  # a disk that refuses even this is reported by the fault that led here


def _sentence(fault: OSError, path: Path) -> StageError:
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return StageError(
            "the disk is full: the last reply was not saved, everything before it is",
            hint="free some space, then run the same command again: it goes on where it stopped",
        )
    return StageError(f"{path} cannot be written: {fault.strerror}", hint="check the folder's permissions")
