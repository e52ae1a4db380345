"""Turn records into columns that can be compared. Knows one record at a time; decides nothing about two.

Cleaning happens here and nowhere else: readers hand records over as the source wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pandas as pd

from review import identifiers
from review.record import Record
from searches.dedupe.journals import OR
from searches.dedupe.titles import folded, read_title

COLUMNS = (
    "title", "sort", "numbers", "generic", "authors", "given", "first_author", "year", "journal", "issns", "venue",
    "volume", "issue", "page", "span", "dois", "pmid", "cochrane", "trial", "abstract",
)  # fmt: skip

ABSTRACT = 200
"""Characters of an abstract that are compared: enough to know it, and before the publisher's tail begins."""

_NO_NAME = frozenset(
    ("and", "et", "al", "jr", "sr", "van", "von", "der", "den", "de", "da", "di", "du", "dos", "del", "della", "la",
     "le", "el", "bin", "ibn", "ter", "ten", "unknown", "anonymous")
)  # fmt: skip
_INITIALS = re.compile(r"\b[A-Z]{1,3}\b\.?")
_LABEL = re.compile(
    r"^(?:abstract|background|purpose|objectives?|aims?|introduction|context|summary|copyright c? ?\d*) "
)
_DASH = re.compile(r"[\u2010-\u2015\u2212\ufe58\uff0d]")
_PAGE = re.compile(r"(?<!\d)[a-z]{0,4}?0*(\d+)", re.IGNORECASE)
_ROMAN = re.compile(r"^\W*(?:pp?\.?\s*)?([ivxlc]+)(?=$|\s*[,;]|\s*-\s*[ivxlc]+\b)", re.IGNORECASE)
_ONLY_DOI = re.compile(r"^\s*(?:doi[\s:.]*|https?://\S*doi\S*/)?10\.\d{4,9}/\S+\s*$", re.IGNORECASE)
_RANGE = re.compile(r"0*(\d+)\s*-+\s*[a-z]{0,4}?0*(\d+)", re.IGNORECASE)
_MONTHS = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)"
_DATE = re.compile(rf"^\s*(?:\d{{1,4}}[-/. ]{_MONTHS}|{_MONTHS}[-/. ]\d{{1,4}})\s*$", re.IGNORECASE)
"""What a spreadsheet makes of the pages 9-11: ``11-Sep``."""
_COUNT = re.compile(r"^\s*\d+\s*(?:p|pp|pages)\b", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_COCHRANE_ISSUES = 12
_CD = re.compile(r"\bcd0*(\d{6})\b|\b14651858\.(?:cd)?0*(\d{6})")
_CONFERENCE = re.compile(r"\b(?:conference|proceedings|workshop|symposium|congress|meeting)\b")
_CONFERENCE_JOURNAL = re.compile(
    r"\b(?:national academy|proceedings of the (?:nutrition|royal|ieee|american thoracic)|mayo clinic|bmc|"
    r"transplantation|journal)\b"
)
_BESIDE = re.compile(r"\.\s*Conference(?::.*)?$|\s*[\[(][^\])]*[\])]|\s+[:/]\s[^=]*", re.IGNORECASE)
"""What stands after a journal's name: the meeting whose abstracts it printed (Ovid); in brackets the medium, the place,
a translation; and a subtitle or responsible body, which catalogues set off by `` : `` and `` / ``
(ISBD, https://www.ifla.org/publications/international-standard-bibliographic-description/)."""
_PARALLEL = re.compile(r"\s+=\s+")
"""Between a title and the same in another language (ISBD)."""
_TRIAL = re.compile(
    r"\b(nct\d{8}|isrctn\d{8}|actrn\d{14}|drks\d{8}|chictr[a-z0-9-]+|umin\d{9}|eudract[ :]*[\d-]{14})", re.IGNORECASE
)
_PREPRINT = re.compile(r"\b(?:arxiv|biorxiv|medrxiv|chemrxiv|psyarxiv|preprints?|research square|ssrn)\b")


def normalise(records: Sequence[Record]) -> pd.DataFrame:
    """Give the columns to compare, one row for one record, in the order given.

    Returns
    -------
    DataFrame, n_records rows
        ``title`` (folded words), ``sort``, ``numbers``, ``generic`` (see ``titles``), ``authors`` (family names as
        words), ``given`` (given names that are written out), ``first_author``, ``year`` (float), ``journal`` (folded,
        parallel names with ``journals.OR`` between), ``issns``, ``venue`` (``journal``,
        ``conference``, ``preprint``, ``thesis``, ``report`` or ``trial``), ``volume``, ``issue``, ``page`` (numbers as
        text), ``span`` (first and last page), ``dois``, ``pmid``, ``cochrane`` (review number),
        ``trial`` (register number), ``abstract`` (first words).
        Unknown is ``""``, ``()`` or NaN, never a guess.
    """
    rows = [_row(record) for record in records]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(object)
    return frame.astype({"year": float, "generic": bool})


def _row(record: Record) -> tuple[Any, ...]:
    title = read_title(record.title, None if record.authors else record.journal)  # a book is its own journal
    families, given = list[str](), list[str]()
    for name in record.authors:
        family, others = _name_words(name)
        families += family
        given += others
    journal = _journal(record.journal) if record.journal else ""
    dois = _dois(record)
    volume = _volume(record.volume)
    year = record.year
    page = _first_page(record.pages, numbered=bool(volume)) if record.pages else ""
    cochrane = _cochrane(record, dois)
    return (
        title.words,
        _sort(record) or title.sort,
        title.numbers,
        title.generic,
        " ".join(families),
        " ".join(given),
        families[0] if families else "",
        float("nan") if year is None else float(year),
        journal,
        tuple([issn for text in record.issns for issn in identifiers.issns(text)]),
        _venue(record, journal),
        "" if volume == str(year) else volume,
        _issue(record.issue, cochrane),
        page,
        _span(record.pages, page) if record.pages and page else "",
        dois,
        identifiers.pmid(record.pmid) or "",
        cochrane,
        _trial(record),
        _abstract(record.abstract),
    )


def _dois(record: Record) -> tuple[str, ...]:
    """Give every DOI of a record: of its own field, else of its address or of a note that is nothing but a DOI."""
    own = identifiers.dois(record.doi) if record.doi else ()
    further = [value for scheme, value in record.identifiers if scheme == "doi"]
    if own and not further:
        return own
    notes = (note for note in record.notes if _ONLY_DOI.match(note))
    spare = further if own else (*further, record.url, *notes)
    return tuple(dict.fromkeys([*own, *(doi for text in spare if text for doi in identifiers.dois(text))]))


@lru_cache(maxsize=1 << 14)
def _journal(name: str) -> str:
    """Fold the name of a journal without what stands beside it; a name that is cut off is none.

    >>> _journal("Lancet (London, England)"), _journal("Rinsho = Clinics : a monthly")
    ('lancet', 'rinsho|clinics')
    """
    if name.endswith(("...", "\u2026")):
        return ""
    names = (folded(part) for part in _PARALLEL.split(_BESIDE.sub("", name)))
    return OR.join(name for name in names if name) or folded(name)


def _sort(record: Record) -> str:
    return record.kind if record.kind in ("erratum", "retraction") else ""


def _name_words(name: str) -> tuple[list[str], list[str]]:
    """Give the words of a family name and the given names that are written out.

    Of a name that cannot be split, every word but the initials counts as family; where initials stand in the place of
    the family name, the two have changed places.

    >>> _name_words("Laloë, Pierre-A."), _name_words("Adeli K.Lewis G. F."), _name_words("F X, van der Berg")
    ((['laloe'], ['pierre']), (['adeli', 'lewis'], []), (['berg'], []))
    """
    family, comma, given = name.partition(",")
    if not comma or "," in given or ";" in name or " and " in name:
        whole = name if name.isupper() else _INITIALS.sub(" ", name.replace(".", ". "))
        return [word for word in folded(whole).split() if len(word) > 1 and word not in _NO_NAME], []
    families = [word for word in folded(family).split() if len(word) > 1 and word not in _NO_NAME]
    spelt = folded(given).split() if len(given) > 3 else []
    others = [word for word in spelt if len(word) > 2 and word not in _NO_NAME]
    return (families, others) if families else (others, [])


def _volume(value: str | None) -> str:
    """Give the number of a volume; ``1)`` is what is left of ``53(SUPPL. 1)`` and no volume.

    CENTRAL puts the meeting before the number.

    >>> _volume("4 (1) (no pagination)"), _volume("1)"), _volume("(Jul)"), _volume("Conference: 3rd day. Utopia. 14")
    ('4', '', '', '14')
    """
    text = value or ""
    if text.lower().startswith("conference"):
        text = text.rpartition(". ")[2] if ". " in text else ""
    return "" if text.count(")") > text.count("(") or not _DIGITS.search(text) else _number(text)


def _number(value: str | None) -> str:
    """Give the first number, else the words.

    >>> _number("02"), _number("Spring"), _number(None)
    ('2', 'spring', '')
    """
    match = _DIGITS.search(value or "")
    return match.group().lstrip("0") or "0" if match else folded(value)


def _issue(value: str | None, cochrane: str) -> str:
    """Give the number of an issue. Cochrane reviews come in at most 12 a year; a higher number is none, but what some
    exports put there (a running number), and would make a version of every record.

    >>> _issue("Suppl. 02", ""), _issue("3", "002273"), _issue("1043", "002273")
    ('2', '3', '')
    """
    number = _number(value)
    return "" if cochrane and number.isdigit() and int(number) > _COCHRANE_ISSUES else number


def _first_page(pages: str, *, numbered: bool) -> str:
    """Give the number of the first page; page 1 of an article in no volume yet, a count of pages, or what a spreadsheet
    took for a date is none.

    >>> [_first_page(pages, numbered=True) for pages in ("S121-NA", "e322-7", "215 p", "xi-xiv", "11-Sep")]
    ['121', '322', '', 'xi', '']
    """
    text = pages if pages.isascii() else _DASH.sub("-", pages)
    if roman := _ROMAN.match(text):
        return roman.group(1).lower()
    match = None if _COUNT.match(text) or _DATE.match(text) else _PAGE.search(text)
    page = match.group(1) if match else ""
    return "" if page == "1" and not numbered else page


def _span(pages: str, first: str) -> str:
    """Give first and last page of a document on more pages than one.

    >>> _span("188-93", "188"), _span("S188-S193; discussion 194", "188"), _span("188-188", "188"), _span("188", "188")
    ('188-193', '188-193', '', '')
    """
    match = _RANGE.search(pages if pages.isascii() else _DASH.sub("-", pages))
    if not match or match.group(1) != first:
        return ""
    last = match.group(2)
    last = first[: -len(last)] + last if len(last) < len(first) else last
    return f"{first}-{last}" if int(last) > int(first) else ""


def _venue(record: Record, journal: str) -> str:
    if record.kind == "preprint" or _PREPRINT.search(journal):
        return "preprint"
    if record.kind in ("thesis", "report", "trial"):
        return record.kind
    if _CONFERENCE.search(journal) and not _CONFERENCE_JOURNAL.search(journal):
        return "conference"
    if not journal:
        return ""
    return "conference" if record.kind == "conference" else "journal"


def _cochrane(record: Record, dois: tuple[str, ...]) -> str:
    """Give the number of a Cochrane review, whatever its version."""
    text = " ".join([*dois, (record.pages or "").lower()])
    match = _CD.search(text) if "cd" in text or "14651858" in text else None
    return (match.group(1) or match.group(2)) if match else ""


def _trial(record: Record) -> str:
    """Give the number of the register entry that a record is, if it is one: its address or container holds it."""
    own = record.identifiers if record.kind == "trial" else ()
    match = _TRIAL.search(f"{record.journal} {record.url} {record.source_id} {own}")
    return match.group(1).lower() if match else ""


def _abstract(abstract: str | None) -> str:
    words = folded(abstract[: ABSTRACT * 2]) if abstract else ""
    while (shorter := _LABEL.sub("", words)) != words:
        words = shorter
    return words[:ABSTRACT]
