"""Full texts sought: which were asked for, got, by which route, and which could not be had (PRISMA: not retrieved).

Everything that was noted about a report stays: its ledger. What counts is the last outcome but for vain tries, which
take the place of nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from review.errors import DecisionError
from review.record import Record
from review.store import Actor, Entry, Event, Store, append_many
from review.store.event import canonical
from screening import exchange_rows, retrieval_rows, rows

OUTCOMES = ("asked", "tried", "retrieved", "not_retrieved")
STATES = ("wanted", "tried", "asked", "retrieved", "not_retrieved")
"""Where a report stands in its retrieval: nothing noted, tried in vain, asked for, got, could not be had."""
LIBRARY, AUTHOR, LOAN = "library", "author", "interlibrary loan"
ROUTES = (LIBRARY, AUTHOR, LOAN)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FACTS = ("sha256", "kind", "size", "pages", "name", "licence", "version")
_HINT = "list those to get with: review fulltext"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report whose full text is to be read; ``outcome`` is ``None`` until somebody noted one."""

    report: int
    title: str | None
    doi: str | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """One entry of a ledger: ``file`` was got with it, ``withdrawn`` (a SHA-256) was taken back."""

    at: str
    person: str
    outcome: str
    route: str | None
    note: str | None
    asked_on: str | None
    url: str | None
    file: Mapping[str, Any] | None = None
    withdrawn: str | None = None


# -- noting


def note(store: Store, actor: Actor, *, report: int, outcome: str, **said: Any) -> Event:
    """Note what has become of seeking the full text of a report; the values are those of ``note_each``."""
    return note_each(store, actor, reports=(report,), outcome=outcome, **said)[-1]


def note_each(
    store: Store,
    actor: Actor,
    *,
    reports: Sequence[int],
    outcome: str,
    route: str | None = None,
    note: str | None = None,
    asked_on: str | None = None,
    url: str | None = None,
    file: Mapping[str, Any] | None = None,
) -> list[Event]:
    """Note the same of some reports, of all or of none of them.

    Parameters
    ----------
    outcome : str
        ``asked`` (a request is out), ``tried`` (in vain, the note says why), ``retrieved`` or ``not_retrieved`` (the
        note says why); the last one noted counts.
    route : str, optional
        Where it was sought, in the reviewer's words: open access, library, author, ...
    asked_on : str, optional
        ``YYYY-MM-DD``; without, what is asked is asked today.
    file : mapping, optional
        Of a stored full text: sha256, kind, size, pages, name, licence, version.

    Raises
    ------
    DecisionError
        There is no such report, it was merged, it is not at full text; or something is said that cannot be, such as
        that what is held in a file could not be had.
    """
    route, note, url = ((value or "").strip() or None for value in (route, note, url))
    if outcome == "asked" and not asked_on:
        asked_on = store.clock()[:10]
    _check(store, outcome, note, asked_on, file)
    said = {"outcome": outcome, "route": route, "note": note, "asked_on": asked_on, "url": url}
    kept = {"file": {name: file.get(name) for name in _FACTS}} if file is not None else {}
    with store.write() as connection:
        must_be_sought(connection, reports)
        if outcome == "not_retrieved" and (held := [one for one in reports if retrieval_rows.holders(connection, one)]):
            raise DecisionError(
                f"a file of report {held[0]} is here: it was got", hint="if it is the wrong one, take it back first"
            )
        members = retrieval_rows.with_retrieval(connection, reports)
        payloads = [
            {"report": member, **said, **(kept if member == report else {})}
            for report in reports
            for member in (*sorted(members[report] - {report}), report)
        ]
        made = append_many(store, connection, actor, [Entry("retrieval", payload) for payload in payloads])
    return [event for event in made if event.payload["report"] in set(reports)]


def take_back(store: Store, actor: Actor, *, report: int, sha256: str, why: str | None) -> Event:
    """Take back a file that turned out to be another paper.

    The report is to be got again, unless another file is held of it or it was got without one.

    Raises
    ------
    DecisionError
        No such file is held of the report, or it is not said why.
    """
    why = (why or "").strip()
    if not why:
        raise DecisionError("it is not said why the file is the wrong one", hint="say in a few words what it is")
    with store.write() as connection:
        must_be_sought(connection, (report,))
        holders = retrieval_rows.holders(connection, report)
        if sha256 not in holders:
            raise DecisionError("no such file is held of this report", hint="open the page of full texts again")
        still = len(holders) > 1 or _got_without_file(ledger(connection, report))
        said = {"outcome": "retrieved" if still else "tried", "route": None, "note": why, "asked_on": None, "url": None}
        members = retrieval_rows.with_retrieval(connection, (report,))[report] | holders[sha256]
        # Every member is told of it: without, a vain try would not take the place of what was got.
        payloads = [{"report": one, **said, "withdraw": sha256} for one in sorted(members, reverse=True)]
        return append_many(store, connection, actor, [Entry("retrieval", payload) for payload in payloads])[-1]


def _check(
    store: Store, outcome: str, note: str | None, asked_on: str | None, file: Mapping[str, Any] | None
) -> None:  # fmt: skip
    if outcome not in OUTCOMES:
        raise DecisionError(f"'{outcome}' is no outcome of a retrieval", hint=f"say {', '.join(OUTCOMES)}")
    if outcome in ("not_retrieved", "tried") and note is None:
        raise DecisionError(
            "a full text that was not got needs a reason", hint="say in a few words what was tried, and what came of it"
        )
    if asked_on is not None:
        if outcome != "asked":
            raise DecisionError("a day of asking belongs to what was asked", hint="leave the day out")
        if not _is_day(asked_on) or date.fromisoformat(asked_on) > _tomorrow(store):
            raise DecisionError(f"'{asked_on}' is no day until today", hint="write it as 2026-03-31")
    if file is not None and outcome != "retrieved":
        raise DecisionError("a file belongs to a full text that was got", hint="note it as retrieved")
    if file is not None and not store.files.has(str(file.get("sha256")), str(file.get("kind"))):
        raise DecisionError("the file is not stored with the review", hint="add it with: review fulltext add FILE")


def _is_day(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def _tomorrow(store: Store) -> date:
    """Give the day after the clock's, which runs in UTC: somewhere it is tomorrow already."""
    return date.fromisoformat(store.clock()[:10]) + timedelta(days=1)


def must_be_sought(connection: Connection, reports: Sequence[int]) -> None:
    """Raise unless the full texts of all of some reports are sought."""
    roots = rows.roots(connection, reports)
    at = rows.statuses(connection, "full-text", reports)
    for report in reports:
        root = roots.get(report)
        if root is None:
            raise DecisionError(f"there is no report {report}", hint=_HINT)
        if root != report:
            raise DecisionError(f"report {report} was merged into report {root}", hint=f"note it for report {root}")
        if report not in at:
            raise DecisionError(f"report {report} is not included at title-abstract", hint=_HINT)


# -- reading


def pending(connection: Connection) -> list[Wanted]:
    """Give the reports included at title and abstract that have no full-text decision yet, in the order of ids."""
    found = [one for one in retrieval_rows.sought(connection) if one.votes == 0]
    known = rows.names(connection, [one.root for one in found])
    states = {one.root: state_of(one) for one in found}
    return [Wanted(root, *known[root], None if state == "wanted" else state) for root, state in states.items()]


def state_of(one: retrieval_rows.Sought) -> str:
    """Say where a report stands in its retrieval, as the flow diagram counts it; who assessed it has had it."""
    if one.votes or "retrieved" in one.outcomes:
        return "retrieved"
    if one.status == "not_retrieved":
        return "not_retrieved"
    return next((state for state in ("asked", "not_retrieved", "tried") if state in one.outcomes), "wanted")


def paper(connection: Connection, report: int) -> Record:
    """Give one root as its combined record shows it."""
    return exchange_rows.whole(connection, [report])[report]


def papers(connection: Connection) -> dict[int, Record]:
    """Give all reports whose full text is sought, as their combined records show them."""
    return exchange_rows.whole(connection, [one.root for one in retrieval_rows.sought(connection)])


def ledger(connection: Connection, report: int) -> tuple[Said, ...]:
    """Give all that was noted about the full text of a root, oldest first."""
    return ledgers(connection, (report,)).get(report, ())


def taken_back(connection: Connection) -> dict[str, set[int]]:
    """Give, for every file that was taken back (by SHA-256), the roots that it was taken from."""
    found: dict[str, set[int]] = {}
    for one in retrieval_rows.noted(connection):
        if "withdraw" in one.payload:
            found.setdefault(one.payload["withdraw"], set()).add(one.root)
    return found


def ledgers(connection: Connection, roots: Collection[int]) -> dict[int, tuple[Said, ...]]:
    """Give the ledger of each root; what was noted of several merged copies at once is one entry."""
    found: dict[int, list[Said]] = {}
    last: dict[int, tuple[str, set[int]]] = {}
    for one in retrieval_rows.noted(connection, roots):
        said = {name: value for name, value in one.payload.items() if name != "report"}
        plain = {name: value for name, value in said.items() if name not in ("file", "withdraw")}
        key, member = f"{one.person} {canonical(plain)}", one.payload["report"]
        entries = found.setdefault(one.root, [])
        entry = Said(
            one.at, one.person, said["outcome"], said.get("route"), said.get("note"), said.get("asked_on"),
            said.get("url"), said.get("file"), said.get("withdraw"),
        )  # fmt: skip
        before, members = last.get(one.root, ("", set()))
        if before == key and member not in members:
            members.add(member)
            if entry.file or entry.withdrawn:
                entries[-1] = entry
        else:
            last[one.root] = (key, {member})
            entries.append(entry)
    return {root: tuple(entries) for root, entries in found.items()}


def _got_without_file(entries: Sequence[Said]) -> bool:
    """Say whether a report was noted as got without a file, and nothing has been noted since that undoes it."""
    without = False
    for one in entries:
        if one.outcome == "retrieved":
            without = without or (one.file is None and one.withdrawn is None)
        elif one.outcome != "tried" or one.withdrawn is not None:
            without = False
    return without
