"""The matrix: signs and counts of its cells, order of its rows, its columns, and the table that a spreadsheet opens."""

from __future__ import annotations

import csv
import io

from extraction import library
from extraction.synthesis import matrix
from extraction.synthesis.matrix import Column, Row
from extraction.synthesis.resolving import Resolver

WORKWELL = library.framework("bitc-workwell")
CODED = [
    ("a", "health", "+"), ("a", "health", "+"), ("a", "health", "-"), ("a", "work", "0"), ("b", "work", "-"),
    ("b", "emergent:x", "0"), ("b", "emergent:x", "+"),
]  # fmt: skip
CELLS = matrix.cells(CODED)
ROWS = [
    Row("b", "=cmd|' /C calc'!A0", 2010, "qualitative", CELLS["b"]),
    Row("a", None, None, None, CELLS["a"]),
    Row("c", "T", 2001, "Mixed", {}),
]


def test_a_cell_has_one_sign_and_counts_what_is_behind_it() -> None:
    signs = {(study, theme): (one.sign, one.total) for study, row in CELLS.items() for theme, one in row.items()}
    assert signs == {
        ("a", "health"): ("±", 3), ("a", "work"): ("0", 1), ("b", "work"): ("-", 1), ("b", "emergent:x"): ("+", 2),
    }  # fmt: skip
    assert CELLS["a"]["health"].words == "2 supporting, 1 adverse"


def test_emergent_themes_are_further_columns_and_the_core_one_only_when_it_is_used() -> None:
    resolver = Resolver(labels={"emergent:x": "Zest", "emergent:y": "awe"})
    columns = matrix.columns_of(WORKWELL, resolver, {"health", "emergent:x", "emergent:y"})
    own = ["relationships", "health", "specialist_support", "work"]
    assert [one.id for one in columns] == [*own, "emergent:y", "emergent:x"]
    assert [one.label for one in columns if one.emergent] == ["awe", "Zest"]
    assert "working_well" in [one.id for one in matrix.columns_of(WORKWELL, resolver, {"working_well"})]


def test_rows_without_a_year_or_design_come_last_both_ways() -> None:
    def order(by: str, down: bool = False) -> str:
        return "".join(row.study for row in matrix.ordered(ROWS, by, down))

    assert [order("study"), order("study", True)] == ["abc", "cba"]
    assert [order("year"), order("year", True)] == ["cba", "bca"]
    assert [order("design"), order("design", True)] == ["cba", "bca"]


def test_totals_count_studies_and_codings() -> None:
    columns = [Column("work", "Work"), Column("health", "Health"), Column("relationships", "R")]
    sums = {name: (studies, summed.total) for name, (studies, summed) in matrix.totals(ROWS, columns).items()}
    assert sums == {"work": (2, 2), "health": (1, 3), "relationships": (0, 0)}


def test_the_table_runs_nothing_in_a_spreadsheet() -> None:
    data = matrix.write_csv(ROWS, [Column("health", "Health"), Column("work", "+Work")])
    header, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert header == ["study", "title", "year", "design", "Health", "'+Work"]
    assert rows[0] == ["b", "'=cmd|' /C calc'!A0", "2010", "qualitative", "", "'- (1 adverse)"]
    assert rows[1][4:] == ["± (2 supporting, 1 adverse)", "0 (1 of conditions)"]
