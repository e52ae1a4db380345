"""The full texts of a review as files: named by what they hold, so that none is kept twice and none is mistaken.

``pdfs/<SHA-256>.pdf`` or ``.xml`` in the review's folder. What a file is of, the log says.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from review.errors import StageError

Kind = Literal["pdf", "jats"]
FOLDER = "pdfs"
_SUFFIX = {"pdf": ".pdf", "jats": ".xml"}
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Files:
    """The stored full texts of the review in a folder."""

    folder: Path

    def path(self, sha256: str, kind: str) -> Path:
        """Give where a file is kept, whether it is there or not.

        Raises
        ------
        StageError
            The hash or the kind is none of ours: no other path can be named.
        """
        if not _HASH.match(sha256) or kind not in _SUFFIX:
            raise StageError("there is no such full text", hint="open the report's page again")
        return self.folder / FOLDER / f"{sha256}{_SUFFIX[kind]}"

    def has(self, sha256: str, kind: str) -> bool:
        """Say whether a file is there."""
        return self.path(sha256, kind).is_file()

    def put(self, source: Path, kind: Kind) -> str:
        """Copy a file in, all of it or nothing, and give its SHA-256.

        What a file is called while it is copied begins with a dot; nothing ever reads such a file.
        """
        folder = self.folder / FOLDER
        folder.mkdir(exist_ok=True)
        digest = hashlib.sha256()
        with source.open("rb") as given, _arriving(folder) as arriving:
            with os.fdopen(arriving[0], "wb") as taken:
                while chunk := given.read(_CHUNK):
                    digest.update(chunk)
                    taken.write(chunk)
                taken.flush()
                os.fsync(taken.fileno())
            sha256 = digest.hexdigest()
            arriving[1].replace(self.path(sha256, kind))  # also over one of that name: it may have been damaged since
        return sha256


@contextmanager
def _arriving(folder: Path) -> Iterator[tuple[int, Path]]:
    """Give a new file to write into; it is gone at the end unless it was moved."""
    number, name = tempfile.mkstemp(prefix=".arriving-", dir=folder)
    path = Path(name)
    path.chmod(0o644)
    try:
        yield number, path
    finally:
        path.unlink(missing_ok=True)
