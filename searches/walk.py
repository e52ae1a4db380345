"""Where a search stands between two replies, and what a page does to it: pure values, kept as JSON in ``search.state``.

A search is a stack of tasks (a query and, where a source gives too much at once, a window of days). The loop takes
the first task, page after page, until none is left. No network, store or clock here.
"""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from review.errors import SourceChanged, SourceRefused
from searches.source import About, Page, Window

EARLIEST = "1780-01-01"
"""The first day of the widest window; what lies before it is missed, and the sum of the slices then says so."""

_NAMED = 20  # ids named in a sentence
_EMPTY = 100  # pages without a record before a walk is broken off; a few in the middle are no end


@dataclass(frozen=True, slots=True)
class Task:
    """One query still to be walked through, over all its hits or over those of a window of days."""

    text: str
    start: str | None = None
    end: str | None = None

    @property
    def window(self) -> Window | None:
        """The window as the source's ``ask`` takes it."""
        return Window(self.start, self.end) if self.start and self.end else None


@dataclass(frozen=True, slots=True)
class State:
    """How far a walk has come.

    ``promised`` counts what the source has for the whole queries, ``covered`` what it has for the windows walked to
    their end, ``got`` what it sent in them; ``total`` and ``here`` are the same for the window being walked, and
    ``seen`` its cursors. ``awaited`` and ``missing`` are ids that were promised and have not come. ``before`` is
    (promised, covered, got) of an earlier full walk that did not agree. ``known`` counts records that came and that the
    search which this one updates holds already; ``capped`` is why the source's other records are not taken.
    """

    tasks: tuple[Task, ...] = ()
    cursor: str | None = None
    pages: int = 0
    promised: int | None = None
    covered: int = 0
    got: int = 0
    total: int | None = None
    here: int = 0
    seen: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    before: tuple[int, int, int] | None = None
    known: int = 0
    capped: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Give the value that ``search.state`` holds."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}  # asdict copies each of 9,999 ids
        return {**values, "tasks": [asdict(task) for task in self.tasks]}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> State:
        """Read a value of ``as_json`` back, also after a round through JSON."""
        lists = {name: tuple(value[name]) for name in ("seen", "awaited", "missing")}
        tasks = tuple(Task(**task) for task in value["tasks"])
        before = tuple(value["before"]) if value["before"] else None
        return State(**{**value, **lists, "tasks": tasks, "before": before})


@dataclass(frozen=True, slots=True)
class Ended:
    """How a walk ended: the state from which another can begin, why it is incomplete (``None``: it is not), notes."""

    state: State
    error: str | None
    notes: tuple[str, ...]


def plan(state: State, texts: Sequence[str]) -> State:
    """Put whole queries before a state that has no task left; a walk that did not agree is remembered."""
    return State(tuple(Task(text) for text in texts), pages=state.pages, before=state.before)


def restart(state: State) -> State:
    """Begin the current window again: its cursor has expired."""
    whole = state.tasks[0].window is None
    promised = state.promised
    if whole and promised is not None and state.total is not None:
        promised -= state.total
    return replace(state, cursor=None, promised=promised, total=None, here=0, seen=(), awaited=())


def advance(state: State, page: Page, about: About, today: str) -> State:
    """Give the state after a page of the first task.

    Parameters
    ----------
    about : About
        The source's label, and the least span of dates that it can be asked for.
    today : str
        ISO day; the widest window ends there.

    Raises
    ------
    SourceChanged
        The next cursor was given before, or far more pages came than the hits fill: they would go on for ever.
    SourceRefused
        A single day holds more than the source gives at once.
    """
    state = replace(state, pages=state.pages + 1)
    if state.cursor is None:
        state = replace(state, total=page.total, here=0, seen=(), awaited=page.promised)
        if state.tasks[0].window is None and page.total is not None:
            state = replace(state, promised=(state.promised or 0) + page.total)
    if page.split:
        return _halved(state, about, today)
    came = {record.source_id for record in page.records}
    here = state.here + len(page.records) + len(page.rejected)
    state = replace(state, here=here, awaited=tuple(i for i in state.awaited if i not in came))
    if page.capped is not None:
        return _closed(replace(state, capped=page.capped))
    if page.next_cursor is None:
        return _closed(state)
    # an estimate may be far too low
    too_many = about.exact and state.total is not None and state.here > 2 * state.total + about.page_size
    if too_many or len(state.seen) > state.here + _EMPTY:
        raise SourceChanged(
            f"{about.label} promised {state.total or 0:,} hits and sent {state.here:,}, and its pages do not end",
            source=about.name, hint="what was found is kept; run the same command again later",
        )  # fmt: skip
    mark = hashlib.sha256(page.next_cursor.encode()).hexdigest()[:16]
    if page.next_cursor == state.cursor or mark in state.seen:
        raise SourceChanged(
            f"{about.label} gave the same cursor twice: its pages go round in a circle",
            source=about.name, hint="what was found is kept; run the same command again later",
        )  # fmt: skip
    return replace(state, cursor=page.next_cursor, seen=(*state.seen, mark))


def _closed(state: State) -> State:
    total = state.here if state.total is None else state.total
    promised = state.promised
    if state.total is None and state.tasks[0].window is None:
        promised = (promised or 0) + total
    return replace(
        state, tasks=state.tasks[1:], cursor=None, promised=promised, covered=state.covered + total,
        got=state.got + state.here, total=None, here=0, seen=(), awaited=(), missing=state.missing + state.awaited,
    )  # fmt: skip


def _halved(state: State, about: About, today: str) -> State:
    """Cut the window in two, between days, months or years as the source can be asked."""
    task = state.tasks[0]
    start = date.fromisoformat(task.start or EARLIEST)
    end = date.fromisoformat(task.end or today)
    if task.end is None and about.slices != "day":
        end = date(end.year + 1, 12, 31)  # by date of publication, and some lie ahead
    middle = _last_day(start + (end - start) // 2, about.slices)
    if middle >= end:
        raise SourceRefused(
            f"{about.label} has {state.total:,} records of one {about.slices} ({start}), more than it gives at once",
            source=about.name, hint="make the strategy narrower",
        )  # fmt: skip
    halves = (
        Task(task.text, start.isoformat(), middle.isoformat()),
        Task(task.text, (middle + timedelta(days=1)).isoformat(), end.isoformat()),
    )
    return replace(state, tasks=(*halves, *state.tasks[1:]), cursor=None, total=None, awaited=())


def _last_day(day: date, slices: str) -> date:
    """Give the last day of the month or year in which a day lies."""
    if slices == "year":
        return date(day.year, 12, 31)
    return date(day.year, day.month, calendar.monthrange(day.year, day.month)[1]) if slices == "month" else day


def compare(state: State, records: int, rejected: int, *, exact: bool = True) -> Ended:
    """Compare what came with what was promised, once no task is left.

    The first walk that does not agree leaves the search incomplete; when a second full walk ends with the very same
    numbers, the gap is the source's own (some count records that they cannot show), and it is explained in the notes.
    So it is at once when the source's count is not ``exact``. A search that the source capped stays incomplete.
    """
    promised = state.promised or 0
    notes: list[str] = []
    if twice := max(0, state.got - records - rejected - state.known):
        notes.append(f"{twice:,} records were sent more than once and are kept once")
    numbers = (promised, state.covered, state.got)
    done = State(pages=state.pages, known=state.known, capped=state.capped)
    if state.capped is not None:
        return Ended(done, state.capped, tuple(notes))
    if promised == state.covered == state.got:
        return Ended(done, None, tuple(notes))
    gap = _gap(state, promised)
    if state.before == numbers:
        notes.append(f"{gap}; a second full walk gave the same, so the count is the source's own")
        return Ended(done, None, tuple(notes))
    if not exact:
        return Ended(done, None, (*notes, f"{gap}; the source's count is an estimate"))
    return Ended(replace(done, before=numbers), gap, tuple(notes))


def _gap(state: State, promised: int) -> str:
    if state.covered != promised:
        return f"the slices by date add up to {state.covered:,}, the whole search has {promised:,}"
    named = ", ".join(state.missing[:_NAMED]) + (", …" if len(state.missing) > _NAMED else "")
    return f"{promised:,} records were promised and {state.got:,} came" + (f"; missing: {named}" if named else "")
