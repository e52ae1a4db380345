"""Files that mean harm: what would fill the memory, take hours, be run by a program, or pass for other records."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import time
import zipfile
from collections.abc import Callable, Iterable

import pytest
from openpyxl import load_workbook

from review import formats
from review.errors import ReviewError
from review.formats.bibtex_writer import _keys
from review.record import Record

ENTITIES = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "{}">]>'
XML = {
    "pubmed-xml": "<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>&b;&c;</ArticleTitle></Article>"
    "</MedlineCitation></PubmedArticle>",
    "endnote-xml": "<xml><records><record><titles><title>&b;&c;</title></titles></record></records></xml>",
    "mods": "<mods><titleInfo><title>&b;&c;</title></titleInfo></mods>",
}


# -- entities and addresses


@pytest.mark.parametrize("format", XML)
def test_no_entity_of_a_file_is_filled_in(format: str) -> None:
    with pytest.raises(ReviewError, match="entities"):
        formats.read((ENTITIES + XML[format]).encode(), name="x.xml")


@pytest.mark.parametrize("format", XML)
def test_no_address_in_a_file_is_opened(format: str) -> None:
    head = f'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><?xml-stylesheet href="{__file__}"?>'
    (record,) = formats.read((head + XML[format]).encode(), name="x.xml").records
    assert record.title == "&b;&c;"


def test_nothing_is_included_from_elsewhere() -> None:
    text = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{__file__}" parse="text"/>T'
    data = XML["endnote-xml"].replace("&b;&c;", text).encode()
    reading = formats.read(data, name="x.xml")
    assert not any("import" in (record.title or "") for record in reading.records)


# -- workbooks


def workbook(**parts: bytes | Iterable[bytes]) -> bytes:
    """Make a workbook of one title, with other parts in place of its own (``sheet1``)."""
    out = io.BytesIO()
    original = formats.write([Record(title="T")], "xlsx")
    with zipfile.ZipFile(io.BytesIO(original)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            own = parts.get(name.rpartition("/")[2].removesuffix(".xml"), old.read(name))
            with new.open(name, "w", force_zip64=True) as part:
                part.writelines([own] if isinstance(own, bytes) else own)
    return out.getvalue()


def sheet(rows: bytes) -> bytes:
    """Make the XML of a sheet whose only column is called Title."""
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    head = b'<row r="1"><c r="A1" t="inlineStr"><is><t>Title</t></is></c></row>'
    return b'<worksheet xmlns="%s"><sheetData>%s%s</sheetData></worksheet>' % (main, head, rows)


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked() -> None:
    data = workbook(sheet1=[b" " * 1_000_000] * 300)
    assert len(data) < 400_000
    with pytest.raises(ReviewError, match="unpacks to 300 MB") as caught:
        formats.read(data, name="x.xlsx")
    assert "CSV" in (caught.value.hint or "")


@pytest.mark.parametrize("part", ["sheet1", "workbook", "styles"])
def test_a_workbook_with_entities_is_refused(part: str) -> None:
    with pytest.raises(ReviewError, match="entities"):
        formats.read(workbook(**{part: ENTITIES.encode() + b"<x>&b;</x>"}), name="x.xlsx")


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="999999999"><c r="A999999999" t="inlineStr"><is><t>T</t></is></c></row>',
        b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(2, 2_000)),
    ],
    ids=["a row far down", "cells far right"],
)
def test_a_small_workbook_of_endless_rows_is_refused(rows: bytes) -> None:
    with pytest.raises(ReviewError, match="more rows or cells"):
        formats.read(workbook(sheet1=sheet(rows)), name="x.xlsx")


def test_a_formula_is_never_the_value() -> None:
    row = b'<row r="2"><c r="A2" t="str"><f>[1]S!A1&amp;WEBSERVICE("http://127.0.0.1")</f><v>seen</v></c></row>'
    assert formats.read(workbook(sheet1=sheet(row)), name="x.xlsx").records == (Record(title="seen"),)


# -- files of another kind

ZIP = io.BytesIO()
with zipfile.ZipFile(ZIP, "w") as _archive:
    _archive.writestr("a.ris", "TY  - JOUR\nTI  - T\nER  - \n")


@pytest.mark.parametrize("name", ["x.ris", "x.csv", "x.txt"])
@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7\n1 0 obj", "a PDF document"),
        (gzip.compress(b"TY  - JOUR\n", mtime=0), "a compressed file"),
        (ZIP.getvalue(), "a ZIP file without a workbook"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a picture"),
        (b"{\\rtf1 TY  - JOUR}", "a text with layout"),
        (b"<div>Your session has ended</div>", "a web page"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x"><html/>', "a web page"),
    ],
)
def test_a_file_that_is_something_else_is_refused_by_what_it_is(data: bytes, what: str, name: str) -> None:
    for format in (None, "ris"):
        with pytest.raises(ReviewError, match=what) as caught:
            formats.read(data, name=name, format=format)
        assert caught.value.hint


def test_json_of_another_kind_is_refused_and_a_damaged_item_is_not() -> None:
    with pytest.raises(ReviewError, match="JSON of another kind"):
        formats.read(b'[{"input": "a[tiab]", "engine": "PubMed"}]', name="x.json")
    reading = formats.read(b'[{"type": "book"}, {"title": "T"}, {"title": ', name="x.json")
    assert (len(reading.records), len(reading.rejected)) == (1, 2)


# -- characters that no text can hold


def test_half_characters_and_nuls_that_json_escapes_do_not_reach_a_record() -> None:
    data = b'[{"title": "a\\ud800b\\u0000c", "author": [{"family": "\\udfff"}], "x\\ud801": "\\ud83e\\uddea"}]'
    (record,) = formats.read(data, name="x.json").records
    assert (record.title, record.authors) == ("a\ufffdb c", ("\ufffd",))
    assert record.extra == (("x\ufffd", "\U0001f9ea"),)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-32"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.ris", "TY  - JOUR\r\nTI  - Über Ärzte\r\nER  - \r\n"),
        ("x.csv", "Title,Year\r\nÜber Ärzte,2014\r\n"),
        ("x.xml", "<xml><records><record><titles><title>Über Ärzte</title></titles></record></records></xml>"),
    ],
)
def test_wide_encodings_are_read_with_and_without_a_mark(name: str, text: str, encoding: str) -> None:
    reading = formats.read(text.encode(encoding), name=name)
    assert (reading.records[0].title, reading.losses) == ("Über Ärzte", ())


def test_nuls_in_a_text_do_not_make_it_wide() -> None:
    reading = formats.read(b"TY  - JOUR\nTI  - T\nAB  - " + b"\0a" * 5_000 + b"\nER  - \n", name="x.ris")
    assert reading.records[0].title == "T"


def test_two_exports_of_different_encodings_in_one_file() -> None:
    part = "TY  - JOUR\nTI  - Über Ärzte\nAU  - Kalén, S.\nER  - \n"
    reading = formats.read((part * 2).encode() + (part * 2).encode("cp1252"), name="x.ris")
    assert [(record.title, record.authors) for record in reading.records] == [("Über Ärzte", ("Kalén, S.",))] * 4
    assert reading.losses == ("the file is UTF-8 but 4 lines are not: they were read as Windows-1252, so check them",)


# -- time

LONG = 200_000
SLOW: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "lines that go on (RIS)": ("x.ris", lambda n: b"TY  - JOUR\nTI  - T\nAB  - a\n" + b"more\n" * n),
    "lines that go on (nbib)": ("x.nbib", lambda n: b"PMID- 1\nTI  - T\nAB  - a\n" + b"      more\n" * n),
    "lines that go on (Web of Science)": ("x.ciw", lambda n: b"PT J\nTI T\nAB a\n" + b"   more\n" * n),
    "authors twice": (
        "x.ris",
        lambda n: b"TY  - JOUR\n" + b"".join(b"A1  - A%d, B\nAU  - C%d, D\n" % (i, i) for i in range(n // 2)),
    ),
    "abstracts": ("x.ris", lambda n: b"TY  - JOUR\nTI  - T\n" + b"".join(b"AB  - %d\n" % i for i in range(n // 2))),
    "a list never closed": ("x.csv", lambda n: b'title,keywords\nT,"[' + b"'a\\" * n + b']"\n'),
    "proxies": ("x.ris", lambda n: b"TY  - JOUR\nTI  - T\nUR  - " + b"http://proxy/login?url=" * (n // 4) + b"\n"),
    "a proxy's name": ("x.ris", lambda n: b"TY  - JOUR\nTI  - T\nUR  - http://" + b"a.proxy" * (n // 2) + b"/\n"),
    "empty lines": ("x.csv", lambda n: b"title,year\nT,2014\n" + b"\n" * n),
    "no record": ("x.txt", lambda n: b"TI  - a\n" * (n // 4)),
    "EndNote's marks": ("x.ris", lambda n: b"TY  - JOUR\nTI  - T\n" + b"ST  - a\nID  - 1\n" * (n // 8)),
    "prefixes": ("x.xml", lambda n: b"<mods>" + b"".join(b"<a%d:b/>" % i for i in range(n // 4)) + b"</mods>"),
    "macros of macros": (
        "x.bib",
        lambda n: (
            b"@string{a0={aaaaaaaaaa}}\n"
            + b"".join(b"@string{a%d=%s}\n" % (i, b" # ".join([b"a%d" % (i - 1)] * 10)) for i in range(1, 10))
            + b"@article{x, title=a9}"
        ),
    ),
    "one line": ("x.csv", lambda n: b"x" * (50 * n)),
    "one cell": ("x.csv", lambda n: b'title,abstract\nT,"' + b"x\n" * (25 * n) + b'"\n'),
    "one value": ("x.ris", lambda n: b"TY  - JOUR\nTI  - " + b"word " * (10 * n) + b"\nER  - \n"),
    "open brackets": ("x.json", lambda n: b"[" * (5 * n)),
    "open braces": ("x.bib", lambda n: b"@article{a, title={" + b"{" * n),
}


@pytest.mark.parametrize("case", SLOW)
def test_no_file_takes_long(case: str) -> None:
    name, make = SLOW[case]
    data = make(LONG)
    begun = time.process_time()
    with contextlib.suppress(ReviewError):
        formats.read(data, name=name)
    assert time.process_time() - begun < 15  # each takes minutes where the work grows with the square of the size


def test_macros_do_not_fill_the_memory() -> None:
    name, make = SLOW["macros of macros"]
    reading = formats.read(make(0), name=name)
    assert reading.records[0].title == "a9" and "a macro is not defined or fills in too much" in reading.losses[0]


def test_the_keys_of_many_entries_are_made_soon() -> None:
    records = [Record(title=f"Title{n % 40_000}") for n in range(80_000)]
    begun = time.process_time()
    assert len(set(_keys(records))) == 80_000
    assert time.process_time() - begun < 15


# -- values that would pass for records, or be run

EVIL = (
    "a\nTY  - JOUR\nTI  - forged\nER  - \n", "a\r\n\r\nPMID- 9\r\nTI  - forged\r\n", "a\u2028TI  - forged",
    "a\x85TY  - JOUR\x0bTI  - forged", "a}\n}\n@article{forged,\n title={forged}\n}", 'a"}],[{"title":"forged"}',
    "a</title></titles></record><record><titles><title>forged</title></titles></record>", "a]]><record>",
    "10.1000/x\nTI  - forged", "review:kind=thesis", "=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "\uff1d1", "'=x",
    "a\x00b", "a\ud800b", "\ufeffa", "a\\input{/etc/hosts} $x$ % c",
)  # fmt: skip
ONE = "title journal volume issue pages abstract language doi pmid pmcid url publisher place source_id".split()
MANY = "authors keywords issns isbns flags notes".split()
PAIRS = "identifiers extra".split()


def cells_of(data: bytes, format: str) -> list[str]:
    if format == "xlsx":
        rows = load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)
        return [str(value) for row in rows for value in row if value is not None]
    return [value for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for value in row]


@pytest.mark.parametrize("format", formats.WRITERS)
@pytest.mark.parametrize("evil", EVIL, ids=ascii)
def test_no_value_forges_a_record_or_is_a_formula(format: str, evil: str) -> None:
    writer = formats.WRITERS[format]
    values = {**dict.fromkeys(ONE, evil), **dict.fromkeys(MANY, (evil,)), **dict.fromkeys(PAIRS, ((evil, evil),))}
    records = [Record(**{"title": "T", field: value}) for field, value in values.items()]  # type: ignore[arg-type]
    data = formats.write([*records, Record(title="the last")], format)
    found = formats.read(data, name=f"x{writer.ending}", format=format if format in formats.READERS else None).records
    assert len(found) == len(records) + 1 and found[-1].title == "the last"
    assert "forged" not in {record.title for record in found}
    if writer.ending in (".csv", ".xlsx"):
        assert not [cell for cell in cells_of(data, format) if cell.startswith(tuple("=+-@\t\r\n\uff1d"))]
