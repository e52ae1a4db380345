"""Open-access full texts between the rooms: the searches seek them, the screening room notes what came of each try.

Like ``review.stages`` it knows several rooms; nothing here prints.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from review import full_texts
from review.store import page_texts
from review.store.accounts import moved

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from review.stages import Workspace
    from review.store import Actor, Store
    from screening.board import Line
    from searches.fulltext.contents import Contents
    from searches.fulltext.fetch import Before, Found, Sought, Unasked
    from searches.fulltext.places import Kind, Outcome, Verdict, Wanted
    from searches.source import About

LABEL = "Full texts"
"""What the run is called where it says how far it has come."""


def find_full_texts(
    workspace: Workspace,
    actor: Actor,
    reports: Collection[int] = (),
    say: Callable[[str, int, int | None], None] = lambda label, done, total: None,
    stop: Callable[[], bool] = lambda: False,
    *,
    again: bool = False,
    limit: int | None = None,
) -> Found:
    """Seek the full texts that are still to be got at the places that know open-access copies.

    Each try is noted in the log as soon as it has ended. A place that was asked for a report in the last 30 days is
    not asked again for it.

    Parameters
    ----------
    reports : collection of int
        Only these, also where somebody noted that they cannot be had; without, all whose full text is sought.
    stop : callable
        Asked before each request whether to end.
    again : bool
        Ask the places again, also for reports that somebody noted as not to be had.
    limit : int, optional
        The most reports to ask the places for.

    Raises
    ------
    DecisionError
        A report is not one whose full text is sought.
    """
    from searches.fulltext.fetch import NOT_LONG_AGO, Found, Seeker
    from searches.fulltext.stations import open_fetcher, open_stations

    store, protocol, environ = workspace.store, workspace.protocol, workspace.environ
    since = store.clock() if again else moved(store.clock(), days=-NOT_LONG_AGO)
    with store.read() as connection:
        due, passed = _parted(connection, reports, since, anyway=again or bool(reports))
    done, total = len(passed), len(passed) + len(due)
    say(LABEL, done, total)

    def told(_: Sought) -> None:
        nonlocal done
        done += 1
        say(LABEL, done, total)

    stations, lacking = open_stations(protocol, environ)
    desk = _Desk(store, actor)
    seeker = Seeker(stations, open_fetcher(protocol, environ), desk.check, desk.keep, desk.note, stop)
    found = seeker.seek(due, told, limit)
    everything = tuple(sorted((*passed, *found.reports), key=lambda one: one.report))
    return Found(everything, (*found.unasked, *_without_key(lacking, due)))


def _parted(
    connection: Connection, reports: Collection[int], since: str, *, anyway: bool
) -> tuple[list[tuple[Wanted, Before]], list[Sought]]:
    """Part the reports into those to seek, with what was tried since a moment, and those that are passed over."""
    from screening import board, retrieval, retrieval_rows
    from searches.fulltext.fetch import Sought

    retrieval.must_be_sought(connection, tuple(reports))
    sought = [one for one in retrieval_rows.sought(connection) if not reports or one.root in reports]
    papers = {paper.report: paper for paper in full_texts.wanted(connection)}
    due: list[tuple[Wanted, Before]] = []
    passed: list[Sought] = []
    for line in board.lines_of(connection, {one.root: retrieval.state_of(one) for one in sought}):
        why = _passed(line, anyway=anyway)
        if why is None:
            due.append((papers[line.report], _before(line, since)))
        else:
            passed.append(Sought(line.report, "skipped", why))
    return due, passed


def _passed(line: Line, *, anyway: bool) -> str | None:
    """Say why a report is passed over, ``None`` where it is not."""
    if line.files:
        return "it has a full text"
    if line.state == "retrieved":
        return "its full text was got without a file, or it is assessed already"
    if line.state == "not_retrieved" and not anyway:
        return "it was noted as not to be had"
    return None


def _before(line: Line, since: str) -> Before:
    """Read from a ledger what was tried since a moment, and what was taken back at any time."""
    from searches.fulltext.fetch import Before

    tried = [said for said in line.ledger if said.outcome == "tried" and said.at >= since]
    ended = frozenset(said.route for said in tried if said.route and said.url is None)
    withdrawn = frozenset(said.withdrawn for said in line.ledger if said.withdrawn)
    urls = {said.url for said in tried if said.route in ended}
    # A host may stamp each copy with the hour, so that the same wrong file has another hash.
    urls |= {said.url for said in line.ledger if said.file and said.file["sha256"] in withdrawn}
    return Before(ended, frozenset(url for url in urls if url), withdrawn)


def _without_key(lacking: Sequence[About], due: Sequence[tuple[Wanted, Before]]) -> list[Unasked]:
    from searches.fulltext.fetch import Unasked

    return [
        Unasked(about.name, about.label, len(due), f"{about.key} is not set", "set it; docs/sources.md says what it is")
        for about in lacking
        if due
    ]


class _Desk:
    """Looks at files and keeps them with the text of their pages, which is read once; notes outcomes."""

    def __init__(self, store: Store, actor: Actor) -> None:
        self._store, self._actor = store, actor
        self._looked: tuple[Path, Contents] | None = None

    def check(self, path: Path, wanted: Wanted) -> Verdict:
        from searches.fulltext.inspect import look, verdict

        contents = look(path)
        self._looked = (path, contents)
        return verdict(contents, wanted)

    def keep(self, path: Path, kind: Kind) -> str:
        sha256 = self._store.files.put(path, kind)
        if self._looked is not None and self._looked[0] == path:
            page_texts.put(self._store, sha256, self._looked[1].texts)
        return sha256

    def note(self, outcome: Outcome) -> None:
        from screening import retrieval

        file = asdict(outcome.file) if outcome.file is not None else None
        retrieval.note(
            self._store, self._actor, report=outcome.report, outcome=outcome.outcome, route=outcome.route,
            note=outcome.why, url=outcome.url, file=file,
        )  # fmt: skip
