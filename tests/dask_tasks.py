"""What the tests of the Dask engine send to workers; a module by itself, so that workers can import it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path


def die_once(part: object, *, task: Callable[[object], object], marker: Path) -> object:
    """Kill the worker, the first time that any worker comes here; then do the task."""
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return task(part)
    return die(part)


def die(part: object) -> object:
    """Kill the worker."""
    os.kill(os.getpid(), signal.SIGKILL)
    return part


def fail(part: object) -> object:
    """Fail as a task with a fault would."""
    raise ValueError(f"part {part} cannot be done")


def meet(part: int, *, folder: Path) -> int:
    """Wait for the other of two parts to run too; name this worker's process."""
    (folder / str(part)).touch()
    end = time.monotonic() + 120
    while len(list(folder.iterdir())) < 2:
        if time.monotonic() > end:
            raise TimeoutError(f"part {part} is alone")
        time.sleep(0.01)
    return os.getpid()
