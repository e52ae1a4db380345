"""Which formats are read and written: one row each. Adding a format is adding a row and a module."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import PurePath

from review.errors import ReviewError
from review.formats import (
    bibtex,
    bibtex_writer,
    csl,
    csl_writer,
    delimited,
    endnote_xml,
    endnote_xml_writer,
    medline,
    medline_writer,
    mods,
    ovid_tags,
    pubmed_xml,
    refer_tags,
    refworks_tags,
    ris,
    ris_writer,
    spreadsheet,
    tools,
    wos_tags,
)
from review.formats.detect import detect, recognise_platform
from review.formats.losses import Losses
from review.record import Reading, Record, Rejected


@dataclass(frozen=True, slots=True)
class Reader:
    """A format that is read: its label, the endings of its files, where it is documented, and its reader."""

    label: str
    endings: tuple[str, ...]
    docs: str
    iterate: Callable[[bytes, Losses], Iterator[Record | Rejected]]
    mapped: Callable[[bytes, Losses, Mapping[str, str]], Iterator[Record | Rejected]] | None = None
    """The reader of a table whose columns are named by the person who reads it; ``None`` for all that is no table."""


@dataclass(frozen=True, slots=True)
class Writer:
    """A format that is written."""

    label: str
    ending: str
    docs: str
    write: Callable[[Iterable[Record]], bytes]


_RIS = "https://en.wikipedia.org/wiki/RIS_(file_format)"
_MEDLINE = "https://www.nlm.nih.gov/bsd/mms/medlineelements.html"
_WOS = "https://images.webofknowledge.com/images/help/WOS/hs_wos_fieldtags.html"
_CSV = "https://www.rfc-editor.org/rfc/rfc4180"
_XLSX = "https://openpyxl.readthedocs.io"
_BIBTEX = "https://ctan.org/pkg/bibtex"
_ENDNOTE_XML = "https://support.clarivate.com/Endnote/s/article/EndNote-Reference-Types-and-Fields"
_PUBMED_XML = "https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html"
_CSL = "https://docs.citationstyles.org/en/stable/specification.html"

READERS: dict[str, Reader] = {
    "ris": Reader("RIS", (".ris", ".txt"), _RIS, ris.iterate),
    "medline": Reader("MEDLINE (PubMed)", (".nbib", ".txt"), _MEDLINE, medline.iterate),
    "wos-tagged": Reader("Web of Science tagged", (".ciw", ".isi", ".txt"), _WOS, wos_tags.iterate),
    "ovid-tagged": Reader("Ovid tagged", (".txt", ".ovd"), "https://ospguides.ovid.com", ovid_tags.iterate),
    "endnote-refer": Reader(
        "EndNote (refer)", (".enw", ".ref", ".txt"), "https://docs.endnote.com", refer_tags.iterate
    ),
    "refworks": Reader(
        "RefWorks tagged", (".txt",), "https://knowledge.exlibrisgroup.com/RefWorks", refworks_tags.iterate
    ),
    "csv": Reader("CSV or TSV", (".csv", ".tsv", ".tab", ".txt"), _CSV, delimited.iterate, delimited.iterate),
    "xlsx": Reader("Excel workbook", (".xlsx",), _XLSX, spreadsheet.iterate, spreadsheet.iterate),
    "bibtex": Reader("BibTeX", (".bib", ".bibtex", ".txt"), _BIBTEX, bibtex.iterate),
    "csl-json": Reader("CSL-JSON", (".json",), _CSL, csl.iterate),
    "endnote-xml": Reader("EndNote XML", (".xml",), _ENDNOTE_XML, endnote_xml.iterate),
    "pubmed-xml": Reader("PubMed XML", (".xml",), _PUBMED_XML, pubmed_xml.iterate),
    "mods": Reader("MODS", (".xml", ".mods"), "https://www.loc.gov/standards/mods/userguide/", mods.iterate),
}
WRITERS: dict[str, Writer] = {
    "csv": Writer("CSV", ".csv", _CSV, delimited.write),
    "ris": Writer("RIS", ".ris", _RIS, ris_writer.write),
    "xlsx": Writer("Excel workbook", ".xlsx", _XLSX, spreadsheet.write),
    "bibtex": Writer("BibTeX", ".bib", _BIBTEX, bibtex_writer.write),
    "csl-json": Writer("CSL-JSON", ".json", _CSL, csl_writer.write),
    "medline": Writer("MEDLINE (PubMed)", ".nbib", _MEDLINE, medline_writer.write),
    "endnote-xml": Writer("EndNote XML", ".xml", _ENDNOTE_XML, endnote_xml_writer.write),
}
WRITERS |= {
    name: Writer(f"{tool.label} ({tool.ending[1:].upper()})", tool.ending, tool.docs, tools.writer(name))
    for name, tool in tools.TOOLS.items()
}
"""Formats that are written; of those that share an ending, the first is meant by it."""
UNREAD = {"xls": "Excel 97-2003 workbook or one with a password", "xml": "XML of another kind"}
"""Formats that are recognised but not read."""


def read(data: bytes, *, name: str, format: str | None = None, columns: Mapping[str, str] | None = None) -> Reading:
    """Read one export file.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        Its name, for messages and, in doubtful cases, for its ending.
    format : str, optional
        A key of ``READERS`` when the format is known; otherwise it is recognised from the bytes.
    columns : mapping, optional
        For a table with names of its own: name of a column to what it means (``{"Titel": "title"}``).

    Returns
    -------
    Reading
        ``records`` and ``rejected`` together are every record of the file; ``losses`` say what the file lacked.

    Raises
    ------
    ReviewError
        The file is empty, a web page, of a format that is unknown or not read, or a table without known columns.
    """
    if format and format not in READERS:
        raise ReviewError(f"The format “{format}” is not read.", hint=f"Read are: {', '.join(READERS)}.")
    chosen, platform = (format, recognise_platform(data, name)) if format else detect(data, name)
    if chosen not in READERS:
        labels = ", ".join(reader.label for reader in READERS.values())
        raise ReviewError(
            f"{name}: this is {UNREAD.get(chosen, chosen)}, which is recognised but not read yet; read are: {labels}.",
            hint="Export it as RIS; save an old workbook as XLSX.",
        )
    reader = READERS[chosen]
    if columns and reader.mapped is None:
        raise ReviewError(f"{name}: this is {reader.label}, which has no columns to name.", hint="Leave them out.")
    losses = Losses()
    records: list[Record] = []
    rejected: list[Rejected] = []
    try:
        items = reader.mapped(data, losses, columns) if columns and reader.mapped else reader.iterate(data, losses)
        for item in items:
            if isinstance(item, Record):
                records.append(item)
            else:
                rejected.append(item)
    except ReviewError as error:
        raise type(error)(f"{name}: {error.message}", hint=error.hint) from error
    if not records and not rejected:
        losses.add("the file holds no records")
    return Reading(chosen, platform, tuple(records), tuple(rejected), losses.sentences())


def write(records: Iterable[Record], format: str) -> bytes:
    """Write records in the order given, as the bytes of one file; the same records give the same bytes.

    Raises
    ------
    ReviewError
        The format is not a key of ``WRITERS``.
    """
    if format not in WRITERS:
        raise ReviewError(f"The format “{format}” is not written.", hint=f"Written are: {', '.join(WRITERS)}.")
    return WRITERS[format].write(records)


def lost(records: Sequence[Record], data: bytes, format: str) -> tuple[str, ...]:
    """Say what a written file no longer holds, found by reading it back: one sentence for each field.

    Parameters
    ----------
    records : sequence of Record
        What was written.
    data : bytes
        What ``write`` gave for them.
    format : str
        A key of ``WRITERS``.
    """
    writer = WRITERS[format]
    label = writer.label
    try:
        found = read(data, name=f"x{writer.ending}", format=format if format in READERS else None).records
    except ReviewError:
        found = ()
    if len(found) != len(records):
        return (f"the {label} file reads back as {len(found)} records, {len(records)} were written",)
    losses = Losses()
    for number, (record, again) in enumerate(zip(records, found, strict=True), 1):
        for field in fields(Record):
            if _missing(getattr(record, field.name), getattr(again, field.name)):
                name = field.name.replace("_", " ")
                losses.add(f"{label} has no place for all of the field “{name}”", f"record {number}")
    return losses.sentences()


def _missing(before: object, after: object) -> bool:
    """Whether a value, or one of several, is not there any more."""
    if isinstance(before, tuple) and isinstance(after, tuple):
        return not set(before) <= set(after)
    return before is not None and before != after


def format_for(name: str) -> str:
    """Give the format that a file is written in because of the ending of its name.

    Raises
    ------
    ReviewError
        No format is written with that ending.
    """
    ending = PurePath(name).suffix.lower()
    found = next((key for key, writer in WRITERS.items() if writer.ending == ending), None)
    if found is None:
        endings = ", ".join(dict.fromkeys(writer.ending for writer in WRITERS.values()))
        raise ReviewError(f"{name} does not end as a file that is written.", hint=f"Written are: {endings}.")
    return found
