"""Accept every possible duplicate above a threshold, after a sample of them was judged one by one.

The sample is drawn by a seed that follows from the installation, the person and the threshold: asked again, the same
pairs come, and nobody draws until the sample pleases. What may be two reports of one study, what rules dispute and what
would bring a third report in is never accepted so, but left to be judged singly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Literal

from sqlalchemy import Connection

from review.errors import DecisionError
from review.store import Actor, Entry, Store, append_many
from review.text import many
from searches import merge_rows
from searches import pair_rows as rows
from searches.dedupe import REASONS
from searches.dedupe.rules import CROWDED, DISPUTED, FITS_BOTH
from searches.judging import merge_entry, undo_entries
from searches.pair_rows import Judged, Pair
from searches.pairs import STUDY

SAMPLE = 10
"""Pairs that are judged before the rest is accepted, or all when there are fewer."""
CONFIDENCE = 0.95

_SINGLY = STUDY | {REASONS[rule] for rule in (CROWDED, DISPUTED, FITS_BOTH, "other_report")}
_KNOWN = frozenset(REASONS.values()) - _SINGLY
_OTHER_SORTS = frozenset({"conference", "preprint", "thesis", "trial", "dataset", "erratum", "retraction"})
"""Kinds of document that are no copy of a document of another kind."""


@dataclass(frozen=True, slots=True)
class Check:
    """A sample check: the pairs at or above a threshold, the sample of them, and what would be accepted."""

    above: float
    seed: int
    sample: tuple[Pair, ...]
    rest: tuple[Pair, ...]
    singly: tuple[Pair, ...]
    """At or above the threshold as well, and left to be judged one by one."""

    @property
    def to_judge(self) -> tuple[Pair, ...]:
        """The sampled pairs that are not judged yet."""
        return tuple(p for p in self.sample if p.judged is None)

    @property
    def refuted(self) -> tuple[Pair, ...]:
        """The sampled pairs that were judged to be no duplicates."""
        return tuple(p for p in self.sample if p.judged and p.judged.verdict != "same")

    @property
    def state(self) -> Literal["nothing", "refused", "sample", "ready"]:
        """What comes next: nothing waits, the sample spoke against it, the sample is to be judged, or accept."""
        if not self.rest and not self.to_judge:
            return "refused" if self.refuted else "nothing"
        return "refused" if self.refuted else "sample" if self.to_judge else "ready"

    @property
    def may_be_wrong(self) -> int:
        """How many of the rest may be no duplicates although the whole sample was, with 95 % confidence."""
        return most_wrong(len(self.rest), len(self.sample))


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was accepted at once; ``batch`` names it, to take it back."""

    batch: str
    pairs: int
    above: float
    sample: int
    seed: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Pairs that were accepted together and still stand so: who did it, when, how many, and after which sample."""

    batch: str
    person: str
    name: str
    at: str
    pairs: int
    above: float
    sample: int
    seed: int


def most_wrong(rest: int, sample: int) -> int:
    """Give the most that can be wrong among the rest when none of the sample was, with 95 % confidence.

    The largest number of wrong ones among all that a sample drawn without replacement would miss in one of twenty
    cases (hypergeometric distribution).

    >>> most_wrong(47, 10), most_wrong(0, 10), most_wrong(1000, 59)
    (13, 0, 50)
    """
    every = rest + sample
    missed = comb(every, sample) * (1 - CONFIDENCE)
    return max((m for m in range(rest + 1) if comb(every - m, sample) >= missed), default=0)


def seed_of(store: Store, person: str, above: float) -> int:
    """Give the seed of a person's sample at a threshold."""
    return int(hashlib.sha256(f"{store.installation}:{person}:{above!r}".encode()).hexdigest()[:8], 16)


def check(connection: Connection, store: Store, person: str, above: float, size: int = SAMPLE) -> Check:
    """Draw the sample at a threshold and see how far it is judged.

    Raises
    ------
    DecisionError
        The threshold is no score.
    """
    if not 0 <= above <= 1:
        raise DecisionError(f"{above} is no threshold", hint="name one from 0 to 1, such as 0.93")
    seed = seed_of(store, person, above)
    waiting = [p for p in rows.waiting(connection) if (p.score or 0) >= above]
    mine = [
        p
        for p in rows.judged(connection, person=person)
        if p.judged and p.judged.accepted is None and p.score is not None and p.score >= above
    ]
    known = rows.titles(connection, [i for p in (*waiting, *mine) for i in p.ids])
    kinds = {one: kind for one, (_, kind) in known.items()}
    population = [p for p in (*waiting, *mine) if not judged_singly(p, kinds)]
    sample = sorted(population, key=lambda p: _draw(seed, p))[:size]
    drawn = {p.ids for p in sample}
    others = [p for p in waiting if p.ids not in drawn and not judged_singly(p, kinds)]
    rest = _unchained(connection, others)
    kept = drawn | {p.ids for p in rest}
    return Check(above, seed, tuple(sample), tuple(rest), tuple(p for p in waiting if p.ids not in kept))


def judged_singly(pair: Pair, kinds: Mapping[int, str | None]) -> bool:
    """Say whether a pair is never accepted by a threshold: it may be two reports of one study, or was disputed."""
    left, right = kinds.get(pair.left), kinds.get(pair.right)
    other = left is not None and right is not None and left != right and bool({left, right} & _OTHER_SORTS)
    return other or pair.reason not in _KNOWN


def _draw(seed: int, pair: Pair) -> str:
    return hashlib.sha256(f"{seed}:{pair.left}:{pair.right}".encode()).hexdigest()


def _unchained(connection: Connection, pairs: Sequence[Pair]) -> list[Pair]:
    """Keep the pairs that join two reports and no third: each report once, and none that was grown so before.

    Two reports that were judged to be two documents cannot come together so.
    """
    before = [one for p in rows.accepted(connection) for one in p.ids]
    tops = rows.roots(connection, [*before, *(one for p in pairs for one in p.ids)])
    used = {tops[one] for one in before}
    apart = _apart(connection)
    kept = []
    for pair in pairs:
        ends = frozenset(tops[one] for one in pair.ids)
        if not ends & used and ends not in apart:
            kept.append(pair)
            used |= ends
    return kept


def _apart(connection: Connection) -> Collection[frozenset[int]]:
    pairs = rows.kept_apart(connection)
    tops = rows.roots(connection, [one for two in pairs for one in two])
    return {frozenset(tops[one] for one in two) for two in pairs}


def accept(store: Store, actor: Actor, above: float, *, size: int = SAMPLE, batch: str) -> Accepted:
    """Accept the rest above a threshold: each pair gets a judgement of its own that says how it came about.

    ``batch`` is the sender's id of it: sent twice, it counts once.

    Raises
    ------
    DecisionError
        The sample is not judged yet, one of it is no duplicate, or nothing is left to accept.
    """
    with store.write() as connection:
        merge_rows.take_turns(connection)
        done = rows.judged(connection, batch=batch)
        if done:
            return _told(done, batch)
        found = check(connection, store, actor.person, above, size)
        _refuse(found)
        how = {"above": above, "sample": len(found.sample), "seed": found.seed, "batch": batch}
        entries = [entry for pair in found.rest for entry in _entries(pair, how)]
        append_many(store, connection, actor, entries)
        return Accepted(batch, len(found.rest), above, len(found.sample), found.seed)


def _told(done: Sequence[Pair], batch: str) -> Accepted:
    how = next(p.judged.accepted for p in done if p.judged and p.judged.accepted)
    return Accepted(batch, len(done), how["above"], how["sample"], how["seed"])


def batches(accepted: Sequence[Pair]) -> list[Batch]:
    """Gather the pairs that were accepted together, in the order given."""
    found: dict[str, list[Judged]] = {}
    for judged in (p.judged for p in accepted):
        if judged and judged.accepted:
            found.setdefault(judged.accepted["batch"], []).append(judged)
    return [
        Batch(batch, some[0].person, some[0].name, some[0].at, len(some), how["above"], how["sample"], how["seed"])
        for batch, some in found.items()
        if (how := some[0].accepted)
    ]


def _refuse(found: Check) -> None:
    if found.state == "sample":
        raise DecisionError(
            f"{len(found.to_judge)} of the {many(len(found.sample), 'pair')} of the sample are not judged yet",
            hint=f"see them with: review pairs accept --above {found.above:g}",
        )
    if found.state == "refused":
        first = found.refuted[0]
        raise DecisionError(
            f"the sample holds {many(len(found.refuted), 'pair')} that you judged to be no duplicate, "
            f"such as {first.left} and {first.right}: nothing is accepted at {found.above:g}",
            hint="judge the others singly, or choose a higher threshold",
        )
    if found.state == "nothing":
        raise DecisionError(f"no pair at or above {found.above:g} is left to accept", hint="see: review pairs list")


def _entries(pair: Pair, how: Mapping[str, object]) -> Iterable[Entry]:
    client = f"{how['batch']}:{pair.left}-{pair.right}"
    yield Entry("pair", {"reports": [pair.left, pair.right], "verdict": "same", "accepted": dict(how)}, client)
    yield merge_entry(pair.left, pair.right)


def undo_batch(store: Store, actor: Actor, batch: str) -> int:
    """Take back every judgement of a batch that still stands; give how many.

    Raises
    ------
    DecisionError
        There is no such batch, or all of it was taken back or judged anew since.
    """
    with store.write() as connection:
        merge_rows.take_turns(connection)
        standing = rows.judged(connection, batch=batch)
        if not standing:
            raise DecisionError("nothing of this batch stands any more", hint="see: review pairs list --judged")
        append_many(store, connection, actor, undo_entries(connection, standing))
    return len(standing)
