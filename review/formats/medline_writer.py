"""Write MEDLINE text (nbib) as PubMed exports it, so that our reader and reference managers read it back. Pure.

What MEDLINE has no tag for is not written; ``review.formats.lost`` says what that was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from review import identifiers
from review.formats.kinds import kind_of
from review.formats.values import date
from review.record import Kind, Record
from review.text import tidy

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Source: PubMed publication types, https://www.nlm.nih.gov/mesh/pubtypes.html; words of other sources where PubMed has
# none; checked 2026-11-22.
_TYPES: dict[Kind, str] = {
    "article": "Journal Article", "review": "Review", "editorial": "Editorial", "letter": "Letter",
    "commentary": "Comment", "erratum": "Published Erratum", "retraction": "Retraction of Publication",
    "conference": "Congress", "chapter": "Book Chapter", "book": "Book", "report": "Technical Report",
    "thesis": "Academic Dissertation", "preprint": "Preprint", "dataset": "Dataset", "web": "Web",
    "trial": "Clinical Trial Registration", "other": "Other",
}  # fmt: skip
_RETRACTED = "Retracted Publication"
_OWN = frozenset(
    ("AD AU AUID BTI CI CIN CON COIS CRDT CRI CRF CTDT CTI DA DCOM DDIN DEP DRIN ECF ECI ED EDAT EFR EIN EN FED FIR "
     "FPS GR GS IR IRAD JID LR MHDA MID NM OAB OABL OCI OID OPI ORI OTO OWN PHST PMCR PS PST PUBM RF RIN RN ROF RPF "
     "RPI RRF RRI SB SFM SI SO SPIN STAT TA TT UIN UOF").split()
)  # fmt: skip
"""Elements that go into no field. Source: https://www.nlm.nih.gov/bsd/mms/medlineelements.html, checked 2026-11-22."""
_ANYONES = frozenset({"AD", "PT", "TA"})
"""Elements that are written whatever the record came from; the others only when it came from MEDLINE."""
_MARKS = frozenset({"OWN", "STAT", "PHST", "CRDT", "EDAT", "DCOM", "DEP", "JID", "MID", "PMCR", "PST"})
"""Elements that only MEDLINE has."""
_SCHEME = re.compile(r"[a-z0-9_]+\Z")


def write(records: Iterable[Record]) -> bytes:
    """Write records as MEDLINE text: UTF-8, LF line ends, a blank line after each, one line per value, in order.

    Every record begins with ``PMID-``, empty when it has none: programs cut the file there. White space inside a value
    becomes single spaces, so that no value can begin a tag.

    Notes
    -----
    Source: MEDLINE/PubMed data element descriptions, https://www.nlm.nih.gov/bsd/mms/medlineelements.html, checked
    2026-11-22.
    """
    return "".join(_block(record) for record in records).encode("utf-8", errors="replace")


def _block(record: Record) -> str:
    lines = (f"{tag:<4}- {text}\n" for tag, value in _pairs(record) if (text := tidy(value)))
    return "".join([f"PMID- {tidy(record.pmid) or ''}\n", *lines, "\n"])


def _pairs(record: Record) -> Iterator[tuple[str, str | None]]:
    extra = _extra(record)
    given = {tag for tag, _ in extra}
    yield from (("IS", issn) for issn in record.issns)
    yield from (("ISBN", isbn) for isbn in record.isbns)
    yield "VI", record.volume
    yield "IP", record.issue
    yield "DP", _printed(record, extra)
    yield "TI", record.title
    yield "PG", record.pages
    if record.doi and "LID" not in given:
        yield "LID", f"{record.doi} [doi]"
    yield "AB", record.abstract
    yield from _authors(record, short="AU" not in given)
    yield "LA", record.language
    yield from (("PT", word) for word in _types(record, given))
    yield "PB", record.publisher
    yield "PL", record.place
    yield "TA", record.journal if "TA" not in given else None
    yield "JT", record.journal
    yield from (("OT", keyword) for keyword in dict.fromkeys(record.keywords))
    yield from (("GN", note) for note in record.notes)
    yield "PMC", record.pmcid
    if "AID" not in given:
        yield from (("AID", value) for value in _article_ids(record))
    yield from (pair for pair in extra if pair[0] not in ("PT", "DP"))


def _extra(record: Record) -> list[tuple[str, str]]:
    """Give what can go back under its own tag: everything when it came from MEDLINE, else what means the same there."""
    tags = set(_ANYONES)
    if any(tag in _MARKS for tag, _ in record.extra):
        tags |= _OWN | {"DP", "LID", "AID"} | ({"LA"} if record.language else set())  # a further language
    if record.journal is None:
        tags.discard("TA")  # it would be the journal
    return [pair for pair in record.extra if pair[0] in tags]


def _printed(record: Record, extra: list[tuple[str, str]]) -> str | None:
    """Print the date as PubMed does (``2018 Apr 3``), or as MEDLINE itself printed it."""
    own = next((value for tag, value in extra if tag == "DP" and date(value) == record.date), None)
    if own or not record.date:
        return own
    year, *rest = record.date.split("-")
    return " ".join([year, *(_MONTHS[int(month) - 1] for month in rest[:1]), *(str(int(day)) for day in rest[1:])])


def _authors(record: Record, *, short: bool) -> Iterator[tuple[str, str]]:
    """FAU and AU for people; CN for the organisations after the last of them, because readers put CN last."""
    people = max((i for i, author in enumerate(record.authors, 1) if "," in author), default=0)
    for author in record.authors[:people]:
        yield "FAU", author
        if short:
            yield "AU", _short(author)
    yield from (("CN", author) for author in record.authors[people:])


def _short(author: str) -> str:
    """Shorten a name to the family name and initials.

    >>> _short("Oak, Ann-Marie B."), _short("Oak, Ann, Jr."), _short("World Health Organization")
    ('Oak AMB', 'Oak A Jr.', 'World Health Organization')
    """
    family, _, rest = author.partition(",")
    given, _, suffix = rest.partition(",")
    initials = "".join(part[0].upper() for part in re.split(r"[\s.-]+", given) if part)
    return " ".join(part for part in (family, initials, suffix.strip()) if part)


def _types(record: Record, given: set[str]) -> Iterator[str]:
    """Give the words for the kind and the publication types; a retraction that is linked (RIN) needs no word."""
    words = [value for tag, value in record.extra if tag == "PT"]
    if record.kind and kind_of(words) != record.kind:
        yield _TYPES[record.kind]
    yield from words
    if "retracted" in record.flags and _RETRACTED not in words and "RIN" not in given:
        yield _RETRACTED


def _article_ids(record: Record) -> Iterator[str]:
    """Give the DOI and the identifiers that can be told apart again: one word each, none mistaken for the DOI."""
    if record.doi:
        yield f"{record.doi} [doi]"
    for scheme, value in record.identifiers:
        mistaken = scheme == "doi" or (record.doi is None and identifiers.doi(value) is not None)
        if _SCHEME.match(scheme) and not mistaken and not re.search(r"\s", value):
            yield f"{value} [{scheme}]"
