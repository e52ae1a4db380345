"""What is to be handed out: a share of the work, a pilot, a check of exclusions, a second look. Plans, no changes.

Every report of the stage is in the plan or counted with the reason why it is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from random import Random
from typing import Any, ClassVar, Literal, TypeAlias

from sqlalchemy import Connection

from review.errors import DecisionError
from review.protocol import Protocol, Stage
from review.protocol.faults import meant
from review.protocol.rights import allowed
from review.text import many
from screening import round_rows, rows
from screening.allocation import Terms, Work, deal, part, stratified
from screening.own_papers import own_papers
from screening.queue_rows import UNDECIDED

Kind = Literal["main", "pilot", "quality", "again"]
KINDS: Mapping[Kind, str] = {"main": "share", "pilot": "pilot", "quality": "quality check", "again": "second look"}
"""What people call each kind; the names of rounds begin with it."""
LEFT: Mapping[str, str] = {
    "settled": "are settled, or in conflict",
    "removed": "were removed because they do not match the query",
    "not_screened": "were left unread when screening was stopped",
    "not_excluded": "are not excluded",
    "outside": "are outside of the range",
    "shared": "are shared out already",
    "piloting": "are in a pilot that is under way",
    "piloted": "were in a pilot",
    "voted": "have votes of as many people already",
    "checked": "were in a quality check",
    "judged": "were judged, or written, by everybody who was asked for",
    "barred": "have authors among those who were asked for, and too few others are left",
    "core": "can go to no core screener",
    "cap": "are beyond the cap",
    "not_drawn": "were not drawn",
    "other": "have no such exclusion",
    "gone": "were so excluded only by people who do not screen any more",
    "asked": "are being looked at again already",
}
"""Why a report of the stage is not in a plan, behind a number of reports.

Who leads may screen too, so that shares and pilots do not tell how many were included.
"""
PILOT_SIZE = 50
"""Records of a pilot when nothing else is asked for."""


@dataclass(frozen=True, slots=True)
class Share:
    """Share out what is undecided, dealt at random.

    ``each`` report goes to so many people (without: to as many as the protocol needs votes). ``overlap``: only so many
    percent of the reports, the others to one. ``pairs`` take turns instead. ``between`` is the first and last number of
    the reports; ``cap`` the most that one person gets; one of ``core`` is in every pair.
    """

    kind: ClassVar[Kind] = "main"
    people: tuple[str, ...] = ()
    pairs: tuple[tuple[str, ...], ...] = ()
    each: int | None = None
    overlap: float | None = None
    between: tuple[int, int] | None = None
    cap: int | None = None
    core: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pilot:
    """Give the same records to several people: drawn in proportion to the search and the decade of publication."""

    kind: ClassVar[Kind] = "pilot"
    people: tuple[str, ...] = ()
    size: int = PILOT_SIZE


@dataclass(frozen=True, slots=True)
class Quality:
    """Give some of the excluded reports, so many or a percentage, each to one person who did not judge it.

    Drawn in proportion to the primary reasons, at least one of each.
    """

    kind: ClassVar[Kind] = "quality"
    people: tuple[str, ...] = ()
    size: int | None = None
    percent: float | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """Give what was excluded for one of some reasons, be it primary or not, back to those who voted so."""

    kind: ClassVar[Kind] = "again"
    reasons: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


Asked: TypeAlias = Share | Pilot | Quality | Again


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be handed out.

    ``given`` is name -> reports to vote on; ``has`` name -> reports among them that the person has voted on before,
    which counts. ``left`` is why -> number of the other reports of the stage (``LEFT``).
    """

    stage: Stage
    name: str
    kind: Kind
    seed: int | None
    how: Mapping[str, Any]
    given: Mapping[str, tuple[int, ...]]
    left: Mapping[str, int]
    has: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def reports(self) -> int:
        """How many reports are handed out."""
        return len(set[int]().union(*self.given.values()))

    @property
    def together(self) -> dict[tuple[str, ...], int]:
        """Count the reports by who has them together, votes of before included."""
        groups: dict[int, list[str]] = {}
        for some in (self.given, self.has):
            for person, reports in some.items():
                for report in reports:
                    groups.setdefault(report, []).append(person)
        return dict(sorted(Counter(tuple(sorted(group)) for group in groups.values()).items()))


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every plan is made of; people are named, not numbered."""

    connection: Connection
    protocol: Protocol
    stage: Stage
    rng: Random
    names: Mapping[str, str]

    def named(self, found: Mapping[int, Collection[str]]) -> dict[int, frozenset[str]]:
        return {root: frozenset(self.names[who] for who in some) for root, some in found.items()}

    def sift(self, why: Callable[[int, str], str | None]) -> tuple[list[int], Counter[str]]:
        """Part the reports of the stage: those that ``why`` finds nothing against, and how many others are why out."""
        kept, left = [], Counter[str]()
        for root, (status, _) in round_rows.statuses(self.connection, self.stage).items():
            reason = why(root, status)
            if reason is None:
                kept.append(root)
            else:
                left[reason] += 1
        return kept, left

    def own_papers(self, people: Iterable[str]) -> dict[int, frozenset[str]]:
        papers_as = {member.name: member.papers_as for member in self.protocol.team if member.name in set(people)}
        if not any(papers_as.values()):
            return {}
        return own_papers(papers_as, round_rows.authors(self.connection, self.stage))


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a plan says of people and reports."""

    given: Mapping[str, Iterable[int]]
    left: Mapping[str, int]
    has: Mapping[str, Iterable[int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def make_plan(connection: Connection, protocol: Protocol, stage: Stage, asked: Asked, *, seed: int, name: str) -> Plan:
    """Say what would be handed out and why the rest would not."""
    desk = _Desk(connection, protocol, stage, Random(seed), rows.people(connection))
    match asked:
        case Share():
            parts = _share(desk, asked)
        case Pilot():
            parts = _pilot(desk, asked)
        case Quality():
            parts = _quality(desk, asked)
        case Again():
            parts = _again(desk, asked)
    return Plan(
        stage=stage,
        name=name,
        kind=asked.kind,
        seed=None if isinstance(asked, Again) else seed,
        how={key: value for key, value in asdict(asked).items() if value},
        given={person: tuple(sorted(some)) for person, some in sorted(parts.given.items()) if some},
        left={why: parts.left[why] for why in LEFT if parts.left.get(why)},
        has={person: tuple(sorted(some)) for person, some in sorted(parts.has.items()) if some},
        notes=parts.notes,
    )


def screeners(protocol: Protocol, wanted: Collection[str] = ()) -> tuple[str, ...]:
    """Give those who may vote, all of them or the wanted ones, in alphabetical order.

    Raises
    ------
    DecisionError
        One of the wanted is not in the team or may not vote.
    """
    able = sorted(member.name for member in protocol.team if allowed(protocol, member.name, "vote"))
    strangers = sorted(set(wanted) - set(able))
    if strangers:
        raise DecisionError(f"{' and '.join(strangers)} may not vote", hint=f"those who may: {', '.join(able)}")
    return tuple(sorted(wanted or able))


def _several(protocol: Protocol, wanted: Collection[str] = ()) -> tuple[str, ...]:
    """Give ``screeners``; raises ``DecisionError`` where one person screens alone."""
    if len(screeners(protocol)) < 2:
        raise DecisionError(
            "nothing needs to be handed out: one person screens alone",
            hint="list everybody who screens under [[team]] in protocol.toml, with the role reviewer",
        )
    return screeners(protocol, set(wanted))


def _settled(status: str) -> str:
    return status if status in ("removed", "not_screened") else "settled"


def _share(desk: _Desk, asked: Share) -> _Parts:
    people, each = _checked(desk, asked)
    shared = round_rows.holders(desk.connection, desk.stage, "main")
    piloting = round_rows.holders(desk.connection, desk.stage, "pilot", undone=True)
    first, last = asked.between or (0, None)

    def why(root: int, status: str) -> str | None:
        if status not in UNDECIDED:
            return _settled(status)
        if root < first or (last is not None and root > last):
            return "outside"
        return "shared" if root in shared else "piloting" if root in piloting else None

    kept, left = desk.sift(why)
    twice = part(kept, asked.overlap, desk.rng) if asked.overlap is not None else frozenset(kept)
    voted, own = desk.named(round_rows.voters(desk.connection, desk.stage)), desk.own_papers(people)
    nobody = frozenset[str]()
    work = [Work(one, each if one in twice else 1, voted.get(one, nobody), own.get(one, nobody)) for one in kept]
    enough = [one for one in work if len(one.has) >= one.size]
    left["voted"] += len(enough)
    wanted = [one for one in work if len(one.has) < one.size]
    dealt = deal(wanted, Terms(people, asked.pairs, frozenset(asked.core), asked.cap), desk.rng)
    left.update(dealt.left.values())
    has: dict[str, list[int]] = {}
    for one in wanted:
        for person in one.has if one.report not in dealt.left else ():
            has.setdefault(person, []).append(one.report)
    return _Parts(dealt.given, left, has, _notes(desk, asked, each, has))


def _checked(desk: _Desk, asked: Share) -> tuple[tuple[str, ...], int]:
    """Give the people and how many a report goes to; raises ``DecisionError`` when the parts do not fit together."""
    needed = desk.protocol.rules(desk.stage).votes
    paired = {person for pair in asked.pairs for person in pair}
    if asked.pairs and (asked.people or asked.each or asked.overlap is not None):
        raise DecisionError(
            "pairs say who has a report and how many have it", hint="leave out people, each and overlap"
        )
    if any(len(set(pair)) < 2 for pair in asked.pairs):
        raise DecisionError("a pair needs two different people", hint="write it as Ann+Ben")
    if asked.overlap is not None and needed > 1:
        raise DecisionError(
            f"the protocol asks for {needed} votes on every report, so all of them overlap",
            hint="leave out the overlap, or set votes = 1 for this stage in protocol.toml",
        )
    if asked.overlap is not None and not 0 < asked.overlap <= 100:
        raise DecisionError("an overlap is a percentage from 1 to 100", hint="20 means every fifth report")
    people = _several(desk.protocol, asked.people or paired)
    each = asked.each or (max(map(len, asked.pairs)) if asked.pairs else max(needed, 1))
    if asked.overlap is not None:
        each = asked.each or 2
        if each < 2:
            raise DecisionError("where shares overlap, a report goes to two people or more", hint="leave out each")
    if each > len(people):
        raise DecisionError(f"a report cannot go to {each} people out of {len(people)}", hint="name more people")
    strangers = sorted(set(asked.core) - set(people))
    if strangers:
        raise DecisionError(f"{' and '.join(strangers)} gets no share", hint="core screeners are some of the people")
    without = next((pair for pair in asked.pairs if asked.core and not set(pair) & set(asked.core)), None)
    if without:
        raise DecisionError(f"{' and '.join(without)}: no core screener in this pair", hint="change the pairs")
    return people, each


def _notes(desk: _Desk, asked: Share, each: int, has: Mapping[str, Collection[int]]) -> tuple[str, ...]:
    needed, before = desk.protocol.rules(desk.stage).votes, len(set[int]().union(*has.values()))
    notes = []
    if each < needed:
        notes.append(f"The protocol needs {needed} votes: after its own people every report is open to everybody")
    if before:
        notes.append(f"{many(before, 'report')} with votes of before: these count, only the other people vote")
    return tuple(notes)


def _pilot(desk: _Desk, asked: Pilot) -> _Parts:
    people = _several(desk.protocol, asked.people)
    if len(people) < 2:
        raise DecisionError("a pilot needs two people or more", hint="name nobody, and all who may vote take part")
    if asked.size < 1:
        raise DecisionError("a pilot needs one record or more", hint=f"{PILOT_SIZE} are usual")
    before, own = round_rows.holders(desk.connection, desk.stage, "pilot"), desk.own_papers(people)

    def why(root: int, status: str) -> str | None:
        if status != "waiting":
            return "voted" if status == "started" else _settled(status)
        return "piloted" if root in before else "barred" if root in own else None

    kept, left = desk.sift(why)
    origins = round_rows.origins(desk.connection, desk.stage)
    drawn = stratified({one: "\n".join(origins[one]) for one in kept}, asked.size, desk.rng)
    left["not_drawn"] += len(kept) - len(drawn)
    return _Parts(dict.fromkeys(people, drawn), left)


def _quality(desk: _Desk, asked: Quality) -> _Parts:
    people = _several(desk.protocol, asked.people)
    if (asked.size is None) == (asked.percent is None):
        raise DecisionError("a quality check needs a size or a percentage", hint="say one of them")
    if (asked.size or 0) < 0 or not 0 <= (asked.percent or 0) <= 100:
        raise DecisionError("a percentage is from 1 to 100, a size 1 or more", hint="5 percent are usual")
    connection, stage = desk.connection, desk.stage
    checked = round_rows.holders(connection, stage, "quality")
    known: dict[int, frozenset[str]] = {}
    for found in (
        desk.named(round_rows.voters(connection, stage)), desk.named(round_rows.resolvers(connection, stage)),
        desk.named(round_rows.holders(connection, stage, undone=True)), desk.own_papers(people),
    ):  # fmt: skip
        for one, some in found.items():
            known[one] = known.get(one, frozenset()) | some

    def why(root: int, status: str) -> str | None:
        if status != "excluded":
            return status if status == "removed" else "not_excluded"
        return "checked" if root in checked else "judged" if set(people) <= known.get(root, frozenset()) else None

    kept, left = desk.sift(why)
    standing = round_rows.statuses(connection, stage)
    excluded = sum(status == "excluded" for status, _ in standing.values())
    size = asked.size or int(excluded * (asked.percent or 0) / 100 + 0.5)
    drawn = stratified({one: standing[one][1] or "" for one in kept}, size, desk.rng, at_least=1)
    left["not_drawn"] += len(kept) - len(drawn)
    work = [Work(one, 1, barred=known.get(one, frozenset())) for one in drawn]
    why_other = "at least one of each reason" if len(drawn) > size else "no more can be checked by those asked for"
    notes = (f"{len(drawn):,} instead of {size:,}: {why_other}",) if len(drawn) != size else ()
    return _Parts(deal(work, Terms(people), desk.rng).given, left, notes=notes)


def _again(desk: _Desk, asked: Again) -> _Parts:
    cast = rows.all_votes(desk.connection, desk.stage)
    codes = {reason.code for reason in desk.protocol.rules(desk.stage).reasons}
    codes |= {code for votes in cast.values() for vote in votes for code in vote.reasons}
    for code in asked.reasons:
        if code not in codes:
            hint = meant(code, sorted(codes)) or f"reasons: {', '.join(sorted(codes)) or 'none'}"
            raise DecisionError(f"there is no reason '{code}'", hint=hint)
    if not asked.reasons:
        raise DecisionError("no reason was named", hint="say for which reasons to look again")
    strangers = sorted(set(asked.people) - set(desk.names.values()))
    if strangers:
        raise DecisionError(f"{' and '.join(strangers)} has not voted", hint="check the name")
    so = {
        root: {v.name for v in votes if v.verdict == "exclude" and set(v.reasons) & set(asked.reasons)}
        for root, votes in cast.items()
    }
    able = {name for name in desk.names.values() if allowed(desk.protocol, name, "vote")}
    open_ones = desk.named(round_rows.holders(desk.connection, desk.stage, "again", undone=True))
    given: dict[str, list[int]] = {}

    def why(root: int, status: str) -> str | None:
        if status not in ("started", "conflict", "excluded"):
            return status if status == "removed" else "not_excluded"
        voted = {name for name in so.get(root, ()) if not asked.people or name in asked.people}
        asking = sorted((voted & able) - open_ones.get(root, frozenset()))
        for name in asking:
            given.setdefault(name, []).append(root)
        return None if asking else "other" if not voted else "asked" if voted & able else "gone"

    kept, left = desk.sift(why)
    settled = len(set(kept) & round_rows.resolvers(desk.connection, desk.stage).keys())
    notes = (f"{many(settled, 'report')} settled by a resolution: a new vote opens the conflict again",)
    return _Parts(given, left, notes=notes if settled else ())
