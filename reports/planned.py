"""A file that a report consists of, before it is written. No IO."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Planned:
    """One file to be.

    Parameters
    ----------
    path : str
        Below ``out/``; it is a stable name.
    parts : tuple of str
        What ``review report --only`` may name it by.
    title : str
        What people call it; files of one stem have one title, and stand on one line of the index.
    make : callable
        Gives the bytes; it is called once, and only when the file is wanted.
    """

    path: str
    parts: tuple[str, ...]
    title: str
    make: Callable[[], bytes]
