"""Read MEDLINE text (PubMed, nbib): records are cut here, each is parsed by Bio.Medline, tags become fields here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import cast

from review import identifiers
from review.formats.decode import decode, lines
from review.formats.kinds import kind_of
from review.formats.languages import language
from review.formats.losses import NO_RECORD, Losses, merged
from review.formats.values import date, name, serials
from review.record import Record, Rejected
from review.text import tidy

_TAG = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}-(?: (.*)|(\d.*)|\s*)\Z|([A-Z][A-Z0-9]{1,2}) {1,2}-(\S.*)\Z", re.DOTALL)
"""A tag and its value, also without a space between them where the tag is filled up to four columns."""
_ONLY_IDS = re.compile(r"(?:\S+ \[\w+\]\s*)+\Z")
_INDENT = "      "
_FLAGS = {
    "RIN": "retracted", "RRI": "retracted", "ECI": "expression of concern", "EIN": "corrected", "CRI": "corrected",
}  # fmt: skip
"""Links to a notice about this article. Source: https://www.nlm.nih.gov/bsd/mms/medlineelements.html, 2026-11-22."""
_MAPPED = frozenset(
    {"PMID", "PMC", "TI", "AB", "FAU", "CN", "JT", "VI", "IP", "PG", "DP", "LA", "OT", "MH", "IS", "ISBN", "PB", "PL"}
    | {"GN"}
)
_Fields = dict[str, str | list[str]]


def iterate(data: bytes, losses: Losses) -> Iterator[Record | Rejected]:
    """Read the records of a MEDLINE file one by one.

    A record begins at ``PMID-``, or at the first tag after a blank line when the record before has its PMID or title.

    Raises
    ------
    ReviewError
        The file is empty.

    Notes
    -----
    Source: MEDLINE/PubMed data element descriptions, https://www.nlm.nih.gov/bsd/mms/medlineelements.html, checked
    2026-11-22.
    """
    for position, block in enumerate(_blocks(decode(data, losses), losses), 1):
        record = build(block)
        if record is None:
            yield Rejected(position, NO_RECORD, "".join(block))
        else:
            yield record


def _blocks(text: bytes, losses: Losses) -> Iterator[list[str]]:
    """Cut the lines into records, each line laid out as Bio.Medline needs it (tag, hyphen in column 5, value)."""
    block: list[list[str]] = []
    tags: set[str] = set()
    blank = False
    outside = 0
    for line in lines(text):
        if not line.strip():
            blank = True
            continue
        match = None if line.startswith(_INDENT) else _TAG.match(line.rstrip())
        if match:
            tag = match[1] or match[4]
            if (tag == "PMID" and "PMID" in tags) or (blank and tags & {"PMID", "TI"} and not tags & {tag} - _MANY):
                yield _laid(block)
                block, tags = [], set()
            tags.add(tag)
            block.append([f"{tag:<4}- {(match[2] or match[3] or match[5] or '').strip()}".rstrip()])
        elif block:
            block[-1].append(line.strip())  # Bio.Medline joins them for some tags only
        else:
            outside += 1
        blank = False
    if block:
        yield _laid(block)
    if outside:
        losses.add(f"text before the first record was not read ({outside} lines)")


def _laid(block: list[list[str]]) -> list[str]:
    return [" ".join(parts) + "\n" for parts in block]


_MANY: frozenset[str] = frozenset({"PMID", "PMC", "OWN", "STAT"})


def build(block: Iterable[str]) -> Record | None:
    """Give the record of one MEDLINE block, or ``None`` when nothing in it says what it is.

    Parameters
    ----------
    block : lines of one record
        Laid out as PubMed does: tag in columns 1 to 4, ``- ``, value; one line per value.
    """
    from Bio import Medline  # 50 ms: only when a MEDLINE file is read

    parsed = Medline.parse(list(block))  # type: ignore[no-untyped-call]
    fields = cast(_Fields, next(iter(parsed), {}))
    taken = set(_MAPPED)
    doi, others = _article_ids(fields, taken)
    title = _one(fields, "TI")
    if title is None:
        title, taken = _one(fields, "BTI"), taken | {"BTI"}
    authors = _authors(fields, taken)
    pmid = identifiers.pmid(_one(fields, "PMID"))
    pmcid = identifiers.pmcid(_one(fields, "PMC"))
    if not (title or authors or doi or pmid or pmcid or others):
        return None
    journal = _one(fields, "JT")
    if journal is None:
        journal, taken = _one(fields, "TA"), taken | {"TA"}
    elif journal == _one(fields, "TA"):
        taken.add("TA")  # the same name, said twice
    types = _all(fields, "PT")
    printed = _one(fields, "DP")
    known = date(printed) if printed else None
    languages = [language(value) for value in _all(fields, "LA")]
    return Record(
        title=title,
        authors=authors,
        date=known,
        journal=journal,
        volume=_one(fields, "VI"),
        issue=_one(fields, "IP"),
        pages=_one(fields, "PG"),
        abstract=_one(fields, "AB"),
        keywords=merged([*_all(fields, "OT"), *_all(fields, "MH")]),
        kind=kind_of(types),
        language=languages[0] if languages else None,
        doi=doi,
        pmid=pmid,
        pmcid=pmcid,
        issns=merged(issn for value in _all(fields, "IS") for issn in identifiers.issns(value)),
        isbns=merged(isbn for value in _all(fields, "ISBN") for isbn in serials(value)[1]),
        publisher=_one(fields, "PB"),
        place=_one(fields, "PL"),
        flags=_flags(fields, types),
        source_id=_one(fields, "PMID"),
        identifiers=others,
        notes=tuple(_all(fields, "GN")),
        extra=_extra(fields, taken, printed if known is None or len(known) < 10 else None, languages[1:]),
    )


def _all(fields: _Fields, tag: str) -> list[str]:
    """Give every value of a tag, whether Bio.Medline keeps it as text or as a list."""
    value = fields.get(tag, [])
    values = [value] if isinstance(value, str) else value
    return [text for v in values if (text := tidy(v))]


def _one(fields: _Fields, tag: str) -> str | None:
    return " ".join(_all(fields, tag)) or None


def _authors(fields: _Fields, taken: set[str]) -> tuple[str, ...]:
    """Full names where there are any, else the short ones; then the organisations."""
    people = _all(fields, "FAU")
    if not people:
        taken.add("AU")
        people = [name(value, bare=True) for value in _all(fields, "AU")]
    elif len(people) == len(_all(fields, "AU")):
        taken.add("AU")  # the same people, shorter
    return (*people, *_all(fields, "CN"))


def _article_ids(fields: _Fields, taken: set[str]) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """Read LID and AID: ``10.1000/x [doi]``, ``S0140 [pii]``; Bio.Medline joins several LIDs with a space."""
    doi = None
    others: dict[tuple[str, str], None] = {}
    for value in (*_all(fields, "LID"), *_all(fields, "AID")):
        doi = doi or identifiers.doi(value)
        for number, scheme in re.findall(r"(\S+) \[(\w+)\]", value):
            if scheme.lower() != "doi":
                others[(scheme.lower(), number)] = None
    for tag in ("LID", "AID"):
        if all(_ONLY_IDS.match(value) and identifiers.doi(value) in (None, doi) for value in _all(fields, tag)):
            taken.add(tag)
    return doi, tuple(others)


def _flags(fields: _Fields, types: list[str]) -> tuple[str, ...]:
    found = [flag for tag, flag in _FLAGS.items() if tag in fields]
    if "Retracted Publication" in types:
        found.append("retracted")
    return merged(found)


def _extra(fields: _Fields, taken: set[str], printed: str | None, languages: list[str]) -> tuple[tuple[str, str], ...]:
    """Keep every tag without a field; the printed date when it says more, or less, than the date that was read."""
    kept = [(tag, value) for tag in fields if tag not in taken for value in _all(fields, tag)]
    if printed and not re.match(r"\d{4}\Z", printed):
        kept.append(("DP", printed))
    return (*kept, *(("LA", value) for value in languages))
