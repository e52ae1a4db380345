"""The tables and counts of deduplicated files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from review.record import Record
from searches.dedupe import REASONS, Link, Result
from searches.file_report import clusters_table, pairs_table, reasons, unsure_table
from searches.plain_files import Deduplicated, FileCounts, Place, dedupe_files

MENTORING = Record(title="Mentoring for doctors", date="2004", doi="10.5555/a")
NURSES = Record(title="Nurses on nights", date="2003-05")


def deduplicated(names: str = "a1 b1 a2 a3 b2") -> Deduplicated:
    """Two files of three and two records: three are one document, the others perhaps."""
    records = (MENTORING, MENTORING, MENTORING, NURSES, Record(title="Nurses on nights", date="2004"))
    spots = ((0, 1), (1, 1), (0, 2), (0, 3), (1, 2))
    places = tuple(Place(*spot, name) for spot, name in zip(spots, names.split(), strict=True))
    merged = (Link(0, 1, "doi", 0.95), Link(0, 2, "identical", 1.0))
    result = Result(((0, 1, 2),), merged, (Link(3, 4, "near_year", 0.87654),))
    counts = [
        FileCounts(name, "csv", None, records=n, within=w, elsewhere=e, kept=k, set_aside=(), losses=())
        for name, n, w, e, k in (("first.csv", 3, 1, 0, 2), ("second.csv", 2, 0, 1, 1))
    ]
    return Deduplicated(records, places, result, (MENTORING, NURSES, records[4]), tuple(counts), ())


def rows(parts: Iterator[bytes]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(parts).decode(), newline="")))


def test_groups_are_named_by_ids() -> None:
    assert b"".join(clusters_table(deduplicated())) == b'"merged_ids"\n"a1;b1;a2"\n'


def test_unsure_pairs_have_score_and_reason() -> None:
    assert rows(unsure_table(deduplicated())) == [
        ["left", "right", "score", "reason"],
        ["a3", "b2", "0.8765", REASONS["near_year"]],
    ]


def test_the_report_shows_every_pair_side_by_side() -> None:
    header, *pairs = rows(pairs_table(deduplicated()))
    found = [dict(zip(header, pair, strict=True)) for pair in pairs]
    assert header == [
        "verdict", "rule", "reason", "score", "left", "right", "left_file", "right_file", "left_record", "right_record",
        "left_title", "right_title", "left_year", "right_year", "left_doi", "right_doi",
    ]  # fmt: skip
    kinds = [(one["verdict"], one["rule"], one["reason"]) for one in found]
    assert kinds == [
        ("merged", "doi", REASONS["doi"]), ("merged", "identical", REASONS["identical"]),
        ("unsure", "near_year", REASONS["near_year"]),
    ]  # fmt: skip
    last = found[-1]
    assert (last["left"], last["left_file"], last["left_record"], last["left_year"]) == ("a3", "first.csv", "3", "2003")
    assert (last["right"], last["right_file"], last["right_record"]) == ("b2", "second.csv", "2")
    assert (last["left_title"], last["left_doi"], found[0]["right_doi"]) == ("Nurses on nights", "", "10.5555/a")


def test_the_tables_do_not_depend_on_the_order_of_files() -> None:
    first = (
        b"ID,title,author,year,doi\na1,Ash on islands,Elm A,2004,10.5555/a\na2,Ash on islands,Elm A,2004,10.5555/a\n"
    )
    second = b"ID,title,author,year,doi\nb1,Ash on islands,Elm A,2004,10.5555/a\nb2,Ash on islands,,2004,10.5555/a\n"
    straight = dedupe_files([("first.csv", first), ("second.csv", second)])
    turned = dedupe_files([("second.csv", second), ("first.csv", first)])
    assert straight.result.links
    for table in (clusters_table, unsure_table, pairs_table):
        assert b"".join(table(straight)) == b"".join(table(turned))


def test_nothing_that_a_spreadsheet_program_would_compute_is_written() -> None:
    done = deduplicated("=1+1 b1 a2 @a3 -b2")
    for table in (clusters_table, unsure_table, pairs_table):
        assert not [cell for row in rows(table(done)) for cell in row if cell[:1] in tuple("=+-@")]
    assert rows(clusters_table(done))[1] == ["'=1+1;b1;a2"]


def test_lines_end_in_lf_and_every_cell_is_quoted() -> None:
    data = b"".join(pairs_table(deduplicated()))
    assert b"\r" not in data
    assert all(line.startswith(b'"') and line.endswith(b'"') for line in data.splitlines())


def test_reasons_count_what_was_removed_and_what_is_unsure() -> None:
    done = deduplicated()
    found = [(row.verdict, row.rule, row.pairs) for row in reasons(done)]
    assert found == [("merged", "doi", 1), ("merged", "identical", 1), ("unsure", "near_year", 1)]
    assert all(row.reason == REASONS[row.rule] for row in reasons(done))


def test_the_most_frequent_reason_comes_first() -> None:
    copies = "".join(f"c{n},Ash on islands,2001\n" for n in range(4)) + "x,Elm,2002,10.5555/e\n"
    done = dedupe_files([("a.csv", f"ID,title,year,doi\n{copies}y,Elm,,10.5555/e\n".encode())])
    found = [(row.rule, row.pairs) for row in reasons(done)]
    assert found == [("identical", 3), ("doi", 1)]
