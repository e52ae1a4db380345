"""Write RIS that every reference manager reads and that our own reader reads back as the same records. Pure."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from review import identifiers
from review.formats.kinds import TO_RIS, kind_of_ris
from review.formats.ris_record import uncarry
from review.formats.ris_tags import CARRIER, MAPPED, SPARE
from review.formats.values import listed
from review.record import Record
from review.text import tidy

_TAG = re.compile(r"[A-Z][A-Z0-9]\Z")
_TYPE = re.compile(r"[A-Z0-9]+\Z")


def write(records: Iterable[Record]) -> bytes:
    """Write records as RIS: UTF-8, LF line ends, one blank line between records, in the order given.

    What RIS has no tag for (flags, foreign identifiers, columns of other formats) is carried in the custom field ``C8``
    as ``review:<field>=<value>``. White space inside a value becomes single spaces.

    Notes
    -----
    Source: RIS format, https://en.wikipedia.org/wiki/RIS_(file_format), checked 2026-11-22.
    """
    out = (
        io.BytesIO()
    )  # bytes at once: one letter beyond Latin-1 makes the text of a whole file two or four times as large
    for number, record in enumerate(records):
        out.write(b"\n" * bool(number) + _block(record).encode("utf-8", errors="replace"))
    return out.getvalue()


def _block(record: Record) -> str:
    lines = (f"{tag}  - {text}" for tag, value in _pairs(record) if (text := tidy(value)))
    return "\n".join([*lines, "ER  - ", ""])


def _pairs(record: Record) -> Iterator[tuple[str, str | None]]:
    extra = list(record.extra)
    type_ = TO_RIS[record.kind]
    if extra and extra[0][0] == "TY" and extra[0][1] != type_ and _TYPE.match(extra[0][1]):
        type_ = extra.pop(0)[1]
    yield "TY", type_
    yield "TI", record.title
    for author in record.authors:
        yield "AU", author
    yield from _date(record.date)
    yield "T2", record.journal
    yield "VL", record.volume
    yield "IS", record.issue
    yield from _pages(record.pages)
    yield "AB", record.abstract
    yield from _keywords(record.keywords)
    yield "LA", record.language
    yield "DO", record.doi
    yield "U1", f"{record.pmid}[pmid]" if record.pmid else None
    yield "U2", f"{record.pmcid}[pmcid]" if record.pmcid else None
    for serial in (*record.issns, *record.isbns):
        yield "SN", serial
    yield "UR", record.url
    yield "PB", record.publisher
    yield "CY", record.place
    yield "AN", record.source_id
    for note in record.notes:
        yield "N1", note
    yield from _carried(record, type_)
    for tag, value in extra:
        yield _extra(record, tag, value)


def _date(date: str | None) -> Iterator[tuple[str, str | None]]:
    """PY takes the year; DA what is known beyond it, closed by the slashes that the format asks for."""
    if date:
        yield "PY", date[:4]
    if date and len(date) > 4:
        yield "DA", date.replace("-", "/") + "/" * (3 - date.count("-"))


def _pages(pages: str | None) -> Iterator[tuple[str, str | None]]:
    start, dash, end = (pages or "").partition("-")
    if dash and start and end and start != end and "-" not in end and " " not in pages.strip():  # type: ignore[union-attr]
        yield from (("SP", start), ("EP", end))
    else:
        yield "SP", pages


def _keywords(keywords: tuple[str, ...]) -> Iterator[tuple[str, str | None]]:
    """One line each; a single one that would be taken for a list is carried."""
    if len(keywords) == 1 and listed(keywords[0]) != keywords:
        yield CARRIER, f"review:keyword={keywords[0]}"
    else:
        yield from (("KW", keyword) for keyword in keywords)


def _carried(record: Record, type_: str) -> Iterator[tuple[str, str | None]]:
    words = [value for tag, value in record.extra if tag in ("M3", "PT")]
    if kind_of_ris(type_, words) != record.kind:
        yield CARRIER, f"review:kind={record.kind or ''}"
    for flag in record.flags:
        yield CARRIER, f"review:flag={flag}"
    for scheme, value in record.identifiers:
        yield CARRIER, f"review:identifier:{quote(scheme, errors='replace')}={value}"


def _extra(record: Record, tag: str, value: str) -> tuple[str, str]:
    """Write an extra value under its own tag when it reads back as extra there, else carry it."""
    free = tag not in MAPPED or (tag in SPARE and value != _taken(record, tag) and bool(_taken(record, tag)))
    if tag == CARRIER:
        free = uncarry(value) is None
    if free and _TAG.match(tag) and not _found_as_identifier(record, tag, value):
        return tag, value
    return CARRIER, f"review:extra:{quote(tag, errors='replace')}={value}"


def _taken(record: Record, tag: str) -> str | None:
    found: str | None = getattr(record, SPARE[tag])
    return found


def _found_as_identifier(record: Record, tag: str, value: str) -> bool:
    """Whether reading the value under its tag would give the record an identifier that it does not have."""
    if tag == "M3" and record.doi is None:
        return identifiers.doi(value) is not None
    if re.search(r"\[pmc?id\]\Z", value, re.IGNORECASE):
        return True
    return tag in ("U1", "U2", "U3", "U4", "U5", "C2") and record.pmid is None and bool(re.search(r"\d{5}", value))
