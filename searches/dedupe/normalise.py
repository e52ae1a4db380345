"""Turn records into columns that can be compared. Knows one record at a time; decides nothing about two.

Cleaning happens here and nowhere else: readers hand records over as the source wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from review import identifiers
from review.record import Record
from searches.dedupe.titles import folded, read_title

COLUMNS = (
    "title", "sort", "numbers", "generic", "authors", "first_author", "year", "journal", "issns", "venue", "volume",
    "issue", "page", "dois", "pmid", "cochrane", "trial", "abstract",
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
_COUNT = re.compile(r"^\s*\d+\s*(?:p|pp|pages)\b", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_CD = re.compile(r"\bcd0*(\d{6})\b|\b14651858\.(?:cd)?0*(\d{6})")
_CONFERENCE = re.compile(r"\b(?:conference|proceedings|workshop|symposium|congress|meeting)\b")
_CONFERENCE_JOURNAL = re.compile(
    r"\b(?:national academy|proceedings of the (?:nutrition|royal|ieee)|mayo clinic|journal)\b"
)
_BESIDE = re.compile(
    r"\.\s*Conference(?::.*)?$|\s*[\[(](?:electronic resource|online|internet|print)[\])]|\s+[:=/]\s.*$", re.IGNORECASE
)
"""What stands after a journal's name: the meeting whose abstracts it printed and the medium (Ovid), and a subtitle,
parallel title or responsible body, which catalogues set off by `` : ``, `` = ``, `` / ``
(ISBD, https://www.ifla.org/publications/international-standard-bibliographic-description/)."""
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
        words), ``first_author``, ``year`` (float), ``journal`` (folded), ``issns``, ``venue`` (``journal``,
        ``conference`` or ``preprint``), ``volume``, ``issue``, ``page`` (numbers as text), ``dois``, ``pmid``,
        ``cochrane`` (review number), ``trial`` (register number), ``abstract`` (first words).
        Unknown is ``""``, ``()`` or NaN, never a guess.
    """
    rows = [_row(record) for record in records]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(object)
    return frame.astype({"year": float, "generic": bool})


def _row(record: Record) -> tuple[Any, ...]:
    title = read_title(record.title, record.journal)
    authors = [_family_words(name) for name in record.authors]
    names = [word for words in authors for word in words]
    journal = folded(_BESIDE.sub("", record.journal or ""))
    dois = identifiers.dois(record.doi) or tuple(
        d for d in identifiers.dois(record.url) if "doi.org" in str(record.url)
    )
    volume = _volume(record.volume)
    return (
        title.words,
        _sort(record) or title.sort,
        title.numbers,
        title.generic,
        " ".join(names),
        names[0] if names else "",
        float("nan") if record.year is None else float(record.year),
        journal,
        tuple(issn for text in record.issns for issn in identifiers.issns(text)),
        _venue(record, journal),
        volume,
        _number(record.issue),
        _first_page(record.pages, numbered=bool(volume)),
        dois,
        identifiers.pmid(record.pmid) or "",
        _cochrane(record, dois),
        _trial(record),
        _abstract(record.abstract),
    )


def _sort(record: Record) -> str:
    return record.kind if record.kind in ("erratum", "retraction") else ""


def _family_words(name: str) -> list[str]:
    """Give the words of a family name; of a name that cannot be split, every word but the initials.

    >>> _family_words("Laloë, P.-A."), _family_words("Adeli K.Lewis G. F."), _family_words("van der Berg")
    (['laloe'], ['adeli', 'lewis'], ['berg'])
    """
    family, comma, _ = name.partition(",")
    if not comma or ";" in name or " and " in name:
        family = name if name.isupper() else _INITIALS.sub(" ", name.replace(".", ". "))
    return [word for word in folded(family).split() if len(word) > 1 and word not in _NO_NAME]


def _volume(value: str | None) -> str:
    """Give the number of a volume; ``1)`` is what is left of ``53(SUPPL. 1)`` and no volume.

    >>> _volume("4 (1) (no pagination)"), _volume("1)"), _volume("(Jul)")
    ('4', '', '')
    """
    text = value or ""
    return "" if text.count(")") > text.count("(") or not _DIGITS.search(text) else _number(text)


def _number(value: str | None) -> str:
    """Give the first number, else the words.

    >>> _number("Suppl. 02"), _number("Spring"), _number(None)
    ('2', 'spring', '')
    """
    match = _DIGITS.search(value or "")
    return match.group().lstrip("0") or "0" if match else folded(value)


def _first_page(pages: str | None, *, numbered: bool) -> str:
    """Give the number of the first page; page 1 of an article in no volume yet, or a count of pages, is none.

    >>> [_first_page(pages, numbered=True) for pages in ("S121-NA", "e322-7", "215 p")]
    ['121', '322', '']
    """
    text = _DASH.sub("-", pages or "")
    match = None if _COUNT.match(text) else _PAGE.search(text)
    page = match.group(1) if match else ""
    return "" if page == "1" and not numbered else page


def _venue(record: Record, journal: str) -> str:
    if record.kind == "preprint" or _PREPRINT.search(journal):
        return "preprint"
    if _CONFERENCE.search(journal) and not _CONFERENCE_JOURNAL.search(journal):
        return "conference"
    if not journal:
        return ""
    return "conference" if record.kind == "conference" and not record.volume else "journal"


def _cochrane(record: Record, dois: tuple[str, ...]) -> str:
    """Give the number of a Cochrane review, whatever its version."""
    match = _CD.search(" ".join([*dois, (record.pages or "").lower()]))
    return (match.group(1) or match.group(2)) if match else ""


def _trial(record: Record) -> str:
    """Give the number of the register entry that a record is, if it is one: its address or container holds it."""
    match = _TRIAL.search(f"{record.journal} {record.url} {record.source_id}")
    return match.group(1).lower() if match else ""


def _abstract(abstract: str | None) -> str:
    words = folded(abstract[: ABSTRACT * 2]) if abstract else ""
    while (shorter := _LABEL.sub("", words)) != words:
        words = shorter
    return words[:ABSTRACT]
