"""Read BibTeX and biblatex: from entries to records. Syntax, names, LaTeX and the writer have modules of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from review import identifiers
from review.formats.bibtex_latex import to_text, to_verbatim
from review.formats.bibtex_names import OTHERS, people
from review.formats.bibtex_syntax import Entry, entries
from review.formats.cells import restored
from review.formats.decode import decode, lines
from review.formats.kinds import kind_of
from review.formats.languages import language
from review.formats.losses import NO_RECORD, Losses, merged
from review.formats.values import address, date, serials
from review.record import Kind, Record, Rejected
from review.text import fold, tidy

# Field of a record to fields of an entry, the most telling first. Sources: BibTeXing (1988) section 3.2; biblatex
# manual 2.2.2; fields that Scopus, Web of Science, EBSCOhost, Zotero and JabRef add; checked 2026-11-22.
PLAIN: dict[str, tuple[str, ...]] = {
    "journal": ("journal", "journaltitle", "booktitle"),
    "volume": ("volume",),
    "issue": ("number", "issue"),
    "pages": ("pages", "eid", "art_number", "article-number", "articleno"),
    "abstract": ("abstract",),
    "publisher": ("publisher", "institution", "school", "organization"),
    "place": ("address", "location"),
    "source_id": ("unique-id", "accession-number", "ut"),
}
"""Fields that are taken as they are."""
KEYWORDS = ("keywords", "keyword", "author_keywords", "keywords-plus", "mesh")
NOTES = ("note", "annote", "annotation")
WORDS = ("type", "document_type", "entrysubtype")
"""Fields that say what sort of document it is, beside the type of the entry."""
CARRIED = "review-"
"""Prefix of the fields in which our own writer puts what BibTeX has no field for."""

# Source: types of entries, BibTeXing section 3.1, biblatex manual 2.1; checked 2026-11-22.
TYPES: dict[str, Kind | None] = {
    "article": "article", "inproceedings": "conference", "conference": "conference", "incollection": "chapter",
    "inbook": "chapter", "inreference": "chapter", "book": "book", "mvbook": "book", "collection": "book",
    "proceedings": "book", "booklet": "book", "manual": "report", "techreport": "report", "report": "report",
    "phdthesis": "thesis", "mastersthesis": "thesis", "thesis": "thesis", "online": "web", "electronic": "web",
    "www": "web", "dataset": "dataset", "preprint": "preprint", "review": "review", "suppperiodical": "article",
    "misc": None,
}  # fmt: skip
"""Type of an entry to kind; ``misc`` says nothing, any other is ``other``."""
FOR: dict[Kind | None, str] = {
    "article": "article", "review": "article", "editorial": "article", "letter": "article", "commentary": "article",
    "erratum": "article", "retraction": "article",
    "conference": "inproceedings", "chapter": "incollection", "book": "book", "report": "techreport",
    "thesis": "phdthesis",
}  # fmt: skip
"""Kind to the type that is written for it; for any other, ``misc``."""

_T = TypeVar("_T")
_VERBATIM = frozenset({"doi", "url", "pmid", "pmcid", "pmc", "eprint", "file", "issn", "eissn", "isbn"})
_BABEL = {"ngerman": "german", "american": "english", "british": "english", "usenglish": "english",
          "ukenglish": "english", "australian": "english", "francais": "french", "brazilian": "portuguese"}  # fmt: skip
"""Names of languages in babel, https://ctan.org/pkg/babel."""
_PMID = re.compile(r"\bPMID:?\s*(\d{1,9})\b")
_PMCID = re.compile(r"\bPMC(?:ID)?:?\s*(?:PMC)?(\d{3,9})\b")
_STOP = frozenset(
    "a an the of on in and for to with by from at as is are do does how what why le la les der die das".split()
)


def iterate(data: bytes, losses: Losses) -> Iterator[Record | Rejected]:
    """Read the records of a BibTeX file one by one.

    Raises
    ------
    ReviewError
        The file is empty.
    """
    text = "".join(lines(decode(data, losses)))
    for position, entry in enumerate(entries(text, losses), 1):
        record = build(entry)
        if record is None:
            yield Rejected(position, NO_RECORD, entry.raw)
        else:
            yield record


class _Values:
    """The fields of one entry as text, and which of them went into a field of the record."""

    def __init__(self, entry: Entry) -> None:
        self.pairs = [(name, _text(name, value)) for name, value in entry.fields if not name.startswith(CARRIED)]
        self._taken: set[int] = set()

    def every(self, names: tuple[str, ...], read: Callable[[str], _T | None]) -> list[_T]:
        """Take all values of the named fields that can be read."""
        found: list[_T] = []
        for name in names:
            for index, (field, value) in enumerate(self.pairs):
                if field == name and value and index not in self._taken and (one := read(value)):
                    self._taken.add(index)
                    found.append(one)
        return found

    def first(self, names: tuple[str, ...], read: Callable[[str], _T | None]) -> _T | None:
        """Take the first value of the named fields that can be read."""
        for name in names:
            for index, (field, value) in enumerate(self.pairs):
                if field == name and value and index not in self._taken and (one := read(value)):
                    self._taken.add(index)
                    return one
        return None

    def plain(self, *names: str) -> str | None:
        return self.first(names, str)

    def see(self, name: str) -> str:
        """Look at a field without taking it."""
        return next((value for field, value in self.pairs if field == name), "")

    def left(self) -> list[tuple[str, str]]:
        """Give what no field has taken."""
        return [pair for index, pair in enumerate(self.pairs) if index not in self._taken and pair[1]]


def build(entry: Entry) -> Record | None:
    """Give the record of one entry, or ``None`` when nothing in it says what it is."""
    values = _Values(entry)
    authors = [author for part in values.every(("author",), people) for author in part]
    doi = values.first(("doi",), identifiers.doi)
    pmid = values.first(("pmid", "pubmed_id"), identifiers.pmid)
    pmcid = values.first(("pmcid", "pmc"), identifiers.pmcid)
    eprint = {values.see("eprinttype").lower(), values.see("archiveprefix").lower()}
    if not pmid and eprint & {"pubmed", "pmid"}:
        pmid = values.first(("eprint",), identifiers.pmid)
    arxiv = values.plain("eprint") if "arxiv" in eprint else None
    url = values.plain("url") or values.first(("howpublished",), lambda text: text if "://" in text else None)
    found = values.every(("issn", "eissn", "isbn"), _serials)
    notes = values.every(NOTES, str)
    said = " ".join(notes)
    kind = _kind(entry.type, [value for name, value in values.pairs if name in WORDS])
    record = Record(
        title=_title(values),
        authors=tuple(author for author in authors if author != OTHERS),
        date=_date(values),
        keywords=merged(word for words in values.every(KEYWORDS, _keywords) for word in words),
        kind=kind,
        language=values.first(("language", "langid"), _language),
        doi=doi or identifiers.doi(url if url and "doi.org/" in url else None),
        pmid=pmid or next(iter(_PMID.findall(said)), None),
        pmcid=pmcid or next((f"PMC{number}" for number in _PMCID.findall(said)), None),
        issns=merged(issn for issns, _ in found for issn in issns),
        isbns=merged(isbn for _, isbns in found for isbn in isbns),
        url=address(url) if url else None,
        identifiers=(("arxiv", arxiv),) if arxiv else (),
        notes=tuple(notes),
        **{field: values.plain(*names) for field, names in PLAIN.items()},  # type: ignore[arg-type]  # texts
        extra=(
            *([("entrytype", entry.type)] if entry.type != FOR.get(kind, "misc") else ()),
            *([("author", OTHERS)] if OTHERS in authors else ()),
            *values.left(),
        ),
    )
    return _whole(record, entry)


def _whole(record: Record, entry: Entry) -> Record | None:
    """Put in what our own writer carried, and the citation key where it is no more than author, year and title."""
    carried = {
        name.removeprefix(CARRIED): tidy(to_text(value)) or ""
        for name, value in entry.fields
        if name.startswith(CARRIED)
    }
    record = restored(record, carried) if carried else record
    known = any((record.title, record.authors, record.doi, record.pmid, record.pmcid, record.identifiers))
    if not known and not record.source_id:
        return None
    if entry.key and not record.source_id and not re.fullmatch(re.escape(key_of(record)) + "[a-z]{0,3}", entry.key):
        record = replace(record, source_id=entry.key)
    return record


def key_of(record: Record) -> str:
    """Make a citation key: first author, year, first telling word of the title; ASCII letters and digits only.

    >>> key_of(Record(title="The Mentoring of Doctors", authors=("Kalén, S.",), date="2014-05")), key_of(Record())
    ('kalen2014mentoring', 'anonymous')
    """
    author = _ascii(record.authors[0].split(",")[0]) if record.authors else ""
    word = next((found for part in fold(record.title).split() if part not in _STOP and (found := _ascii(part))), "")
    return f"{author or 'anonymous'}{record.year or ''}{word}"


def _ascii(text: str) -> str:
    return re.sub("[^a-z0-9]", "", fold(text))


def _text(name: str, value: str) -> str:
    if name in _VERBATIM:
        return tidy(to_verbatim(value)) or ""
    if name == "pages":
        value = re.sub(r"(?<=\w)\s*-+\s*(?=\w)", "-", value)
    return tidy(value if name == "author" else to_text(value)) or ""


def _title(values: _Values) -> str | None:
    title, subtitle = values.plain("title"), values.plain("subtitle")
    return f"{title}: {subtitle}" if title and subtitle else title or subtitle


def _date(values: _Values) -> str | None:
    """Take the most precise date of year, month, day and date; what says more than it stays as extra."""
    given, year, month, day = (values.see(name) for name in ("date", "year", "month", "day"))
    tries = (given, f"{year} {month} {day}", f"{year} {month}", year, f"{year} {given}")
    known = [one for text in tries if (one := date(text))]
    if not known:
        return None
    best = max((one for one in known if one[:4] == known[0][:4]), key=len)
    parts = {"year": 4, "month": 7, "day": 10, "date": 7 if year and not date(given) else 4}
    for name, length in parts.items():
        if len(best) >= length:
            values.first((name,), lambda text: text if "/" not in text else None)
    return best


def _kind(type_: str, words: list[str]) -> Kind | None:
    base = TYPES.get(type_, "other")
    return (kind_of(words) or base) if base in (None, "article") else base


def _keywords(value: str) -> list[str]:
    """biblatex parts keywords at commas; others at semicolons, where commas belong to a keyword."""
    return [part for text in value.split(";" if ";" in value else ",") if (part := text.strip())]


def _language(value: str) -> str:
    return language(_BABEL.get(value.casefold(), value))


def _serials(value: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    found = serials(value)
    return found if any(found) else None
