"""Which formats are read and written: one row each. Adding a format is adding a row and a module."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from review.errors import ReviewError
from review.formats import delimited, medline, ris, ris_writer, spreadsheet
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


@dataclass(frozen=True, slots=True)
class Writer:
    """A format that is written."""

    label: str
    ending: str
    docs: str
    write: Callable[[Iterable[Record]], bytes]


_RIS = "https://en.wikipedia.org/wiki/RIS_(file_format)"
_CSV = "https://www.rfc-editor.org/rfc/rfc4180"

READERS: dict[str, Reader] = {
    "ris": Reader("RIS", (".ris", ".txt"), _RIS, ris.iterate),
    "medline": Reader(
        "MEDLINE (PubMed)", (".nbib", ".txt"), "https://www.nlm.nih.gov/bsd/mms/medlineelements.html", medline.iterate
    ),
    "csv": Reader("CSV or TSV", (".csv", ".tsv", ".tab", ".txt"), _CSV, delimited.iterate),
    "xlsx": Reader("Excel workbook", (".xlsx",), "https://openpyxl.readthedocs.io", spreadsheet.iterate),
}
WRITERS: dict[str, Writer] = {
    "csv": Writer("CSV", ".csv", _CSV, delimited.write),
    "ris": Writer("RIS", ".ris", _RIS, ris_writer.write),
}
UNREAD = {
    "bibtex": "BibTeX", "endnote-refer": "EndNote (refer)", "endnote-xml": "EndNote XML", "ovid-tagged": "Ovid tagged",
    "pubmed-xml": "PubMed XML", "wos-tagged": "Web of Science tagged", "xml": "XML",
}  # fmt: skip
"""Formats that are recognised but not read."""


def read(data: bytes, *, name: str, format: str | None = None) -> Reading:
    """Read one export file.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        Its name, for messages and, in doubtful cases, for its ending.
    format : str, optional
        A key of ``READERS`` when the format is known; otherwise it is recognised from the bytes.

    Returns
    -------
    Reading
        ``records`` and ``rejected`` together are every record of the file; ``losses`` say what the file lacked.

    Raises
    ------
    ReviewError
        The file is empty, a web page, of a format that is unknown or not read, or a table without known columns.
    """
    chosen, platform = (format, recognise_platform(data, name)) if format else detect(data, name)
    if chosen not in READERS:
        labels = ", ".join(reader.label for reader in READERS.values())
        raise ReviewError(
            f"{name}: this is {UNREAD.get(chosen, chosen)}, which is recognised but not read yet; read are: {labels}.",
            hint="Export it as RIS.",
        )
    losses = Losses()
    records: list[Record] = []
    rejected: list[Rejected] = []
    try:
        for item in READERS[chosen].iterate(data, losses):
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
