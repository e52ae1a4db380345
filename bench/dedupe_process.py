"""Run a command and measure what it and everything that it starts cost. Linux: reads ``/proc``; needs nothing else.

Memory is sampled: the highest sum over the processes of the tree, where a page that several of them share counts once
(``Pss``), so that a tool which forks is not charged twice; of a single process the kernel's own mark (``VmHWM``).
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.02
_SHARE = 10
"""A look at memory takes at most a tenth of the time."""


class Failed(Exception):
    """The command ended with an error, or did not end in time; the text is a sentence for the table's foot."""


@dataclass(frozen=True, slots=True)
class Cost:
    """``wall`` and ``cpu`` (user and system, all processes) in seconds, ``peak`` in MB of 2**20 bytes."""

    wall: float
    cpu: float
    peak: float


def run(command: Sequence[str | Path], *, limit: float) -> Cost:
    """Run a command to its end.

    Raises
    ------
    Failed
        It ended with an error, or was ended here, with all that it had started, after ``limit`` seconds.
    """
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True)
        try:
            wall, cpu, peak = _watch(process, began, limit)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)  # its own session, so these are its processes and no others
            process.wait()
            raise
        if process.returncode:
            said.seek(0)
            last = said.read().decode(errors="replace").strip().splitlines()[-1:]
            raise Failed(f"ended with {process.returncode}: {' '.join(last)}")
    return Cost(wall, cpu, peak)


def _watch(process: subprocess.Popen[bytes], began: float, limit: float) -> tuple[float, float, float]:
    peak = 0.0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        wall = time.perf_counter() - began
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return wall, usage.ru_utime + usage.ru_stime, peak
        if wall > limit:
            raise Failed(f"was ended after {limit:.0f} s")
        looked = time.perf_counter()
        peak = max(peak, _memory(_tree(process.pid)))
        time.sleep(max(_EVERY, _SHARE * (time.perf_counter() - looked)))


def _tree(pid: int) -> list[int]:
    """Give a process and all that descend from it."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:  # it ended while we looked
                continue
    return found


def _memory(tree: Sequence[int]) -> float:
    """Give the megabytes of a tree: now of all, or so far of the one that had most, whichever is more."""
    most = max(_kilobytes(Path(f"/proc/{pid}/status"), "VmHWM:") for pid in tree)
    now = sum(_kilobytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss:") for pid in tree) if len(tree) > 1 else 0
    return max(most, now) / 1024


def _kilobytes(path: Path, name: str) -> int:
    try:
        lines = path.read_text().splitlines()
    except OSError:  # it ended while we looked
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)
