"""What a filled-in table would change, worked out before anything is saved, and saving it: all of it or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Connection

from extraction.values import show
from review.errors import DecisionError, Fault
from review.store import Actor, Entry, Store, append_many
from review.text import many

_IDENTIFIERS = frozenset({"key", "study", "form", "field", "instrument", "item", "framework"})
_UNSAID = frozenset({"file"})
"""Where in a stored file a quote stands is shown by no table."""
_HOLDING = ("value", "missing", "response", "text")
"""What is shown of what is taken back."""
_SAID = 5

Part = tuple[str, str | None, str | None]
"""What a row changes: name, before, after; ``None`` is nothing."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a row of a table, or several of one answer, say. ``make`` gives the event, ``None`` when nothing was said.

    ``make`` raises DecisionError when it cannot stand. A row of ``mine`` itself as payload says that it is the same.
    """

    line: int
    make: Callable[[], Entry | None]


@dataclass(frozen=True, slots=True)
class Change:
    """What one row of a filled table would change. ``base`` is the event that says what stood there before."""

    line: int
    kind: Literal["new", "changed", "cleared"]
    what: str
    parts: tuple[Part, ...]
    entry: Entry
    base: str | None

    @property
    def text(self) -> str:
        """Say it in one line: ``value: 49 → 94; place: nothing → p. 3``."""
        if self.kind == "cleared":
            return "taken back"
        if self.kind == "new":
            return "; ".join(f"{name}: {after}" for name, _, after in self.parts)
        return "; ".join(f"{name}: {before or 'nothing'} → {after or 'nothing'}" for name, before, after in self.parts)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a filled table would change: nothing is saved yet. With any fault nothing will be.

    ``same`` rows say what the review says already, ``empty`` ones were left empty. ``ids`` are the names of what tells
    one answer from another.
    """

    changes: tuple[Change, ...]
    faults: tuple[Fault, ...]
    same: int
    empty: int
    notes: tuple[str, ...]
    ids: tuple[str, ...]

    def count(self, kind: str) -> int:
        """Count the changes of one kind."""
        return sum(change.kind == kind for change in self.changes)

    def counts(self) -> tuple[tuple[str, int], ...]:
        """Give all counts, each with what is counted, in the order in which they are told."""
        changed = ((kind, self.count(kind)) for kind in ("new", "changed", "cleared"))
        return (*changed, ("the same as before", self.same), ("left empty", self.empty))

    def noting(self, notes: Iterable[str]) -> Plan:
        """Give the plan with more to be said."""
        return replace(self, notes=(*self.notes, *notes))

    def digest(self) -> str:
        """Give a mark of what the plan would do: two plans of one mark do the same to the same state."""
        lines = [f"{change.line} {change.base} {change.kind} {change.what} {change.text}" for change in self.changes]
        return hashlib.sha256("\n".join([*lines, *map(str, self.faults)]).encode()).hexdigest()


def carry_out(
    store: Store,
    actor: Actor,
    plan: Plan,
    guard: Callable[[Connection, Sequence[Entry]], None],
    mine: Callable[[Connection], Iterable[Mapping[str, Any]]],
) -> int:
    """Save all changes of a plan in one transaction; give their number.

    Parameters
    ----------
    guard : callable
        Refuses, inside the transaction, what the person may not write now.
    mine : callable
        The person's rows as they are now: what changed since the plan was made is not written over.

    Raises
    ------
    DecisionError
        The plan has faults, or what it changes was changed meanwhile: all is listed, nothing was saved.
    """
    if plan.faults:
        lines = "\n  ".join(str(fault) for fault in plan.faults)
        raise DecisionError(f"nothing was saved, because the table has faults:\n  {lines}", hint="mend the rows named")
    if not plan.changes:
        return 0
    entries = [change.entry for change in plan.changes]
    with store.write() as connection:
        guard(connection, entries)
        now = {_key(row, plan.ids): row["event"] for row in mine(connection)}
        other = [change.what for change in plan.changes if now.get(_key(change.entry.payload, plan.ids)) != change.base]
        if other:
            more = f" and {len(other) - _SAID} more" if len(other) > _SAID else ""
            raise DecisionError(
                f"{many(len(other), 'answer')} changed while you looked ({'; '.join(other[:_SAID])}{more}): "
                "nothing was saved",
                hint="read the table in again and look at what it would change now",
            )
        append_many(store, connection, actor, entries)
    return len(entries)


Differences = Callable[[Mapping[str, Any], Mapping[str, Any]], tuple[Part, ...]]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Part, ...]:
    """Give what differs between what stood there (``{}``: nothing) and the payload of an event."""
    other = [n for n in after if n not in _IDENTIFIERS and before.get(n) != after[n]]
    return tuple((name, _said(before.get(name)), _said(after[name])) for name in other)


def compare(
    claims: Iterable[Claim],
    mine: Iterable[Mapping[str, Any]],
    ids: Sequence[str],
    notes: Sequence[str],
    differ: Differences = differences,
) -> Plan:
    """Work out what the rows of a table change in what a person said before.

    Parameters
    ----------
    mine : iterable of mapping
        The person's current rows, from ``rows``.
    ids : sequence of str
        The columns that name what a row is about.
    """
    present = {_key(row, ids): row for row in mine}
    changes: list[Change] = []
    faults: list[Fault] = []
    first: dict[tuple[Any, ...], int] = {}
    empty = 0
    for claim in claims:
        try:
            entry = claim.make()
        except DecisionError as error:
            faults.append(Fault(f"row {claim.line}", error.message, error.hint))
            continue
        if entry is None:
            empty += 1
            continue
        key = _key(entry.payload, ids)
        if key in first:
            faults.append(Fault(f"row {claim.line}", f"is about the same as row {first[key]}: {', '.join(key)}"))
            continue
        first[key] = claim.line
        if entry.payload is present.get(key):
            continue
        change = _change(claim.line, entry, key, present.get(key), differ)
        if change is not None:
            changes.append(change)
    same = len(first) - len(changes)
    return Plan(tuple(changes), tuple(faults), same, empty, tuple(notes), tuple(ids))


def absent(missing: int, held: int) -> tuple[str, ...]:
    """Say of rows that are not there that nothing was deleted; ``held`` of them hold something."""
    if not missing:
        return ()
    stay = f"; {held:,} of them hold something in the review, which stays" if held else ""
    are = "is" if missing == 1 else "are"
    return (f"{many(missing, 'row')} of the table {are} not in the file: nothing is deleted by that{stay}",)


def _change(
    line: int, entry: Entry, key: Sequence[str], before: Mapping[str, Any] | None, differ: Differences
) -> Change | None:
    what = ", ".join(key)
    if entry.payload.get("cleared"):
        if before is None:
            return None
        held = ((name, _said(before.get(name)), None) for name in _HOLDING)
        return Change(line, "cleared", what, tuple(p for p in held if p[1] is not None), entry, before["event"])
    entry = _located(entry, before)
    parts = tuple(part for part in differ(before or {}, entry.payload) if part[0] not in _UNSAID)
    if before is None:
        return Change(line, "new", what, tuple(part for part in parts if part[2] is not None), entry, None)
    return Change(line, "changed", what, parts, entry, before["event"]) if parts else None


def _located(entry: Entry, before: Mapping[str, Any] | None) -> Entry:
    """Keep the file that a quote was taken from, which no table shows, where quote and place are as they were."""
    if before is None or "file" not in entry.payload:
        return entry
    if any(before[name] != entry.payload[name] for name in ("quote", "place")):
        return entry
    return replace(entry, payload={**entry.payload, "file": before["file"]})


def _key(row: Mapping[str, Any], ids: Sequence[str]) -> tuple[str, ...]:
    return tuple(row[name] for name in ids)


def _said(value: Any) -> str | None:
    return None if value is None else str(show(value))
