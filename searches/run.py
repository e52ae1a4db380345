"""The only page loop: ask, keep the reply's bytes, read them, write page and records in one transaction, go on.

Stopped at any point it goes on from there at the next call: the state is written in the transaction of the page that
led to it. A search is complete only when what came is what the source promised, or the gap is explained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from review.errors import NotExpressible, SourceBusy, SourceChanged, SourceError, SourceRefused, StageError
from review.protocol import Protocol
from review.protocol.model import Strategy
from review.record import Record
from review.store import Store
from review.store.records import Matched
from searches import raw, rows, walk
from searches.evaluation import matcher
from searches.source import Credentials, Page, Source, Translation
from searches.transport import Send

Notify = Callable[[str, int, int | None], None]
"""Told after each page: what is searched, how many records came, and how many were promised."""

READINGS = 2
"""How often a reply that cannot be read is asked for, before the error stands."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where searching happens: the store, the review's folder, and whom to tell."""

    store: Store
    folder: Path
    notify: Notify


@dataclass(frozen=True, slots=True)
class Access:
    """A source and the way to it: the key and contact address, and ``send`` of a line (``searches.transport``)."""

    source: Source
    credentials: Credentials
    send: Send


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search has come to; keys of ``review search --json`` (docs/json.md)."""

    search: int
    source: str
    label: str
    strategy: str | None
    status: str
    hits: int | None
    records: int
    rejected: int
    matched: int
    unmatched: int
    unknown: int
    losses: tuple[Mapping[str, str], ...]
    notes: tuple[str, ...]
    error: str | None
    failure: SourceError | None = None

    @property
    def retrieved(self) -> int:
        """Everything that came and is kept: records, and parts that could not be read as one."""
        return self.records + self.rejected


def run_search(place: Place, protocol: Protocol, access: Access, strategy: Strategy) -> Outcome:
    """Run one strategy at one source, go on with it where it stopped, or give what it has come to when complete.

    Errors of the source are in the outcome (``status``, ``error``, ``failure``), never raised: other sources go on.

    Raises
    ------
    StageError
        The disk is full, or another process runs the same search.
    """
    about = access.source.about
    facts = {"source": about.name, "method": "api", "strategy": strategy.id, "protocol": protocol.hash}
    facts |= {"label": about.label, "kind": about.kind}
    try:
        translation = access.source.translate(strategy.query, protocol.limits)
    except NotExpressible as error:
        run = Run(place, access, {**facts, "query": None})
        with run.kept():
            raise error
        return run.outcome()
    losses = [asdict(loss) for loss in translation.losses]
    run = Run(place, access, {**facts, "query": translation.text, "losses": losses})
    if not run.complete:
        with run.kept():
            run.follow((translation.text,), matcher(protocol, (strategy.id,)))
    return run.outcome()


@dataclass(frozen=True, slots=True)
class _Received:
    """A reply that could be read: columns of its page, and its bytes on the disk."""

    facts: Mapping[str, Any]
    held: raw.Held


class Run:
    """One search being run: its row in the store, its state, and the way to its source."""

    def __init__(self, place: Place, access: Access, facts: Mapping[str, Any]) -> None:
        self._place, self._access, self._about = place, access, access.source.about
        self._failure: SourceError | None = None
        now = place.store.clock()
        self._today = now[:10]
        with place.store.write() as connection:
            same = {name: facts[name] for name in ("source", "method", "strategy", "query")}
            row = rows.find_search(connection, **same)
            if row is None:
                begun = {**facts, "started_at": now, "searched_on": self._today, "state": walk.State().as_json()}
                row = rows.search_row(connection, rows.start_search(connection, begun))
            self.search: int = row["id"]
            self.complete: bool = row["status"] == "complete"
            self._label = row["label"] + (f", {row['strategy']}" if row["strategy"] else "")
            self._state = walk.State.from_json(row["state"]) if row["state"] else walk.State()
            self._notes: tuple[str, ...] = tuple(row["notes"])
            self._known = rows.known_source_ids(connection, self.search)
            self._rejected = rows.rejected_raws(connection, self.search)
            counts = rows.count_records(connection, self.search)
            self._position = counts["yes"] + counts["no"] + counts["unknown"]

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Note an error of the source, or that a person stopped the search, beside what is kept of it."""
        try:
            yield
        except SourceError as error:
            self._failure = error
            self._stop(error.message)
        except KeyboardInterrupt:
            self._stop("stopped by hand")
            raise

    def _stop(self, error: str) -> None:
        status = "incomplete" if self._state.pages else "failed"
        with self._place.store.write() as connection:
            now = self._place.store.clock()
            rows.change_search(connection, self.search, status=status, error=error, finished_at=now)

    def aside(self, text: str) -> Page:
        """Ask one page that is no part of the hits (the seeds of a citation search); its reply is kept like any."""
        page, reply = self._asked(Translation(text), walk.State(pages=self._state.pages))
        self._write(replace(self._state, pages=self._state.pages + 1), reply, Page((), None, None))
        return page

    def follow(
        self,
        texts: Sequence[str],
        match: Callable[[Record], Matched],
        mark: Callable[[Record], Record] = lambda record: record,
    ) -> None:
        """Walk through queries page by page, or go on with those of the state; then compare with what was promised.

        Parameters
        ----------
        texts : sequence of str
            Translated queries; used when the search begins or is walked through again.
        match, mark : functions of a record
            What the local evaluation says of it, and the record with what is to be noted on it.
        """
        if not self._state.tasks and self._state.promised is None:  # else all pages came, only comparing is left
            self._state = walk.plan(self._state, texts)
        resumed = self._state.cursor is not None
        while self._state.tasks:
            try:
                self._step(match, mark)
            except (SourceRefused, SourceChanged):
                if not resumed:
                    raise
                self._state = walk.restart(self._state)  # cursors of an earlier day expire
            resumed = False
        self._compare()

    def _step(self, match: Callable[[Record], Matched], mark: Callable[[Record], Record]) -> None:
        page, reply = self._asked(Translation(self._state.tasks[0].text), self._state)
        state = walk.advance(self._state, page, source=self._about.label, today=self._today)
        fresh = {record.source_id: mark(record) for record in page.records if record.source_id not in self._known}
        rejected = tuple({r.raw: r for r in page.rejected if r.raw not in self._rejected}.values())
        if self._state.tasks[0].window is None:  # a slice would only say the same again
            self._notes = tuple(dict.fromkeys((*self._notes, *page.notes)))
        numbered = [(n, r, match(r)) for n, r in enumerate(fresh.values(), start=self._position + 1)]
        self._write(state, reply, replace(page, rejected=rejected), numbered)
        self._known |= {record.source_id for _, record, _ in numbered if record.source_id}
        self._rejected |= {r.raw for r in rejected}
        self._position += len(numbered)
        self._place.notify(self._label, state.got + state.here, state.promised)

    def _asked(self, translation: Translation, state: walk.State) -> tuple[Page, _Received]:
        """Ask for one page, keep the reply, read it; again when it cannot be read (cut short, an error in disguise)."""
        window = state.tasks[0].window if state.tasks else None
        source = self._access.source
        request = source.ask(translation, window, state.cursor, self._access.credentials)
        number = state.pages + 1
        for reading in range(1, READINGS + 1):
            reply = self._access.send(request)
            held = raw.hold(self._place.folder, self._about.name, f"{self.search}-{number}", reply.body)
            try:
                page = source.read(reply.body, state.cursor)
            except (SourceBusy, SourceChanged, SourceRefused) as error:
                aside = held.set_aside().relative_to(self._place.folder).as_posix()
                error.url = reply.url
                error.hint = error.hint or f"the reply is kept in {aside}"
                if reading == READINGS or isinstance(error, SourceRefused):
                    raise
            else:
                break
        facts = {"search": self.search, "number": number, "url": reply.url, "at": self._place.store.clock()}
        return page, _Received({**facts, **asdict(held.kept)}, held)

    def _write(
        self,
        state: walk.State,
        reply: _Received,
        page: Page,
        records: Sequence[tuple[int, Record, Matched]] = (),
    ) -> None:
        """Write a page, what it held and the state after it: all of it or nothing."""
        with self._place.store.write() as connection:
            at = rows.search_row(connection, self.search, lock=True)["state"]
            if at is not None and at["pages"] != self._state.pages:
                reply.held.drop()
                raise StageError(
                    f"another process is running search {self.search} ({self._label})",
                    hint="let it finish, or stop it; nothing was counted twice",
                )
            reply.held.settle()
            number = rows.add_page(connection, reply.facts)
            rows.add_records(connection, self.search, records, page=number, rejected=page.rejected)
            rows.change_search(
                connection, self.search, status="running", error=None, hits=state.promised,
                notes=list(self._notes), state=state.as_json(),
            )  # fmt: skip
        self._state = state

    def _compare(self) -> None:
        with self._place.store.write() as connection:
            counts = rows.count_records(connection, self.search)
            records = counts["yes"] + counts["no"] + counts["unknown"]
            hits = self._state.promised or 0
            self._state, error, notes = walk.compare(self._state, records, counts["rejected"])
            self._notes = tuple(dict.fromkeys((*self._notes, *notes)))
            rows.change_search(
                connection, self.search, status="incomplete" if error else "complete", error=error,
                hits=hits, notes=list(self._notes), state=self._state.as_json(),
                finished_at=self._place.store.clock(),
            )  # fmt: skip

    def outcome(self) -> Outcome:
        """Give what the search has come to, as the store has it."""
        with self._place.store.read() as connection:
            row = rows.search_row(connection, self.search)
            counts = rows.count_records(connection, self.search)
        return Outcome(
            self.search, row["source"], row["label"], row["strategy"], row["status"], row["hits"],
            counts["yes"] + counts["no"] + counts["unknown"], counts["rejected"], counts["yes"], counts["no"],
            counts["unknown"], tuple(row["losses"]), tuple(row["notes"]), row["error"], self._failure,
        )  # fmt: skip
