"""Web of Science, EndNote (refer) and RefWorks tagged text: synthetic records, every rule by a hand-written line."""

from __future__ import annotations

from pathlib import Path

import pytest

from review import formats
from review.record import Reading, Record

DATA = Path(__file__).parents[1] / "data" / "formats"
WOS = (DATA / "web_of_science.ciw").read_text()
REFER = (DATA / "endnote.enw").read_text()
REFWORKS = (DATA / "refworks.txt").read_text()


def read(text: str, name: str = "x.txt") -> Reading:
    return formats.read(text.encode(), name=name)


def wos(*lines: str, type_: str = "J") -> Record:
    """Read one record with the lines given and a title."""
    reading = read("\n".join(["FN Clarivate", f"PT {type_}", "TI A title", *lines, "ER", "EF", ""]))
    assert (len(reading.records), reading.rejected, reading.losses) == (1, (), ())
    return reading.records[0]


def refer(*lines: str, type_: str = "Journal Article") -> Record:
    reading = read("\n".join([f"%0 {type_}", "%T A title", *lines, ""]))
    assert (len(reading.records), reading.rejected, reading.losses) == (1, (), ())
    return reading.records[0]


def test_web_of_science_is_read_field_by_field() -> None:
    reading = read(WOS)
    assert (reading.format, reading.platform, reading.losses) == ("wos-tagged", "Web of Science", ())
    assert reading.records == (
        Record(
            title="Mentoring on the ward",
            authors=("Oak, Ann", "Elm, Bob C.", "Ward Research Group"),
            date="2014-12-16",
            journal="JOURNAL OF SYNTHETIC WARDS",
            volume="12",
            issue="3",
            pages="142-146",
            abstract="One. Two.",
            keywords=("mentoring", "junior doctors", "STRESS", "JUNIOR DOCTORS"),
            kind="review",
            language="eng",
            doi="10.9999/synth.1",
            pmid="99999991",
            issns=("1234-567X", "2434-561X"),
            publisher="NOBODY LTD",
            place="LEEDS",
            source_id="WOS:000000000000001",
            identifiers=(("wos", "WOS:000000000000001"),),
            extra=(
                ("DT", "Review"),
                ("DT", "Early Access"),
                ("C1", "[Oak, Ann] Synthetic Univ, Leeds, England."),
                ("C1", "[Elm, Bob C.] Other Univ, York, England."),
                ("CR", "ASH C, 2001, J SYNTH, V1, P1, DOI 10.9999/cited"),
                ("JI", "J. Synth. Wards"),
                ("QQ", "from the future"),
            ),
        ),
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("text", [WOS, REFER, REFWORKS], ids=["wos", "refer", "refworks"])
def test_marks_and_line_ends_change_nothing(text: str, end: str, encoding: str) -> None:
    reading = formats.read(text.replace("\n", end).encode(encoding), name="x")
    assert reading == read(text)


@pytest.mark.parametrize(
    ("lines", "date", "extra"),
    [
        (["PD DEC 16", "PY 2014"], "2014-12-16", ()),
        (["PY 2014"], "2014", ()),
        (["PD JUL-AUG", "PY 2014"], "2014", (("PD", "JUL-AUG"),)),
        (["PD DEC 2016-JAN 2017", "PY 2017"], "2017", (("PD", "DEC 2016-JAN 2017"),)),
        (["PD DEC 25-JAN 1", "PY 2015"], "2015", (("PD", "DEC 25-JAN 1"),)),
        (["PD 04 2006", "PY 2006"], "2006-04", ()),
        (["EA NOV 2020"], "2020-11", ()),
        (["EA NOV 2020", "PY 2021"], "2021", (("EA", "NOV 2020"),)),
    ],
)
def test_dates_keep_their_precision(lines: list[str], date: str, extra: tuple[tuple[str, str], ...]) -> None:
    assert (wos(*lines).date, wos(*lines).extra) == (date, extra)


@pytest.mark.parametrize(
    ("lines", "pages", "extra"),
    [
        (["BP 1", "EP 9", "AR e5"], "1-9", (("AR", "e5"),)),
        (["AR e0006219"], "e0006219", ()),
        (["EP 9", "AR 77"], "77", (("EP", "9"),)),
        (["PS 2457-71"], "2457-71", ()),
        (["EP 9"], "9", ()),
    ],
)
def test_pages_or_the_article_number(lines: list[str], pages: str, extra: tuple[tuple[str, str], ...]) -> None:
    assert (wos(*lines).pages, wos(*lines).extra) == (pages, extra)


def test_full_names_are_preferred_and_short_ones_kept_when_they_are_not_the_same_people() -> None:
    assert wos("AU Oak, A", "   Elm, B", "AF Oak, Ann").authors == ("Oak, Ann",)
    assert wos("AU Oak, A", "   Elm, B", "AF Oak, Ann").extra == (("AU", "Oak, A"), ("AU", "Elm, B"))
    assert wos("AU Oak, Ann; Elm, Bob").authors == ("Oak, Ann", "Elm, Bob")
    book = wos("BA Oak, A", "BF Oak, Ann", "BE Editor, E", "DT Book", type_="B")
    assert (book.authors, book.kind, book.extra) == (
        ("Oak, Ann",),
        "book",
        (("PT", "B"), ("BE", "Editor, E"), ("DT", "Book")),
    )


@pytest.mark.parametrize(
    ("type_", "lines", "kind"),
    [
        ("J", [], "article"),
        ("J", ["DT Article; Proceedings Paper"], "conference"),
        ("J", ["DT Editorial Material"], "editorial"),
        ("B", [], "book"),
        ("B", ["DT Article; Book Chapter"], "chapter"),
        ("S", ["DT Proceedings Paper"], "conference"),
        ("P", [], "other"),
        ("K", [], None),
    ],
)
def test_kinds_come_from_dt_then_pt(type_: str, lines: list[str], kind: str | None) -> None:
    assert wos(*lines, type_=type_).kind == kind


def test_retracted_by_its_document_type() -> None:
    record = wos("DT Article; Retracted Publication")
    assert (record.kind, record.flags) == ("article", ("retracted",))


def test_medline_on_web_of_science_and_what_is_no_doi() -> None:
    record = wos("UT MEDLINE:16842170", "DI 467-72", "SN 1234-567X", "BN 978-1-4822-5326-9")
    assert (record.pmid, record.doi, record.isbns) == ("16842170", None, ("9781482253269",))
    assert record.extra == (("DI", "467-72"),)


def test_a_further_value_of_a_tag_with_one_place_is_kept() -> None:
    record = wos("VL 1", "VL 2", "DI 10.9999/a", "DI 10.9999/b")
    assert (record.volume, record.doi, record.extra) == ("1", "10.9999/a", (("VL", "2"), ("DI", "10.9999/b")))


def test_records_without_er_are_read_and_said() -> None:
    reading = read("FN ISI Export Format\nVR 1.0\nPT J\nTI One\n\nPT J\nTI Two\nER\n\nPT J\nTI Three\nAB and o")
    assert [(r.title, r.abstract) for r in reading.records] == [("One", None), ("Two", None), ("Three", "and o")]
    assert reading.losses == (
        "a record has no ER line, it was read up to the next record: record 1",
        "the last record has no ER line, it was read to the end: the file may be cut: record 3",
    )


def test_two_exports_in_one_file_and_text_around_them() -> None:
    reading = read("Page 1\n" + WOS + "my note\n" + WOS)
    assert len(reading.records) == 2
    assert reading.losses == ("text outside any record was not read (2 lines); the first is line 1: “Page 1”",)


def test_a_record_without_pt_is_found_by_its_first_tag() -> None:
    reading = formats.read(b"TI One\nAU Oak, A\nER\n\nTI Two\n\nTI Three\nER\nEF\n", name="x.ciw")
    assert [record.title for record in reading.records] == ["One", "Two", "Three"]


def test_a_block_that_is_no_record_is_quarantined_with_its_lines() -> None:
    reading = read("FN Clarivate\nPT J\nAB Only\n   this\nER\nEF\n")
    assert reading.rejected[0].reason == "the record has no title, no authors and no identifier"
    assert reading.rejected[0].raw == "PT J\nAB Only\n   this"


def test_refer_is_read_field_by_field() -> None:
    reading = read(REFER, "x.enw")
    assert (reading.format, reading.losses) == ("endnote-refer", ())
    assert reading.records == (
        Record(
            title="Mentoring on the ward",
            authors=("Oak, Ann", "Department of Health"),
            date="2014-05-31",
            journal="Journal of Synthetic Wards",
            volume="12",
            issue="3",
            pages="142-6",
            abstract="One. Two.",
            keywords=("mentoring", "doctors"),
            kind="article",
            doi="10.9999/synth.1",
            pmid="99999991",
            pmcid="PMC9999992",
            issns=("1234-567X",),
            url="https://example.org/a",
            source_id="99999991",
            extra=(("%O", "J Synth Wards"), ("%W", "NLM"), ("%(", "once more")),
        ),
    )


def test_refer_types_and_places_that_depend_on_them() -> None:
    chapter = refer("%B A handbook", "%E Editor, E.", "%O a note", type_="Book Section")
    assert (chapter.kind, chapter.journal, chapter.notes) == ("chapter", "A handbook", ("a note",))
    assert chapter.extra == (("%E", "Editor, E."),)
    assert (refer(type_="Holotape").kind, refer(type_="Holotape").extra) == (None, (("%0", "Holotape"),))
    assert (refer("%] e77").pages, refer("%& 5", "%P 5-9").pages) == ("e77", "5-9")


def test_refer_without_types_is_cut_at_blank_lines() -> None:
    reading = read("%A Oak, A.\n%T One\n\n%T Two\n\n\n%A Elm, B.\n%T Three\n%X a\n\nb\n%N 7\n")
    assert [(r.title, r.authors, r.abstract, r.issue) for r in reading.records] == [
        ("One", ("Oak, A.",), None, None),
        ("Two", (), None, None),
        ("Three", ("Elm, B.",), "a b", "7"),
    ]


def test_refer_with_a_blank_line_inside_a_record_stays_whole() -> None:
    reading = read("%0 Book\n%T One\n%X a\n\n%Z note\n%0 Book\n%T Two\n%A A\n\n%A B\n%T Three\n")
    assert [(r.title, r.notes) for r in reading.records] == [("One", ("note",)), ("Two", ()), ("Three", ())]


def test_refworks_is_read_field_by_field() -> None:
    reading = read(REFWORKS)
    assert (reading.format, reading.platform, reading.losses) == ("refworks", "RefWorks", ())
    assert reading.records == (
        Record(
            title="Mentoring on the ward",
            authors=("Oak, Ann", "Elm, Bob C."),
            date="2014-05",
            journal="Journal of Synthetic Wards",
            volume="12",
            issue="3",
            pages="142-146",
            abstract="Trials in the UK and elsewhere.",
            keywords=("mentoring", "doctors"),
            kind="article",
            language="eng",
            doi="10.9999/synth.1",
            issns=("1234-567X",),
            url="https://example.org/a",
            source_id="206",
            notes=("A note",),
            extra=(("SR", "Electronic(1)"), ("JO", "J Synth Wards"), ("U12", "mine")),
        ),
        Record(title="A chapter", authors=("Ash, C.",), date="2002", journal="A handbook", kind="chapter"),
    )


def test_refworks_unknown_tags_are_kept_except_in_running_text() -> None:
    record = read("RT Report\nT1 One\nYR 2001\nZZ new\nAB Of the\nZZ top\nVO 7\n").records[0]
    assert (record.kind, record.abstract, record.volume, record.extra) == (
        "report",
        "Of the ZZ top",
        "7",
        (("ZZ", "new"),),
    )


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("FN Thomson Reuters Web of Knowledge\nVR 1.0\n", "x", ("wos-tagged", "Web of Science")),
        ("PT J \nAU A\n", "x", ("wos-tagged", None)),
        ("AU A\nTI T\nER\n", "savedrecs.ciw", ("wos-tagged", None)),
        ("%0 Book\n", "x", ("endnote-refer", None)),
        ("\n%T Title\n", "x", ("endnote-refer", None)),
        ("words\n", "x.enw", ("endnote-refer", None)),
        ("RT Journal Article\nSR Print\nID 1\nA1 Oak,A\n", "x", ("refworks", None)),
        ("<1. >\nVN  - Ovid Technologies\n", "x", ("ovid-tagged", "Ovid")),
        ("<12>\nUnique Identifier\n  1\n", "x", ("ovid-tagged", "Ovid")),
        ("Accession Number\n  1\n", "x", ("ovid-tagged", None)),
        ("PMID- \nTI  - T\n", "x", ("medline", None)),
        ("1. \nTY  - JOUR\nTI  - %0 x\n", "x", ("ris", None)),
    ],
)
def test_the_format_is_recognised(text: str, name: str, expected: tuple[str, str | None]) -> None:
    assert formats.detect(text.encode(), name) == expected
