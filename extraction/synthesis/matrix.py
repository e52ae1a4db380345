"""The matrix of the synthesis: studies by component, with the emergent themes as further columns. Pure."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter

from extraction.synthesis.resolving import Resolver
from review.forms import POLARITIES, Framework

SUPPORTS, AGAINST, CONDITION, BOTH = "+", "-", "0", "±"
SHOWN = {SUPPORTS: "+", AGAINST: "−", CONDITION: "0", BOTH: "±"}
"""Sign of a cell -> how it is set; the minus of print is as wide as the plus."""
READ = {SUPPORTS: "supporting", AGAINST: "adverse", CONDITION: "of conditions"}
ORDERS = ("study", "year", "design")


@dataclass(frozen=True, slots=True)
class Column:
    """One component or theme: its id, its label, and whether it emerged in coding."""

    id: str
    label: str
    emergent: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """What was coded of one study under one component: how many codings, their one sign, and how a voice reads them.

    The sign is ± where some support and some are adverse; a condition gives way to either.
    """

    counts: Mapping[str, int]
    total: int
    sign: str
    words: str


def cell(counts: Mapping[str, int]) -> Cell:
    """Make a cell of the numbers of codings per polarity.

    >>> cell({"+": 2, "-": 1}).sign, cell({"+": 2, "-": 1}).words, cell({"0": 1, "-": 1}).sign
    ('±', '2 supporting, 1 adverse', '-')
    """
    return _cell(tuple(counts.get(one, 0) for one in POLARITIES))


@lru_cache(maxsize=1024)
def _cell(numbers: tuple[int, ...]) -> Cell:
    """Make one cell for all that are alike: a matrix has thousands."""
    counts = {one: n for one, n in zip(POLARITIES, numbers, strict=True) if n}
    both = SUPPORTS in counts and AGAINST in counts
    sign = BOTH if both else next(iter(counts), "")
    return Cell(counts, sum(numbers), sign, ", ".join(f"{n} {READ[one]}" for one, n in counts.items()))


@dataclass(frozen=True, slots=True)
class Row:
    """One study of the matrix; ``cells`` by column id, only those that hold something."""

    study: str
    title: str | None
    year: int | None
    design: str | None
    cells: Mapping[str, Cell] = field(default_factory=dict)


def columns_of(framework: Framework, resolver: Resolver, coded: Collection[str]) -> list[Column]:
    """Give the framework's components, then the themes that something is coded under as a component, by label.

    The core of a framework is one of them only when something is coded under it, as in the reports.
    """
    own = [Column(c.id, c.label) for c in framework.components if c.id in coded or not c.core]
    more = set(coded) - {one.id for one in framework.components}
    emerged = [Column(name, resolver.label(name), emergent=True) for name in more]
    return [*own, *sorted(emerged, key=lambda one: (one.label.casefold(), one.id))]


def cells(coded: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, Cell]]:
    """Count (study, column, polarity) into cells by study, then column."""
    counted: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for study, column, polarity in coded:
        counted[study][column][polarity] += 1
    return {study: {column: cell(n) for column, n in some.items()} for study, some in counted.items()}


def ordered(rows: Iterable[Row], by: str, descending: bool) -> list[Row]:
    """Sort rows by study, year or design; what has none comes last, and equal ones by study."""
    alike = sorted(rows, key=lambda row: row.study)
    have = [(str(value).casefold(), row) for row in alike if (value := _value(row, by)) is not None]
    have.sort(key=itemgetter(0), reverse=descending)
    return [row for _, row in have] + [row for row in alike if _value(row, by) is None]


def _value(row: Row, by: str) -> str | int | None:
    return row.year if by == "year" else row.design if by == "design" else row.study


def totals(rows: Sequence[Row], columns: Sequence[Column]) -> dict[str, tuple[int, Cell]]:
    """Give per column: how many of the rows have something in it, and the sum of their cells."""
    result = {}
    for column in columns:
        some = [row.cells[column.id] for row in rows if column.id in row.cells]
        summed: Counter[str] = Counter()
        for one in some:
            summed.update(one.counts)
        result[column.id] = (len(some), cell(summed))
    return result


def write_csv(rows: Sequence[Row], columns: Sequence[Column]) -> bytes:
    """Write the matrix as UTF-8 with a mark for spreadsheets: sign and counts per column, one row per study."""
    kept = io.StringIO(newline="")
    out = csv.writer(kept)
    out.writerow(["study", "title", "year", "design", *(_safe(one.label) for one in columns)])
    for row in rows:
        texts = [row.study, row.title or "", str(row.year or ""), row.design or ""]
        out.writerow([_safe(text) for text in texts] + [_written(row.cells.get(one.id)) for one in columns])
    return kept.getvalue().encode("utf-8-sig")


def _written(one: Cell | None) -> str:
    """Write a cell so that no spreadsheet takes its sign for the begin of a formula.

    >>> _written(cell({"+": 2, "-": 1})), _written(cell({"-": 1})), _written(None)
    ('± (2 supporting, 1 adverse)', "'- (1 adverse)", '')
    """
    return _safe(f"{one.sign} ({one.words})") if one is not None else ""


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
