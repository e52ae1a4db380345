"""Files that people send: copied to disk, and kept for a while where a person has to say first whether to keep them."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import IO, Generic, TypeVar

from review.errors import DecisionError

MOST = 20
"""Files that wait for an answer; when there are more, the oldest is forgotten."""

About = TypeVar("About")


@dataclass(frozen=True, slots=True)
class Upload(Generic[About]):
    """A sent file on disk, what its sender called it, who sent it, and what it is about."""

    path: Path
    name: str
    person: str
    about: About


class Uploads(Generic[About]):
    """The sent files that wait for an answer, by a name that nobody can guess; the end of the process removes them."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._lock = most, Lock()
        self._waiting: OrderedDict[str, Upload[About]] = OrderedDict()
        atexit.register(self.clear)

    @contextmanager
    def received(self, file: IO[bytes], *, name: str, person: str, about: About) -> Iterator[Upload[About]]:
        """Give a sent file on disk; it is gone at the end unless it was told to ``wait``."""
        number, path = tempfile.mkstemp(prefix="review-upload-")
        upload = Upload(Path(path), name, person, about)
        try:
            with os.fdopen(number, "wb") as copy:
                shutil.copyfileobj(file, copy, 1 << 20)
            yield upload
        finally:
            self._end(upload)

    def wait(self, upload: Upload[About]) -> str:
        """Keep a file until its sender has answered; give the name to ask for it by."""
        token = secrets.token_urlsafe()
        with self._lock:
            self._waiting[token] = upload
            while len(self._waiting) > self._most:
                _, oldest = self._waiting.popitem(last=False)
                oldest.path.unlink(missing_ok=True)
        return token

    @contextmanager
    def answered(self, token: str, person: str) -> Iterator[Upload[About]]:
        """Give a file that waited, to its sender only; it is gone at the end unless it was told to ``wait`` again.

        Raises
        ------
        DecisionError
            It does not wait any more.
        """
        with self._lock:
            upload = self._waiting.get(token)
            if upload is None or upload.person != person:
                raise DecisionError("the file did not wait so long", hint="send it once more")
            del self._waiting[token]
        try:
            yield upload
        finally:
            self._end(upload)

    def _end(self, upload: Upload[About]) -> None:
        with self._lock:
            waits = upload in self._waiting.values()
        if not waits:
            upload.path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            for upload in self._waiting.values():
                upload.path.unlink(missing_ok=True)
            self._waiting.clear()
