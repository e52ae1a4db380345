"""A table as a value, before anybody decides how it looks. No IO, no formats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.clean import legal
from reports.words import number

WIDE = 6
"""From so many columns on a page is turned to landscape."""


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


def shown(cell: str | None) -> str:
    """Give the text of a cell."""
    return number(None) if cell is None else cell
