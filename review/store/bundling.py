"""One installation's whole log as a value, and taking in that of another: two copies of a folder become one again.

Events come as they are, with their ids, logs, numbers and clients; nothing is written anew. Every table that follows
from the log is then made again from the whole of it, so that the order in which bundles arrive does not matter.
The SQL of it lives here; the file is ``screening.bundles``' business.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, exc, insert, select, text, update

from review.errors import StageError, TamperError
from review.store import schema
from review.store.engine import Store
from review.store.event import Event, as_row, canonical, digest, from_row
from review.store.events import read_events
from review.store.kinds import KINDS
from review.store.projection import project, restand

_CHUNK = 400
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z")
_NOT_CONTENT = ("id", "search", "page", "matched")
"""Columns of a record that do not say what it is: where it was kept, and what the protocol's query makes of it."""
_CSV = "exchange the votes as a table instead: review screen export --mine FILE.csv there, review screen import here"


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one installation holds. ``review`` is the id of the review's first event, ``protocol`` the one in force.

    ``persons`` are the names of those who have events, by opaque id; ``protocols`` hash -> (text, time); ``records``
    record -> fingerprint of its content; ``events`` by log and number, every log from its first event on.
    """

    review: str | None
    protocol: str
    installation: str
    persons: Mapping[str, str]
    protocols: Mapping[str, tuple[str, str]]
    records: Mapping[int, str]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """What taking a bundle in did: events that were new, those that were here, and sentences on what was said twice.

    ``votes`` counts the new events of votes by the voter's name; how anybody voted is not said.
    """

    taken: int
    known: int
    votes: Mapping[str, int]
    twice: tuple[str, ...]


# -- out


def gather(store: Store, connection: Connection, protocol: str) -> Bundle:
    """Give everything that this installation holds of the log; ``protocol`` is the hash of the one in force."""
    query = select(schema.event).order_by(schema.event.c.log, schema.event.c.seq)
    events = tuple(from_row(dict(row)) for row in connection.execute(query).mappings())
    acting = {event.person for event in events}
    names = connection.execute(select(schema.person.c.id, schema.person.c.name).order_by(schema.person.c.id))
    texts = connection.execute(select(schema.protocol_version).order_by(schema.protocol_version.c.hash))
    return Bundle(
        _first(events),
        protocol,
        store.installation,
        {row.id: row.name for row in names if row.id in acting},
        {row.hash: (row.text, row.at) for row in texts},
        fingerprints(connection),
        events,
    )


def fingerprints(connection: Connection) -> dict[int, str]:
    """Give a fingerprint of the content of every record, in the order of ids."""
    columns = [column for column in schema.record.columns if column.name not in _NOT_CONTENT]
    rows = connection.execute(select(schema.record.c.id, *columns).order_by(schema.record.c.id))
    return {row[0]: hashlib.sha256(canonical(list(row[1:])).encode()).hexdigest()[:32] for row in rows}


def _first(events: Iterable[Event]) -> str | None:
    """Give the id of the event that began the review: its first protocol."""
    begun = [(event.at, event.log, event.seq, event.id) for event in events if event.kind == "protocol"]
    return min(begun)[-1] if begun else None


# -- in


def take_in(store: Store, bundle: Bundle, protocol: str) -> Merged:
    """Take the events of another copy of this review that are not here yet, all of them or none.

    Raises
    ------
    StageError
        The bundle is of another review, protocol or set of records, or of the future; nothing was taken.
    TamperError
        An event or chain of the bundle is broken, or contradicts what is here; nothing was taken.
    """
    check_chains(bundle.events)
    with store.write() as connection:
        if connection.dialect.name == "postgresql":
            # Nobody may add an event while the tables are made anew. Whoever does locks a person first.
            connection.execute(text("LOCK TABLE person IN EXCLUSIVE MODE"))
        ours = gather(store, connection, protocol)
        _check_review(ours, bundle, store.clock())
        fresh = _fresh(ours.events, bundle.events)
        twice = (*_twice(ours.events, fresh, bundle.persons), *_apart(ours, bundle, fresh))
        _add(connection, ours, bundle, fresh)
        if fresh:
            _remake(connection)
    votes: dict[str, int] = defaultdict(int)
    for event in fresh:
        votes[bundle.persons[event.person]] += event.kind == "decision"
    cast = {name: number for name, number in sorted(votes.items()) if number}
    return Merged(len(fresh), len(bundle.events) - len(fresh), cast, twice)


def check_chains(events: Sequence[Event]) -> None:
    """Check that every log of a bundle is whole from its first event on, and every event as its id says.

    Raises
    ------
    TamperError
        The first event that is not.
    StageError
        A kind of event that this version does not know.
    """
    last: Event | None = None
    for event in events:
        before = last if last is not None and last.log == event.log else None
        expected = (before.seq + 1, before.id) if before else (1, None)
        if (
            (event.seq, event.previous) != expected
            or not _MOMENT.match(event.at)
            or (before is not None and event.at < before.at)
            or not event.log.startswith(event.person + "@")
            or _digest(event) != event.id
        ):
            raise TamperError(
                f"the bundle was changed after it was written: the log {event.log} is broken at event {event.seq}",
                at=f"{event.log}:{event.seq}",
                hint="let the other laptop write it again; nothing was taken",
            )
        if event.kind not in KINDS:
            raise StageError(
                f"the bundle holds events of a kind that this version does not know: {event.kind}",
                hint="install the version of the other laptop here too; nothing was taken",
            )
        last = event
    if len({event.log for event in events}) != sum(event.seq == 1 for event in events):
        raise TamperError("the bundle holds a log twice", hint="let the other laptop write it again")


def _digest(event: Event) -> str | None:
    try:
        return digest(event)
    except ValueError:  # what no event of ours can hold: NaN, half a character
        return None


def _check_review(ours: Bundle, theirs: Bundle, now: str) -> None:
    if theirs.review is None or theirs.review != ours.review or theirs.review != _first(theirs.events):
        raise StageError(
            "the bundle is of another review: it does not begin with the same event as this one",
            hint="bundles are for copies of one review folder; for another review exchange tables (CSV)",
        )
    if theirs.protocol != ours.protocol:
        raise StageError(
            "the bundle was written under another version of the protocol than the one in force here",
            hint="copy protocol.toml from one laptop to the other, so that both have the same; then write it again",
        )
    _check_records(ours.records, theirs.records)
    late = max((event.at for event in theirs.events), default="")
    if late > now:
        raise StageError(
            f"the bundle holds events of {late}, but here it is {now}: the clock of one laptop is wrong",
            hint="set both clocks right; if only minutes are missing, try again after them",
        )


def _check_records(ours: Mapping[int, str], theirs: Mapping[int, str]) -> None:
    """Refuse when the records that the bundle is about are not the same here; further ones here do no harm."""
    missing = [record for record in theirs if record not in ours]
    if missing:
        raise StageError(
            f"the bundle is about {len(theirs)} records, and {len(missing)} of them are not here: "
            f"the first is record {missing[0]}",
            hint="search or import on one laptop only, then copy the folder; nothing was taken",
        )
    other = [record for record, content in theirs.items() if ours[record] != content]
    if other:
        raise StageError(
            f"record {other[0]} is another one in the bundle than here (as are {len(other) - 1} more): "
            "the two laptops do not hold the same records under the same numbers",
            hint="search or import on one laptop only, then copy the folder; until then, " + _CSV,
        )


def _fresh(ours: Iterable[Event], theirs: Iterable[Event]) -> list[Event]:
    """Give the events that are not here yet; a log that is here must be the beginning of the bundle's, or contain it.

    An event here that has a client id of a new one would count one vote twice.
    """
    known = {(event.log, event.seq): event.id for event in ours}
    clients = {event.client: event for event in ours if event.client}
    fresh = []
    for event in theirs:
        there = known.get((event.log, event.seq))
        if there is not None and there != event.id:
            raise TamperError(
                f"event {event.seq} of the log {event.log} is another one in the bundle than here: "
                "both copies of the folder have written into the same log",
                at=f"{event.log}:{event.seq}",
                hint=_CSV,
            )
        if there is None:
            if event.client in clients:
                raise StageError(
                    f"event {event.seq} of the log {event.log} is here already as event "
                    f"{clients[event.client].seq} of the log {clients[event.client].log}",
                    hint="the same vote was sent to both laptops; " + _CSV,
                )
            if event.client:
                clients[event.client] = event
            fresh.append(event)
    return fresh


def _twice(ours: Iterable[Event], fresh: Sequence[Event], names: Mapping[str, str]) -> tuple[str, ...]:
    """Say where one person voted otherwise on one report in two places, and which vote counts; not what it says."""
    last: dict[tuple[str, int, str], dict[str, Event]] = defaultdict(dict)
    new: set[tuple[str, int, str]] = set()
    for events, is_new in ((ours, False), (fresh, True)):
        for event in events:
            report, stage = event.payload.get("report"), event.payload.get("stage")
            if event.kind == "decision" and isinstance(report, int) and isinstance(stage, str):
                key = (event.person, report, stage)
                last[key][event.log] = event
                if is_new:
                    new.add(key)
    said = []
    for person, report, stage in sorted(new):
        cast = last[person, report, stage].values()
        what = {canonical([e.payload.get("verdict"), e.payload.get("reasons")]) for e in cast}
        if len(what) > 1:
            counts = max(cast, key=lambda e: (e.at, e.log, e.seq))
            said.append(
                f"{names[person]} voted otherwise on report {report} at {stage} in two places: "
                f"the later vote, of {counts.at}, counts"
            )
    return tuple(said)


def _apart(ours: Bundle, theirs: Bundle, fresh: Iterable[Event]) -> list[str]:
    """Say what both copies wrote otherwise since they parted, and which of the two counts; not what either says."""
    there = {event.id for event in theirs.events}
    names = {**ours.persons, **theirs.persons}
    here, new = (
        {key: event for event in sorted(some, key=_moment) if (key := _extracted(event)) is not None}
        for some in ([event for event in ours.events if event.id not in there], fresh)
    )
    said = []
    for key in sorted(here.keys() & new.keys()):
        two = sorted((here[key], new[key]), key=_moment)
        if canonical(dict(two[0].payload)) != canonical(dict(two[1].payload)):
            people = " and ".join(dict.fromkeys(names[event.person] for event in two))
            kind, _, study, sheet, name = key
            said.append(
                f"{people} {'settled' if kind == 'settled' else 'answered'} '{name}' ({sheet}) of {study} otherwise "
                f"in two places: what was said later, at {two[1].at}, counts"
            )
    return said


def _extracted(event: Event) -> tuple[str, str, str, str, str] | None:
    """Give what an answer, a judgement or something settled is about: kind, whose it is, study, sheet, field."""
    names = {
        "answer": ("study", "form", "field"), "judgement": ("study", "instrument", "item"),
        "settled": ("study", "sheet", "field"),
    }.get(event.kind)  # fmt: skip
    if names is None:
        return None
    study, sheet, name = (str(event.payload.get(name)) for name in names)
    return event.kind, "" if event.kind == "settled" else event.person, study, sheet.partition("@")[0], name


def _moment(event: Event) -> tuple[str, str, int]:
    return event.at, event.log, event.seq


def _add(connection: Connection, ours: Bundle, theirs: Bundle, fresh: Sequence[Event]) -> None:
    _add_persons(connection, theirs.persons)
    texts = [{"hash": h, "text": t, "at": at} for h, (t, at) in theirs.protocols.items() if h not in ours.protocols]
    if texts:
        connection.execute(insert(schema.protocol_version), texts)
    if fresh:
        connection.execute(insert(schema.event), [as_row(event) for event in fresh])


def _add_persons(connection: Connection, theirs: Mapping[str, str]) -> None:
    person = schema.person
    known = {row.id: row.name for row in connection.execute(select(person.c.id, person.c.name))}
    by_name = {name: identity for identity, name in known.items()}
    for identity, name in sorted(theirs.items()):
        if known.get(identity, name) != name:
            raise StageError(f"{name} of the bundle is {known[identity]} here", hint=_CSV)
        if identity in known:
            continue
        if name in by_name and not _forgotten(connection, by_name[name]):
            raise StageError(
                f"{name} began to work in both copies of the folder separately: the log has two ids for one person, "
                "and the votes would count as those of two people",
                hint=_CSV,
            )
        connection.execute(insert(person).values(id=identity, name=name))


def _forgotten(connection: Connection, identity: str) -> bool:
    """Drop a person who was only named here and never did anything; the database refuses for anybody else."""
    try:
        with connection.begin_nested():
            connection.execute(delete(schema.person).where(schema.person.c.id == identity))
    except exc.IntegrityError:
        return False
    return True


def _remake(connection: Connection) -> None:
    """Make every table that follows from the log again, from the whole log."""
    try:
        for table in schema.PROJECTIONS:
            connection.execute(delete(table))
        connection.execute(update(schema.report).values(merged_into=None))
        connection.execute(update(schema.pair).where(schema.pair.c.event.is_not(None)).values(verdict=None, event=None))
        project(connection, list(read_events(connection)))
        restand(connection, connection.scalars(select(schema.report.c.id)).all())
    except (KeyError, TypeError, ValueError, AttributeError, exc.IntegrityError, exc.StatementError) as error:
        raise TamperError(
            "the bundle holds events that mean nothing here: it was not written by this program",
            hint="let the other laptop write it again; nothing was taken",
        ) from error
