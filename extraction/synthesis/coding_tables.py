"""Findings, themes, configurations and memos as tables out and in: what they hold, and what a filled one changes.

Otherwise as ``extraction.tabular.sheets``. A finding names codings by their keys, separated by ``;``; the id of a
statement stands for all its codings. Texts of which there are several stand on a line each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from extraction.filling_rows import alone
from extraction.synthesis import cmo, coding_rows, findings, memos, themes
from extraction.synthesis.coding_rows import Row
from extraction.synthesis.findings import Known
from extraction.synthesis.resolving import Ref
from extraction.tabular.exchange import Row as Line
from extraction.tabular.exchange import Table, read
from extraction.tabular.filled import CLEAR, about, cleared
from extraction.tabular.plans import Claim, Part, Plan, carry_out, compare
from extraction.values import text_of
from review.errors import DecisionError
from review.forms import EMERGENT, Framework
from review.protocol.faults import meant
from review.store import Actor, Entry, Store
from review.text import fold

FINDINGS = ("key", "theme", "statement", "supporting", "contradicting", "note", "agreed", "clear")
THEMES = ("theme", "label", "gloss", "codings", "studies", "clear")
CMO = (
    "key", "context", "mechanism", "outcome", "statement", "sources", "supporting", "refuting", "note", "clear",
)  # fmt: skip
MEMOS = ("theme", "text", "clear")
COLUMNS = {"findings": FINDINGS, "themes": THEMES, "cmo": CMO, "memos": MEMOS}
_TOLD = ("agreed", "codings", "studies", "clear")
"""Columns that tell something, or that need not be there: nothing is read from the first three."""
_LISTS = ("context", "mechanism", "sources")
_REFS = ("supporting", "contradicting", "refuting")

Cells = dict[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the tables are made of, for one person: the codings that may be seen, and what may be named."""

    person: str
    known: Known
    codings: tuple[Row, ...]
    findings: tuple[Row, ...]
    themes: tuple[Row, ...]
    cmos: tuple[Row, ...]
    memos: tuple[Row, ...]

    def rows(self, name: str) -> list[Row]:
        """Give what stands in the review of one table, each row with its ``event``."""
        if name == "themes":
            return [{**row, "theme": row["key"]} for row in self.themes if row["merged_into"] is None]
        if name == "memos":
            return [row for row in self.memos if row["person"] == self.person]
        return list(self.findings if name == "findings" else self.cmos)


def desk(connection: Connection, known: Known, person: str, seen: Iterable[Row]) -> Desk:
    """Read everything at once; ``seen`` are the codings that the person may see."""
    rows = (findings.all(connection), coding_rows.themes(connection), cmo.all(connection), memos.all(connection))
    return Desk(person, known, tuple(seen), *(tuple(some) for some in rows))


# -- out


def table(name: str, at: Desk) -> Table:
    """Make one of the tables: what is there, sorted; new rows are added below."""
    columns, spelled = COLUMNS[name], spelling(at.codings)
    rows = [{**_cells(name, row, spelled), **_more(name, row, at)} for row in _shown(name, at)]
    entry = tuple(column for column in columns if column not in _TOLD[:3])
    lines = tuple(tuple(row.get(column) for column in columns) for row in rows)
    return Table(name, columns, lines, entry, fixed=False, choices=(CLEAR,))


def spelling(codings: Iterable[Row]) -> dict[Ref, str]:
    """Give how each coding is written: its key, with its coder where two gave the same key.

    >>> spelling([{"key": "H1:a", "person": "p1", "name": "Ann"}])
    {('H1:a', 'p1'): 'H1:a'}
    """
    codings = list(codings)
    often = Counter(row["key"] for row in codings)
    return {
        themes.ref(row): row["key"] if often[row["key"]] == 1 else f"{row['key']} [{row['name']}]" for row in codings
    }


def _shown(name: str, at: Desk) -> list[Row]:
    """Give the rows of a table; every theme and component has one, whether or not it was described.

    A theme under which only somebody else coded, who is not done yet, is not told.
    """
    rows = at.rows(name)
    if name not in ("themes", "memos"):
        return rows
    there = {row["theme"]: row for row in rows}
    own = [] if name == "themes" else [component.id for component in at.known.framework.components]
    used = {part for row in at.codings for part in (row["component"], row["subelement"]) if part}
    used = {part for part in used if part.startswith(EMERGENT)} | {row["key"] for row in at.themes}
    emergent = {at.known.now.living(key) for key in used}
    blank = {"label": None, "gloss": None, "text": None}
    return [there.get(key) or {**blank, "theme": key} for key in (*own, *sorted(emergent))]


def _cells(name: str, row: Mapping[str, Any], spelled: Mapping[Ref, str]) -> Cells:
    """Give the cells of a row, or of an event's payload, that people fill in."""
    cells: Cells = {}
    for column in COLUMNS[name]:
        value = row.get(column)
        if column in _REFS:
            cells[column] = "; ".join(spelled.get((one[0], one[1]), one[0]) for one in value or ()) or None
        elif column in _LISTS:
            cells[column] = "\n".join(value or ()) or None
        elif column not in _TOLD:
            cells[column] = value
    return cells


def _more(name: str, row: Row, at: Desk) -> Cells:
    if name == "findings":
        said = [one["name"] + ("" if one["agrees"] else " (not)") for one in row["assents"] if one["current"]]
        return {"agreed": "; ".join(said) or None}
    if name != "themes":
        return {}
    under = [one for one in at.codings if row["theme"] in (one["component"], one["subelement"])]
    return {
        "label": at.known.now.label(row["theme"]),
        "codings": len(under),
        "studies": len({one["study"] for one in under}),
    }


def save(store: Store, actor: Actor, framework: Framework, name: str, given: Plan) -> int:
    """Save what a plan says, all or nothing (``plans.carry_out``)."""

    def now(connection: Connection) -> list[Row]:
        return desk(connection, findings.known(connection, framework), actor.person, ()).rows(name)

    return carry_out(store, actor, given, guard=lambda connection, entries: alone(connection), mine=now)


# -- in


def plan(name: str, at: Desk, data: bytes) -> Plan:
    """Read a filled table and say what it would change.

    Raises
    ------
    ReviewError
        The file cannot be read, or lacks a column.
    """
    columns, spelled = COLUMNS[name], spelling(at.codings)
    given = read(data, name, [column for column in columns if column not in _TOLD], columns)
    ids = (columns[0],)
    there = {str(row[ids[0]]): row for row in at.rows(name)}
    make = _MAKERS[name]

    def claim(row: Line) -> Claim:
        return Claim(row.line, lambda: make(row, at, there))

    def differ(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Part, ...]:
        old, new = (_cells(name, one, spelled) for one in (before, after))
        parts = ((column, old[column], new[column]) for column in new if old[column] != new[column])
        return tuple((column, *(None if one is None else str(one) for one in two)) for column, *two in parts)  # type: ignore[misc]

    return compare([claim(row) for row in given.rows], there.values(), ids, given.notes, differ)


def _finding(row: Line, at: Desk, there: Mapping[str, Row]) -> Entry:
    key = about(row, "key")
    before, cell = there.get(key), row.cells
    given = findings.Finding(
        key, cell["theme"], cell["statement"], _refs(row, "supporting", at, before),
        _refs(row, "contradicting", at, before), cell["note"], cleared(row),
    )  # fmt: skip
    return findings.entry(_also(at, before), given)


def _configuration(row: Line, at: Desk, there: Mapping[str, Row]) -> Entry:
    key = about(row, "key")
    before, cell = there.get(key), row.cells
    given = cmo.Configuration(
        key, cell["context"], cell["mechanism"], cell["outcome"], cell["statement"], cell["sources"],
        _refs(row, "supporting", at, before), _refs(row, "refuting", at, before), cell["note"], cleared(row),
    )  # fmt: skip
    return cmo.entry(_also(at, before).codings, given)


def _theme(row: Line, at: Desk, there: Mapping[str, Row]) -> Entry | None:
    key = themes.key_of(about(row, "theme"), at.known.emergent)
    if cleared(row):
        raise DecisionError(f"the theme {key} is not dropped by a table", hint=f"review code drop '{key}'")
    if key in at.known.now.merged:
        into = at.known.now.label(at.known.now.living(key))
        raise DecisionError(f"the theme {key} was merged into {into}", hint="take the row out")
    label, gloss = text_of(row.cells["label"]), text_of(row.cells["gloss"])
    if key not in there and gloss is None and label in (None, at.known.now.label(key)) and key in at.known.emergent:
        return None  # nobody described it, and nobody does now
    return themes.described(key, label, gloss)


def _memo(row: Line, at: Desk, there: Mapping[str, Row]) -> Entry | None:
    theme = findings.theme_of(at.known, about(row, "theme"))
    text = text_of(row.cells["text"])
    if text is None and not cleared(row):
        return None
    return Entry("memo", {"theme": theme, "cleared": True} if cleared(row) else {"theme": theme, "text": text})


_MAKERS: Mapping[str, Callable[[Line, Desk, Mapping[str, Row]], Entry | None]] = {
    "findings": _finding,
    "cmo": _configuration,
    "themes": _theme,
    "memos": _memo,
}


def _refs(row: Line, column: str, at: Desk, before: Row | None) -> list[Ref]:
    gone = {old[0]: [old] for old in before["gone"]} if before else {}
    try:
        return named(text_of(row.cells[column]) or "", at.codings, gone)
    except DecisionError as error:
        raise DecisionError(f"{column}: {error.message}", hint=error.hint) from error


def named(text: str, codings: Sequence[Row], also: Mapping[str, list[Ref]] | None = None) -> list[Ref]:
    """Read the codings that a text names: by key, by key and coder, or all codings of a statement.

    Raises
    ------
    DecisionError
        There is none of a name, or two coders gave one id to different statements.
    """
    known: dict[str, list[Ref]] = {}
    said: dict[str, dict[str, set[str]]] = {}
    for one in codings:
        known.setdefault(one["statement"], []).append(themes.ref(one))
        said.setdefault(one["statement"], {}).setdefault(one["name"], set()).add(fold(one["text"]))
    single = dict(also or {})
    single |= {f"{one['key']} [{one['name']}]": [themes.ref(one)] for one in codings}
    single |= {spelled: [one] for one, spelled in spelling(codings).items()}
    known |= single
    found: list[Ref] = []
    for part in re.split(r"[;\n]", text):
        name = " ".join(part.split())
        if name and name not in known:
            raise DecisionError(f"there is no coding or statement '{name}'", hint=meant(name, known))
        if name not in single and len(said.get(name, ())) > 1 and not set.intersection(*said[name].values()):
            who = " and ".join(sorted(said[name]))
            raise DecisionError(f"{who} each call another statement '{name}'", hint="name the codings by their keys")
        found += known.get(name, [])
    return found


def _also(at: Desk, before: Row | None) -> Known:
    """Give what may be named in a finding: what it names already stays, though a coding is gone (checks tell)."""
    return replace(at.known, codings=at.known.codings | {*(before["gone"] if before else ())})
