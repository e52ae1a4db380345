"""XML of any kind: encodings, damage, what is repaired, what is refused, and that no bytes crash or hang a reader."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review import formats
from review.errors import ReviewError
from review.record import Reading

DATA = Path(__file__).parents[1] / "data"


def endnote(*titles: str, head: str = "") -> str:
    records = (f"<record><ref-type>17</ref-type><titles><title>{title}</title></titles></record>" for title in titles)
    return f"{head}<xml><records>{''.join(records)}</records></xml>"


def read(text: str | bytes, format: str | None = None) -> Reading:
    data = text.encode() if isinstance(text, str) else text
    return formats.read(data, name="x.xml", format=format)


def titles(reading: Reading) -> list[str | None]:
    return [record.title for record in reading.records]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252", "macintosh"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_that_is_declared_or_marked(encoding: str, end: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>{end}'
    reading = read(endnote(f"Wohlbefinden{end}für Ärzte", head=head).encode(encoding))
    assert (titles(reading), reading.losses) == (["Wohlbefinden für Ärzte"], ())


def test_a_declaration_that_is_wrong_is_not_believed() -> None:
    assert titles(read(endnote("für", head='<?xml version="1.0" encoding="UTF-16"?>'))) == ["für"]
    reading = read(endnote("für", head='<?xml version="1.0" encoding="iso-8859-99"?>'))
    assert titles(reading) == ["für"]
    assert reading.losses == ("the file says that it is iso-8859-99 but is not, or that is not known",)


@pytest.mark.parametrize(
    ("title", "expected", "loss"),
    [
        ("a\x0bb", "a b", "control characters (such as NUL) were replaced by spaces, 1 in all"),
        ("a&#x1;b", "a b", "a reference to a character that XML forbids was replaced by a space: record 1"),
        ("a&nbsp;&ndash;b", "a –b", "a named character of HTML was read as the character that it stands for: record 1"),
        ("R&D, AT&T;", "R&D, AT&T;", "a bare & or < was read as that character: record 1"),
        ("p <0.05", "p <0.05", "a bare & or < was read as that character: record 1"),
        ("a\uffffb", "a\ufffdb", None),
    ],
)
def test_what_xml_does_not_allow_is_repaired_and_said(title: str, expected: str, loss: str | None) -> None:
    reading = read(endnote(title, "Whole &amp; well"))
    assert titles(reading) == [expected, "Whole & well"]
    assert {one.rpartition(": record")[0] or one for one in reading.losses} == (
        {loss.rpartition(": record")[0] or loss} if loss else set()
    )


def test_a_repair_leaves_what_is_right_as_it_is() -> None:
    title = "<![CDATA[a < b & c]]> R&D &lt;i&gt; &#233; <!-- & < -->"
    assert titles(read(endnote(title))) == ["a < b & c R&D <i> é"]


def test_a_damaged_record_is_set_aside_alone() -> None:
    reading = read(endnote("First", "<b>Second", "Third"))
    assert titles(reading) == ["First", "Third"]
    assert reading.rejected[0].position == 2
    assert reading.rejected[0].reason.startswith("the XML of the record is damaged: ")
    assert reading.rejected[0].raw.startswith("<record><ref-type>17</ref-type><titles><title><b>Second</title>")


def test_a_cut_file_gives_every_whole_record_and_one_rejected_part() -> None:
    text = endnote("First", "Second", "Third")
    reading = read(text[: text.index("Third")])
    assert titles(reading) == ["First", "Second"]
    assert [one.reason for one in reading.rejected] == ["the record has no end: the file is cut off before </record>"]
    assert reading.rejected[0].raw.endswith("<titles><title>")
    behind = read(text[text.index("First") :])
    assert titles(behind) == ["Second", "Third"]
    assert [one.reason for one in behind.rejected] == [
        "the beginning of the record is missing: </record> has no <record>"
    ]


def test_a_record_cut_in_the_middle_of_the_file_does_not_swallow_the_next() -> None:
    reading = read(endnote("First", "Second").replace("First</title></titles></record>", "Fir"))
    assert titles(reading) == ["Second"]
    assert [(one.position, one.reason) for one in reading.rejected] == [
        (1, "the record has no end: </record> is missing")
    ]


def test_tags_in_comments_and_cdata_are_no_records_and_other_text_is_said() -> None:
    text = endnote("<![CDATA[A </record> in a title]]>").replace("<records>", "<records><!-- <record> > --> Header")
    reading = read(text)
    assert titles(reading) == ["A </record> in a title"]
    assert reading.losses == ("text outside any record was not read: “Header”",)


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/hostname">]>'
PARAMETER = '<!DOCTYPE x [<!ENTITY % c SYSTEM "http://example.org/x.dtd"> %c;]>'


@pytest.mark.parametrize("head", [BOMB, OUTSIDE, PARAMETER])
@pytest.mark.parametrize("format", ["endnote-xml", "pubmed-xml", "mods"])
def test_a_file_that_declares_entities_is_refused(head: str, format: str) -> None:
    with pytest.raises(ReviewError, match="declares XML entities of its own") as caught:
        read(endnote("&c;", head=head), format)
    assert caught.value.hint


def test_a_dtd_that_is_only_named_is_neither_fetched_nor_refused() -> None:
    reading = read(endnote("T", head='<!DOCTYPE xml SYSTEM "http://example.org/x.dtd">\n'))
    assert (titles(reading), reading.losses) == (["T"], ())


def test_an_entity_that_nobody_declared_is_text() -> None:
    assert titles(read(endnote("a&c;b"))) == ["a&c;b"]


def test_deep_nesting_and_huge_texts_are_set_aside() -> None:
    reading = read(endnote("<b>" * 5000 + "</b>" * 5000, "x" * 11_000_000, "Third"))
    assert titles(reading) == ["Third"]
    assert len(reading.rejected) == 2


def test_xml_of_another_kind_is_refused() -> None:
    with pytest.raises(ReviewError, match="XML of another kind"):
        read("<?xml version='1.0'?><eSummaryResult><DocSum/></eSummaryResult>")


@pytest.mark.parametrize("mark", ["<!--", "<![CDATA[", "<?", "<record", "<record>", "</record>", "&", "<!DOCTYPE ["])
def test_marks_without_an_end_take_no_time(mark: str) -> None:
    begun = time.monotonic()
    read("<xml><records><record>" + mark * 50_000 + "</record> " + mark * 50_000, "endnote-xml")
    assert time.monotonic() - begun < 20  # a search that starts anew at each mark takes minutes


SEEDS = [
    (DATA / "formats" / "endnote.xml").read_bytes(),
    (DATA / "formats" / "endnote_pretty_printed.xml").read_bytes(),
    (DATA / "formats" / "mods.xml").read_bytes(),
    (DATA / "api" / "pubmed_efetch_synthetic.xml").read_bytes(),
]
PIECES = [
    b"<record>",
    b"</record>",
    b"<!--",
    b"-->",
    b"]]>",
    b"<![CDATA[",
    b"&x;",
    b"&#0;",
    b"\x00",
    b"\x0b",
    b"<",
    b"\xff",
]
MUTATION = st.tuples(
    st.sampled_from(["cut", "flip", "double", "insert", "end"]),
    st.integers(0, 6000),
    st.integers(1, 400),
    st.sampled_from(PIECES) | st.binary(max_size=4),
)


def mutated(data: bytes, kind: str, at: int, length: int, new: bytes) -> bytes:
    at %= len(data) + 1
    part = data[at : at + length]
    return {
        "cut": data[:at] + data[at + length :],
        "flip": data[:at] + bytes(byte ^ (length % 255 + 1) for byte in part[:3]) + data[at + 3 :],
        "double": data[:at] + part + data[at:],
        "insert": data[:at] + new + data[at:],
        "end": data[:at],
    }[kind]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(MUTATION, min_size=1, max_size=6),
    st.sampled_from(["endnote-xml", "pubmed-xml", "mods", None]),
)
def test_damaged_files_are_read_or_refused(
    data: bytes, mutations: list[tuple[str, int, int, bytes]], format: str | None
) -> None:
    for mutation in mutations:
        data = mutated(data, *mutation)
    try:
        reading = formats.read(data, name="x.xml", format=format)
    except ReviewError:
        return
    assert reading.records or reading.rejected or reading.losses
    again = formats.read(formats.write(reading.records, "endnote-xml"), name="y.xml", format="endnote-xml")
    assert len(again.records) == len(reading.records) and not again.rejected
