"""Read CSL-JSON, the format of citeproc, Zotero, Pandoc and DOI content negotiation; ``csl_writer`` writes it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from review import identifiers
from review.errors import ReviewError
from review.formats.cells import restored
from review.formats.decode import decode
from review.formats.kinds import kind_of
from review.formats.languages import language
from review.formats.losses import NO_RECORD, Losses, merged
from review.formats.values import address, date, listed, serials
from review.record import Kind, Record, Rejected
from review.text import plain, tidy

# Sources: csl-data.json 1.0.2, https://github.com/citation-style-language/schema; CSL 1.0.2 appendix III,
# https://docs.citationstyles.org/en/stable/specification.html; https://api.crossref.org/types; checked 2026-11-22.
TYPES: dict[str, Kind] = {
    "article-journal": "article", "article-magazine": "article", "article-newspaper": "article", "article": "preprint",
    "paper-conference": "conference", "speech": "conference", "chapter": "chapter", "entry-encyclopedia": "chapter",
    "entry-dictionary": "chapter", "entry": "chapter", "book": "book", "classic": "book", "report": "report",
    "thesis": "thesis", "dataset": "dataset", "webpage": "web", "post-weblog": "web", "post": "web",
    "manuscript": "other", "document": "other", "review": "commentary", "review-book": "commentary",
    "journal-article": "article", "proceedings-article": "conference", "book-chapter": "chapter", "monograph": "book",
    "edited-book": "book", "posted-content": "preprint", "dissertation": "thesis", "standard": "report",
}  # fmt: skip
"""Type of an item to kind, those of Crossref's own JSON too; any other is ``other``."""
FOR: dict[Kind | None, str] = {
    "article": "article-journal", "review": "article-journal", "editorial": "article-journal",
    "letter": "article-journal", "commentary": "article-journal", "erratum": "article-journal",
    "retraction": "article-journal",
    "conference": "paper-conference", "chapter": "chapter", "book": "book", "report": "report", "thesis": "thesis",
    "preprint": "article", "dataset": "dataset", "web": "webpage",
}  # fmt: skip
"""Kind to the type that is written for it; for any other, ``document``."""
PLAIN: dict[str, tuple[str, ...]] = {
    "title": ("title",), "journal": ("container-title", "container-title-short", "journalAbbreviation"),
    "volume": ("volume",), "issue": ("issue",), "pages": ("page", "article-number", "number"),
    "abstract": ("abstract",), "publisher": ("publisher",), "place": ("publisher-place", "event-place"),
    "source_id": ("id", "citation-key"),
}  # fmt: skip
"""Field of a record to members of an item that are taken as they are, the most telling first."""
_DATES = ("issued", "published", "published-print", "published-online")
CUSTOM = "review"
"""The member of ``custom`` in which our own writer puts what CSL has no member for."""
_NOTED = re.compile(r"^(PMID|PMCID|DOI):\s*(\S+)\s*$", re.MULTILINE)
"""How Zotero keeps identifiers in the note, https://www.zotero.org/support/kb/item_types_and_fields#citing_fields_from_extra."""
_JATS = re.compile(r"</?(?:jats:|[a-zA-Z][\w:-]*[ />])")
_NUMBERED = re.compile(r"record-\d+\Z")
"""An id of our own writer's making: the format asks for one."""
_TELLING = frozenset({"type", "title", "author", "DOI", "issued", "container-title"})
"""Members of which every item has some; JSON of another kind has none."""
Item = dict[str, Any]


def iterate(data: bytes, losses: Losses) -> Iterator[Record | Rejected]:
    """Read the items of a CSL-JSON file one by one: a list, one item, or a list under ``items``.

    Raises
    ------
    ReviewError
        The file is empty or holds no JSON list or object.
    """
    text = decode(data, losses).decode("utf-8")
    strange = None
    for position, (item, raw) in enumerate(_items(text, losses), 1):
        record = build(item) if isinstance(item, dict) else None
        if isinstance(item, dict) and strange is not False:
            strange = not item.keys() & _TELLING
        if record is None:
            yield Rejected(position, NO_RECORD, raw)
        else:
            yield record
    if strange:
        raise ReviewError("The file is JSON of another kind: no item has a type, a title or an author.",
                          hint="Export it as CSL-JSON or RIS.")  # fmt: skip


def _items(text: str, losses: Losses) -> Iterator[tuple[object, str]]:
    """Give the items and their text one by one, so that a file that is cut gives all that stand before the cut."""
    begin = re.match(r"\s*(?:\{\s*\"items\"\s*:\s*)?(\[)?", text)
    at = begin.end() if begin else 0
    decoder = json.JSONDecoder()
    while True:
        at = _past(text, at)
        if at >= len(text) or text[at] == "]":
            break
        try:
            item, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            if text[at] not in "{[":
                raise ReviewError("The file is no list of CSL-JSON items.", hint="Export it again.") from error
            losses.add("the JSON is damaged or cut: what stands from there on was not read")
            yield None, text[at : at + 10_000]
            return
        yield _sound(item) if "\\u" in text[at:end] else item, text[at:end]
        at = end
    if begin and begin[1] and at >= len(text):
        losses.add("the list of items is not closed: the file may be cut")


def _sound(value: object) -> object:
    """Replace what JSON can escape but no text can hold: half a character, and control characters."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", _CONTROL.sub(" ", value))
    if isinstance(value, list):
        return [_sound(one) for one in value]
    return {str(_sound(name)): _sound(one) for name, one in value.items()} if isinstance(value, dict) else value


_HALF = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _past(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


def build(item: Item) -> Record | None:
    """Give the record of one item, or ``None`` when nothing in it says what it is."""
    left = {name: value for name, value in item.items() if value not in (None, "", [], {})}
    custom = left.get("custom")
    carried = custom.pop(CUSTOM, None) if isinstance(custom, dict) and (custom := dict(custom)) else None
    left.pop("custom", None)
    one = {field: _take(left, names) for field, names in PLAIN.items()}
    if _NUMBERED.match(one["source_id"] or ""):
        one["source_id"] = None
    type_ = str(left.pop("type", ""))
    kind = _kind(type_, left)
    url, notes, issns, isbns = _take(left, ("URL",)), _notes(left), _serials(left, "ISSN"), _serials(left, "ISBN")
    noted = {name: value for note in notes for name, value in _NOTED.findall(note)}
    said = language(str(left.pop("language"))) if isinstance(left.get("language"), str) else None
    if _JATS.search(one["abstract"] or ""):
        one["abstract"] = plain(one["abstract"])
    record = Record(
        **one,  # type: ignore[arg-type]  # the fields of PLAIN hold texts
        authors=tuple(found for person in _listed(left.pop("author", [])) if (found := _name(person))),
        date=_date(left),
        keywords=_keywords(left),
        kind=kind,
        language=said,
        doi=_identified(left, "DOI", identifiers.doi) or identifiers.doi(noted.get("DOI")),
        pmid=_identified(left, "PMID", identifiers.pmid) or identifiers.pmid(noted.get("PMID")),
        pmcid=_identified(left, "PMCID", identifiers.pmcid) or identifiers.pmcid(noted.get("PMCID")),
        issns=issns[0],
        isbns=isbns[1],
        url=address(url) if url else None,
        notes=notes,
        extra=(
            *([("type", type_)] if type_ and type_ != FOR.get(kind, "document") else ()),
            *((name, _text(value)) for name, value in left.items()),
            *([("custom", _text(custom))] if custom else ()),
        ),
    )
    if isinstance(carried, dict):
        record = restored(record, {str(name): _text(value) for name, value in carried.items()})
    known = (record.title, record.authors, record.doi, record.pmid, record.pmcid, record.source_id, record.identifiers)
    return record if any(known) else None


def _take(left: Item, names: tuple[str, ...]) -> str | None:
    """Take the first of the members that holds a text or a number (or, in Crossref's JSON, a list of one)."""
    for name in names:
        value = left.get(name)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and str(value).strip():
            del left[name]
            return str(value)
    return None


def _kind(type_: str, left: Item) -> Kind | None:
    base: Kind | None = TYPES.get(type_, "other") if type_ else None
    genre = left.get("genre")
    return (kind_of([genre]) or base) if isinstance(genre, str) and base in (None, "article") else base


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _name(person: object) -> str | None:
    """Join the parts of a name; a literal one stays as it is."""
    if not isinstance(person, dict):
        return str(person) or None
    part = {key: tidy(str(value)) or "" for key, value in person.items() if isinstance(value, (str, int))}
    family = " ".join(filter(None, (part.get("non-dropping-particle"), part.get("family"))))
    given = " ".join(filter(None, (part.get("given"), part.get("dropping-particle"))))
    if not family:
        return part.get("literal") or part.get("name") or given or None
    return ", ".join(filter(None, (family, given, part.get("suffix"))))


def _date(left: Item) -> str | None:
    """Read a date as parts, as text, or as a year with a season; one that says more than we keep stays."""
    for name in _DATES:
        value = left.get(name)
        if not isinstance(value, dict):
            found = date(str(value)) if value is not None else None
        else:
            parts = value.get("date-parts")
            first = parts[0] if isinstance(parts, list) and parts else ()
            text = "-".join(str(part) for part in first if part) if isinstance(first, list) else ""
            found = date(text or str(value.get("literal") or value.get("raw") or ""))
            if found and (len(value) > 1 or (isinstance(parts, list) and len(parts) > 1)):
                return found
        if found:
            del left[name]
            return found
    return None


def _keywords(left: Item) -> tuple[str, ...]:
    value = left.pop("keyword", left.pop("keywords", None))
    if isinstance(value, list):
        return merged(text for one in value if (text := tidy(str(one))))
    text = str(value or "")
    return listed(text) if ";" in text else tuple(part.strip() for part in text.split(",") if part.strip())


def _notes(left: Item) -> tuple[str, ...]:
    value = left.pop("note", None)
    return tuple(str(one) for one in _listed(value) if one) if value else ()


def _serials(left: Item, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = serials(" ; ".join(map(str, _listed(left[name])))) if name in left else ((), ())
    if any(found):
        del left[name]
    return found


def _identified(left: Item, name: str, read: Callable[[str], str | None]) -> str | None:
    found = read(str(left[name])) if name in left else None
    if found:
        del left[name]
    return found


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
