"""Keep a reply's bytes, compressed, before anything reads them, and give them back. What they mean is not known here.

A reply is first held beside its place and put there (``settle``) in the transaction that counts its page, so that of
two processes that run one search only the one whose page counts has its bytes kept.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.errors import StageError

LEVEL = 1
"""How hard to compress: the highest level takes five times as long and saves a sixth on bibliographic text."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file under ``raw/``: its path from the review's folder, and the SHA-256 and size of the bytes themselves."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Held:
    """Bytes that are on the disk beside their place: where they are, and what they will be when put there."""

    partial: Path
    place: Path
    kept: Kept

    def settle(self) -> Kept:
        """Put the bytes in their place."""
        with _explained(self.place):
            self.partial.replace(self.place)
        return self.kept

    def drop(self) -> None:
        """Take away a reply whose page does not count."""
        _remove(self.partial)

    def set_aside(self) -> Path:
        """Keep a reply that cannot be read as evidence, in a place where no page is looked for."""
        aside = self.place.with_suffix(".unread.gz")
        with _explained(aside):
            self.partial.replace(aside)
        return aside


def keep(folder: Path, source: str, name: str, body: bytes) -> Kept:
    """Write ``raw/<source>/<name>.gz`` at once; see ``hold``."""
    return hold(folder, source, name, body).settle()


def hold(folder: Path, source: str, name: str, body: bytes) -> Held:
    """Write bytes whose place is ``raw/<source>/<name>.gz``: whole or not at all, the same bytes to the same file.

    Raises
    ------
    StageError
        The disk is full, or the folder cannot be written.
    """
    path = folder / "raw" / source / f"{name}.gz"
    partial = path.with_suffix(f".{os.getpid()}.part")
    with _explained(path, partial):
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.write(gzip.compress(body, compresslevel=LEVEL, mtime=0))
            file.flush()
            os.fsync(file.fileno())
    kept = Kept(path.relative_to(folder).as_posix(), hashlib.sha256(body).hexdigest(), len(body))
    return Held(partial, path, kept)


def saved(folder: Path, page: Mapping[str, Any]) -> bytes:
    """Give the bytes of a reply (a row of the page table) as they were saved.

    Raises
    ------
    StageError
        The file is missing, damaged, or not what was saved.
    """
    path, why = folder / page["path"], "is damaged"
    try:
        body = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error):
        why = why if path.exists() else "is missing"
    else:
        if hashlib.sha256(body).hexdigest() == page["sha256"]:
            return body
        why = "is not what was saved"
    raise StageError(f"{page['path']} {why}", hint="put a copy of it in its place; review verify names all such files")


@contextmanager
def _explained(path: Path, partial: Path | None = None) -> Iterator[None]:
    """Turn a fault of the disk into a sentence, and take half a file away."""
    try:
        yield
    except OSError as fault:
        if partial is not None:
            _remove(partial)
        raise _sentence(fault, path) from fault


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
