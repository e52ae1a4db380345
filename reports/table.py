"""A table as a value, before anybody decides how it looks. No IO, no formats."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reports.clean import legal
from reports.words import number

WIDE = 6
"""From so many columns on a page is turned to landscape."""
_WORDS = re.compile(r"[^\s/–-]+[/–-]?")
PROSE, WORD, SHORT, PADDING = 90, 26, 16, 3
"""Letters: from so many on average a column counts as prose and gets no wider, the longest word that a column is made
wide enough for, the longest where room is short, and the margins of a cell."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table. A cell of ``None`` is *not reported*; ``""`` is a cell that is meant to be empty.

    Tables of one name are blocks of one table with columns of their own: they go into the same files, one below the
    other, and ``block`` says what each is about.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    note: str | None = None
    block: str | None = None

    @property
    def heading(self) -> str:
        """What stands above the table: its title, and which block it is where a title has several."""
        return f"{self.title}: {self.block}" if self.block else self.title

    @property
    def wide(self) -> bool:
        """Whether the table wants a landscape page."""
        return len(self.columns) >= WIDE


def table(
    name: str,
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str | None]],
    *,
    note: str | None = None,
    block: str | None = None,
) -> Table:
    """Make a table of texts without illegal characters; every row has a cell for every column."""
    clean = tuple(tuple(None if cell is None else legal(cell) for cell in row) for row in rows)
    if any(len(row) != len(columns) for row in clean):
        raise ValueError(f"table {name}: a row has not {len(columns)} cells")
    head = tuple(legal(column) for column in columns)
    return Table(name, legal(title), head, clean, *(None if t is None else legal(t) for t in (note, block)))


def shares(one: Table, room: float) -> tuple[float, ...]:
    """Share a line of ``room`` letters among the columns of a table with rows; the shares sum to one.

    Each gets its longest word; what is left goes by how much prose each holds. Where room is short, words of more than
    SHORT letters may be broken, the longest first.

    >>> shares(table("t", "T", ("Study", "Aim"), [("Ada 2011", "to see how doctors who are mentored sleep")]), 100)
    (0.2647, 0.7353)
    """
    longest, prose = [], []
    for column in zip(one.columns, *one.rows, strict=True):
        texts = [shown(text) for text in column]
        longest.append(_longest(texts))
        prose.append(min(sum(map(len, texts)) / len(texts), PROSE))
    caps = (cap for cap in range(WORD, SHORT, -1) if sum(min(n, cap) + PADDING for n in longest) <= room)
    cap = next(caps, SHORT)
    least = [min(n, cap) + PADDING for n in longest]
    spare = max(room - sum(least), 0.0)
    wide = [word + spare * share / (sum(prose) or 1) for word, share in zip(least, prose, strict=True)]
    return tuple(round(one / sum(wide), 4) for one in wide)


def fitting(one: Table, room: float) -> Iterator[Table]:
    """Cut a table with more columns than a line of ``room`` letters holds; every part begins with the first column."""
    if len(one.columns) * (SHORT + PADDING) <= room:
        yield one
        return
    widths = [min(_longest(map(shown, column)), SHORT) + PADDING for column in zip(one.columns, *one.rows, strict=True)]
    parts: list[list[int]] = [[0]]
    for at, width in enumerate(widths[1:], 1):
        if len(parts[-1]) > 1 and sum(widths[i] for i in parts[-1]) + width > room:
            parts.append([0])
        parts[-1].append(at)
    for part in parts:
        rows = tuple(tuple(row[at] for at in part) for row in one.rows)
        yield replace(one, columns=tuple(one.columns[at] for at in part), rows=rows)


def _longest(texts: Iterable[str]) -> int:
    """Give the length of the longest word."""
    return max((len(word) for text in texts for word in _WORDS.findall(text)), default=1)


def shown(cell: str | None) -> str:
    """Give the text of a cell."""
    return number(None) if cell is None else cell
