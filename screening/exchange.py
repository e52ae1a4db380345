"""Decisions in from a file: our own tables, and finished screening of other tools. What is refused is said.

Our own columns: ``stage, verdict, reasons, note, person, criteria, tags`` and what names the report
(``screening.locating``). Several reasons are separated by ``;``. Other columns of an export are for people and are not
read. Every row is checked as a
vote on the page would be.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from review.errors import DecisionError
from review.formats import cells
from review.formats.losses import Losses
from review.protocol import STAGES, Protocol, Stage, StageRules
from review.protocol.faults import meant
from review.store import Actor, Entry, Store, append_many
from review.store.events import enrol, heads
from review.text import fold, tidy
from screening import exchange_rows, foreign, rows
from screening.checks import acting_on, check, check_answers, check_open, payload, same
from screening.foreign import Claim, Problem, Wanted
from screening.locating import WAYS, Line, locator
from screening.tables import Sheet, read_sheet
from screening.tags import LONGEST


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken; ``row`` is its number in a spreadsheet, where the header is row 1.

    In a file of records (RIS, JSON) it is the number of the record.
    """

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: ``read = kept + unchanged + len(rejected)``; ``losses`` is about the file as a whole.

    ``read`` counts votes: a row of another tool can hold those of several people.
    """

    read: int
    kept: int
    unchanged: int
    rejected: tuple[Refused, ...]
    losses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read: what it is, and what its names of people and its words for reasons mean here.

    ``persons`` maps a name of the file (``""``: where it names nobody) to one of the team; ``reasons`` a wording to a
    code of the protocol, or to ``""``: kept in the note.
    """

    wanted: Wanted = field(default_factory=Wanted)
    persons: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Ballot:
    """A row that was understood: whose vote on what. ``client`` is the same whenever one person reads the same file."""

    row: int
    person: str
    payload: Mapping[str, Any]
    client: str
    stood: bool
    tags: tuple[str, ...]


def import_decisions(
    store: Store, protocol: Protocol, actor: Actor, data: bytes, reading: Reading | None = None
) -> Imported:
    """Take the votes of a file into the log, in one transaction.

    A row without a person is the actor's vote, any other one goes into the log of the person whom it names. A row
    about a merged report is a vote on the whole. A vote that stands already is left alone, and importing the very
    same file again changes nothing, even where a vote was changed here since. Tags of a row that is not refused are
    added to those that the person has on the report; they are not counted.

    Raises
    ------
    DecisionError
        The file lacks the columns that are needed, is not CSV, or does not say what must be known of it; nothing was
        taken.
    ReviewError
        The file is empty or damaged.
    """
    reading = reading or Reading()
    losses = Losses()
    found = read_claims(data, reading.wanted, losses)
    claims = [one for one in found if isinstance(one, Claim)]
    refused = [Refused(*one) for one in found if not isinstance(one, Claim)]
    origin = hashlib.sha256(data).hexdigest()[:32]
    with store.write() as connection:
        find = locator(connection, [claim.where for claim in claims])
        people = _people(store, connection, protocol, actor, {claim.person for claim in claims}, reading.persons)
        ballots: list[_Ballot] = []
        for claim in claims:
            try:
                person, vote = _understand(claim, protocol, find, people, reading.reasons)
                client = f"import-{origin}-{claim.row}-{claim.stage}-{person}"
                ballots.append(_Ballot(claim.row, person, vote, client, claim.stood, _tags(claim.tags)))
            except DecisionError as error:
                refused.append(Refused(claim.row, error.message))
        kept = 0
        for stage in STAGES:  # votes at title/abstract open the full-text stage for the rows after them
            fresh, bad = _sift(connection, stage, [b for b in ballots if b.payload["stage"] == stage])
            _append(store, connection, actor, fresh)
            kept += len(fresh)
            refused += bad
        left_out = {one.row for one in refused}
        _append_tags(store, connection, actor, [b for b in ballots if b.tags and b.row not in left_out])
    refused.sort(key=lambda r: r.row)
    return Imported(len(found), kept, len(found) - kept - len(refused), tuple(refused), losses.sentences())


def read_claims(data: bytes, wanted: Wanted, losses: Losses) -> list[Claim | Problem]:
    """Read the votes of a file, whichever tool wrote it.

    Raises
    ------
    DecisionError
        A column is missing, the stage or list is not told, or the file cannot be read as what it seems to be.
    """
    coded = foreign.eppi_claims(data, wanted, losses)
    if coded is not None:
        return coded
    sheet = read_sheet(data, wanted.name, losses)
    if {"stage", "verdict"} <= sheet.columns:
        return _own(sheet)
    found = foreign.claims(sheet, wanted, losses)
    if found is None:
        _check_header(sheet.columns)
        raise DecisionError("no decisions were found in the file", hint=_KNOWN)
    return found


_KNOWN = (
    "the first row of a table must name the columns: report, stage, verdict, reasons, note; "
    "files of Rayyan, Covidence, ASReview and EPPI-Reviewer (JSON) are known by their own marks"
)


def _own(sheet: Sheet) -> list[Claim | Problem]:
    _check_header(sheet.columns)
    return [
        Claim(
            number,
            row,
            row["person"],
            row["stage"],
            row["verdict"].casefold(),
            tuple(code for part in row["reasons"].split(";") if (code := part.strip())),
            row["note"],
            stood=bool(row["at"]),
            criteria=row["criteria"],
            tags=row["tags"],
        )
        for number, row in sheet.rows.items()
    ]


def _check_header(columns: Collection[str]) -> None:
    missing = sorted({"stage", "verdict"} - set(columns))
    if missing:
        raise DecisionError(f"the file has no column {' and no column '.join(missing)}; nothing was taken", hint=_KNOWN)
    if not any(set(way) <= set(columns) for way in WAYS):
        raise DecisionError(
            "no column says which report a decision is about; nothing was taken",
            hint="add a column report, or doi, or pmid, or title (and year), or the two columns file and position",
        )


def _people(
    store: Store,
    connection: Connection,
    protocol: Protocol,
    actor: Actor,
    names: Collection[str],
    mapped: Mapping[str, str],
) -> dict[str, str]:
    """Give the opaque ids of those persons of a file who may vote: all of them when the protocol lists no team.

    Raises
    ------
    DecisionError
        A name was mapped to nobody of the team.
    """
    team = {member.name for member in protocol.team}
    for theirs, ours in sorted(mapped.items()):
        if not ours or (team and ours not in team):
            raise DecisionError(
                f"'{theirs}={ours}' names nobody of the protocol's team", hint=f"the team: {', '.join(sorted(team))}"
            )
    found = {}
    for name in sorted(names):
        ours = mapped.get(name, name)
        if not ours:
            found[name] = actor.person
        elif not team or ours in team:
            found[name] = enrol(store, connection, ours)
    return found


def _understand(
    claim: Claim,
    protocol: Protocol,
    find: Callable[[Line], int],
    people: Mapping[str, str],
    wordings: Mapping[str, str],
) -> tuple[str, Mapping[str, Any]]:
    """Check what can be checked of a row by itself; give the person's id and the payload of the vote."""
    stage = next((s for s in STAGES if s == claim.stage), None)
    if stage is None:
        raise DecisionError(f"'{claim.stage}' is no stage: say {' or '.join(STAGES)}")
    if claim.person not in people:
        raise DecisionError(
            f'{claim.person} is not in the protocol\'s team; say who it is: --person "{claim.person}=NAME"'
        )
    rules = protocol.rules(stage)
    codes, aside = _codes(rules, claim, wordings)
    note = "\n".join(filter(None, [claim.note, *aside]))
    reasons = check(rules, claim.verdict, codes)
    vote = payload(find(claim.where), stage, claim.verdict, reasons, note)
    if claim.criteria:
        vote["criteria"] = check_answers(protocol, stage, claim.verdict, reasons, _answers(claim.criteria))
    return people[claim.person], vote


def _answers(cell: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in cell.split(";") if part.strip()]
    return {criterion.strip(): answer.strip() for criterion, _, answer in pairs}


def _tags(cell: str) -> tuple[str, ...]:
    try:
        found = cells.value("keywords", cell)  # as exports.Row.tags is written
    except (ValueError, TypeError, RecursionError) as error:
        raise DecisionError(f"the tags cannot be read: {cell[:60]}") from error
    tags = tuple(tag for one in (found if isinstance(found, tuple) else ()) if (tag := tidy(one)))
    if any(len(tag) > LONGEST for tag in tags):
        raise DecisionError(f"a tag has at most {LONGEST} characters")
    return tags


def _codes(rules: StageRules, claim: Claim, wordings: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Turn reasons as a file words them into codes, and give apart those that are to be kept in the note.

    A wording is one that the user explained (``""`` explains an exclusion without any), a code, or the text of a
    reason but for case, accents and punctuation. A comma within a wording may have cut it in two: as many parts as
    make a known one are taken together.
    """
    known = {fold(text): reason.code for reason in rules.reasons for text in (reason.code, reason.text)}
    known |= {fold(theirs): code for theirs, code in wordings.items()}
    valid = {reason.code: reason.code for reason in rules.reasons} | {"": ""}
    given = claim.reasons or (("",) if claim.verdict == "exclude" and wordings.get("") else ())
    codes, aside, at = [], [], 0
    while at < len(given):
        end = next((e for e in range(len(given), at, -1) if fold(",".join(given[at:e])) in known), at + 1)
        wording = ", ".join(given[at:end])
        code = valid.get(wording) or known.get(fold(wording), wording)
        if code not in valid:
            near = meant(code, list(valid))
            raise DecisionError(
                f"'{code}' is no exclusion reason of this stage{f'; {near}' if near else ''}; "
                f'say which it is: --reason "{wording}=CODE"'
            )
        if code:
            codes.append(code)
        else:
            aside.append(f"reason: {wording}")
        at = end
    return codes, aside


def _sift(connection: Connection, stage: Stage, ballots: Sequence[_Ballot]) -> tuple[list[_Ballot], list[Refused]]:
    """Compare with what the store holds: give the votes that say something new, and those that cannot be."""
    roots = {b.payload["report"] for b in ballots}
    status = rows.statuses(connection, stage, roots)
    votes: dict[tuple[int, str], list[rows.Vote]] = defaultdict(list)
    for root, cast in rows.votes(connection, stage, roots).items():
        for v in cast:
            votes[root, v.person].append(v)
    copies = rows.cast_on_members(connection, stage, roots)
    known = _known(connection, [b.client for b in ballots])
    said: dict[tuple[int, str], _Ballot] = {}
    fresh: list[_Ballot] = []
    refused: list[Refused] = []
    for b in ballots:
        key = (b.payload["report"], b.person)
        first, standing = said.setdefault(key, b), votes.get(key, [])
        if first.payload != b.payload:
            refused.append(Refused(b.row, f"row {first.row} says otherwise about the same report ({key[0]})"))
        elif first is b and b.client not in known and not (len(standing) == 1 and same(standing[0], b.payload)):
            try:
                # A vote at full text stays when its author turns back at title and abstract; it waits there, unused.
                if not (b.stood and key[0] not in status):
                    check_open(key[0], stage, status.get(key[0]))
                fresh.append(replace(b, payload={**b.payload, **acting_on(copies.get(key, {}), key[0])}))
            except DecisionError as error:
                refused.append(Refused(b.row, error.message))
    return fresh, refused


def _append(store: Store, connection: Connection, actor: Actor, ballots: Iterable[_Ballot]) -> None:
    by_person: dict[str, list[Entry]] = defaultdict(list)
    for b in ballots:
        by_person[b.person].append(Entry("decision", b.payload, f"{b.client}@{store.installation}"))
    for person, entries in sorted(by_person.items()):  # sorted: two imports at once lock people in the same order
        append_many(store, connection, Actor(person, actor.protocol), entries)


def _append_tags(store: Store, connection: Connection, actor: Actor, ballots: Sequence[_Ballot]) -> None:
    there = exchange_rows.tags(connection)
    wanted: dict[tuple[str, int, str], str] = {}
    for b in ballots:
        for number, tag in enumerate(b.tags):
            if tag not in there.get((b.payload["report"], b.person), ()):
                wanted.setdefault((b.person, b.payload["report"], tag), f"{b.client}-tag-{number}")
    known = _known(connection, list(wanted.values()))
    by_person: dict[str, list[Entry]] = defaultdict(list)
    for (person, report, tag), client in wanted.items():
        if client not in known:
            by_person[person].append(Entry("tag", {"report": report, "tag": tag}, f"{client}@{store.installation}"))
    for person, entries in sorted(by_person.items()):
        append_many(store, connection, Actor(person, actor.protocol), entries)


def _known(connection: Connection, clients: Sequence[str]) -> set[str]:
    """Give those of some ids that a file's rows have made events with, here or in another copy of the folder."""
    places = sorted({log.rpartition("@")[2] for log, _, _ in heads(connection)})  # its log came here in a bundle
    found = rows.known_clients(connection, [f"{client}@{place}" for client in clients for place in places])
    return {client.rpartition("@")[0] for client in found}
