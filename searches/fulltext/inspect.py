"""Is this file the paper that was asked for? Every file is read in a process of its own kind, with limits.

A PDF from the open web is made by strangers: it may be cut off, huge, encrypted, no PDF at all, or made to bring a
reader down. Two processes read (``searches.fulltext.pages``); one that hangs or dies is replaced and its file refused.
They answer in JSON, so that nothing that goes wrong in them runs here.
"""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import LifoQueue
from threading import Event, Timer
from typing import Any, TypeVar

from searches.fulltext import matching
from searches.fulltext.contents import Contents
from searches.fulltext.places import Verdict, Wanted

T = TypeVar("T")

LARGEST = 250_000_000
"""Bytes; a scanned book has fewer."""
SECONDS = 45.0
"""That reading one file may take."""
PROCESSES = 2
COMMAND = (sys.executable, "-P", "-m", "searches.fulltext.pages")
"""``-P``: no module is taken from the folder that one happens to stand in."""


class Readers:
    """Some processes that read files, started when they are needed and used again; ``close`` ends them."""

    def __init__(self, *, command: Sequence[str] = COMMAND, seconds: float = SECONDS) -> None:
        self._command, self._seconds = command, seconds
        self._free: LifoQueue[subprocess.Popen[str] | None] = LifoQueue()
        for _ in range(PROCESSES):
            self._free.put(None)

    def look(self, path: Path) -> Contents:
        """Read a file; waits while all processes are busy. Whatever is wrong with the file is in the answer."""
        try:
            size = path.stat().st_size
        except OSError as error:
            return Contents(why=f"it cannot be read ({error.strerror})")
        if size > LARGEST:
            return Contents(why=f"it is too large ({size:,} bytes; the most is {LARGEST:,})")
        process = self._free.get()
        if process is None or process.poll() is not None:
            process = self._start()
        answer, late = self._ask(process, path)
        if answer is None:
            _end(process)
            self._free.put(None)
            took = f"took longer than {self._seconds:g} seconds" if late else "ended the program that read it"
            return Contents(why=f"reading it {took}: it is damaged, or made to do harm")
        self._free.put(process)
        return _contents(answer)

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
        )

    def _ask(self, process: subprocess.Popen[str], path: Path) -> tuple[Any, bool]:
        """Give the answer of a process, ``None`` when there is none, and whether the time was up."""
        ended = Event()

        def end() -> None:
            ended.set()
            process.kill()

        timer = Timer(self._seconds, end)
        timer.daemon = True
        timer.start()
        try:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(json.dumps(str(path.absolute())) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline() or "null"), ended.is_set()
        except (OSError, ValueError):  # it is gone, or was ended in the middle of its answer
            return None, ended.is_set()
        finally:
            timer.cancel()

    def close(self) -> None:
        """End the processes."""
        for process in [self._free.get() for _ in range(PROCESSES)]:
            self._free.put(None)
            if process is not None:
                _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # what was not yet written to it
                continue


def _contents(answer: Any) -> Contents:
    """Take over what a process said; ends the use of foreign JSON."""
    texts = tuple((str(label), str(text)) for label, text in answer.get("texts", ()))
    return Contents(**{**answer, "texts": texts})


READERS = Readers()
"""Those of this process."""
atexit.register(READERS.close)


def look(path: Path) -> Contents:
    """Say what a file holds; never raises because of what is in it."""
    return READERS.look(path)


def side_by_side(do: Callable[[Path], T], paths: Iterable[Path]) -> Iterator[T]:
    """Do something with each of some files, as many at once as there are processes; give what came of it in order."""
    pool, waiting = ThreadPoolExecutor(PROCESSES), deque[Future[T]]()
    try:
        for path in paths:
            waiting.append(pool.submit(do, path))
            if len(waiting) > 2 * PROCESSES:  # what was read and not yet asked for is held in memory
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def verdict(contents: Contents, wanted: Wanted) -> Verdict:
    """Say whether what was read is the paper that was wanted."""
    if contents.why is not None:
        return Verdict(contents.kind, contents.pages, contents.why)
    return matching.judge(contents, wanted)


def check(path: Path, wanted: Wanted) -> Verdict:
    """Say whether a file is the paper that was wanted; never raises because of what is in it."""
    return verdict(look(path), wanted)
