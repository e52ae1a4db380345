"""Make one record from the (tag, value) pairs of one RIS block. Pure; how a file is cut into blocks is in ``ris``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import cast, get_args
from urllib.parse import unquote

from review import identifiers
from review.formats import ris_tags as tags
from review.formats.kinds import TO_RIS, kind_of_ris
from review.formats.languages import language
from review.formats.losses import merged
from review.formats.values import PURE_DATE, address, date, first_doi, listed, name, page_range, serials, subscribed
from review.record import Kind, Record

Pairs = list[tuple[str, str]]
_Values = dict[str, list[str]]

_PLAIN_DOI = re.compile(r"10\.\d{4,9}/[\w./-]*\w\Z", re.ASCII)
_NEXT_LINK = re.compile(r"\s*;\s*(?=https?://)")
_BRACKETED = re.compile(r"(\S+)\s*\[(pmid|pmcid)\]\Z", re.IGNORECASE)
_PUBMED_URL = re.compile(r"https?://(?:pubmed\.ncbi\.nlm\.nih\.gov|www\.ncbi\.nlm\.nih\.gov/pubmed)/(\d+)/?\Z")
_FOREIGN = (
    ("wos", "WOS:", re.compile(r"WOS:\w+"), ("AN", "UR")),
    ("scopus", "2-s2.0-", re.compile(r"2-s2\.0-\d+"), ("UR",)),
    ("embase", "L", re.compile(r"L\d{6,}\Z"), ("U2",)),
)
"""Identifiers of other databases: scheme, what they hold, their pattern, and the tags they stand in."""
_RETRACTED = frozenset({"retracted publication", "retracted article", "retracted", "withdrawn publication"})
_USER = ("U1", "U2", "U3", "U4", "U5")
_KINDS = frozenset(get_args(Kind))


def build(pairs: Pairs) -> Record | None:
    """Give the record of one block, or ``None`` when nothing in it says what it is (``NO_RECORD``).

    Parameters
    ----------
    pairs : list of (tag, value)
        In the order of the file; values without line ends; ``TY`` first unless the file lacks it.
    """
    by = _group(pairs)
    if any(_NEXT_LINK.search(value) for value in by.get("UR", ())):
        pairs = [(tag, part) for tag, value in pairs for part in (_NEXT_LINK.split(value) if tag == "UR" else (value,))]
        by = _group(pairs)
    if any(subscribed(value) for tag in tags.LINKS if tag in by for value in by[tag]):
        pairs = [(tag, address(value) if tag in tags.LINKS else value) for tag, value in pairs]
        by = _group(pairs)
    own = _carried(by.get(tags.CARRIER)) if tags.CARRIER in by else {}
    spare: set[tuple[str, str]] = set()
    journal_tags: tuple[str, ...] = tags.JOURNAL
    title = _first(by, tags.TITLE, spare)
    if "BT" in by:
        title, journal_tags = (title, (*tags.JOURNAL, "BT")) if title else (_first(by, ("BT",), spare), journal_tags)
    authors = _authors(by)
    pmid, pmcid = _pubmed(by)
    issns, isbns = _serials(by, spare)
    abstract, rights = _abstract(by, spare)
    source_id = _first(by, tags.SOURCE_ID, spare) or _accession(by)
    kind = _kind(by, own)
    doi = _doi(by, spare)
    foreign = merged_pairs(own.get("identifier", []) + _foreign(by))
    if not (title or authors or doi or pmid or pmcid or source_id or foreign):
        return None
    return Record(
        title=title,
        authors=authors,
        date=_date(by, spare),
        journal=_first(by, journal_tags, spare),
        volume=_first(by, ("VL",), spare),
        issue=_first(by, ("IS",), spare),
        pages=_pages(by, spare),
        abstract=abstract,
        keywords=_keywords(by, own),
        kind=kind,
        language=_language(by, spare),
        doi=doi,
        pmid=pmid,
        pmcid=pmcid,
        issns=issns,
        isbns=isbns,
        url=_first(by, ("UR",), spare),
        publisher=_first(by, ("PB",), spare),
        place=_first(by, ("CY",), spare),
        flags=_flags(by, own),
        source_id=source_id,
        identifiers=foreign,
        notes=(*by.get("N1", ()), *rights),
        extra=_extra(pairs, spare, {("TY", TO_RIS[kind]), ("U1", f"{pmid}[pmid]"), ("U2", f"{pmcid}[pmcid]")}),
    )


def _group(pairs: Pairs) -> _Values:
    """Gather the values of each tag; a tag without a value, or with the ``nan`` of a Python table, says nothing."""
    by: _Values = {}
    for tag, value in pairs:
        if not value or value == "nan":
            continue
        if tag in by:
            by[tag].append(value)
        else:
            by[tag] = [value]
    return by


def _first(by: _Values, order: tuple[str, ...], spare: set[tuple[str, str]]) -> str | None:
    """Take the first value of the first tag that is there; the others that differ are spare."""
    chosen: str | None = None
    for tag in order:
        if tag in by:
            values = by[tag]
            if chosen is None:
                chosen = values[0]
            elif values == [chosen]:
                continue
            if len(values) > 1 or values[0] != chosen:
                spare.update((tag, value) for value in values if value != chosen)
    return chosen


def _authors(by: _Values) -> tuple[str, ...]:
    values = by.get("AU", [])
    if "A1" in by:
        given = set(values)
        values = [value for value in by["A1"] if value not in given] + values
    if ";" in "".join(values):
        values = [part.strip() for value in values for part in value.split(";") if part.strip()]
    return tuple(map(name, values))


def _date(by: _Values, spare: set[tuple[str, str]]) -> str | None:
    given = tuple([(tag, value) for tag in tags.DATES if tag in by for value in by[tag]])
    known, unsaid = _dated(given)
    spare.update(unsaid)
    return known


@lru_cache(maxsize=4096)  # dates repeat: one entry per issue of a journal
def _dated(given: tuple[tuple[str, str], ...]) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """Take the most precise date of the first year that is given, and the values that say something else.

    PubMed by EndNote has the year in PY and the month alone in DA.
    """
    year = next((known[:4] for _, value in given if (known := date(value))), None)
    if year is None:
        return None, given
    read = [(tag, value, date(value) or date(f"{year} {value}")) for tag, value in given]
    best = max((known for _, _, known in read if known and known[:4] == year), key=len)
    unsaid = (
        (tag, value)
        for tag, value, known in read
        if known is None or not best.startswith(known) or not (PURE_DATE.match(value) or known == best != year)
    )
    return best, tuple(unsaid)


def _pages(by: _Values, spare: set[tuple[str, str]]) -> str | None:
    start, end = (by[tag][0] if tag in by else None for tag in ("SP", "EP"))
    if (start, end) in tags.NO_PAGES:
        spare.update((("SP", str(start)), ("EP", str(end))))
        start = end = None
    for tag, taken in (("SP", start), ("EP", end)):
        if len(by.get(tag, ())) > 1:
            spare.update((tag, value) for value in by[tag] if value != taken)
    return page_range(start, end)


def _abstract(by: _Values, spare: set[tuple[str, str]]) -> tuple[str | None, list[str]]:
    """Join the abstracts; a notice of rights after the first is a note, and "no abstract available" is none."""
    values = [value for tag in tags.ABSTRACT for value in by.get(tag, ())]
    if not values:
        return None, []
    texts: dict[str, None] = {}
    rights: list[str] = []
    for value in values:
        if len(value) < 30 and value.casefold() in tags.NO_ABSTRACT:
            spare.update((tag, value) for tag in tags.ABSTRACT)
        elif texts and tags.COPYRIGHT.match(value):
            rights.append(value)
        else:
            texts[value] = None
    return " ".join(texts) or None, rights


def _keywords(by: _Values, own: dict[str, list[tuple[str, str]]]) -> tuple[str, ...]:
    values = by.get("KW", ())
    if len(values) == 1:
        return listed(values[0])
    return tuple(values) or tuple(value for _, value in own.get("keyword", ()))


def _kind(by: _Values, own: dict[str, list[tuple[str, str]]]) -> Kind | None:
    if "kind" in own:
        value = own["kind"][0][1]
        return cast(Kind, value) if value in _KINDS else None
    words = [*by.get("M3", ()), *by.get("PT", ())]
    return kind_of_ris(by["TY"][0].upper() if "TY" in by else "", words)


def _language(by: _Values, spare: set[tuple[str, str]]) -> str | None:
    value = _first(by, ("LA",), spare)
    return language(value) if value else None


def _doi(by: _Values, spare: set[tuple[str, str]]) -> str | None:
    """Look in DO, else in an address, a note or a type that is a DOI and nothing else."""
    given = by.get("DO", ())
    if len(given) == 1 and _PLAIN_DOI.match(given[0]):
        return given[0].lower()
    chosen = first_doi(given)
    spare.update(("DO", value) for value in given if identifiers.doi(value) != chosen or chosen is None)
    if chosen is None:
        chosen = first_doi(v for tag in ("UR", "M3", "N1") for v in by.get(tag, ()) if tags.DOI_NOTE.match(v))
    return chosen


def _pubmed(by: _Values) -> tuple[str | None, str | None]:
    """Find the PubMed and PubMed Central ids in the places where platforms put them."""
    pmid = identifiers.pmid(by["PMID"][0]) if "PMID" in by else None
    pmcid = None
    for tag in _USER:
        for match in map(_BRACKETED.match, by.get(tag, ())):
            if match and match[2].lower() == "pmid":
                pmid = pmid or identifiers.pmid(match[1])
            elif match:
                pmcid = pmcid or identifiers.pmcid(match[1])
    base = (by.get("DB", [""])[0] + " " + by.get("DP", [""])[0]).casefold()
    number = by["AN"][0] if "AN" in by else ""
    if number[:3] == "PMC" and number[3:].isdigit():
        pmcid = pmcid or number
    elif number[:8] == "MEDLINE:" or (number and ("pubmed" in base or "nlm" in base.split())):
        pmid = pmid or identifiers.pmid(number)
    for value in by.get("C5", ()):
        pmid = pmid or (value if "embase" in base and re.match(r"\d{5,8}\Z", value) else None)
    for value in by.get("C2", ()):
        pmcid = pmcid or (value if re.match(r"PMC\d+\Z", value) else None)
        pmid = pmid or (value if "scopus" in base and re.match(r"\d{5,8}\Z", value) else None)
    for match in map(_PUBMED_URL.match, by.get("UR", ())):
        pmid = pmid or (match[1] if match else None)
    return pmid, pmcid


def _serials(by: _Values, spare: set[tuple[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    issns: list[str] = []
    isbns: list[str] = []
    for value in by.get("SN", ()):
        some_issns, some_isbns = serials(value)
        issns += some_issns
        isbns += some_isbns
        if not some_issns and not some_isbns:
            spare.add(("SN", value))
    return merged(issns), merged(isbns)


def _accession(by: _Values) -> str | None:
    found = (match[1] for value in by.get("N1", ()) if (match := tags.ACCESSION.search(value)))
    return next(found, None) or next((v for v in by.get("U2", ()) if _FOREIGN[2][2].match(v)), None)


def _foreign(by: _Values) -> list[tuple[str, str]]:
    found = []
    for scheme, mark, pattern, places in _FOREIGN:
        for tag in places:
            for value in by.get(tag, ()):
                match = pattern.search(value) if mark in value else None
                if match:
                    found.append((scheme, match[0]))
    return found


def merged_pairs(pairs: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Give the pairs once each, in the order first met."""
    return tuple(dict.fromkeys(pairs))


def _flags(by: _Values, own: dict[str, list[tuple[str, str]]]) -> tuple[str, ...]:
    said = [*by.get("M3", ()), *by.get("PT", ())]
    retracted = ["retracted"] if any(word.casefold() in _RETRACTED for word in said) else []
    return merged([value for _, value in own.get("flag", ())] + retracted)


def _carried(values: list[str] | None) -> dict[str, list[tuple[str, str]]]:
    """Read what our own writer put into the custom field: field name to (name, value) pairs."""
    found: dict[str, list[tuple[str, str]]] = {}
    for value in values or ():
        if (carried := uncarry(value)) is not None:
            field, label, text = carried
            found.setdefault(field, []).append((label, text))
    return found


def uncarry(value: str) -> tuple[str, str, str] | None:
    """Take ``review:<field>:<name>=<value>`` apart; ``None`` when the value is not of our writer's making."""
    head, equals, text = value.partition("=")
    parts = head.split(":")
    if not equals or parts[0] != "review" or len(parts) not in (2, 3) or parts[1] not in CARRIED:
        return None
    return parts[1], unquote(parts[2]) if len(parts) == 3 else "", text


CARRIED = frozenset({"identifier", "flag", "kind", "keyword", "extra"})
"""Fields that our own writer carries in the custom field."""


def _extra(pairs: Pairs, spare: set[tuple[str, str]], implied: set[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Keep, in the order of the file, whatever went into no field; ``implied`` are lines that the fields give back."""
    kept: list[tuple[str, str]] = []
    for pair in pairs:
        tag, value = pair
        if tag in tags.MAPPED and tag != "TY" and tag != tags.CARRIER:
            if pair in spare:
                kept.append(pair)
        elif value and pair not in implied:
            carried = uncarry(value) if tag == tags.CARRIER else None
            if carried is None:
                kept.append(pair)
            elif carried[0] == "extra":
                kept.append((carried[1], carried[2]))
    return tuple(kept)
