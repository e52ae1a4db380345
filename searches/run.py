"""The only page loop: ask, keep the reply's bytes, read them, write page and records in one transaction, go on.

Stopped at any point it goes on from there at the next call: the state is written in the transaction of the page that
led to it. A search is complete only when what came is what the source promised, or the gap is explained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from review.errors import NotExpressible, SourceBusy, SourceChanged, SourceError, SourceRefused, StageError
from review.protocol import Protocol
from review.protocol.model import Strategy
from review.record import Record
from review.store import Store
from review.store.records import Matched
from searches import raw, rows, walk
from searches.evaluation import matcher
from searches.source import About, Credentials, Page, Source, Translation, within
from searches.transport import Send

Notify = Callable[[str, int, int | None], None]
"""Told after each page: what is searched, how many records came, and how many were promised."""

READINGS, BUSY_READINGS = 2, 4
"""How often a reply that cannot be read is asked for, and one that says with status 200 that the source is busy."""
OVERLAP = timedelta(days=2)
"""How far an update reaches back before the search that it updates: clocks differ, and indexing takes time."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where searching happens: the store, the review's folder, and whom to tell."""

    store: Store
    folder: Path
    notify: Notify


@dataclass(frozen=True, slots=True)
class Access:
    """A source and the way to it: the key and contact address, and ``send`` and ``rest`` of a line.

    ``collections`` are the parts of the source that are searched, all when there are none.
    """

    source: Source
    credentials: Credentials
    send: Send
    rest: Callable[[int], None]
    collections: tuple[str, ...] = ()


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
    updates: int | None = None
    known_before: int = 0
    capped: bool = False
    failure: SourceError | None = None
    retracted: int = 0

    @property
    def retrieved(self) -> int:
        """Everything that came and is kept: records, and parts that could not be read as one."""
        return self.records + self.rejected


def run_search(
    place: Place, protocol: Protocol, access: Access, strategy: Strategy, *, update: bool = False
) -> Outcome:
    """Run one strategy at one source, go on with it where it stopped, or give what it has come to when complete.

    With ``update`` a search that is complete is followed by a new one for what has come since; records that the former
    holds are counted and not kept again. Errors of the source are in the outcome (``status``, ``error``, ``failure``),
    never raised: other sources go on.

    Raises
    ------
    StageError
        The disk is full, or another process runs the same search.
    """
    about = access.source.about
    facts: dict[str, Any] = {"source": about.name, "method": "api", "strategy": strategy.id, "protocol": protocol.hash}
    facts |= {"label": about.label, "kind": about.kind}
    try:
        translation = within(access.source.translate(strategy.query, protocol.limits), about, access.collections)
    except NotExpressible as error:
        run = Run(place, access, {**facts, "query": None})
        with run.kept():
            raise error
        return run.outcome()
    losses = [asdict(loss) for loss in translation.losses]
    refused = None
    if about.key_required and not access.credentials.key:
        what = f"{about.label} answers only with a key, and {about.key} is not set"
        refused = SourceRefused(
            what, source=about.name, url=about.docs, hint=f"get one ({about.docs}), set {about.key}"
        )
    facts |= {"query": translation.text, "parts": list(translation.parts) or None, "losses": losses}
    run = Run(place, access, facts, update=update)
    if not run.ended:
        with run.kept():
            if refused is not None:
                raise refused
            texts = tuple(_since(text, about, run.since) for text in translation.texts)
            run.follow(texts, matcher(protocol, (strategy.id,)))
    return run.outcome()


def _since(text: str, about: About, day: date | None) -> str:
    """Ask only for what was added since a day, where the source can be asked so."""
    return text if day is None or about.added is None else about.added.format(query=text, since=day)


@dataclass(frozen=True, slots=True)
class _Received:
    """A reply that could be read: columns of its page, and its bytes on the disk."""

    facts: Mapping[str, Any]
    held: raw.Held


class Run:
    """One search being run: its row in the store, its state, and the way to its source."""

    def __init__(self, place: Place, access: Access, facts: Mapping[str, Any], *, update: bool = False) -> None:
        self._place, self._access, self._about = place, access, access.source.about
        self._failure: SourceError | None = None
        self._today = place.store.clock()[:10]
        with place.store.write() as connection:
            chain = rows.search_chain(connection, **{k: facts[k] for k in ("source", "method", "strategy", "query")})
            if not chain:
                chain = [self._begun(connection, facts)]
            elif update and _ended(chain[-1]) and chain[-1]["searched_on"] < self._today:
                chain.append(self._begun(connection, facts, chain[-1]))
            row = chain[-1]
            self.search: int = row["id"]
            self.ended: bool = _ended(row)
            self.since = date.fromisoformat(chain[-2]["searched_on"]) - OVERLAP if row["updates"] else None
            self._label = row["label"] + (f", {row['strategy']}" if row["strategy"] else "")
            self._state = walk.State.from_json(row["state"]) if row["state"] else walk.State()
            self._notes: tuple[str, ...] = tuple(row["notes"])
            self._known = rows.known_source_ids(connection, self.search)
            self._before = {i for one in chain[:-1] for i in rows.known_source_ids(connection, one["id"])}
            self._rejected = rows.rejected_raws(connection, self.search)
            counts = rows.count_records(connection, self.search)
            self._position = counts["yes"] + counts["no"] + counts["unknown"]

    def _begun(
        self, connection: Connection, facts: Mapping[str, Any], updated: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        """Begin a search, or one that updates another."""
        begun = {**facts, "started_at": self._place.store.clock(), "searched_on": self._today}
        if updated is not None:
            since = date.fromisoformat(updated["searched_on"]) - OVERLAP
            how = f"asked for what was added since {since}"
            if self._about.added is None:
                how = "the source cannot be asked for what was added since, so everything was asked again"
            begun["query"] = _since(facts["query"], self._about, since)
            begun["parts"] = [_since(text, self._about, since) for text in facts["parts"]] if facts["parts"] else None
            begun |= {"updates": updated["id"], "notes": [f"update of search {updated['id']}: {how}"]}
        number = rows.start_search(connection, {**begun, "state": walk.State().as_json()})
        return rows.search_row(connection, number)

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
        reply = replace(reply, facts={**reply.facts, "aside": True})
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
        if self._state.capped is not None and not self._state.tasks:
            return
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
        try:
            state = walk.advance(self._state, page, self._about, self._today)
        except SourceError:
            reply.held.set_aside()
            raise
        before = {r.source_id for r in page.records if r.source_id in self._before}
        state = replace(state, known=state.known + len(before))
        had = self._known | before
        fresh = {record.source_id: mark(record) for record in page.records if record.source_id not in had}
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
        for reading in range(1, BUSY_READINGS + 1):
            reply = self._access.send(request)
            held = raw.hold(self._place.folder, self._about.name, f"{self.search}-{number}", reply.body)
            try:
                page = source.read(reply.body, state.cursor)
            except (SourceBusy, SourceChanged, SourceRefused) as error:
                aside = held.set_aside().relative_to(self._place.folder).as_posix()
                error.url = reply.url
                error.hint = error.hint or f"the reply is kept in {aside}"
                if isinstance(error, SourceRefused) or reading == _READINGS[type(error)]:
                    raise
                if isinstance(error, SourceBusy):
                    self._access.rest(reading)
            else:
                break
        facts = {"search": self.search, "number": number, "url": reply.url, "at": self._place.store.clock()}
        facts["cursor"] = state.cursor
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
            ended = walk.compare(self._state, records, counts["rejected"], exact=self._about.exact)
            self._state, self._notes = ended.state, tuple(dict.fromkeys((*self._notes, *ended.notes)))
            rows.change_search(
                connection, self.search, status="incomplete" if ended.error else "complete", error=ended.error,
                hits=hits, notes=list(self._notes), state=self._state.as_json(),
                finished_at=self._place.store.clock(),
            )  # fmt: skip

    def outcome(self) -> Outcome:
        """Give what the search has come to, as the store has it."""
        with self._place.store.read() as connection:
            row = rows.search_row(connection, self.search)
            counts = rows.count_records(connection, self.search)
            retracted = rows.count_retracted(connection, self.search)
        return Outcome(
            self.search, row["source"], row["label"], row["strategy"], row["status"], row["hits"],
            counts["yes"] + counts["no"] + counts["unknown"], counts["rejected"], counts["yes"], counts["no"],
            counts["unknown"], tuple(row["losses"]), tuple(row["notes"]), row["error"], row["updates"],
            self._state.known, self._state.capped is not None, self._failure, retracted,
        )  # fmt: skip


_READINGS: Mapping[type[SourceError], int] = {SourceBusy: BUSY_READINGS, SourceChanged: READINGS}


def _ended(row: Mapping[str, Any]) -> bool:
    """Say whether nothing is left to ask: the search is complete, or its source gives no more."""
    return row["status"] == "complete" or bool(
        row["state"] and row["state"].get("capped") and not row["state"]["tasks"]
    )
