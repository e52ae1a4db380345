"""A file that a report consists of, before and after it is written. No IO."""

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
    beside : bool
        Whether it asks nothing of the store, so that it can be made while others are.
    """

    path: str
    parts: tuple[str, ...]
    title: str
    make: Callable[[], bytes]
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """One file as it was written: its path and title, size (bytes), SHA-256, and of a drawing what it holds."""

    path: str
    title: str
    size: int
    sha256: str
    svg: str | None = None
