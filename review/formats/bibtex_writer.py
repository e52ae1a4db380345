"""Write BibTeX that TeX, Zotero and JabRef read and that our own reader reads back as the same records. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from review.formats.bibtex import CARRIED, FOR, build, key_of
from review.formats.bibtex_latex import to_latex, to_verbatim_field
from review.formats.bibtex_names import OTHERS, person
from review.formats.bibtex_syntax import MACROS, Entry
from review.formats.cells import tidied, unsaid
from review.record import Record

_MONTHS = tuple(MACROS)
_JOURNAL = {"inproceedings": "booktitle", "incollection": "booktitle"}
_PUBLISHER = {"techreport": "institution", "phdthesis": "school"}


def write(records: Iterable[Record]) -> bytes:
    """Write records as BibTeX: UTF-8, LF, one field a line, in the order given.

    No text of a record can act on TeX: commands, comments, formulas and braces are written as the characters that they
    are. Keys are ``author2014word``; where two would be the same they end in ``a``, ``b``, … in the order given. What
    BibTeX has no field for is carried in fields whose names begin with ``review-``, which BibTeX ignores.

    Notes
    -----
    Source: BibTeXing (1988), https://ctan.org/pkg/bibtex, checked 2026-11-22.
    """
    kept = [tidied(record) for record in records]
    entries = (_entry(record, key) for record, key in zip(kept, _keys(kept), strict=True))
    return "\n".join(entries).encode("utf-8", errors="replace")


def _keys(records: list[Record]) -> Iterator[str]:
    """Give each record its key, none twice."""
    bases = [key_of(record) for record in records]
    shared = {base for base, count in Counter(bases).items() if count > 1}
    used = set(bases) - shared
    turn = dict.fromkeys(shared, 0)
    for base in bases:
        if base not in shared:
            yield base
            continue
        while (key := base + _letters(turn[base])) in used:
            turn[base] += 1
        turn[base] += 1
        used.add(key)
        yield key


def _letters(number: int) -> str:
    """Count in letters: a to z, aa, ab, …"""
    ahead, last = divmod(number, 26)
    return (_letters(ahead - 1) if ahead else "") + chr(ord("a") + last)


def _entry(record: Record, key: str) -> str:
    type_ = FOR.get(record.kind, "misc")
    fields = [(name, value) for name, value in _fields(record, type_) if value]
    entry = Entry(type_, key, tuple((name, value) for name, value in fields), "")
    carried = unsaid(record, build(entry) or Record())
    lines = [f"  {name} = {value if name == 'month' else '{' + value + '}'},\n" for name, value in fields]
    lines += [f"  {CARRIED}{field} = {{{to_latex(text)}}},\n" for field, text in carried.items()]
    return f"@{type_}{{{key},\n{''.join(lines)}}}\n"


def _fields(record: Record, type_: str) -> Iterator[tuple[str, str | None]]:
    """Give the fields in their LaTeX; the title's own braces keep its capitals."""
    yield "title", "{" + to_latex(record.title) + "}" if record.title else None
    others = [OTHERS] if ("author", OTHERS) in record.extra else []
    yield "author", " and ".join([*map(person, record.authors), *others])
    yield from _date(record.date)
    yield _JOURNAL.get(type_, "journal"), _latex(record.journal)
    yield "volume", _latex(record.volume)
    yield "number", _latex(record.issue)
    yield "pages", record.pages and to_latex(record.pages).replace("-", "--")
    yield _PUBLISHER.get(type_, "publisher"), _latex(record.publisher)
    yield "address", _latex(record.place)
    yield "doi", _verbatim(record.doi)
    yield "pmid", _verbatim(record.pmid)
    yield "pmcid", _verbatim(record.pmcid)
    yield "issn", ", ".join(map(to_verbatim_field, record.issns))
    yield "isbn", ", ".join(map(to_verbatim_field, record.isbns))
    yield "url", _verbatim(record.url)
    yield "language", _latex(record.language)
    commas = any("," in word for word in record.keywords)
    yield "keywords", to_latex(("; " if commas else ", ").join(record.keywords))
    yield "abstract", _latex(record.abstract)
    for note in record.notes:
        yield "note", to_latex(note)


def _date(date: str | None) -> Iterator[tuple[str, str]]:
    parts = (date or "").split("-")
    yield "year", parts[0]
    if len(parts) > 1:
        yield "month", _MONTHS[int(parts[1]) - 1]
    if len(parts) > 2:
        yield "day", str(int(parts[2]))


def _latex(text: str | None) -> str | None:
    return to_latex(text) if text else None


def _verbatim(text: str | None) -> str | None:
    return to_verbatim_field(text) if text else None
