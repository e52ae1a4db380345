"""Repairing what a report shows: a text that a person gives for a field, with where it was taken from.

The records stay as they came; a repair is an event and stands beside them, and what is evaluated on the records (the
match with the query) is not evaluated anew. What a text must satisfy is written here and nowhere else.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date as calendar

from sqlalchemy import Connection

from review import identifiers
from review.errors import DecisionError
from review.formats.languages import language
from review.record import Record
from review.store import Actor, Entry, Store, append_many
from review.store.chosen import REPAIRABLE, Choice, chosen, view
from review.text import plain, tidy
from screening import repair_rows, rows
from screening.repair_rows import Given

LABELS = {
    "title": "Title", "abstract": "Abstract", "authors": "Authors", "date": "Date", "journal": "Journal",
    "keywords": "Keywords", "language": "Language", "doi": "DOI",
}  # fmt: skip
HINTS = {
    "abstract": "an empty line begins a paragraph",
    "authors": "one on each line: Family, Given",
    "date": "as known: 2014, 2014-05 or 2014-05-31",
    "keywords": "one on each line",
    "language": "its name or ISO 639-2 code, such as eng",
    "doi": "as such or as an address",
}
LISTS = frozenset({"authors", "keywords"})
LONGEST = {"abstract": 50_000, "authors": 50_000, "keywords": 50_000}
LONGEST_LINE = 2_000
"""Characters of every other field."""
LONGEST_SOURCE = 500
_HIDDEN = {"year": "date"}
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?", re.ASCII)
_ENDS = (".", "!", "?", ":", ";")
_WRAPPED = 40
"""Characters of a line from which on, without the end of a sentence, it is taken to go on in the next one."""
_MARKUP = "a|abbr|b|br|div|em|h[1-6]|i|italic|bold|li|ol|p|sc|sec|small|span|strong|sub|sup|title|u|ul"
_KNOWN_TAG = re.compile(
    rf"</?(?:(?:jats|mml|m):)?(?:{_MARKUP})(?:\s+[\w:-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'))*\s*/?>", re.IGNORECASE
)
_LIKE_A_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9:-]*(?:\s[^<>]*)?/?>")


@dataclass(frozen=True, slots=True)
class Repair:
    """A text that a person gave for a field of a report, where from, and what was shown ``before``.

    Several authors or keywords stand one on each line; so do the paragraphs of an abstract.
    """

    report: int
    field: str
    text: str
    source: str
    person: str
    at: str
    before: str | None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a report to be looked at: what is shown, whose value that is, and what each record says."""

    name: str
    text: str | None
    record: int | None
    repair: Repair | None
    said: tuple[tuple[int, str, str | None], ...]
    """(record, where it was found, its value)."""


# -- what stands


def of(connection: Connection, root: int) -> tuple[Repair, ...]:
    """Give the repairs of a report that stand, in the order of ``REPAIRABLE``."""
    ids = repair_rows.member_ids(connection, root)
    given = repair_rows.given(connection, ids)
    choices = chosen(connection, {root: ids}).get(root, {}) if given else {}
    standing = {field: choice for field, choice in choices.items() if choice.text is not None}
    if not standing:
        return ()
    members = [(m.report, m.record) for m in rows.members(connection, (root,))[root]]
    found = []
    for field in REPAIRABLE:
        if (choice := standing.get(field)) is not None:
            before, _ = view(members, {name: c for name, c in choices.items() if name != field})
            found.append(_repair(root, field, choice, given, as_text(before, field)))
    return tuple(found)


def _repair(root: int, field: str, choice: Choice, given: Sequence[Given], before: str | None) -> Repair:
    made = next(one for one in given if (one.field, one.text, one.source) == (field, choice.text, choice.source))
    return Repair(root, field, choice.text or "", choice.source or "", made.person, made.at, before)


def of_each(connection: Connection, roots: Collection[int]) -> dict[int, tuple[Repair, ...]]:
    """Give the repairs of those of some reports that have any: few do, so that many take hardly longer than one."""
    return {root: of(connection, root) for root in repair_rows.repaired(connection, roots)}


def all_repairs(connection: Connection) -> list[Repair]:
    """Give every repair that stands, by report and field: what authors state in their review."""
    return [repair for root in repair_rows.repaired(connection) for repair in of(connection, root)]


def past(connection: Connection, root: int) -> list[Given]:
    """Give every text that was ever given for a field of a report, and when one was taken back, newest first."""
    given = repair_rows.given(connection, repair_rows.member_ids(connection, root))
    return [one for one in given if one.record is None and one.field in REPAIRABLE]


def fields(connection: Connection, root: int, hide: Collection[str] = ()) -> list[Field]:
    """Give the fields of a report that can be repaired, but those that a stage hides from its screeners."""
    hidden = {_HIDDEN.get(name, name) for name in hide}
    members = rows.members(connection, (root,))[root]
    pairs = [(m.report, m.record) for m in members]
    shown, origin = view(pairs, chosen(connection, {root: [number for number, _ in pairs]}).get(root, {}))
    repaired = {repair.field: repair for repair in of(connection, root)}
    return [
        Field(
            name,
            as_text(shown, name),
            origin.get(name),
            repaired.get(name),
            tuple((m.report, m.source, as_text(m.record, name)) for m in members),
        )
        for name in REPAIRABLE
        if name not in hidden
    ]


def of_the_same_doi(connection: Connection, root: int, doi: str | None) -> list[int]:
    """Give the other reports that have a DOI: perhaps the same paper twice."""
    return [one for one in repair_rows.with_doi(connection, doi) if one != root] if doi else []


def as_text(record: Record, field: str) -> str | None:
    """Give a field of a record as text; several values one on each line."""
    value = getattr(record, field)
    return "\n".join(value) or None if isinstance(value, tuple) else value


# -- changing it


def put(store: Store, actor: Actor, *, report: int, field: str, text: str, source: str) -> Repair:
    """Give a text to be shown for a field; the same one again changes nothing.

    Raises
    ------
    DecisionError
        There is no such report or field, the text cannot be of the field, or it is not said where it comes from.
    """
    kept = cleaned(field, text)
    origin = tidy(_readable(source))
    if origin is None:
        raise DecisionError(
            "it is not said where the text was taken from", hint="name the publisher's page, the PDF, the authors, ..."
        )
    if len(origin) > LONGEST_SOURCE:
        raise DecisionError(f"where it comes from has at most {LONGEST_SOURCE} characters", hint="make it shorter")
    with store.write() as connection:
        root = root_of(connection, report)
        standing = next((one for one in of(connection, root) if one.field == field), None)
        if standing is None or (standing.text, standing.source) != (kept, origin):
            shown = next(one.text for one in fields(connection, root) if one.name == field)
            if standing is None and shown == kept:
                raise DecisionError(f"report {root} shows this already", hint="nothing needs to be repaired")
            said = {"report": root, "field": field, "text": kept, "source": origin}
            append_many(store, connection, actor, [Entry("value", said)])
        return next(one for one in of(connection, root) if one.field == field)


def take_back(store: Store, actor: Actor, *, report: int, field: str) -> int:
    """Show again what the records say of a field; give the report.

    Raises
    ------
    DecisionError
        There is no such report, or the field is not repaired.
    """
    with store.write() as connection:
        root = root_of(connection, report)
        if all(one.field != field for one in of(connection, root)):
            raise DecisionError(f"the {field} of report {root} is not repaired", hint="nothing needs to be taken back")
        append_many(store, connection, actor, [Entry("value", {"report": root, "field": field, "record": None})])
        return root


def root_of(connection: Connection, report: int) -> int:
    """Give the report that a number means, merged ones with what they were merged into.

    Raises
    ------
    DecisionError
        There is none.
    """
    root = rows.roots(connection, (report,)).get(report)
    if root is None:
        raise DecisionError(f"there is no report {report}", hint="look for it with its title on the search page")
    return root


# -- what a text must satisfy


def cleaned(field: str, text: str) -> str:
    """Give a typed or pasted text as it is kept: plain, of single spaces, nothing lost of what it says.

    Raises
    ------
    DecisionError
        The field is none that can be repaired, or the text is empty, too long, or no date, language or DOI.

    >>> cleaned("title", "CO<sub>2</sub> &amp; a <b or c> d"), cleaned("authors", " Oak, Ann \\n\\nElm, B")
    ('CO2 & a < b or c> d', 'Oak, Ann\\nElm, B')
    """
    if field not in REPAIRABLE:
        raise DecisionError(f"'{field}' is no field that can be repaired", hint=f"these can: {', '.join(REPAIRABLE)}")
    readable = _readable(text)
    longest = LONGEST.get(field, LONGEST_LINE)
    if len(readable) > longest:
        raise DecisionError(f"the {field} has more than {longest:,} characters", hint="was the whole page pasted?")
    lines = readable.splitlines()
    if field == "abstract":
        lines = list(_unwrapped(lines))
    elif field not in LISTS:
        lines = [" ".join(lines)]
    kept = "\n".join(line for one in lines if (line := _plain(one)))
    if not kept:
        raise DecisionError(
            f"the {field} is empty", hint="to see again what the records say, take the repair back instead"
        )
    return {"date": _date, "language": _language, "doi": _doi}.get(field, str)(kept)


def _readable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # half a surrogate pair cannot be hashed


def _plain(line: str) -> str | None:
    """Take away markup, but nothing that only looks like it: in ``a <b and c> d`` numbers are compared."""
    text = html.unescape(line)
    return plain(_LIKE_A_TAG.sub(lambda tag: tag[0] if _KNOWN_TAG.fullmatch(tag[0]) else f"< {tag[0][1:]}", text))


def _unwrapped(lines: Sequence[str]) -> Iterator[str]:
    """Join the lines of a paragraph that was copied from a page; a short line, or one that ends a sentence, ends."""
    paragraph = ""
    for line in map(str.strip, lines):
        if not line:
            yield paragraph
            paragraph = ""
            continue
        paragraph = f"{paragraph} {line}" if paragraph and not paragraph.endswith("-") else paragraph + line
        if line.endswith(_ENDS) or (len(line) < _WRAPPED and not line.endswith("-")):
            yield paragraph
            paragraph = ""
    yield paragraph


def _date(text: str) -> str:
    try:
        if _DATE.fullmatch(text):
            calendar.fromisoformat((text + "-01-01")[:10])
            return text
    except ValueError:
        pass
    raise DecisionError(f"'{text[:40]}' is no date", hint="write 2014, 2014-05 or 2014-05-31")


def _language(text: str) -> str:
    code = language(text)
    if not re.fullmatch("[a-z]{3}", code):
        raise DecisionError(f"'{text[:40]}' is no language", hint="write its name or its ISO 639-2 code, such as eng")
    return code


def _doi(text: str) -> str:
    found = identifiers.dois(text)
    if len(found) != 1:
        said = "holds no DOI" if not found else "holds several DOIs"
        raise DecisionError(f"'{text[:40]}' {said}", hint="write one, such as 10.1136/bmj.n71")
    return found[0]
