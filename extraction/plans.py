"""What a filled-in table would change, worked out before anything is saved, and saving it: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from extraction.exchange import Read, Row
from extraction.values import show
from review.errors import DecisionError, Fault
from review.store import Actor, Entry, Store, append_many

_IDENTIFIERS = frozenset({"key", "study", "form", "field", "instrument", "item"})


@dataclass(frozen=True, slots=True)
class Change:
    """What one row of a filled table would change."""

    line: int
    kind: Literal["new", "changed", "cleared"]
    what: str
    text: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Plan:
    """What a filled table would change: nothing is saved yet. With any fault nothing will be.

    ``same`` rows say what the review says already, ``empty`` ones were left empty.
    """

    changes: tuple[Change, ...]
    faults: tuple[Fault, ...]
    same: int
    empty: int
    notes: tuple[str, ...]

    def count(self, kind: str) -> int:
        """Count the changes of one kind."""
        return sum(change.kind == kind for change in self.changes)


def carry_out(store: Store, actor: Actor, plan: Plan) -> int:
    """Save all changes of a plan in one transaction; give their number.

    Raises
    ------
    DecisionError
        The plan has faults: every one is listed, nothing was saved.
    """
    if plan.faults:
        lines = "\n  ".join(str(fault) for fault in plan.faults)
        raise DecisionError(f"nothing was saved, because the table has faults:\n  {lines}", hint="mend the rows named")
    with store.write() as connection:
        append_many(store, connection, actor, [change.entry for change in plan.changes])
    return len(plan.changes)


def compare(
    given: Read, make: Callable[[Row], Entry | None], mine: Iterable[Mapping[str, Any]], ids: Sequence[str]
) -> Plan:
    """Work out what the rows of a table change in what a person said before.

    Parameters
    ----------
    make : function
        Makes the event of a row, ``None`` when the row was left empty; raises DecisionError when it cannot stand.
    mine : iterable of mapping
        The person's current rows, from ``rows``.
    ids : sequence of str
        The columns that name what a row is about.
    """
    present = {tuple(row[name] for name in ids): row for row in mine}
    changes: list[Change] = []
    faults: list[Fault] = []
    first: dict[tuple[Any, ...], int] = {}
    empty = 0
    for row in given.rows:
        try:
            entry = make(row)
        except DecisionError as error:
            faults.append(Fault(f"row {row.line}", error.message, error.hint))
            continue
        if entry is None:
            empty += 1
            continue
        key = tuple(entry.payload[name] for name in ids)
        if key in first:
            faults.append(Fault(f"row {row.line}", f"is about the same as row {first[key]}: {', '.join(key)}"))
            continue
        first[key] = row.line
        change = _change(row.line, entry, key, present.get(key))
        if change is not None:
            changes.append(change)
    return Plan(tuple(changes), tuple(faults), len(first) - len(changes), empty, given.notes)


def _change(line: int, entry: Entry, key: Sequence[str], before: Mapping[str, Any] | None) -> Change | None:
    what = ", ".join(key)
    if entry.payload.get("cleared"):
        return None if before is None else Change(line, "cleared", what, "taken back", entry)
    if before is None:
        said = [(n, v) for n, v in entry.payload.items() if v is not None and n not in _IDENTIFIERS]
        return Change(line, "new", what, "; ".join(f"{name}: {_said(value)}" for name, value in said), entry)
    now = {name: value for name, value in entry.payload.items() if name not in _IDENTIFIERS}
    other = [name for name, value in now.items() if before[name] != value]
    text = "; ".join(f"{name}: {_said(before[name])} → {_said(entry.payload[name])}" for name in other)
    return Change(line, "changed", what, text, entry) if other else None


def _said(value: Any) -> str:
    return "nothing" if value is None else str(show(value))
