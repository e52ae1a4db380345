"""Ovid tagged text in both styles: synthetic records; how citations and names are taken apart, from hand-made lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from review import formats
from review.record import Reading, Record

DATA = Path(__file__).parents[1] / "data" / "formats"
MEDLINE = (DATA / "ovid_names.txt").read_text()
SHORT = (DATA / "ovid_letters.txt").read_text()


def read(text: str) -> Reading:
    return formats.read(text.encode(), name="x.txt")


def one(*lines: str) -> Record:
    """Read one short-style record of the lines given and a title."""
    reading = read("\n".join(["<1>", "TI  - A title", *lines, ""]))
    assert (len(reading.records), reading.rejected, reading.losses) == (1, (), ())
    return reading.records[0]


def test_names_of_fields_on_lines_of_their_own() -> None:
    reading = read(MEDLINE)
    assert (reading.format, reading.platform, reading.losses) == ("ovid-tagged", "Ovid", ())
    assert [record.title for record in reading.records] == ["Mentoring on the ward. [French]", "Two"]
    assert reading.records[0] == Record(
        title="Mentoring on the ward. [French]",
        authors=("Oak, Ann", "van der Elm, Bob C"),
        date="2014-05-31",
        journal="Journal of Synthetic Wards",
        volume="12",
        issue="3",
        pages="142-6",
        abstract="One. Two.",
        keywords=("Adult", "*Mentors/px [Psychology]"),
        kind="review",
        language="fre",
        doi="10.9999/synth.1",
        pmid="99999991",
        issns=("1234-567X", "2434-561X"),
        url="http://ovidsp.ovid.com/a",
        source_id="99999991",
        extra=(
            ("Status", "MEDLINE"),
            ("Authors", "Oak A; van der Elm BC"),
            ("Source", "Journal of Synthetic Wards. 12(3):142-6, 2014 May 31."),
            ("Publication Type", "Journal Article"),
            ("Publication Type", "Review"),
            ("Publication Type", "Research Support, Non-U.S. Gov't"),
            ("Shelf Mark", "Q1"),
        ),
    )


def test_two_letters_and_a_hyphen() -> None:
    record = read(SHORT).records[0]
    assert record == Record(
        title="Mentoring on the ward.",
        authors=("Oak, A.", "Elm, B.C."),
        date="2018-11-05",
        journal="Synthetic Proceedings",
        volume="12",
        issue="Supplement 3",
        pages="77",
        keywords=("adult", "*mentoring"),
        kind="conference",
        language="eng",
        doi="10.9999/synth.1",
        issns=("1234-567X",),
        place="Netherlands",
        source_id="699999991",
        extra=(
            ("VN", "Ovid Technologies"),
            ("DB", "Embase"),
            ("ST", "CONFERENCE ABSTRACT"),
            ("SO", SHORT[SHORT.index("Synthetic Proc") : SHORT.index("\nAU")]),
            ("IN", "(Oak) Synthetic Hospital, Leeds"),
            ("IN", "(Elm) Other Hospital, York"),
            ("PT", "Conference Abstract"),
            ("VI", "1"),
        ),
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Synth Wards. 28(2):103-106, April 2015.", ("Synth Wards", "28", "2", "103-106", "2015-04")),
        ("Synth Wards. 201(2-3):327-334, November 15, 2004.", ("Synth Wards", "201", "2-3", "327-334", "2004-11-15")),
        ("Synth Wards. 6(11):e012345, 2016 11 18.", ("Synth Wards", "6", "11", "e012345", "2016-11-18")),
        ("Synth Wards. 178(8), 2016 Feb 22.", ("Synth Wards", "178", "8", None, "2016-02-22")),
        ("Synth Wards. 355 (pp i6000), 2016.", ("Synth Wards", "355", None, "i6000", "2016")),
        ("ACME'S Synth Wards January/February 2010;14(1):56", ("ACME'S Synth Wards", "14", "1", "56", "2010")),
        ("Acta Synth August 2011;43(8):647-653", ("Acta Synth", "43", "8", "647-653", "2011-08")),
        ("Synth Wards. Vol.12(3), Apr 2013, pp. 123-130.", ("Synth Wards", "12", "3", "123-130", "2013-04")),
        ("Synth Wards. Vol 28(2) April 2015, 103-106.", ("Synth Wards", "28", "2", "103-106", "2015-04")),
        ("Synth Wards 12, Winter 2007: 7-14.", ("Synth Wards", "12", None, "7-14", "2007")),
        ("Synth Wards. ", ("Synth Wards", None, None, None, None)),
        ("Editor(2015). A Title. (pp. 103-106) Leeds: Nobody", (None, None, None, None, "2015")),
        ("Seen 2001; printed 2003: 5", (None, None, None, None, None)),
        ("S" * 700 + ". 12(3):1-2, 2014.", (None, None, None, None, "2014")),
    ],
)
def test_printed_citations(source: str, expected: tuple[str | None, ...]) -> None:
    record = one(f"SO  - {source}")
    assert (record.journal, record.volume, record.issue, record.pages, record.date) == expected
    assert record.extra == (("SO", source.strip()),)


def test_what_stands_in_fields_of_its_own_wins_over_the_citation() -> None:
    record = one("SO  - Synth Wards. 28(2):103-106, April 2015.", "JN  - Synthetic Wards", "YR  - 2015", "IP  - 2")
    assert (record.journal, record.date, record.issue) == ("Synthetic Wards", "2015-04", "2")


@pytest.mark.parametrize(
    ("value", "authors"),
    [
        ("Oak, Ann MD *;  van Elm, Bob MD, PhD +", ("Oak, Ann", "van Elm, Bob")),
        ("Oak, Ann Mary RN; PhD; FAAN 1", ("Oak, Ann Mary",)),
        ("Oak, James A. Ph.D., FACSM", ("Oak, James A.",)),
        ("Oak, Weijia 1,2,+", ("Oak, Weijia",)),
        ("Oak, Ann (1);  Elm, Bob (12)", ("Oak, Ann", "Elm, Bob")),
        ("Oak, Ann [Author; E-mail: a@example.org]; Elm, Bob", ("Oak, Ann", "Elm, Bob")),
        ("Oak MA", ("Oak, MA",)),
        ("Ma, MS", ("Ma, MS",)),
        ("OAK, Mughees.", ("OAK, Mughees",)),
        ("Werner, S. M.", ("Werner, S. M.",)),
        ("Oak AB. van der Elm C.", ("Oak, AB", "van der Elm, C")),
        ("World Health Organization (WHO)", ("World Health Organization (WHO)",)),
    ],
)
def test_names_without_degrees_and_marks(value: str, authors: tuple[str, ...]) -> None:
    assert one(f"AU  - {value}").authors == authors


def test_what_was_cut_off_a_name_is_kept_and_editors_are_no_authors() -> None:
    record = one("AU  - Oak, Ann MD", "AU  - Elm, Bob", "AU  - Ash, C. [Editor]")
    assert record.authors == ("Oak, Ann", "Elm, Bob")
    assert record.extra == (("AU", "Oak, Ann MD"), ("AU", "Ash, C."), ("AU", "Ash, C. [Editor]"))


def test_the_type_is_taken_off_the_title_a_language_is_not() -> None:
    record = read("<1>\nTitle\n  Stress at work.[Review]\n").records[0]
    assert (record.title, record.kind) == ("Stress at work.", "review")
    assert read("<1>\nTitle\n  Stress at work. [Danish]\n").records[0].title == "Stress at work. [Danish]"


def test_a_chapter_stands_in_its_book() -> None:
    record = read("<1>\nTitle\n  A handbook\nChapter Title\n  A chapter\nSource\n  Nobody. 12(3):1-2, 2014.\n").records[
        0
    ]
    assert (record.title, record.journal) == ("A chapter", "A handbook")


def test_the_identifier_is_a_pmid_only_in_medline() -> None:
    assert one("UI  - 99999991", "DB  - Ovid MEDLINE(R) ALL").pmid == "99999991"
    assert one("UI  - 99999991", "ST  - PubMed not MEDLINE").pmid == "99999991"
    assert one("UI  - 99999991", "DB  - Embase, MEDLINE").pmid is None
    assert one("UI  - 99999991").source_id == "99999991"


def test_records_without_numbers_are_cut_where_a_field_comes_again() -> None:
    reading = read(
        "Score\n  *\nAccession Number\n  1.\nTitle\n  One\n\nScore\n  *\nAccession Number\n  2\nTitle\n  Two\n"
    )
    assert [(r.title, r.source_id) for r in reading.records] == [("One", "1"), ("Two", "2")]


def test_a_line_that_only_looks_like_a_field_is_kept() -> None:
    record = read("<1>\nTitle\n  One\nStray words\n").records[0]
    assert (record.title, record.extra) == ("One", (("line", "Stray words"),))


def test_text_between_a_number_and_the_first_field_is_counted() -> None:
    reading = read("<1>\n  stray\nTitle\n  One\n")
    assert [record.title for record in reading.records] == ["One"]
    assert reading.losses == ("text outside any record was not read (1 lines); the first is line 2: “stray”",)


def test_a_type_with_a_remark_and_a_name_that_is_none() -> None:
    record = one("DT  - Review:  PDF Only.", f"AU  - {'Oak ' * 80}, Ann MD")
    assert (record.kind, record.extra) == ("review", (("DT", "Review"), ("DT", "Review: PDF Only.")))
    assert record.authors[0].endswith("Ann MD")
