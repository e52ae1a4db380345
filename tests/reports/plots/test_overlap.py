"""Which sources found the same reports."""

from __future__ import annotations

from report_log import HOSTILE, Log, papers
from sqlalchemy import func, select

from reports.material import Material
from reports.plots import overlap_rows
from reports.plots.canvas import Disc, Figure, Words
from reports.plots.overlap import COLUMNS, ROWS, overlap
from review.store import schema


def drawn(log: Log) -> Figure:
    with log.store.read() as connection:
        (figure,) = overlap(Material(connection, log.protocol))
    return figure


def test_one_source_overlaps_with_nothing(log: Log) -> None:
    log.search(papers(3))
    log.search(papers(2, start=10))  # the same source once more
    with log.store.read() as connection:
        assert list(overlap(Material(connection, log.protocol))) == []


def test_every_report_is_in_one_column_by_the_sources_that_found_it(log: Log) -> None:
    log.search(papers(4), label="MEDLINE")  # 1-4
    log.search(papers(2, start=10), label="MEDLINE")  # 5, 6: an update finds 4 again as 6
    log.search(papers(3, start=20), source="embase", label=HOSTILE)  # 7-9: 1, 2 and one of its own
    log.search(papers(2, start=30), source="x", label="MEDLINE", kind="citation", method="snowball")  # 10, 11
    log.merge((4, 6), (1, 7), (2, 8, 10))
    log.include(1, 9)
    with log.store.read() as connection:
        found = overlap_rows.sources(connection)
        counted = overlap_rows.shared(connection, [one.searches for one in found])
        roots = connection.scalar(select(func.count()).where(schema.report.c.merged_into.is_(None)))
    assert [(one.source, one.records, one.searches) for one in found] == [
        ("medline", 6, (1, 2)), ("embase", 3, (3,)), ("x", 2, (4,)),
    ]  # fmt: skip
    assert [(one.mask, one.reports, one.included) for one in counted] == [
        (0b001, 3, 0), (0b010, 1, 1), (0b011, 1, 1), (0b100, 1, 0), (0b111, 1, 0),
    ]  # fmt: skip
    assert sum(one.reports for one in counted) == roots == 7
    figure = drawn(log)
    assert "MEDLINE (database): 6 records, 5 reports" in figure.description  # not the other one of that name
    assert "MEDLINE (citation searching): 2 records, 2 reports" in figure.description
    assert "MEDLINE (database): 3 (included 0)" in figure.description
    assert "7 reports, each in one column" in figure.description
    assert "2 of them included" in figure.description
    assert "\x00" not in "".join(shape.text for shape in figure.shapes if isinstance(shape, Words))


def test_many_sources_and_combinations_are_summed_and_nothing_is_lost(log: Log) -> None:
    size = ROWS + 2
    for number in range(size):
        log.search(papers(3, start=10 * number), source=f"s{number}", label=f"Source {number}")
    log.merge(*((3 * n + 2, 3 * n + 4) for n in range(size - 1)))  # a source and the next found one each
    log.include(2)
    figure = drawn(log)
    with log.store.read() as connection:
        found = overlap_rows.sources(connection)
        pooled = [number for one in found[ROWS - 1 :] for number in one.searches]
        counted = overlap_rows.shared(connection, [*(one.searches for one in found[: ROWS - 1]), pooled])
    ranked = sorted((one.reports for one in counted), reverse=True)
    assert sum(ranked) == 3 * size - (size - 1)
    assert f"{sum(ranked)} reports, each in one column" in figure.description
    rest = sum(ranked[COLUMNS:])
    assert f"smaller combinations with {rest} reports" in figure.description
    assert "3 smaller sources: 9 records" in figure.description
    dots = [shape for shape in figure.shapes if isinstance(shape, Disc)]
    assert len({(dot.x, dot.y) for dot in dots}) == ROWS * COLUMNS
