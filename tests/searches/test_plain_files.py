"""Plain files: what holds for any records, the names of records, the counts, the order of what is kept."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.formats import read, write
from review.record import Record, Rejected
from searches.dedupe import Options
from searches.plain_files import FOUND_IN, Deduplicated, content_order, dedupe_files

_TITLES = (
    "Mentoring for doctors in remote hospitals", "Mentoring for doctors in remote hospitals: a survey", "Editorial",
    "Wellbeing of nurses on night shifts", "Ärzte auf Inseln", None,
)  # fmt: skip

RECORDS = st.lists(
    st.builds(
        Record,
        title=st.sampled_from(_TITLES),
        authors=st.sampled_from([(), ("Elm, A", "Fir, B"), ("Elm, Ann",), ("Oak, C",)]),
        date=st.sampled_from([None, "2003", "2004", "2004-05"]),
        journal=st.sampled_from([None, "Journal of Imaginary Medicine", "J Imag Med"]),
        volume=st.sampled_from([None, "1", "2"]),
        pages=st.sampled_from([None, "5-9", "5", "21-30"]),
        doi=st.sampled_from([None, None, "10.5555/a", "10.5555/b"]),
        source_id=st.sampled_from([None, "7", "8", "9"]),
    ).filter(lambda record: bool(record.title or record.authors or record.doi)),
    max_size=12,
)
PAPER = Record(
    title="Mentoring for doctors in remote hospitals", authors=("Elm, A", "Fir, B"), date="2004", doi="10.5555/a"
)


def run(*files: Sequence[Record], **options: object) -> Deduplicated:
    """Deduplicate records as the CSV files a.csv, b.csv …"""
    named = [(f"{name}.csv", write(records, "csv")) for name, records in zip("abcdef", files, strict=False)]
    return dedupe_files(named, **options)  # type: ignore[arg-type]


def groups(done: Deduplicated) -> set[frozenset[tuple[int, int]]]:
    """The groups as places: number of the file, number in it."""
    return {frozenset(done.places[i][:2] for i in cluster) for cluster in done.result.clusters}


def table(header: str, *rows: str) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


any_records = settings(max_examples=25, deadline=None, derandomize=True)


@any_records
@given(RECORDS, RECORDS, st.randoms(use_true_random=False))
def test_order_of_files_and_records_changes_neither_groups_nor_bytes(
    one: list[Record], other: list[Record], shuffler: random.Random
) -> None:
    order = list(range(len(one)))
    shuffler.shuffle(order)
    files = [("a.csv", write(one, "csv")), ("b.csv", write(other, "csv"))]
    mixed = [("b.csv", write(other[::-1], "csv")), ("a.csv", write([one[i] for i in order], "csv"))]
    straight, turned = dedupe_files(files), dedupe_files(mixed)
    assert write(turned.kept, "csv") == write(straight.kept, "csv")
    assert content(straight) == content(turned)


def content(done: Deduplicated) -> list[list[str]]:
    """The groups as what their records say."""
    return sorted(sorted(repr(done.records[i]) for i in cluster) for cluster in done.result.clusters)


@any_records
@given(RECORDS)
def test_a_file_given_twice_collapses_to_what_it_gives_alone(records: list[Record]) -> None:
    data = write(records, "csv")
    once, twice = dedupe_files([("a.csv", data)]), dedupe_files([("a.csv", data), ("a.csv", data)])
    assert write(twice.kept, "csv") == write(once.kept, "csv")
    assert twice.files[1].kept == 0
    assert len(twice.result.unsure) == len(once.result.unsure)


@any_records
@given(RECORDS, RECORDS, st.booleans())
def test_every_record_is_kept_or_removed_and_every_removal_has_a_reason(
    one: list[Record], other: list[Record], keep_source_order: bool
) -> None:
    done = run(one, other, keep_source_order=keep_source_order)
    assert [f.records for f in done.files] == [len(one), len(other)]
    for file in done.files:
        assert file.records == file.within + file.elsewhere + file.kept
        assert min(file.within, file.elsewhere, file.kept) >= 0
    assert sum(file.kept for file in done.files) == len(done.kept)
    assert len(done.result.links) == len(done.records) - len(done.kept)


def test_its_own_output_is_left_as_it_is() -> None:
    copies = [replace(PAPER, source_id=str(n), volume=v, pages=p)
              for n, (v, p) in enumerate([(None, None), ("1", None), ("1", "5-9")])]  # fmt: skip
    other = Record(title="Wellbeing of nurses on night shifts", authors=("Oak, C",), date="2003")
    unlike = [replace(other, journal="Annals of Fiction"), replace(other, journal="J Imag Med")]
    first = run(copies, unlike)
    again = dedupe_files([("out.csv", write(first.kept, "csv"))])
    assert (len(first.kept), len(first.result.unsure)) == (3, 1)
    assert (len(again.kept), len(again.result.unsure)) == (3, 1)
    assert write(again.kept, "csv") == write(first.kept, "csv")


@any_records
@given(RECORDS)
def test_source_order_keeps_records_where_they_came(records: list[Record]) -> None:
    done = run(records, keep_source_order=True)
    inside = {number for group in groups(done) for _, number in group}
    first = {min(number for _, number in group) for group in groups(done)}
    expected = [i for i in range(1, len(records) + 1) if i in first or i not in inside]
    assert len(done.kept) == len(expected)
    alone = [(kept, records[i - 1]) for kept, i in zip(done.kept, expected, strict=True) if i not in inside]
    assert all(kept == record for kept, record in alone)
    assert sorted(map(repr, done.kept)) == sorted(map(repr, run(records).kept))


def test_kept_records_stand_in_the_order_of_titles_and_years() -> None:
    records = [Record(title="the b", date="2004"), Record(title="The B", date="2003"), Record(doi="10.5555/x"),
               Record(title="“Ä”"), Record(title="c")]  # fmt: skip
    assert [records[i].title for i in content_order(records)] == ["“Ä”", "c", "The B", "the b", None]


def test_merged_values_do_not_depend_on_the_order_of_files() -> None:
    poor = replace(PAPER, pages="5")
    rich = replace(PAPER, pages="5-9", volume="1", journal="Journal of Imaginary Medicine", pmid="12345")
    for records in ([poor, rich], [rich, poor]):
        (kept,) = run(records).kept
        assert (kept.pages, kept.volume, kept.pmid) == ("5-9", "1", "12345")


def test_a_kept_record_says_in_which_files_it_was_found() -> None:
    done = run([replace(PAPER, source_id="11"), Record(title="Ärzte auf Inseln")], [replace(PAPER, source_id="22")])
    found = [[value for name, value in record.extra if name == FOUND_IN] for record in done.kept]
    assert found == [["a.csv"], ["a.csv: 11", "b.csv: 22"]]


def test_one_file_without_duplicates_is_given_back_as_it_is() -> None:
    records = [PAPER, Record(title="Ärzte auf Inseln")]
    assert set(run(records).kept) == set(records)


def test_a_further_file_adds_to_what_an_earlier_run_noted() -> None:
    first = run([replace(PAPER, source_id="11")], [replace(PAPER, source_id="22")])
    files = [("merged.csv", write(first.kept, "csv")), ("c.csv", write([replace(PAPER, source_id="33")], "csv"))]
    (kept,) = dedupe_files(files).kept
    assert {value for name, value in kept.extra if name == FOUND_IN} == {"a.csv: 11", "b.csv: 22", "c.csv: 33"}


def names(*files: tuple[str, bytes]) -> tuple[list[str], tuple[str, ...]]:
    done = dedupe_files(files)
    return [place.name for place in sorted(done.places)], done.warnings


@pytest.mark.parametrize("column", ["ID", "record_id"])
def test_records_are_called_by_the_ids_of_their_tables(column: str) -> None:
    one = table(f"{column},title", "x9,Ash", "x7,Elm")
    assert names(("a.csv", one), ("b.csv", table(f"{column},title", "x8,Oak"))) == (["x9", "x7", "x8"], ())


def test_the_id_column_counts_beside_a_number_of_a_database() -> None:
    assert names(("a.csv", table("ID,title,accession number", "x9,Ash,2004001", "x7,Elm,2004002")))[0] == ["x9", "x7"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["1,Ash", "1,Elm", "2,Oak"], "the ids are not unique, 1 stood before"),
        (["1,Ash", ",Elm", "2,Oak"], "1 of 3 records have no id"),
        (["1;4,Ash", "3,Elm", "2,Oak"], "some ids hold a semicolon"),
    ],
)
def test_ids_that_cannot_name_records_give_way_to_numbers_and_it_is_said(rows: list[str], said: str) -> None:
    found, (warning,) = names(("a.csv", table("ID,title", *rows)))
    assert found == ["1", "2", "3"]
    assert warning.startswith(said)


def test_records_without_ids_are_called_by_their_numbers_over_all_files() -> None:
    ris = b"TY  - JOUR\nTI  - Ash\nAN  - 99\nER  - \n"
    assert names(("a.ris", ris), ("b.csv", table("ID,title", "x9,Elm"))) == (["1", "2"], ())


def test_numbers_count_the_records_that_were_set_aside() -> None:
    broken = b"TY  - JOUR\nTI  - Ash\nER  - \nTY  - JOUR\nN1  - nothing\nER  - \nTY  - JOUR\nTI  - Elm\nER  - \n"
    done = dedupe_files([("a.ris", broken), ("b.ris", b"TY  - JOUR\nTI  - Oak\nER  - \n")])
    assert [place.name for place in sorted(done.places)] == ["1", "3", "4"]
    assert [rejected.position for rejected in done.files[0].set_aside] == [2]
    assert isinstance(done.files[0].set_aside[0], Rejected)


def test_a_column_called_duplicate_id_is_only_a_column() -> None:
    done = dedupe_files([("a.csv", table("duplicate_id,title,year", "1,Ash,2004", "1,Elm,2005"))])
    assert (len(done.kept), done.warnings) == (2, ())
    assert [record.extra for record in done.kept] == [(("duplicate_id", "1"),)] * 2


def test_a_document_of_several_files_counts_as_kept_for_the_first() -> None:
    done = run([PAPER], [PAPER, PAPER], [Record(title="Ärzte auf Inseln")])
    assert [(f.within, f.elsewhere, f.kept) for f in done.files] == [(0, 0, 1), (1, 1, 0), (0, 0, 1)]


def test_versions_of_a_cochrane_review_are_merged_on_demand_only() -> None:
    version = replace(PAPER, journal="Cochrane Database of Systematic Reviews", doi="10.1002/14651858.CD000001.pub2")
    later = replace(version, date="2007", doi="10.1002/14651858.CD000001.pub3")
    assert len(run([version, later]).kept) == 2
    assert len(run([version, later], options=Options(cochrane_updates=True)).kept) == 1


def test_files_are_asked_for_one_after_the_other() -> None:
    said: list[tuple[str, int]] = []

    def files() -> Iterable[tuple[str, bytes]]:
        for name in ("a.csv", "b.csv"):
            assert said == [("Reading files", n) for n in range("ab".index(name[0]) + 1)]
            yield name, write([PAPER], "csv")

    dedupe_files(files(), notify=lambda label, done, total: said.append((label, done)))
    assert said[2] == ("Reading files", 2)


def test_files_without_records_are_no_failure() -> None:
    done = dedupe_files([("a.csv", b"title,year\n"), ("b.csv", b"title,year\n")])
    assert (done.kept, [f.records for f in done.files]) == ((), [0, 0])
    assert done.files[0].losses == ("the file holds no records",)


def test_named_columns_are_for_tables_only() -> None:
    ris = b"TY  - JOUR\nTI  - Ash\nER  - \n"
    done = dedupe_files([("a.ris", ris), ("b.csv", table("Titel;Jahr", "Elm;2004"))], columns={"Titel": "title"})
    assert [record.title for record in done.kept] == ["Ash", "Elm"]


def test_the_written_file_reads_back_as_what_was_kept() -> None:
    done = run([PAPER, Record(title="Ärzte auf Inseln", abstract="a")], [PAPER])
    for format in ("csv", "ris", "csl-json", "bibtex", "xlsx", "endnote-xml"):
        assert read(write(done.kept, format), name="x", format=format).records == done.kept
