"""In which order reports are read: most likely first, and a fixed share of them drawn at random. Pure.

What is drawn does not depend on any vote: one order that chance drew (``permutation``) is the same for everybody, on
every machine, however often the ranking is made anew. So the share stays a random sample of all reports.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

GROWTH = 0.03
"""Learn anew when this part more is known. As good as after every label, in a tenth of the time (bench/RESULTS.md)."""
RANDOM_EVERY = 20
"""Every so many reports read, one is the next of the permutation."""


def permutation(reports: Iterable[int], seed: str) -> list[int]:
    """Give reports in an order that is theirs alone: others that come in later fall between them anywhere.

    ``seed`` is the stage: what is drawn first at one is not drawn first at the other.

    >>> permutation([1, 2, 3, 4], "title-abstract") == [r for r in permutation(range(9), "title-abstract") if 0 < r < 5]
    True
    """
    return sorted(reports, key=lambda report: (_digest(report, seed), report))


def place_of(report: int, seed: str, places: int) -> int:
    """Give the place, 0 to ``places``, at which a report that an order does not hold comes in."""
    return int.from_bytes(_digest(report, seed)[:8]) * (places + 1) >> 64


def _digest(report: int, seed: str) -> bytes:
    return sha256(f"{seed} {report}".encode()).digest()


def arranged(ranked: Sequence[int], shuffled: Sequence[int], read: int) -> tuple[list[int], list[bool]]:
    """Arrange what is left to read.

    Parameters
    ----------
    ranked, shuffled : sequence of int
        The same reports: most likely first, and in the order of the permutation.
    read : int
        How many were read before. The next report drawn at random comes when ``RANDOM_EVERY`` are full, however
        often the ranking was made anew in between.

    Returns
    -------
    (list of int, list of bool)
        The reports in their order, and whether each was drawn at random.

    >>> arranged([3, 1, 2], [2, 3, 1], RANDOM_EVERY - 2)
    ([3, 2, 1], [False, True, False])
    """
    likely, chance = iter(ranked), iter(shuffled)
    placed: set[int] = set()
    places, drawn = [], []
    for number in range(read + 1, read + len(ranked) + 1):
        at_random = number % RANDOM_EVERY == 0
        report = next(one for one in (chance if at_random else likely) if one not in placed)
        placed.add(report)
        places.append(report)
        drawn.append(at_random)
    return places, drawn


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """An order as it is kept: reports by place, which of them were drawn at random, and the largest of them.

    What is larger than that came into the review later.
    """

    places: array[int]
    bits: bytes
    newest: int

    def drawn(self, place: int) -> bool:
        """Say whether the report at a place, counted from 0, was drawn at random."""
        return bool(self.bits[place >> 3] >> (place & 7) & 1)

    def place(self, report: int) -> int | None:
        """Give the place of a report, from 0; ``None`` when the order does not hold it."""
        return self.places.index(report) if report in self.places else None

    def pieces(self, first: int, largest: int) -> Iterator[tuple[int, list[int]]]:
        """Give (place of the first, reports) of one piece after the other, each twice as long as the one before."""
        start, size = 0, first
        while start < len(self.places):
            yield start, self.places[start : start + size].tolist()
            start, size = start + size, min(2 * size, largest)


def packed(places: Sequence[int], drawn: Sequence[bool]) -> tuple[bytes, bytes]:
    """Write an order as two columns of the table ``ranking``: numbers of 32 bits, and a bit for each, lowest first."""
    bits = bytearray((len(drawn) + 7) // 8)
    for place, at_random in enumerate(drawn):
        bits[place >> 3] |= at_random << (place & 7)
    return zlib.compress(_swapped(array("i", places)).tobytes(), 1), zlib.compress(bytes(bits), 1)


@lru_cache(maxsize=32)
def unpacked(places: bytes, drawn: bytes) -> Order:
    """Read an order back. Kept in this process: everybody who screens asks for one all the time."""
    numbers = array("i")
    numbers.frombytes(zlib.decompress(places))
    numbers = _swapped(numbers)
    return Order(numbers, zlib.decompress(drawn), max(numbers, default=0))


def _swapped(numbers: array[int]) -> array[int]:
    """Turn numbers from this machine's byte order to little-endian, or back."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
