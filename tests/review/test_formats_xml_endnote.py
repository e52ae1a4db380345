"""EndNote XML: field by field, the dialects of other programs, and the round trip through our own writer."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from review import formats
from review.formats import endnote_tags
from review.formats.kinds import RIS_TYPES, TO_RIS
from review.record import Kind, Record

DATA = Path(__file__).parents[1] / "data" / "formats"


def one(*elements: str) -> Record:
    """Read one record made of the elements given, with a title."""
    text = f"<xml><records><record><titles><title>T</title></titles>{''.join(elements)}</record></records></xml>"
    reading = formats.read(text.encode(), name="x.xml")
    assert (len(reading.records), reading.rejected) == (1, ())
    return reading.records[0]


def test_an_export_of_endnote_field_by_field() -> None:
    reading = formats.read((DATA / "endnote.xml").read_bytes(), name="endnote.xml")
    assert (reading.format, reading.platform, reading.losses) == ("endnote-xml", "EndNote", ())
    assert reading.records[0] == Record(
        title="CO2 on the ward",
        authors=("Oak, Ann", "Ward Research Group"),
        date="2014-05-03",
        journal="Journal of Synthetic Wards",
        volume="12",
        issue="3",
        pages="142-6",
        abstract="A synthetic abstract, p < 0.05.",
        keywords=("mentoring", "doctors"),
        kind="article",
        language="eng",
        doi="10.9999/synth.7",
        pmid="99999991",
        pmcid="PMC9999991",
        issns=("1234-567X", "0222-6666"),
        url="https://example.org/7",
        source_id="99999991",
        notes=("Oak, Ann", "Journal Article"),
        extra=(
            ("database", "Synthetic.enl"),
            ("source-app", "EndNote"),
            ("rec-number", "7"),
            ("secondary-authors", "Elm, B. C."),
            ("auth-address", "Synthetic Hospital"),
            ("full-title", "J Synth Wards"),
            ("caption", "Duplicate"),
            ("custom2", "PMC9999991"),
            ("remote-database-provider", "NLM"),
        ),
    )


def test_the_places_of_embase_in_endnote() -> None:
    record = formats.read((DATA / "endnote.xml").read_bytes(), name="endnote.xml").records[1]
    assert (record.pmid, record.identifiers, record.kind) == ("99999992", (("embase", "L627784391"),), "conference")
    assert (record.source_id, record.notes) == ("8", ("2019-05-29",))
    assert record.extra == (
        ("ref-type", "Journal Article"),
        ("notes", "L627784391"),
        ("work-type", "Conference Abstract"),
        ("remote-database-name", "Embase Medline"),
    )


def test_line_ends_between_runs_are_layout_and_the_name_of_a_type_beats_its_number() -> None:
    reading = formats.read((DATA / "endnote_pretty_printed.xml").read_bytes(), name="x.xml")
    (record,) = reading.records
    assert (record.title, record.authors, record.keywords) == ("In vivo mentoring: a chapter", ("Oak, Ann",), ())
    assert (record.kind, record.journal, record.isbns) == ("chapter", "A handbook", ("9781482253269",))


@pytest.mark.parametrize(
    ("element", "kind", "extra"),
    [
        ('<ref-type name="Report">10</ref-type>', "report", ()),
        ("<ref-type>32</ref-type>", "thesis", ()),
        ('<ref-type name="Magazine Article">19</ref-type>', "article", (("ref-type", "Magazine Article"),)),
        ('<ref-type name="Made Up">99</ref-type>', None, (("ref-type", "Made Up"),)),
        ("<REFERENCE_TYPE>2</REFERENCE_TYPE>", "thesis", ()),
        ("<ref-type>17</ref-type><work-type>Review</work-type>", "review", (("work-type", "Review"),)),
    ],
)
def test_types_become_kinds(element: str, kind: Kind | None, extra: tuple[tuple[str, str], ...]) -> None:
    assert (one(element).kind, one(element).extra) == (kind, extra)


def test_retracted_publications_are_flagged() -> None:
    assert one("<ref-type>17</ref-type><work-type>Retracted Publication</work-type>").flags == ("retracted",)


def test_several_dates_give_the_most_precise_one_and_lose_none() -> None:
    record = one(
        "<dates><year>2019</year><pub-dates><date>Sep 6</date></pub-dates></dates><edition>2019/10/09</edition>"
    )
    assert (record.date, record.extra[-1]) == ("2019-09-06", ("edition", "2019/10/09"))
    record = one("<dates><year>2006</year><pub-dates><date>Jan-Feb</date></pub-dates></dates>")
    assert (record.date, record.extra) == ("2006", (("pub-dates", "Jan-Feb"),))


def test_every_other_element_is_kept_with_its_name() -> None:
    record = one(
        "<custom1>one</custom1><custom8>eight</custom8><made-up><deep>x</deep></made-up>",
        "<urls><web-urls><url>https://example.org/a</url></web-urls><pdf-urls><url>internal-pdf://a.pdf</url></pdf-urls>",
        "</urls><alt-periodical><full-title>Alt</full-title></alt-periodical><titles><short-title>S</short-title></titles>",
    )
    assert record.url == "https://example.org/a"
    assert record.extra == (
        ("custom1", "one"), ("custom8", "eight"), ("made-up/deep", "x"), ("pdf-urls", "internal-pdf://a.pdf"),
        ("alt-periodical/full-title", "Alt"), ("short-title", "S"),
    )  # fmt: skip


def test_an_id_of_another_database_in_a_custom_field() -> None:
    assert one("<custom3>PUBMED 27318524</custom3>").pmid == "27318524"
    record = one("<custom3>EMBASE 609901780</custom3>")
    assert (record.identifiers, record.extra) == ((("embase", "L609901780"),), (("custom3", "EMBASE 609901780"),))
    assert one("<custom5>27318524</custom5>").pmid is None, "any number, unless the database is Embase or MEDLINE"


def test_endnote_7_in_capitals() -> None:
    text = (
        "<XML><RECORDS><RECORD><REFERENCE_TYPE>0</REFERENCE_TYPE><REFNUM>4</REFNUM><AUTHORS><AUTHOR>Oak, A.</AUTHOR>"
        "</AUTHORS><YEAR>1999</YEAR><TITLE>T</TITLE><SECONDARY_TITLE>J</SECONDARY_TITLE><URL>https://example.org</URL>"
        "<KEYWORDS><KEYWORD>a</KEYWORD><KEYWORD>b</KEYWORD></KEYWORDS></RECORD></RECORDS></XML>"
    )
    (record,) = formats.read(text.encode(), name="x.xml").records
    assert record == Record(
        title="T", authors=("Oak, A.",), date="1999", journal="J", keywords=("a", "b"), kind="article",
        url="https://example.org", source_id="4",
    )  # fmt: skip


def test_a_record_without_title_author_and_id_is_set_aside() -> None:
    text = "<xml><records><record><ref-type>17</ref-type><volume>3</volume></record></records></xml>"
    (rejected,) = formats.read(text.encode(), name="x.xml").rejected
    assert rejected.reason == "the record has no title, no authors and no identifier"
    assert rejected.raw == "<record><ref-type>17</ref-type><volume>3</volume></record>"


def test_the_tables_agree_with_those_of_ris() -> None:
    assert {ris for _, ris in endnote_tags.TYPES.values()} >= set(TO_RIS.values()) - {"MISC"}
    assert set(endnote_tags.BY_RIS) >= set(TO_RIS.values())
    assert {"JOUR", "GEN", "CONF", "THES"} <= set(RIS_TYPES) & set(endnote_tags.BY_RIS)
    assert len({number for number, _ in endnote_tags.TYPES.values()}) == len(endnote_tags.TYPES)


def test_what_is_written_is_what_endnote_writes() -> None:
    record = Record(
        title="A < B & C", authors=("Oak, Ann", "Ward Research Group", "Plato"), date="2014-05-03", journal="J",
        kind="thesis", issns=("1234-567X",), isbns=("9781482253269",), doi="10.9999/a", pmid="99999991",
        notes=("One", "Two"), url="https://example.org/?a=1&b=2",
    )  # fmt: skip
    root = etree.fromstring(formats.write([record], "endnote-xml"))
    (written,) = root.iterfind("records/record")
    assert root.tag == "xml"
    assert {path: "|".join("".join(found.itertext()) for found in written.iterfind(path)) for path in (
        "ref-type", "contributors/authors/author", "titles/title", "titles/secondary-title", "periodical/full-title",
        "dates/year", "dates/pub-dates/date", "isbn", "accession-num", "notes", "urls/related-urls/url",
        "electronic-resource-num",
    )} == {
        "ref-type": "32", "contributors/authors/author": "Oak, Ann|Ward Research Group,|Plato",
        "titles/title": "A < B & C", "titles/secondary-title": "J", "periodical/full-title": "J", "dates/year": "2014",
        "dates/pub-dates/date": "May 3", "isbn": "1234-567X\r9781482253269", "accession-num": "99999991",
        "notes": "One\rTwo", "urls/related-urls/url": "https://example.org/?a=1&b=2",
        "electronic-resource-num": "10.9999/a",
    }  # fmt: skip
    assert written.find("ref-type").attrib == {"name": "Thesis"}  # type: ignore[union-attr]
    assert written.find("titles/title/style").attrib == {"face": "normal", "font": "default", "size": "100%"}  # type: ignore[union-attr]
    assert formats.read(formats.write([record], "endnote-xml"), name="x.xml").records == (record,)


def test_characters_that_xml_cannot_hold_are_removed_and_nothing_else() -> None:
    data = formats.write([Record(title="a\x00b\x0bc\ufffed\ud800e\t\U0001f600é <&>")], "endnote-xml")
    assert formats.read(data, name="x.xml").records == (Record(title="abcde \U0001f600é <&>"),)


def test_an_export_of_endnote_is_written_without_loss_and_without_lines_of_our_own() -> None:
    records = formats.read((DATA / "endnote.xml").read_bytes(), name="x.xml").records[:1]
    data = formats.write(records, "endnote-xml")
    assert b"review:" not in data
    assert formats.read(data, name="x.xml").records == records


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")), min_size=1, max_size=12
) | st.sampled_from(
    ["a, b; c", "<b>x</b>", "R&D", "review:doi=x", "[1]", "10.9999/x", "PMC123456", "L1234567", "Smith AB"]
)
TEXTS = st.lists(TEXT, max_size=3, unique=True).map(tuple)
PAIRS = st.lists(
    st.tuples(
        TEXT
        | st.sampled_from(
            ["custom2", "ref-type", "notes", "label", "database", "rec-number", "pages", "research-notes"]
        ),
        TEXT,
    ),
    max_size=3,
).map(tuple)
RECORDS = st.builds(
    Record,
    title=TEXT,
    date=st.none() | st.sampled_from(["1999", "2014-05", "2014-05-31"]),
    kind=st.none() | st.sampled_from(get_args(Kind)),
    **{field.name: TEXTS for field in fields(Record) if field.name in ("authors", "keywords", "flags", "notes")},
    **{
        field.name: st.none() | TEXT
        for field in fields(Record)
        if field.type == "str | None" and field.name not in ("title", "date")
    },
    issns=st.sampled_from([(), ("1234-567X",), ("x",)]),
    isbns=st.sampled_from([(), ("9781482253269",)]),
    identifiers=PAIRS,
    extra=PAIRS,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(RECORDS, max_size=3))
def test_what_is_written_is_read_back_the_same(records: list[Record]) -> None:
    kept = [formats.cells.tidied(record) for record in records]
    data = formats.write(records, "endnote-xml")
    reading = formats.read(data, name="x.xml", format="endnote-xml")
    assert list(reading.records) == kept
    assert not reading.rejected
    assert formats.write(records, "endnote-xml") == data
