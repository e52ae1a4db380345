"""From a table with a header to records: which column names mean which field. Shared by CSV and XLSX; no IO."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain

from review import identifiers
from review.errors import ReviewError
from review.formats.bibtex_names import given_first as given_first_name
from review.formats.cells import MORE, OWN, joined, own_record
from review.formats.column_names import CITATIONS, FIELDS, GIVEN_FIRST, JOINED, NAMES, OTHERWISE
from review.formats.kinds import kind_of
from review.formats.languages import language
from review.formats.losses import NO_RECORD, Losses, merged
from review.formats.values import PURE_DATE, address, date, linked_doi, listed, names, page_range, serials
from review.record import Kind, Record, Rejected
from review.text import fold, tidy

_FIELD = {name: (field, rank) for field, known in NAMES.items() for rank, name in enumerate(known)}
_ABSENT = frozenset({"", "na", "n/a", "nan", "none", "null", "[no abstract available]", "no abstract available"})
_LONGEST_ABSENT = max(map(len, _ABSENT))
_SEVERAL = ("issns", "isbns", "keywords", "notes")
"""Fields that take what all their columns say."""
_NEEDED = frozenset({"title", "authors", "doi", "pmid"})
_LEAD = 20
"""Rows that may stand above the header: notices of rights, the date of the export."""
_LAST = 99
"""Rank of a name that means something only in one table."""
_Chosen = dict[str, tuple[int, ...]]
_Rows = Iterable[tuple[int, list[str]]]


def records(rows: _Rows, losses: Losses, columns: Mapping[str, str] | None = None) -> Iterator[Record | Rejected]:
    """Read the rows of a table; its header is the first row that names columns that are known.

    Parameters
    ----------
    rows : iterable of (line number, cells)
        Cells as text; rows without any text are no records.
    columns : mapping, optional
        What columns mean whose names are not known: name in the header to a field of ``FIELDS``.

    Raises
    ------
    ReviewError
        No column name is known, there is no header, or ``columns`` names what is not there.
    """
    source = ((number, cells) for number, cells in rows if any(cell.strip() for cell in cells))
    header, chosen = _header(source, losses, columns or {})
    own = tuple(header[: len(OWN)]) == OWN and all(map(MORE.match, header[len(OWN) :]))
    given_first = bool(GIVEN_FIRST & {fold(name) for name in header})
    for position, (number, cells) in enumerate(source, 1):
        if len(cells) > len(header):
            losses.add("a row has more cells than the header has names, the rest was kept as extra", f"line {number}")
        elif len(cells) < len(header):
            losses.add("a row has fewer cells than the header, the missing ones were taken as empty", f"line {number}")
        record = own_record(joined(header, cells)) if own else _record(header, chosen, cells, given_first=given_first)
        if isinstance(record, str):
            yield Rejected(position, f"line {number}: {record}", " | ".join(cells))
        else:
            yield record


def _header(
    source: Iterator[tuple[int, list[str]]], losses: Losses, columns: Mapping[str, str]
) -> tuple[list[str], _Chosen]:
    """Find the header: the first row, or one of the next where notices stand above it."""
    above: list[list[str]] = []
    for _, cells in source:
        header = [cell.strip() for cell in cells]
        chosen = choose(header, columns)
        if chosen.keys() & _NEEDED and (len(chosen) > 1 or not above):
            if above:
                losses.add(f"text above the header was not read; it begins with “{' '.join(above[0])[:80]}”")
            return header, chosen
        above.append(header)
        if len(above) == _LEAD:
            break
    raise _unknown(max(above, key=len, default=[]), columns)


def _unknown(header: list[str], columns: Mapping[str, str]) -> ReviewError:
    found = ", ".join(name for name in header[:20] if name) or "none"
    missing = [name for name in columns if fold(name) not in {fold(one) for one in header}]
    if missing:
        return ReviewError(f"The table has no column “{missing[0]}”; it has: {found}.", hint="Check the spelling.")
    return ReviewError(
        f"The table has no column for titles, authors or DOIs; it has: {found}.",
        hint=f'Say what each means, as in --column "{next(filter(None, header), "Titel")}=title"; '
        f"fields are: {', '.join(FIELDS)}.",
    )


def choose(header: list[str], columns: Mapping[str, str] | None = None) -> _Chosen:
    """Choose the columns of each field, the most telling name first, those given in ``columns`` before all.

    >>> choose(["Year", "Document Title", "Title", "Publication Date"])
    {'title': (2, 1), 'date': (3, 0)}

    Raises
    ------
    ReviewError
        ``columns`` gives a name a meaning that is no field.
    """
    given = {fold(name): field for name, field in (columns or {}).items()}
    if strange := [field for field in given.values() if field not in FIELDS]:
        raise ReviewError(f"“{strange[0]}” is no field for a column.", hint=f"Fields are: {', '.join(FIELDS)}.")
    folded = [fold(name) for name in header]
    other = dict(chain.from_iterable(names.items() for told, names in OTHERWISE if told <= set(folded)))
    ranked: dict[str, list[tuple[int, int]]] = {}
    for index, name in enumerate(folded):
        if name in given:
            field, rank = given[name], -1
        else:
            field, rank = (other[name], _LAST) if name in other else _FIELD.get(name, ("", 0))
        if field:
            ranked.setdefault(field, []).append((rank, index))
    return {field: tuple(index for _, index in sorted(ranked[field])) for field in NAMES if field in ranked}


def known(header: list[str]) -> int:
    """Count the names that are known."""
    return sum(fold(name) in _FIELD for name in header)


def _record(header: list[str], chosen: _Chosen, cells: list[str], *, given_first: bool) -> Record | str:
    """Give the record of one row of a foreign table, or the reason why it is none."""
    tidied = [tidy(cell) or "" for cell in cells]
    texts = [_text(cell) for cell in tidied]
    found = {
        field: places
        for field, known in chosen.items()
        if (places := [i for i in known if i < len(texts) and texts[i]])
    }
    cell = {field: texts[places[0]] for field, places in found.items()}
    all_of = {field: [texts[i] for i in found[field]] for field in _SEVERAL if field in found}
    printed = _citation(cell["citation"]) if "citation" in cell else {}
    day, undated = _date(tuple((_name(header[i]), i, texts[i]) for i in found.get("date", ())), printed.get("date"))
    url = address(cell["url"]) if "url" in cell else None
    numbers = [serials(text) for field in ("issns", "isbns") for text in all_of.get(field, ())]  # EndNote mixes them
    read = {
        "date": day,
        "kind": _kind(cell["kind"]) if "kind" in cell else None,
        "doi": identifiers.doi(cell.get("doi")),
        "pmid": identifiers.pmid(cell.get("pmid", "").removesuffix(".0")),
        "pmcid": identifiers.pmcid(cell.get("pmcid")),
        "issns": merged(issn for issns, _ in numbers for issn in issns),
        "isbns": merged(isbn for _, isbns in numbers for isbn in isbns),
        "authors": _authors(cell.get("authors", ""), given_first=given_first),
        "keywords": merged(word for text in all_of.get("keywords", ()) for word in listed(text.replace("|", ";"))),
        "flags": listed(cell.get("flags", "")),
        "language": language(cell["language"]) if "language" in cell else None,
        "url": url,
        "notes": tuple(all_of.get("notes", ())),
        "pages": cell.get("pages") or page_range(cell.get("start"), cell.get("end")) or printed.get("pages"),
        "journal": cell.get("journal") or printed.get("journal"),
        "volume": cell.get("volume") or printed.get("volume"),
        "issue": cell.get("issue") or printed.get("issue"),
        "title": cell.get("title"),
        "abstract": cell.get("abstract"),
        "publisher": cell.get("publisher"),
        "place": cell.get("place"),
        "source_id": cell.get("source_id"),
    }
    used: set[int] = set()
    for field, places in found.items():
        if _said(field, cell[field], read.get(field)):
            used.update(places if field in JOINED else places[:1])
    if not read["doi"] and url:
        read["doi"] = linked_doi(url)
    if read["kind"] is None and re.match(r"NCT\d{8}\Z", cell.get("source_id", "")):
        read["kind"] = "trial"
    if not any(read[field] for field in ("title", "authors", "doi", "pmid", "pmcid", "source_id")):
        return NO_RECORD
    return Record(**read, extra=_extra(header, tidied, used - undated))  # type: ignore[arg-type]  # the keys are fields of a record, typed as such


@lru_cache(maxsize=4096)
def _date(given: tuple[tuple[str, int, str], ...], printed: str | None) -> tuple[str | None, frozenset[int]]:
    """Take the most precise date of the first year that is given, and the columns that say something beyond it.

    Year and month may stand in columns of their own: ``2014`` and ``MAY 31`` (Web of Science), ``2014``, ``5``, ``31``.
    """
    year = next((one[:4] for *_, text in given if (one := date(text))), (printed or "")[:4])
    read = [
        (name, index, text, date(text) or (date(f"{year} {text}") if year else None)) for name, index, text in given
    ]
    joined = date(" ".join(text for *_, text in given))
    tries = [*(one for *_, one in read), joined, printed]
    best = max((one for one in tries if one and one[:4] == year), key=len, default=None)
    if best is None:
        return None, frozenset(index for _, index, _ in given)
    parts = {"month": 7, "day": 10}
    unsaid = frozenset(
        index
        for name, index, text, one in read
        if (len(best) < parts[name] if name in parts else not _dated(text, one, best))
    )
    return best, unsaid


def _dated(text: str, read: str | None, best: str) -> bool:
    """Whether a date holds all that a cell says; one in words may say more."""
    if read is None or not best.startswith(read):
        return False
    return bool(PURE_DATE.match(text) or re.match(r"\d{4}(?:\.0)?\Z", text)) or (date(text) is None and read == best)


@lru_cache(maxsize=1024)
def _name(column: str) -> str:
    return fold(column)


@lru_cache(maxsize=1024)
def _kind(cell: str) -> Kind | None:
    return kind_of((cell, *re.split("[;|]", cell)))


def _authors(cell: str, *, given_first: bool) -> tuple[str, ...]:
    if not cell:
        return ()
    found = names(cell)
    return tuple(author if "," in author else given_first_name(author) for author in found) if given_first else found


def _citation(cell: str) -> dict[str, str]:
    """Take a printed citation apart; an unknown pattern gives nothing and stays in ``extra``."""
    match = next((found for pattern in CITATIONS if (found := pattern.match(cell))), None)
    parts = {field: text.strip() for field, text in match.groupdict().items() if text} if match else {}
    known = date(parts.pop("date", ""))
    return {**parts, "date": known} if known else parts


def _said(field: str, cell: str, value: object) -> bool:
    """Whether the field holds all that its cell said; a document type may say more."""
    if field in ("start", "end", "date"):
        return True
    return cell.casefold() == value if field == "kind" else bool(value)


def _text(text: str) -> str:
    """Give what a tidied cell says, ``""`` for nothing; folding case never shortens, so long cells need no look."""
    return "" if len(text) <= _LONGEST_ABSENT and text.casefold() in _ABSENT else text


def _extra(header: list[str], tidied: list[str], used: set[int]) -> tuple[tuple[str, str], ...]:
    """Keep every other cell under the name of its column."""
    return tuple(
        (header[i] if i < len(header) and header[i] else f"column {i + 1}", text)
        for i, text in enumerate(tidied)
        if text and i not in used
    )
