"""Any format that is read to any that is written: nothing crashes, no record is lost, and every loss is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from review import formats
from review.record import Reading, Record

FOLDER = Path(__file__).parents[1] / "data"
FILES = {
    "ris": "formats/ebscohost.ris", "medline": "formats/pubmed.nbib", "wos-tagged": "formats/web_of_science.ciw",
    "ovid-tagged": "formats/ovid_names.txt", "endnote-refer": "formats/endnote.enw",
    "refworks": "formats/refworks.txt", "csv": "formats/scopus.csv", "endnote-xml": "formats/endnote.xml",
    "mods": "formats/mods.xml", "pubmed-xml": "api/pubmed_efetch_synthetic.xml",
}  # fmt: skip
WRITTEN = ("xlsx", "bibtex", "csl-json")
"""Formats whose file is the RIS fixture, written."""
WHOLE = ("csv", "ris", "xlsx", "bibtex", "csl-json", "endnote-xml")
"""Formats that hold every field."""


def reading_of(format: str) -> Reading:
    path = FOLDER / FILES.get(format, FILES["ris"])
    reading = formats.read(path.read_bytes(), name=path.name)
    if format in WRITTEN:
        data = formats.write(reading.records, format)
        reading = formats.read(data, name=f"x{formats.WRITERS[format].ending}")
    assert reading.format == format and reading.records
    return reading


def test_every_format_has_a_file() -> None:
    assert {*FILES, *WRITTEN} == set(formats.READERS) and not {*FILES} & {*WRITTEN}


@pytest.mark.parametrize("target", formats.WRITERS)
@pytest.mark.parametrize("source", formats.READERS)
def test_every_pair_of_formats(source: str, target: str) -> None:
    records = reading_of(source).records
    data = formats.write(records, target)
    lost = formats.lost(records, data, target)
    again = formats.read(data, name=f"x{formats.WRITERS[target].ending}").records
    assert len(again) == len(records)
    assert [(one.title, one.year, one.doi) for one in again] == [(one.title, one.year, one.doi) for one in records]
    pairs = zip(records, again, strict=True)
    assert (lost == ()) == all(values(before) <= values(after) for before, after in pairs)
    assert lost == () or target not in WHOLE


def values(record: Record) -> set[tuple[str, object]]:
    """Give every value that a record holds, with its field."""
    found = ((field, getattr(record, field)) for field in Record.__slots__)
    return {(field, one) for field, value in found for one in (value if isinstance(value, tuple) else (value,)) if one}
