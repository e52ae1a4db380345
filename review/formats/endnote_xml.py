"""Read EndNote's XML, as EndNote and the programs that imitate it write it: elements become RIS pairs, then a record.

What the values mean is decided where it is decided for RIS (``ris_record``), so that two exports of one library agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from review.formats import endnote_tags as tags
from review.formats import ris_record
from review.formats.cells import OWN, restored
from review.formats.losses import NO_RECORD, Losses
from review.formats.xml_parts import elements, source
from review.record import Record, Rejected
from review.text import tidy

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

PROGRAM = "narrative-review"
"""What our own writer calls itself; it says nothing about a record."""
CARRIER = "research-notes"
"""Where our own writer puts what EndNote has no place for, one line ``review:<field>=<value>`` each."""
_CARRIED = re.compile(rf"review:({'|'.join(OWN)})=(.*)\Z", re.DOTALL)
_OTHERS_ID = re.compile(r"(PUBMED|EMBASE)\s+L?(\d{5,12})\Z", re.IGNORECASE)
_EMBASE_ID = re.compile(r"L\d{6,}\Z")
_PMID = re.compile(r"\d{5,9}\Z")
_KEPT = "="
"""Begins the meaning of what only goes to ``extra``: no RIS tag begins like this."""


class _Field(NamedTuple):
    """One value: the name of its place, the RIS tag that it means, the value for that tag, the value as it is."""

    name: str
    meaning: str
    value: str
    text: str


def iterate(data: bytes, losses: Losses) -> Iterator[Record | Rejected]:
    """Read the records of an EndNote XML file one by one.

    Raises
    ------
    ReviewError
        The file is empty or declares entities.
    """
    for position, found in enumerate(elements(data, ("record", "RECORD"), losses), 1):
        if isinstance(found, Rejected):
            yield found
        else:
            yield build(found) or Rejected(position, NO_RECORD, source(found))


def build(element: Element) -> Record | None:
    """Give the record of one ``record`` element, or ``None`` when nothing in it says what it is."""
    texts = list(_texts(element))
    carried = {match[1]: match[2] for name, text in texts if name == CARRIER and (match := _CARRIED.match(text))}
    own = [(name, text) for name, text in texts if not (name == CARRIER and _CARRIED.match(text))]
    fields = [*_type(element), *_meant(own)]
    record = ris_record.build([(field.meaning, field.value) for field in fields])
    if record is None and not carried:
        return None
    read = record or Record()
    back = {(field.meaning, field.value): (field.name, field.text) for field in reversed(fields)}
    read = replace(read, extra=tuple(back.get(pair, pair) for pair in read.extra))
    whole = restored(read, carried) if carried else read
    known = whole.title or whole.authors or whole.doi or whole.pmid or whole.pmcid or whole.source_id
    return whole if known or whole.identifiers else None


def _texts(element: Element, path: str = "") -> Iterator[tuple[str, str]]:
    """Give (name, text) of every place of a record that says something."""
    for child in element:
        below = f"{path}/{child.tag}" if path else str(child.tag)
        if any(one.tag != "style" for one in child):
            yield from _texts(child, below)
            continue
        name = tags.name_of(below)
        if name in ("ref-type", "reference-type"):
            continue
        text = _runs(child)
        for part in text.split("\r") if name in tags.LINES else [text]:
            if (line := tidy(part)) and not (name in ("database", "source-app") and line == PROGRAM):
                yield name, line


def _runs(element: Element) -> str:
    """Join the runs of one style, as which EndNote writes every text; line ends between the runs are layout."""
    if len(element) == 1 and not len(element[0]):  # nearly every text
        return (element.text or "").strip(" \n") + (element[0].text or "") + (element[0].tail or "").strip(" \n")
    parts = [element.text or ""]
    for run in element:
        parts += ["".join(map(str, run.itertext())), run.tail or ""]
    inside = [part for index, part in enumerate(parts) if index % 2 or part.strip() or "\n" not in part]
    return "".join(inside)


def _type(element: Element) -> Iterator[_Field]:
    """Give the type of document: by its name where there is one, for programs mix up the numbers."""
    for child in element:
        place = tags.name_of(str(child.tag))
        if place not in ("ref-type", "reference-type"):
            continue
        number = tidy(_runs(child)) or ""
        stated = tidy(child.get("name")) or ""
        numbers = tags.BY_NUMBER if place == "ref-type" else tags.BY_OLD_NUMBER
        name = tags.BY_NAME.get(stated.casefold()) or (None if stated else numbers.get(number))
        if name:
            yield _Field("ref-type", "TY", tags.TYPES[name][1], stated or name)
        elif stated or number:
            yield _Field("ref-type", _KEPT, stated or number, stated or number)


def _meant(texts: list[tuple[str, str]]) -> Iterator[_Field]:
    """Give each value the RIS tag that it means; ids of PubMed and Embase stand where their import filters put them."""
    said = " ".join(text for name, text in texts if name in ("remote-database-name", "related-urls")).casefold()
    number = next((text for name, text in texts if name == "rec-number"), None)
    for name, text in texts:
        meaning, value = tags.MEANS.get(name, _KEPT + name), text
        other = _OTHERS_ID.match(text) if name == "custom3" else None
        if name == "foreign-keys" and text == number:
            continue
        if other:
            meaning, value = ("PMID", other[2]) if other[1].upper() == "PUBMED" else ("U2", f"L{other[2]}")
        elif name == "custom5" and ("embase" in said or "medline" in said) and _PMID.match(text):
            meaning = "PMID"
        elif name == "notes" and "embase" in said and _EMBASE_ID.match(text):
            meaning = "U2"
        yield _Field(name, meaning, value, text)
