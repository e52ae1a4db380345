"""When to stop reading: what a person may know of it, the stop itself, and taking it back.

Advice only: nothing here stops by itself. A stop leaves unread what nobody has voted on; what one of two has seen stays
in the queue, and what is imported later comes to it. The diagram counts what was left (docs/flow.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from statistics import median
from typing import Any

from sqlalchemy import Connection

from review.errors import DecisionError, StageError
from review.protocol import Protocol, Stage
from review.protocol.rights import allowed
from review.store import Actor, Entry, Store, append_many
from review.store.events import append_new
from screening import rows, stop_rows, tag_rows
from screening.blinding import stages_hidden
from screening.checks import noted
from screening.pace import pace
from screening.ranked import independent
from screening.ranking.order import permutation
from screening.recall import TARGET
from screening.stopping import Advice, History, advice
from screening.stopping_rules import irrelevant_in_a_row

STAGE: Stage = "title-abstract"
"""The stage that can be stopped: every full text that was sought is assessed."""
PACE_OF_LAST = 40
"""How many of each person's last decisions the pace is taken from."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of how much is left to find, as one person may know it.

    ``whose`` is ``everybody`` or ``own``: whose votes ``labels`` are, in the order of reading (true is relevant).
    ``waiting`` reports have nobody's vote, ``half`` gives report -> votes still needed of those that somebody has seen,
    ``stopped`` were left unread by stops in force. ``conflicts`` is ``None`` for who may not know yet
    (``screening.blinding``), ``advice`` where ``missing`` says what is not installed. What ``advice`` guesses is what
    the model ``ranked`` thought when it learnt last.
    """

    whose: str
    total: int
    labels: tuple[bool, ...]
    waiting: int
    half: Mapping[int, int]
    conflicts: int | None
    stopped: int
    seconds: float | None
    advice: Advice | None
    missing: str | None
    ranked: str | None

    @property
    def read(self) -> int:
        """Count what was read."""
        return len(self.labels)

    @property
    def relevant(self) -> int:
        """Count what was read and found relevant."""
        return sum(self.labels)

    @property
    def in_a_row(self) -> int:
        """Count the irrelevant reports since the last relevant one."""
        return irrelevant_in_a_row(self.labels)

    @property
    def expected(self) -> float | None:
        """Give how many relevant reports the model expects among the unread."""
        return self.advice.guess.unread_relevant if self.advice and self.advice.guess else None

    @property
    def votes_missing(self) -> int:
        """Count the votes that what is half seen still needs."""
        return sum(self.half.values())


def whose_votes(connection: Connection, protocol: Protocol, stage: Stage, person: str) -> str | None:
    """Give the person whose votes advice may look at: everybody's (``None``) or only the person's own.

    Two reviewers stay independent. Where one vote decides there is nobody to influence; who leads without having voted,
    or never votes, influences nobody. In a team without a lead all may stop, and all are reviewers. In a pilot people
    judge on their own too.
    """
    if not independent(connection, protocol, stage, assigned=True):
        return person if stop_rows.in_pilot(connection, stage, person) else None
    name = rows.people(connection)[person]
    leads = any(member.name == name and "lead" in member.roles for member in protocol.team)
    apart = leads or not allowed(protocol, name, "vote")
    return None if apart and person not in stop_rows.voters(connection, stage) else person


_OUTCOMES = {"included": True, "excluded": False}
"""What was settled counts as it was settled, not by the votes."""
_shuffled = lru_cache(maxsize=2)(permutation)
"""The same as long as no report comes in; a hash per report takes longer than all the rest."""


def look(connection: Connection, protocol: Protocol, stage: Stage, person: str, *, target: float = TARGET) -> Outlook:
    """Look at what was read so far, as a person may."""
    if not 0.5 <= target < 1:
        raise DecisionError("the recall to reach is from 50 to 99.9 percent", hint="95 is usual")
    whose = whose_votes(connection, protocol, stage, person)
    status = stop_rows.statuses(connection, stage)
    blind = stop_rows.waiting_again(connection, stage, person) if whose else frozenset[int]()
    label_of = {
        root: relevant if root in blind else _OUTCOMES.get(status[root], relevant)
        for root, relevant in stop_rows.read(connection, stage, whose).items()
        if root in status
    }
    known = [one for one in sorted(tag_rows.known_papers(connection)) if one in status]
    half, ranked = stop_rows.half_seen(connection, stage), stop_rows.ranked(connection, stage, whose or "")
    history = History(
        labels=tuple(label_of.values()), shuffled=[label_of.get(one) for one in _shuffled(tuple(status), stage)],
        partly_read=len(half), votes_left=sum(half.values()), target=target,
        checked=None if whose else _checked(connection, stage),
        expected=ranked[1].get("expected") if ranked else None,
        key_found=sum(label_of.get(one, False) for one in known), key_total=len(known),
    )  # fmt: skip
    advised, missing = _advised(history)
    where = Counter(status.values())
    hidden = stages_hidden(connection, protocol, rows.people(connection)[person])
    return Outlook(
        whose="own" if whose else "everybody",
        total=len(status),
        labels=tuple(label_of.values()),
        waiting=where["waiting"],
        half=half,
        conflicts=None if stage in hidden else where["conflict"],
        stopped=where["not_screened"],
        seconds=_pace(connection, stage, whose),
        advice=advised,
        missing=missing,
        ranked=ranked[0] if ranked else None,
    )


def _advised(history: History) -> tuple[Advice | None, str | None]:
    try:
        return advice(history), None
    except StageError as error:
        return None, f"{error.message}: {error.hint}"


def _checked(connection: Connection, stage: Stage) -> int | None:
    """Count the exclusions confirmed in a row by quality checks; ``None`` where none was made."""
    checks = stop_rows.checks(connection, stage)
    return irrelevant_in_a_row(checks) if checks else None


def _pace(connection: Connection, stage: Stage, person: str | None) -> float | None:
    """Give the median of the paces of those whose votes may be looked at, in seconds."""
    people = stop_rows.voters(connection, stage) if person is None else {person}
    paces = [pace(rows.own_times(connection, one, stage, PACE_OF_LAST)) for one in sorted(people)]
    known = [one for one in paces if one is not None]
    return median(known) if known else None


def stop(
    store: Store,
    protocol: Protocol,
    actor: Actor,
    stage: Stage,
    *,
    why: str | None,
    unread: int,
    target: float = TARGET,
) -> str:
    """Leave unread every report that nobody has voted on; give the event.

    Parameters
    ----------
    why : str
        The rule that the person decided by, in words for the methods section.
    unread : int
        How many reports that is, as the person saw it.

    Raises
    ------
    DecisionError
        No reason is given, another number of reports is unread by now, none is, or the stage is full text.
    """
    reason = noted(why)
    if stage != STAGE:
        raise DecisionError("only the reading of titles and abstracts can be stopped", hint=f"say --stage {STAGE}")
    if reason is None:
        raise DecisionError(
            "a stop needs its reason", hint="say by which rule you stop: it goes into the methods section"
        )
    with store.write() as connection:
        stop_rows.take_turn(connection, actor)
        waiting, records = stop_rows.unread(connection, stage)
        if not waiting:
            raise DecisionError("nothing is left to be stopped: no report is without a vote", hint="go on screening")
        if waiting != unread:
            raise DecisionError(
                f"{waiting:,} reports are unread now, not {unread:,}",
                hint="look at the numbers again, then confirm them",
            )
        how = _how(connection, look(connection, protocol, stage, actor.person, target=target), stage, waiting)
        said = {"stage": stage, "reports": records, "how": how, "why": reason}
        return append_new(store, connection, actor, Entry("stop", said)).id


def _how(connection: Connection, seen: Outlook, stage: Stage, waiting: int) -> dict[str, Any]:
    """Write the numbers that a stop is decided on."""
    ways, models = stop_rows.served(connection, stage)
    test = seen.advice.test if seen.advice else None
    sample = seen.advice.sample if seen.advice else None
    return {
        "whose": seen.whose,
        "total": seen.total,
        "read": seen.read,
        "relevant": seen.relevant,
        "unread": waiting,
        "half_seen": len(seen.half),
        "in_a_row": seen.in_a_row,
        "target": test.target if test else None,
        "p": test.p if test else None,
        "share": sample.drawn if sample else 0,
        "recall": [sample.recall.low, sample.recall.point, sample.recall.high] if sample else None,
        "expected": seen.expected,
        "served": ways,
        "models": models,
    }


def resume(store: Store, actor: Actor, stage: Stage, *, why: str | None, event: str | None = None) -> list[str]:
    """Take stops back, one or all that are in force: what they left unread is screened. Give them.

    Raises
    ------
    DecisionError
        No reason is given, or no such stop is in force.
    """
    reason = noted(why)
    if reason is None:
        raise DecisionError("taking back a stop needs its reason", hint="say why reading goes on")
    with store.write() as connection:
        stop_rows.take_turn(connection, actor)
        open_ones = in_force(connection, stage)
        ended = [one.event for one in open_ones if event in (None, one.event)]
        if not ended:
            raise DecisionError(f"screening is not stopped at {stage}", hint="see the stops with: review screen stop")
        append_many(
            store, connection, actor,
            [Entry("stop", {"stage": stage, "ends": one, "why": reason}) for one in ended],
        )  # fmt: skip
        return ended


def standing(connection: Connection, stage: Stage) -> list[tuple[stop_rows.Made, int]]:
    """Give the stops in force that still leave something unread, newest first, with how many reports that is."""
    left = stop_rows.left_unread(connection, stage)
    return [(one, left[one.event]) for one in stop_rows.stops(connection, stage) if one.event in left]


def in_force(connection: Connection, stage: Stage) -> list[stop_rows.Made]:
    """Give the stops of a stage that were not taken back, newest first."""
    return [one for one in stop_rows.stops(connection, stage) if one.ended is None]
