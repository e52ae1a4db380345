"""Writing MEDLINE (nbib): what other programs expect, what survives the round trip, and what is said to be lost."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import formats
from review.record import Record

DATA = Path(__file__).parents[1] / "data" / "formats"


def written(*records: Record) -> str:
    return formats.write(records, "medline").decode()


def again(*records: Record) -> tuple[Record, ...]:
    reading = formats.read(formats.write(records, "medline"), name="x.nbib")
    assert (reading.format, reading.rejected, reading.losses) == ("medline", (), ())
    return reading.records


def test_the_written_file_is_what_pubmed_exports() -> None:
    record = Record(
        title="Mentoring on the ward",
        authors=("Oak, Ann-Marie B.", "Elm, Bob, Jr.", "Ward Research Group"),
        date="2018-04-03",
        journal="Journal of synthetic wards",
        volume="10",
        issue="4",
        pages="335-339",
        abstract="One.",
        keywords=("mentoring",),
        kind="review",
        language="eng",
        doi="10.9999/synth.5",
        pmid="99999992",
        pmcid="PMC9999992",
        issns=("1234-567X",),
        isbns=("9781482253269",),
        publisher="Nobody",
        place="England",
        flags=("retracted",),
        source_id="99999992",
        identifiers=(("pii", "S1234"),),
        notes=("A note",),
    )
    assert written(record) == (
        "PMID- 99999992\nIS  - 1234-567X\nISBN- 9781482253269\nVI  - 10\nIP  - 4\nDP  - 2018 Apr 3\n"
        "TI  - Mentoring on the ward\nPG  - 335-339\nLID - 10.9999/synth.5 [doi]\nAB  - One.\n"
        "FAU - Oak, Ann-Marie B.\nAU  - Oak AMB\nFAU - Elm, Bob, Jr.\nAU  - Elm B Jr.\nCN  - Ward Research Group\n"
        "LA  - eng\nPT  - Review\nPT  - Retracted Publication\nPB  - Nobody\nPL  - England\n"
        "TA  - Journal of synthetic wards\nJT  - Journal of synthetic wards\nOT  - mentoring\nGN  - A note\n"
        "PMC - PMC9999992\nAID - 10.9999/synth.5 [doi]\nAID - S1234 [pii]\n\n"
    )
    assert formats.lost([record], formats.write([record], "medline"), "medline") == ()


def test_a_record_without_a_pmid_still_begins_with_that_line() -> None:
    assert written(Record(title="One"), Record(title="Two")) == "PMID- \nTI  - One\n\nPMID- \nTI  - Two\n\n"
    assert formats.detect(written(Record(title="One")).encode(), "x")[0] == "medline"


@pytest.mark.parametrize("breaking", ["\n", "\r\n", "\r", "\u2028", "\x85", "\x0b", "\x1c"])
def test_no_value_can_forge_a_tag(breaking: str) -> None:
    title = f"One{breaking}AU  - Forged A{breaking}{breaking}PMID- 1"
    records = again(Record(title=title, authors=(f"Oak, A{breaking}FAU - Forged, B",), abstract="TI  - x"))
    assert records[0].title == "One AU - Forged A PMID- 1"
    assert records[0].authors == ("Oak, A FAU - Forged, B",)
    assert (len(records), records[0].pmid, records[0].abstract) == (1, None, "TI - x")


def test_a_file_of_pubmed_comes_back_with_all_its_elements() -> None:
    records = formats.read((DATA / "pubmed.nbib").read_bytes(), name="pubmed.nbib").records
    assert [replace(r, extra=tuple(sorted(r.extra))) for r in again(*records)] == [
        replace(r, extra=tuple(sorted(r.extra))) for r in records
    ]
    assert formats.lost(records, formats.write(records, "medline"), "medline") == ()


def test_elements_of_other_formats_are_not_written_under_names_that_mean_something_else_here() -> None:
    extra = (("RN", "research notes"), ("AD", "Leeds"), ("TA", "J Synth"), ("DP", "EBSCOhost"))
    assert written(Record(title="One", extra=extra)) == "PMID- \nTI  - One\nAD  - Leeds\n\n"
    assert written(Record(journal="J", extra=extra)) == "PMID- \nJT  - J\nAD  - Leeds\nTA  - J Synth\n\n"


def test_the_printed_date_and_further_languages_of_medline_are_written_as_they_were() -> None:
    extra = (("OWN", "NLM"), ("DP", "2010 Jan-Feb"), ("LA", "fre"))
    (record,) = again(Record(title="One", date="2010", language="eng", extra=extra))
    assert (record.date, record.language, record.extra) == ("2010", "eng", extra)


def test_organisations_before_people_keep_their_place() -> None:
    authors = ("Ward Group", "Oak, Ann", "Other Group")
    assert again(Record(authors=authors))[0].authors == authors


def test_an_identifier_is_not_mistaken_for_the_doi() -> None:
    record = Record(title="One", identifiers=(("pii", "10.9999/not.the.doi"), ("a b", "1"), ("wos", "WOS:1")))
    (back,) = again(record)
    assert (back.doi, back.identifiers) == (None, (("wos", "WOS:1"),))


def test_what_has_no_place_is_said() -> None:
    records = [Record(title="One", url="https://example.org"), Record(title="Two", pmid="7", source_id="9")]
    assert formats.lost(records, formats.write(records, "medline"), "medline") == (
        "MEDLINE (PubMed) has no place for all of the field “url”: record 1",
        "MEDLINE (PubMed) has no place for all of the field “source id”: record 2",
    )
    assert formats.lost([], b"", "medline") == ()
    assert formats.lost(records, b"PMID- 1\n", "medline") == (
        "the MEDLINE (PubMed) file reads back as 1 records, 2 were written",
    )


# Round trip -----------------------------------------------------------------------------------------------------

_LETTERS = st.text(st.characters(categories=["Lu", "Ll", "Nd", "Po", "Sm"], exclude_characters=";,|.-\"'"), min_size=1)
_WORDS = st.lists(_LETTERS, min_size=1, max_size=5).map(" ".join)
_PEOPLE = st.tuples(_LETTERS, _LETTERS).map(", ".join) | st.just("Department of Health")


def _one_short_name(pair: tuple[str, str]) -> object:
    return pair[0] if pair[0] == "TA" else pair


_RECORDS = st.builds(
    Record,
    title=_WORDS,
    authors=st.lists(_PEOPLE, max_size=4).map(tuple),
    date=st.none() | st.dates().filter(lambda d: 1500 <= d.year < 2100).map(str).flatmap(
        lambda day: st.sampled_from([day, day[:7], day[:4]])
    ),
    journal=st.none() | _WORDS,
    volume=st.none() | _WORDS,
    issue=st.none() | _WORDS,
    pages=st.none() | st.sampled_from(["142-6", "e322", "142-146, 150"]),
    abstract=st.none() | _WORDS,
    keywords=st.lists(_WORDS, max_size=3).map(tuple),
    kind=st.none()
    | st.sampled_from(
        ["article", "review", "editorial", "letter", "commentary", "conference", "chapter", "book", "report", "thesis",
         "preprint", "dataset", "web", "erratum", "retraction", "trial", "other"]
    ),
    language=st.none() | st.sampled_from(["eng", "fre", "Klingon"]),
    doi=st.none() | st.just("10.9999/a(b)"),
    pmid=st.none() | st.just("28504073"),
    pmcid=st.none() | st.just("PMC1484727"),
    issns=st.just(()) | st.just(("1234-567X", "2434-561X")),
    isbns=st.just(()) | st.just(("9781482253269",)),
    publisher=st.none() | _WORDS,
    place=st.none() | _WORDS,
    identifiers=st.just(()) | st.just((("pii", "S1"), ("wos", "WOS:1"))),
    notes=st.lists(_WORDS, max_size=2).map(tuple),
    extra=st.lists(st.tuples(st.sampled_from(["PT", "AD", "TA"]), _WORDS), max_size=3, unique_by=_one_short_name)
    .map(tuple),
)  # fmt: skip


@given(st.lists(_RECORDS, min_size=1, max_size=4))
def test_every_field_that_medline_has_a_place_for_survives(some: list[Record]) -> None:
    back = again(*some)
    assert len(back) == len(some)
    for record, found in zip(some, back, strict=True):
        for field in fields(Record):
            value, now = getattr(record, field.name), getattr(found, field.name)
            if field.name == "extra":
                said = {pair for pair in value if pair[0] != "TA" or record.journal not in (None, pair[1])}
                assert said <= set(now)
            elif field.name not in ("source_id", "keywords") and value:
                assert now == value, field.name
        assert found.keywords == tuple(dict.fromkeys(record.keywords))
        assert found.source_id == record.pmid
    assert formats.write(some, "medline") == formats.write(some, "medline")
    assert formats.write(back, "medline") == formats.write(again(*back), "medline")
