"""What a file lacked, gathered while it is read and said once per kind of loss. Nothing here knows a format."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SHOWN = 3
NO_RECORD = "the record has no title, no authors and no identifier"
"""Why a part of a file is quarantined: nobody could find out what it is."""


class Losses:
    """The losses of one file: the same sentence met at many places is said once, with the first places."""

    __slots__ = ("_places",)

    def __init__(self) -> None:
        self._places: dict[str, list[str]] = {}

    def add(self, sentence: str, place: str | None = None) -> None:
        """Note a loss; ``place`` says where (``"record 3"``, ``"line 12"``), absent when it is about the whole file."""
        places = self._places.setdefault(sentence, [])
        if place is not None:
            places.append(place)

    def sentences(self) -> tuple[str, ...]:
        """Give one plain sentence per kind of loss, in the order first met.

        >>> losses = Losses()
        >>> for number in (2, 3, 5, 8): losses.add("no ER line", f"record {number}")
        >>> losses.sentences()
        ('no ER line: record 2, record 3, record 5 and 1 more',)
        """
        return tuple(s + _where(places) for s, places in self._places.items())


class Outside:
    """Text that stands in no record: how many lines, and which was the first; ``noise`` is what need not be said."""

    __slots__ = ("_count", "_first", "_noise")

    def __init__(self, noise: re.Pattern[str]) -> None:
        self._count = 0
        self._first = ""
        self._noise = noise

    def add(self, number: int, line: str) -> None:
        """Count a line, unless it is noise."""
        if self._noise.match(line):
            return
        self._count += 1
        self._first = self._first or f"line {number}: “{line.strip()[:80]}”"

    def report(self, losses: Losses) -> None:
        """Say how much text was not read as part of a record."""
        if self._count:
            losses.add(f"text outside any record was not read ({self._count} lines); the first is {self._first}")


def _where(places: list[str]) -> str:
    if not places:
        return ""
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return ": " + ", ".join(places[:_SHOWN]) + more


def merged(values: Iterable[str]) -> tuple[str, ...]:
    """Give the values once each, in the order first met."""
    return tuple(dict.fromkeys(values))
