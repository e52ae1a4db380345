"""RIS: every dialect rule by a hand-written line, and the round trip through our own writer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import formats
from review.record import Record

DATA = Path(__file__).parents[1] / "data" / "formats"


def one(*lines: str, type_: str = "JOUR") -> Record:
    """Read one record made of the lines given, with a title unless they have one."""
    text = "\n".join([f"TY  - {type_}", "TI  - A title", *lines, "ER  - ", ""])
    reading = formats.read(text.encode(), name="x.ris")
    assert (len(reading.records), reading.rejected) == (1, ())
    return reading.records[0]


@pytest.mark.parametrize(
    ("name", "platform", "records", "rejected", "losses"),
    [
        ("ebscohost.ris", "EBSCOhost", 1, 0, 0),
        ("proquest.ris", "ProQuest", 1, 0, 0),
        ("ovid_numbered_cr.ris", "Ovid", 2, 0, 0),
        ("cut_in_the_middle.ris", None, 2, 0, 1),
        ("noise_and_empty_record.ris", None, 1, 1, 1),
    ],
)
def test_fixture_files_account_for_every_record(
    name: str, platform: str | None, records: int, rejected: int, losses: int
) -> None:
    reading = formats.read((DATA / name).read_bytes(), name=name)
    assert reading.format == "ris" and reading.platform == platform
    assert (len(reading.records), len(reading.rejected), len(reading.losses)) == (records, rejected, losses)


def test_ebscohost_export_is_read_field_by_field() -> None:
    record = formats.read((DATA / "ebscohost.ris").read_bytes(), name="ebscohost.ris").records[0]
    assert record == Record(
        title="Mentoring on the ward.",
        authors=("Oak, Ann", "Elm, B. C.", "Ward Research Group"),
        date="2014-05",
        journal="Journal of Synthetic Wards",
        volume="12",
        issue="3",
        pages="142-6",
        abstract="A synthetic abstract.",
        keywords=("mentoring", "doctors"),
        kind="article",
        language="eng",
        doi="10.9999/synth.1",
        issns=("1234-567X",),
        url="https://search.ebscohost.com/login.aspx?direct=true&db=rzh&AN=178481408",
        source_id="178481408",
        notes=(
            "Accession Number: 178481408; Oak, Ann 1; Affiliation: 1: Synthetic Hospital",
            "Copyright of Journal of Synthetic Wards is the property of Nobody.",
        ),
        extra=(("JA", "J Synth Wards"), ("DB", "rzh"), ("DP", "EBSCOhost")),
    )


def test_the_cut_file_keeps_its_last_record_and_says_so() -> None:
    reading = formats.read((DATA / "cut_in_the_middle.ris").read_bytes(), name="cut.ris")
    assert reading.records[1].title == "The last record, cut"
    assert reading.losses == ("the last record has no ER line, it was read to the end: the file may be cut: record 2",)


def test_noise_between_records_is_counted_and_an_empty_record_is_quarantined() -> None:
    reading = formats.read((DATA / "noise_and_empty_record.ris").read_bytes(), name="noise.ris")
    assert reading.rejected[0].position == 2
    assert reading.rejected[0].reason == "the record has no title, no authors and no identifier"
    assert reading.rejected[0].raw == "TY  - GEN\nN2  - Only an abstract."
    assert reading.losses == (
        "text outside any record was not read (2 lines); the first is line 1: “Provider: Nobody in particular”",
    )


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["PY  - 2000///"], "2000"),
        (["Y1  - 2014/05/31/"], "2014-05-31"),
        (["PY  - 2014", "DA  - 2014/05//"], "2014-05"),
        (["PY  - 2011", "DA  - Mar 1"], "2011-03-01"),
        (["PY  - Start date: 20170812"], "2017-08-12"),
        (["PY  - 10 15"], None),
    ],
)
def test_dates_keep_the_precision_of_the_source(lines: list[str], expected: str | None) -> None:
    assert one(*lines).date == expected


def test_a_date_that_cannot_be_told_is_kept() -> None:
    assert one("PY  - 10 15").extra == (("PY", "10 15"),)
    assert one("PY  - 2013/04/18", "PY  - 2013/02/15/received").extra == (("PY", "2013/02/15/received"),)


@pytest.mark.parametrize(
    "line",
    [
        "DO  - http://dx.doi.org/10.9999/Synth.7.",
        "UR  - https://doi.org/10.9999/synth.7",
        "M3  - doi:10.9999/synth.7",
        "N1  - doi: 10.9999/synth.7",
    ],
)
def test_the_doi_is_found_wherever_platforms_put_it(line: str) -> None:
    assert one(line).doi == "10.9999/synth.7"


def test_dois_of_cited_papers_in_a_note_are_not_the_doi() -> None:
    assert one("N1  - References: Oak (2001), https://doi.org/10.9999/cited.1; Elm (2002)").doi is None


def test_a_second_different_doi_is_kept() -> None:
    assert one("DO  - 10.9999/a", "DO  - 10.9999/b").extra == (("DO", "10.9999/b"),)


@pytest.mark.parametrize(
    ("lines", "pages", "extra"),
    [
        (["SP  - 142", "EP  - 146"], "142-146", ()),
        (["SP  - 349-69"], "349-69", ()),
        (["SP  - 121-128", "EP  - 128"], "121-128", ()),
        (["SP  - No", "EP  - Specified"], None, (("SP", "No"), ("EP", "Specified"))),
        (["SP  - "], None, ()),
    ],
)
def test_pages_are_as_printed(lines: list[str], pages: str | None, extra: tuple[tuple[str, str], ...]) -> None:
    record = one(*lines)
    assert (record.pages, record.extra) == (pages, extra)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["KW  - a", "KW  - b; c"], ("a", "b; c")),
        (["KW  - a; b, c"], ("a", "b, c")),
        (["KW  - a, b, c"], ("a", "b", "c")),
        (["KW  - Burnout, Professional"], ("Burnout, Professional",)),
        (["KW  - a", "b", "c"], ("a", "b", "c")),
    ],
)
def test_keywords_repeated_or_in_one_line(lines: list[str], expected: tuple[str, ...]) -> None:
    assert one(*lines).keywords == expected


def test_authors_of_every_dialect() -> None:
    record = one("A1  - Shannon,Claude E.", "AU  - Fanning E.", "AU  - Department of Health", "A2  - Editor, E.")
    assert record.authors == ("Shannon, Claude E.", "Fanning, E.", "Department of Health")
    assert record.extra == (("A2", "Editor, E."),)


def test_the_long_journal_name_wins_and_the_short_one_is_kept() -> None:
    record = one("JA  - J Synth", "JF  - Journal of Synthesis")
    assert (record.journal, record.extra) == ("Journal of Synthesis", (("JA", "J Synth"),))
    assert one("T2  - A handbook", type_="CHAP").journal == "A handbook"


def test_types_become_kinds_and_an_unusual_type_is_kept() -> None:
    assert one("M3  - Review").kind == "review"
    assert (one(type_="EJOUR").kind, one(type_="EJOUR").extra) == ("article", (("TY", "EJOUR"),))
    assert one(type_="GEN").kind is None
    assert one(type_="SLIDE").kind == "other"


def test_an_absent_abstract_is_absent_and_two_parts_are_joined() -> None:
    assert (one("AB  - NA").abstract, one("AB  - NA").extra) == (None, (("AB", "NA"),))
    assert one("AB  - One.", "AB  - Two.").abstract == "One. Two."


def test_serial_numbers_are_told_apart() -> None:
    record = one("SN  - 1999-7777(Electronic),0222-6666(Print)", "SN  - 978-1-4822-5326-9", "SN  - none")
    assert (record.issns, record.isbns) == (("1999-7777", "0222-6666"), ("9781482253269",))
    assert record.extra == (("SN", "none"),)


def test_pubmed_ids_and_foreign_identifiers() -> None:
    record = one("U1  - 26957754[pmid]", "U2  - PMC4756000[pmcid]", "AN  - WOS:000444108200009")
    assert (record.pmid, record.pmcid, record.source_id) == ("26957754", "PMC4756000", "WOS:000444108200009")
    assert record.identifiers == (("wos", "WOS:000444108200009"),)
    assert one("AN  - 21553931", "DP  - NLM").pmid == "21553931"
    assert one("U2  - L373791783").identifiers == (("embase", "L373791783"),)


def test_the_pubmed_id_of_embase_and_several_addresses_in_one_line() -> None:
    assert one("DB  - Embase", "C5  - 21218094").pmid == "21218094"
    assert one("C5  - 21218094").pmid is None
    record = one("UR  - https://a.example/x;y; https://b.example")
    assert (record.url, record.extra) == ("https://a.example/x;y", (("UR", "https://b.example"),))


def test_a_subscriber_is_taken_out_of_addresses() -> None:
    assert one("UR  - https://x.proquest.com/docview/1?accountid=1&y=2").url == "https://x.proquest.com/docview/1?y=2"
    login = "https://login.proxy.uni.example/login?qurl=https://a.example/b"
    assert one(f"L2  - {login}").extra == (("L2", "https://a.example/b"),)


def test_lines_spaced_otherwise_are_believed_only_for_known_tags() -> None:
    record = one("AU\t- Oak, A.", "ID - 7", "AB  - Trials in the", "UK - and elsewhere", "PMID  - 12345")
    assert (record.authors, record.source_id, record.pmid) == (("Oak, A.",), "7", "12345")
    assert record.abstract == "Trials in the UK - and elsewhere"


def test_records_without_er_or_ty_are_read_and_said() -> None:
    text = b"TY  - JOUR\nTI  - One\nTY  - JOUR\nTI  - Two\nER  - \n\nTI  - Three\nER  - \n"
    reading = formats.read(text, name="x.ris")
    assert [record.title for record in reading.records] == ["One", "Two", "Three"]
    assert reading.losses == (
        "a record has no ER line, it was read up to the next TY: record 1",
        "a record has no TY line, its type is not known: record 3",
    )


def test_ovid_tags_after_er_belong_to_the_record_before() -> None:
    reading = formats.read(
        b"TY  - JOUR\nTI  - One\nER  - \nNL  - Short\n\n2. \nTY  - GEN\nTI  - Two\nER  -\n", name="x.ris"
    )
    assert [record.extra for record in reading.records] == [(("NL", "Short"),), ()]
    assert reading.losses == ()


# Round trip -----------------------------------------------------------------------------------------------------

_LETTERS = st.text(st.characters(categories=["Lu", "Ll", "Nd", "Po", "Sm"], exclude_characters=';,|.-"'), min_size=1)
words = st.lists(_LETTERS, min_size=1, max_size=5).map(" ".join).filter(lambda s: s.casefold() not in ("na", "n/a"))
people = st.tuples(_LETTERS, _LETTERS).map(", ".join) | st.just("Department of Health")
tags = st.sampled_from(["A2", "EDAT", "Column = 1", "AB", "JA", "UR", "TY", "C8", "M3", "DA", "U1"])
plain = Record(title="-", kind="article")
records = st.builds(
    Record,
    title=words,
    authors=st.lists(people, max_size=3).map(tuple),
    date=st.none() | st.sampled_from(["2014", "2014-05", "2014-05-31"]),
    journal=st.none() | words,
    volume=st.none() | words,
    pages=st.none() | st.sampled_from(["142-6", "e322", "5", "S1-S12-S14", "1-1", "142-146, 150"]),
    abstract=st.none() | words,
    keywords=st.lists(words | st.sampled_from(["a; b", "a, b, c", "Burnout, Professional"]), max_size=3).map(tuple),
    kind=st.none() | st.sampled_from(["article", "review", "editorial", "trial", "preprint", "chapter", "other"]),
    language=st.none() | st.sampled_from(["eng", "fre", "Klingon"]),
    doi=st.none() | st.just("10.9999/a(b)<c>"[:12]),
    pmid=st.none() | st.just("28504073"),
    pmcid=st.none() | st.just("PMC1484727"),
    issns=st.just(()) | st.just(("1234-567X",)),
    isbns=st.just(()) | st.just(("9781482253269",)),
    url=st.none() | st.just("https://example.org/a?b=c"),
    flags=st.just(()) | st.just(("retracted",)),
    source_id=st.none() | words,
    identifiers=st.just(()) | st.just((("openalex", "W1"), ("a:b=c", "2"))),
    notes=st.lists(words, max_size=2).map(tuple),
    extra=st.lists(st.tuples(tags, words), max_size=4, unique=True).map(tuple),
)


@given(st.lists(records, min_size=1, max_size=4).map(tuple))
@pytest.mark.parametrize("format", ["ris", "csv"])
def test_what_is_written_reads_back_as_the_same_records(format: str, some: tuple[Record, ...]) -> None:
    data = formats.write(some, format)
    assert formats.read(data, name=f"x.{format}").records == some
    assert formats.write(some, format) == data


def test_the_written_file_is_what_other_programs_expect() -> None:
    record = Record(title="T", authors=("Oak, A.",), date="2014-05", pages="142-6", kind="chapter", pmid="7")
    assert formats.write([record], "ris").decode() == (
        "TY  - CHAP\nTI  - T\nAU  - Oak, A.\nPY  - 2014\nDA  - 2014/05//\nSP  - 142\nEP  - 6\nU1  - 7[pmid]\nER  - \n"
    )
