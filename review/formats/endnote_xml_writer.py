"""Write the XML that EndNote exports, for EndNote, Zotero, Covidence and DistillerSR and for our own reader. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from review.formats import endnote_tags as tags
from review.formats.cells import OWN, tidied, unsaid
from review.formats.endnote_xml import CARRIER, PROGRAM, build
from review.formats.kinds import TO_RIS
from review.record import Record

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<xml><records>\n'
_TAIL = b"</records></xml>\n"
_STYLE = {"face": "normal", "font": "default", "size": "100%"}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 knows no way to write, https://www.w3.org/TR/xml/#charsets, checked 2026-11-22."""
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_TOGETHER = frozenset({"notes", "research-notes", "isbn"})
"""Places that EndNote has once, with a line for each value."""


def write(records: Iterable[Record]) -> bytes:
    """Write records as EndNote XML: UTF-8, one record a line, in the order given.

    Characters that XML cannot hold are removed and white space becomes single spaces. What EndNote has no place for (a
    kind that it does not tell apart, flags, columns of other formats) is carried in the research notes, as lines
    ``review:<field>=<value>``.

    Notes
    -----
    Source: see ``endnote_tags``.
    """
    from lxml import etree

    lines = (etree.tostring(_record(record), encoding="utf-8") + b"\n" for record in records)
    return _HEAD + b"".join(lines) + _TAIL


def _record(record: Record) -> Element:
    kept = tidied(_writable(record))
    places = _places(kept)
    element = _element(kept, places)
    carried = unsaid(kept, build(element) or Record())
    if not carried:
        return element
    lines = [f"review:{field}={value}" for field, value in carried.items()]
    return _element(kept, {**places, CARRIER: [*places.get(CARRIER, []), *lines]})


def _writable(record: Record) -> Record:
    found = {field: _without(getattr(record, field)) for field in OWN}
    return replace(record, **found)  # type: ignore[arg-type]  # a value keeps its type


def _without(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(map(_without, value))
    return _FORBIDDEN.sub("", value) if isinstance(value, str) else value


def _places(record: Record) -> dict[str, list[str]]:
    """Give the values of every place that the record fills."""
    year, month, day = [*(record.date or "").split("-"), "", ""][:3]
    found: dict[str, list[str | None]] = {
        "authors": [_person(author) for author in record.authors],
        "title": [record.title],
        "secondary-title": [record.journal],
        "full-title": [record.journal],
        "pages": [record.pages],
        "volume": [record.volume],
        "number": [record.issue],
        "keywords": list(record.keywords),
        "year": [year],
        "pub-dates": [f"{_MONTHS[int(month) - 1]} {int(day) if day else ''}".strip() if month else None],
        "pub-location": [record.place],
        "publisher": [record.publisher],
        "isbn": [*record.issns, *record.isbns],
        "accession-num": [record.source_id or record.pmid],
        "abstract": [record.abstract],
        "notes": list(record.notes),
        "related-urls": [record.url],
        "custom2": [record.pmcid],
        "electronic-resource-num": [record.doi],
        "language": [record.language],
    }
    own = {name: [value for value in values if value] for name, values in found.items()}
    for name, value in record.extra:
        if name == "full-title":
            own[name] = [value]
        elif name in tags.PLACES and value not in own.setdefault(name, []):
            own[name].append(value)
    return own


def _person(name: str) -> str:
    """Close the name of an organisation with a comma, without which EndNote takes its last word for a family name."""
    return f"{name}," if " " in name and "," not in name else name


def _type(record: Record) -> tuple[str, str]:
    """Give the number and the name of the type: the one that EndNote gave, else that of the kind."""
    stated = next((value for name, value in record.extra if name == "ref-type"), "")
    name = tags.BY_NAME.get(stated.casefold()) or tags.BY_RIS[TO_RIS[record.kind]]
    return tags.TYPES[name][0], name


def _element(record: Record, places: dict[str, list[str]]) -> Element:
    from lxml import etree

    root: Element = etree.Element("record")
    known = dict(record.extra)
    for tag in ("database", "source-app"):
        text = known.get(tag, PROGRAM)
        etree.SubElement(root, tag, name=text).text = text
    if "rec-number" in known:
        etree.SubElement(root, "rec-number").text = known["rec-number"]
    number, name = _type(record)
    etree.SubElement(root, "ref-type", name=name).text = number
    for place, path in tags.PLACES.items():
        values = places.get(place, [])
        for value in ["\r".join(values)] if values and place in _TOGETHER else values:
            etree.SubElement(_at(root, path), "style", _STYLE).text = value
    return root


def _at(root: Element, path: str) -> Element:
    """Make the element at a path; the elements around it are made once."""
    from lxml import etree

    *around, last = path.split("/")
    for tag in around:
        found = root.find(tag)
        root = found if found is not None else etree.SubElement(root, tag)
    return etree.SubElement(root, last)
