"""Where the parts of the work run: here, or in processes of this machine. Every engine keeps the same promise.

Knows nothing of records; what a part is and what is done with it is the business of ``find``.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from review.errors import ReviewError

Part = TypeVar("Part")
Done = TypeVar("Done")

MOST = 8
"""Worker processes at most: one process cuts the parts for all of them, and cannot feed more."""
AHEAD = 2
"""Parts for each worker that are on their way at a time, so that none waits for work; bounds memory."""


class Engine(Protocol):
    """Runs a function over parts; the result never depends on which engine did."""

    def map(self, task: Callable[[Part], Done], parts: Iterable[Part]) -> Iterator[Done]:
        """Give ``task(part)`` of every part, in the order of the parts.

        ``task`` is a function of a module (it can be sent to another process), pure, and may be run twice for one
        part: a worker can die. Parts are taken as they are needed, so few of them exist at a time.
        """
        ...


class Here:
    """Runs everything in this process."""

    def map(self, task: Callable[[Part], Done], parts: Iterable[Part]) -> Iterator[Done]:
        """Give the results one by one."""
        return map(task, parts)


class Processes:
    """Runs parts in processes of this machine, which end with the ``with`` block.

    Processes are started afresh ("spawn"): copies of this one ("fork") are unsafe beside threads and would hold its
    memory. Source: https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods, checked
    2026-11-22.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or min(cores(), MOST)
        self._pool = ProcessPoolExecutor(
            self.workers, mp_context=multiprocessing.get_context("spawn"), initializer=_follow_parent
        )

    def __enter__(self) -> Self:
        """Start the processes, so that they load their modules while this one prepares the parts."""
        with _interrupts_held(), _script_hidden():
            for _ in range(self.workers):
                self._pool.submit(os.getpid)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes; what they have not begun is not done."""
        self._pool.shutdown(cancel_futures=True)

    def map(self, task: Callable[[Part], Done], parts: Iterable[Part]) -> Iterator[Done]:
        """Give the results in order; parts are taken ``AHEAD`` of the results for each worker.

        Raises
        ------
        ReviewError
            A process ended before its part was done; no result is given without it.
        """
        waiting: deque[Future[Done]] = deque()
        try:
            for part in parts:
                with _interrupts_held(), _script_hidden():
                    waiting.append(self._pool.submit(task, part))
                if len(waiting) >= AHEAD * self.workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise ReviewError(
                "a process that compared records was ended from outside; nothing was changed",
                hint="most often the memory was full: close other programs, then run the same command again",
            ) from error


@contextmanager
def local(*, many: bool) -> Iterator[Engine]:
    """Choose the engine of this machine: processes when there is ``many`` to do and more than one core to do it."""
    if many and cores() > 1 and not multiprocessing.current_process().daemon:  # a daemon may have no children
        with Processes() as engine:
            yield engine
    else:
        yield Here()


def cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _follow_parent() -> None:
    """End a worker when its parent is gone, however that ended; leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep Ctrl-C back while a process may be started, which takes the mask over: the parent alone shall answer it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _script_hidden() -> Iterator[None]:
    """Keep a process that may be started from running the caller's script again, which it has no need of.

    A fresh process first runs the main module, so a script without ``if __name__ == "__main__"`` would start itself
    over and over. What names the script is in ``multiprocessing.spawn.get_preparation_data``.
    """
    main = vars(sys.modules["__main__"])
    names: dict[str, Any] = {name: main.pop(name) for name in ("__file__", "__spec__") if name in main}
    main["__spec__"] = None
    try:
        yield
    finally:
        main.update(names)
