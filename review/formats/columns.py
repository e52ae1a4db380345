"""From a table with a header to records: which column names mean which field. Shared by CSV and XLSX; no IO."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import cast, get_args

from review import identifiers
from review.errors import ReviewError
from review.formats.kinds import kind_of
from review.formats.languages import language
from review.formats.losses import Losses
from review.formats.values import PURE_DATE, address, date, listed, names, page_range, serials
from review.record import Kind, Record, Rejected
from review.text import fold, tidy

OWN = (
    "title", "authors", "date", "journal", "volume", "issue", "pages", "abstract", "keywords", "kind", "language",
    "doi", "pmid", "pmcid", "issns", "isbns", "url", "publisher", "place", "flags", "source_id", "identifiers",
    "notes", "extra",
)  # fmt: skip
"""The columns that our own writer writes, in this order: one for each field of a record."""

# Field to column names, most telling first, as ``fold`` spells them. Sources: exports of PubMed
# (https://pubmed.ncbi.nlm.nih.gov/help/#save-citations), Scopus, Embase.com, ASReview's column names
# (https://asreview.readthedocs.io/en/stable/lab/data.html), BibTeX fields; checked 2026-11-22.
NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title", "article title", "primary title", "document title", "titles", "t1", "ti"),
    "authors": ("authors", "author", "author names", "first authors", "author s", "au", "a1", "author full names"),
    "date": ("date", "publication date", "year", "publication year", "pub year", "py", "y1", "date of publication"),
    "journal": ("journal", "source title", "journal book", "journal name", "journal title", "publication title",
                "alternate title3", "secondary title", "booktitle", "t2", "jf"),
    "volume": ("volume", "vol", "vl"),
    "issue": ("issue", "number", "issue number", "is"),
    "pages": ("pages", "page", "page range"),
    "start": ("page start", "start page", "first page", "sp", "art no"),
    "end": ("page end", "end page", "last page", "ep"),
    "abstract": ("abstract", "abstract note", "ab", "n2", "notes abstract"),
    "keywords": ("keywords", "author keywords", "keyword", "kw", "manual tags"),
    "kind": ("kind", "document type", "publication type", "type of reference", "entrytype", "item type", "type"),
    "language": ("language", "language of original document", "languages", "la"),
    "doi": ("doi", "digital object identifier", "do"),
    "pmid": ("pmid", "pubmed id", "pubmedid", "medline pmid"),
    "pmcid": ("pmcid", "pmc", "pmc id"),
    "issns": ("issns", "issn", "sn"),
    "isbns": ("isbns", "isbn"),
    "url": ("url", "link", "urls", "ur", "full record entry page"),
    "publisher": ("publisher", "pb"),
    "place": ("place", "place published", "publisher location", "address", "cy"),
    "flags": ("flags",),
    "source_id": ("source id", "record id", "id", "accession number", "eid", "an", "ut unique wos id", "key"),
    "identifiers": ("identifiers",),
    "notes": ("notes", "note", "n1"),
    "extra": ("extra",),
    "citation": ("citation", "source"),
}  # fmt: skip
CITATIONS = (
    re.compile(r"(?P<journal>.+?) \(\d{4}\) (?P<volume>\w+)?(?::(?P<issue>\S+))? ?(?:\((?P<pages>[^()]+)\))?"
               r"\. Date of Publication: (?P<date>.+)"),
    re.compile(r"[^;]*?\. (?P<date>\d{4}[^;:]*)(?:;(?P<volume>\w+)?(?:\((?P<issue>[^()]+)\))?)?"
               r"(?::(?P<pages>[\w-]+))?\."),
)  # fmt: skip
"""How Embase.com ("Source") and PubMed ("Citation") print journal, volume, issue, pages and date in one cell."""
_FIELD = {name: (field, rank) for field, known in NAMES.items() for rank, name in enumerate(known)}
_KINDS = frozenset(get_args(Kind))
_COMPUTED = re.compile(r"'*[=+\-@\t\r]")
_ABSENT = frozenset({"", "na", "n/a", "nan", "none", "null", "[no abstract available]", "no abstract available"})


def records(rows: Iterable[tuple[int, list[str]]], losses: Losses) -> Iterator[Record | Rejected]:
    """Read the rows of a table, the first of them its header.

    Parameters
    ----------
    rows : iterable of (line number, cells)
        Cells as text; rows without any text are no records.

    Raises
    ------
    ReviewError
        No column name of the header is known, or there is no header.
    """
    source = ((number, cells) for number, cells in rows if any(cell.strip() for cell in cells))
    header = [cell.strip() for cell in next(source, (0, []))[1]]
    chosen = choose(header)
    own = tuple(header) == OWN
    for position, (number, cells) in enumerate(source, 1):
        if len(cells) > len(header):
            losses.add("a row has more cells than the header has names, the rest was kept as extra", f"line {number}")
        elif len(cells) < len(header):
            losses.add("a row has fewer cells than the header, the missing ones were taken as empty", f"line {number}")
        record = own_record(cells) if own else _record(header, chosen, cells)
        if isinstance(record, str):
            yield Rejected(position, f"line {number}: {record}", " | ".join(cells))
        else:
            yield record


def choose(header: list[str]) -> dict[str, int]:
    """Choose the column of each field: the most telling name wins, the first column among equals.

    Raises
    ------
    ReviewError
        None of the names is known.
    """
    best: dict[str, tuple[int, int]] = {}
    for index, column in enumerate(header):
        field, rank = _FIELD.get(fold(column), (None, 0))
        if field and (field not in best or rank < best[field][0]):
            best[field] = (rank, index)
    if not best.keys() & {"title", "authors", "doi", "pmid"}:
        raise ReviewError(
            f"The table has no column for titles, authors or DOIs; it has: {', '.join(header[:12]) or 'none'}.",
            hint="The first row must name the columns: title, authors, year, journal, abstract, doi, …",
        )
    return {field: index for field, (_, index) in best.items()}


def _record(header: list[str], chosen: dict[str, int], cells: list[str]) -> Record | str:
    """Give the record of one row of a foreign table, or the reason why it is none."""
    cell = {field: text for field, i in chosen.items() if i < len(cells) and (text := _text(cells[i]))}
    printed = _citation(cell.get("citation", ""))
    known = max((date(cell.get("date", "")), printed.get("date")), key=lambda value: len(value or ""))
    url = address(cell["url"]) if "url" in cell else None
    read = {
        "date": known,
        "kind": kind_of((cell.get("kind", ""), *re.split("[;|]", cell.get("kind", "")))),
        "doi": identifiers.doi(cell.get("doi")),
        "pmid": identifiers.pmid(cell.get("pmid", "").removesuffix(".0")),
        "pmcid": identifiers.pmcid(cell.get("pmcid")),
        "issns": serials(cell.get("issns", ""))[0],
        "isbns": serials(cell.get("isbns", ""))[1],
        "authors": names(cell["authors"]) if "authors" in cell else (),
        "keywords": listed(cell.get("keywords", "")),
        "flags": listed(cell.get("flags", "")),
        "language": language(cell["language"]) if "language" in cell else None,
        "url": url,
        "notes": (cell["notes"],) if "notes" in cell else (),
        "pages": cell.get("pages") or page_range(cell.get("start"), cell.get("end")) or printed.get("pages"),
        **{field: cell.get(field) or printed.get(field) for field in ("journal", "volume", "issue")},
        **{field: cell.get(field) for field in ("title", "abstract", "publisher", "place", "source_id")},
    }
    used = {chosen[field] for field in cell if _said(field, cell[field], read.get(field))}
    if not read["doi"] and url and "doi.org/" in url:
        read["doi"] = identifiers.doi(url)
    if not any(read[field] for field in ("title", "authors", "doi", "pmid", "pmcid", "source_id")):
        return "the record has no title, no authors and no identifier"
    return Record(**read, extra=_extra(header, cells, used))  # type: ignore[arg-type]  # the keys are fields of a record, typed as such


def _citation(cell: str) -> dict[str, str]:
    """Take a printed citation apart; an unknown pattern gives nothing and stays in ``extra``."""
    match = next((found for pattern in CITATIONS if (found := pattern.match(cell))), None)
    parts = {field: text.strip() for field, text in match.groupdict().items() if text} if match else {}
    known = date(parts.pop("date", ""))
    return {**parts, "date": known} if known else parts


def _said(field: str, cell: str, value: object) -> bool:
    """Whether the field holds all that its cell said; a date in words or a document type may say more."""
    if field in ("start", "end"):
        return True
    if field == "kind":
        return cell == value
    if field == "date":
        return bool(value) and bool(PURE_DATE.match(cell) or re.match(r"\d{4}(?:\.0)?\Z", cell))
    return bool(value)


def _text(value: str) -> str | None:
    text = tidy(value)
    return None if text is None or text.casefold() in _ABSENT else text


def _extra(header: list[str], cells: list[str], used: set[int]) -> tuple[tuple[str, str], ...]:
    """Keep every other cell under the name of its column."""
    return tuple(
        (header[i] if i < len(header) and header[i] else f"column {i + 1}", text)
        for i, value in enumerate(cells)
        if i not in used and (text := tidy(value))
    )


def own_row(record: Record) -> list[str]:
    """Give the cells of a record in the order of ``OWN``; lists are joined by ``; `` or, where that cannot be taken
    apart again, written as a JSON list; a cell that a spreadsheet would compute gets a leading apostrophe.
    """
    return [_guard(_cell(getattr(record, field))) for field in OWN]


def _cell(value: object) -> str:
    if isinstance(value, str):
        return value
    if not value or not isinstance(value, tuple):
        return ""
    joined = "; ".join(map(str, value)) if isinstance(value[0], str) else ""
    if joined and tuple(joined.split("; ")) == value and not joined.startswith("["):
        return joined
    return json.dumps(value, ensure_ascii=False)


def _guard(cell: str) -> str:
    """Source: OWASP, CSV injection, https://owasp.org/www-community/attacks/CSV_Injection, checked 2026-11-22."""
    return "'" + cell if _COMPUTED.match(cell) else cell


def own_record(cells: list[str]) -> Record | str:
    """Read a row of a table that our own writer wrote, or give the reason why it cannot be read."""
    values: dict[str, object] = {}
    for field, raw in zip(OWN, cells, strict=False):
        cell = raw[1:] if raw.startswith("'") and _COMPUTED.match(raw) else raw
        if not cell:
            continue
        try:
            values[field] = _own_value(field, cell)
        except (ValueError, TypeError, RecursionError):
            return f"the cell “{field}” cannot be read: {cell[:60]}"
    if not any(values.get(f) for f in ("title", "authors", "doi", "pmid", "pmcid", "source_id", "identifiers")):
        return "the record has no title, no authors and no identifier"
    return Record(**values)  # type: ignore[arg-type]  # fields and their types are those of OWN


def _own_value(field: str, cell: str) -> object:
    if field in ("identifiers", "extra"):
        return tuple((str(name), str(value)) for name, value in json.loads(cell))
    if field in ("authors", "keywords", "issns", "isbns", "flags", "notes"):
        return tuple(map(str, json.loads(cell))) if cell.startswith("[") else tuple(cell.split("; "))
    if field == "kind":
        if cell not in _KINDS:
            raise ValueError(cell)
        return cast(Kind, cell)
    if field == "date" and date(cell) != cell:
        raise ValueError(cell)
    return cell
