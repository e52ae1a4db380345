"""Make the orders in which people read: what to learn from, when it is time to learn anew, and what is kept of it.

The worker calls it again and again. Votes are read in one short look, learning holds no lock, and an order is written
in one short step. Learning needs scikit-learn (extra ``ranking``); without it every page works, in plain order.

Who learns from whom: where each report needs one vote, everybody from all votes, but from those of a pilot only once
all of its people have cast theirs. Where people judge independently, each from the own votes alone, and from how a
report was settled that the person has voted on, as the person sees that (``screening.blinding``). Whoever has no vote
yet reads by the review question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from review.errors import StageError
from review.protocol import STAGES, Protocol, Stage
from review.store import Store
from review.text import many
from screening import order_rows, stop_rows, tag_rows
from screening.order_rows import Cast, Looked
from screening.queue_rows import GONE, UNDECIDED
from screening.ranking.order import GROWTH, arranged, packed, permutation

if TYPE_CHECKING:
    from screening.ranking.learning import Examples
    from screening.ranking.reading import Reading

ALL = ""
"""Whose order it is that is not one person's: everybody's, or of whoever has no vote yet."""
FULL_TEXT = 2.0
"""What was included on its full text weighs so many times what was only passed at title and abstract."""
RELEVANT = ("include", "maybe", "included")
SETTLED = ("included", "excluded")
CHANGING = ("merge", "split", "value")
"""Events after which other reports, or other texts, are there to be read."""


@dataclass(frozen=True, slots=True)
class Label:
    """What is known of a report: whether it is relevant at title/abstract, and at full text (``None``: not known)."""

    title_abstract: bool | None = None
    full_text: bool | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What an order is made from: votes, the newest of them, resolutions; reports, assignments, protocol, known papers.

    Of assignments count those that may ask a person to look again without knowing how a report was settled.
    """

    votes: int
    newest: str
    resolutions: int
    reports: int
    assignments: int
    protocol: str
    known: tuple[int, ...]

    def stale(self, before: Seen | None) -> bool:
        """Say whether an order that was made from what was seen before is to be made anew.

        At once when a vote was taken back: its report is to be read again, and the order does not hold it.
        """
        if before is None or self._setting != before._setting or self.votes < before.votes:
            return True
        news = abs(self.votes - before.votes) + abs(self.resolutions - before.resolutions)
        return max(news, int(self.newest != before.newest)) >= max(1, GROWTH * before.votes)

    @property
    def _setting(self) -> tuple[int, int, str, tuple[int, ...]]:
        return self.reports, self.assignments, self.protocol, self.known


def question(protocol: Protocol) -> str:
    """Give what the review asks: its question and the terms of its concepts."""
    return " ".join([protocol.question, *(term for concept in protocol.concepts for term in concept.terms)])


def labels_of_all(
    standings: Mapping[Stage, Iterable[tuple[int, str, int]]], cast: Mapping[Stage, Iterable[Cast]]
) -> dict[int, Label]:
    """Label every report that all have voted on who are to: by how it was settled, else one vote for it is enough.

    ``cast`` are the votes on conflicts. What is half seen is not learnt from: in a pilot people judge on their own.
    """
    said: dict[Stage, dict[int, bool]] = {stage: {} for stage in STAGES}
    for stage in STAGES:
        for vote in cast[stage]:
            said[stage][vote.report] = said[stage].get(vote.report, False) or vote.verdict in RELEVANT
        said[stage] |= {
            root: status in RELEVANT for root, status, votes in standings[stage] if status in SETTLED and votes
        }
    return _labels(said)


def labels_of_one(standings: Mapping[Stage, Iterable[tuple[int, str, int]]], cast: Iterable[Cast]) -> dict[int, Label]:
    """Label what one person voted on: by how it was settled, else by the person's newest vote (``cast`` by time)."""
    said: dict[Stage, dict[int, bool]] = {stage: {} for stage in STAGES}
    for vote in cast:
        said[vote.stage][vote.report] = vote.verdict in RELEVANT  # type: ignore[index]  # a decision's stage is one
    for stage in STAGES:
        settled = {root: status in RELEVANT for root, status, _ in standings[stage] if status in SETTLED}
        said[stage] |= {root: settled[root] for root in said[stage].keys() & settled.keys()}
    return _labels(said)


def _labels(said: Mapping[Stage, Mapping[int, bool]]) -> dict[int, Label]:
    first, second = (said[stage] for stage in STAGES)
    return {root: Label(first.get(root), second.get(root)) for root in sorted({*first, *second})}


def examples(labels: Mapping[int, Label], rows: Mapping[int, int], stage: Stage) -> Examples:
    """Turn labels into examples to learn from at a stage; ``rows`` are the papers' rows by report.

    At title/abstract what was excluded on its full text has still passed, and what was included there weighs more. At
    full text a report that has only passed title/abstract says nothing.
    """
    from screening.ranking import learning

    found: list[tuple[int, bool, float]] = []
    for root, label in labels.items():
        if root not in rows:
            continue
        if label.full_text is not None:
            relevant = label.full_text or stage == "title-abstract"
            found.append((rows[root], relevant, FULL_TEXT if label.full_text else 1.0))
        elif label.title_abstract is not None and not (label.title_abstract and stage == "full-text"):
            found.append((rows[root], label.title_abstract, 1.0))
    return learning.Examples([r for r, _, _ in found], [r for _, r, _ in found], [w for _, _, w in found])


def independent(connection: Connection, protocol: Protocol, stage: Stage, assigned: bool) -> bool:
    """Say whether people judge on their own at a stage; ``assigned``: reports were ever handed out."""
    return protocol.rules(stage).votes > 1 or (assigned and order_rows.several_vote(connection, stage))


@dataclass(frozen=True, slots=True)
class Due:
    """An order that is to be made, and what it will be made from."""

    stage: Stage
    person: str
    apart: bool
    seen: Seen


class Ranker:
    """Makes the orders of one review. Texts are read once for each set of reports, and kept in memory as numbers."""

    def __init__(self, store: Store, protocol: Protocol) -> None:
        self._store, self._protocol = store, protocol
        self._looked: Looked | None = None
        self._due: list[Due] = []
        self._papers: tuple[object, list[int], Reading] | None = None

    def step(self) -> str | None:
        """Make one order that is to be made, and say so; ``None`` when there is none. Cheap while nothing happens.

        Raises
        ------
        StageError
            scikit-learn is not installed.
        """
        with self._store.read() as connection:
            looked = order_rows.look(connection)
            if looked != self._looked:
                self._due, gone = self._find(connection, looked)
                self._looked = looked
            else:
                gone = []
        if gone:
            with self._store.write() as connection:
                for stage, person in gone:
                    order_rows.drop(connection, stage, person)
        if not self._due:
            return None
        due = self._due.pop(0)
        try:
            return self._make(due, looked)
        except BaseException:
            self._looked = None  # to be found again
            raise

    def _find(self, connection: Connection, looked: Looked) -> tuple[list[Due], list[tuple[str, str]]]:
        """Compare what orders were made from with what there is; give those to make, and those that nobody reads by."""
        noted = {key: about["seen"] for key, about in order_rows.made(connection).items()}
        before = {
            key: Seen(**{**seen, "known": tuple(seen["known"])})
            for key, seen in noted.items()
            if seen.keys() == set(Seen.__slots__)  # else another version of this program made the order
        }
        votes, resolutions = order_rows.voters(connection), looked.events.get("resolution", 0)
        known = tuple(sorted(tag_rows.known_papers(connection)))
        wanted: dict[tuple[str, str], Due] = {}
        for stage in STAGES:
            reports = looked.at(stage, GONE)  # those of a stop that was taken back come in anew
            apart = independent(connection, self._protocol, stage, "assignment" in looked.events)
            for person in [ALL, *(sorted(votes) if apart else ())] if reports else ():
                mine = [said for one, said in votes.items() if one == person or (person == ALL and not apart)]
                total, newest = sum(n for n, _ in mine), max((at for _, at in mine), default="")
                assigned = looked.events.get("assignment", 0) if apart and mine else 0
                settled = resolutions if mine else 0
                seen = Seen(total, newest, settled, reports, assigned, self._protocol.hash, known)
                wanted[stage, person] = Due(stage, person, apart, seen)
        due = [one for key, one in wanted.items() if one.seen.stale(before.get(key))]
        return due, [key for key in noted if key not in wanted]

    def _make(self, due: Due, looked: Looked) -> str:
        learning = _library()
        from screening.ranking.words import kept

        labels, left, read = self._material(due)
        ids, reading = self._read(looked)
        rows = {report: row for row, report in enumerate(ids)}
        begun = {one: Label(title_abstract=True) for one in due.seen.known if one not in labels}
        voted, known = (examples(some, rows, due.stage) for some in (labels, begun | labels))
        model = learning.learn(reading, known)
        scores = model.scores.tolist()
        left = [report for report in left if report in rows]
        ranked = sorted(left, key=lambda report: (-scores[rows[report]], report))
        places, drawn = arranged(ranked, permutation(left, due.stage), read)
        packed_places, packed_drawn = packed(places, drawn)
        values = {
            "model": f"{learning.VERSION}-{_fingerprint(ids, begun | labels, question(self._protocol))}",
            "made_at": self._store.clock(), "trained": len(voted.rows), "relevant": sum(voted.relevant),
            "about": {"seen": asdict(due.seen), "expected": _expected(model.chances, [rows[one] for one in left])},
            "places": packed_places, "drawn": packed_drawn,
            "words": kept(reading, model.weights, ids),
        }  # fmt: skip
        with self._store.write() as connection:
            order_rows.keep(connection, due.stage, due.person, values)
        whose = "everybody" if due.person == ALL else "one person"
        learnt = f"learnt from {many(len(labels), 'vote')}"
        return f"{due.stage}: {many(len(left), 'report')} put in order for {whose}, {learnt}"

    def _material(self, due: Due) -> tuple[dict[int, Label], list[int], int]:
        """Read labels, what is left to read at the stage, and how many were read."""
        with self._store.read() as connection:
            standings = {stage: list(order_rows.standings(connection, stage)) for stage in STAGES}
            left = [root for root, status, _ in standings[due.stage] if status in UNDECIDED]
            if not due.apart:
                cast = {stage: list(order_rows.cast(connection, conflicts=stage)) for stage in STAGES}
                labels = labels_of_all(standings, cast)
                return labels, left, sum(votes > 0 for _, _, votes in standings[due.stage])
            own = list(order_rows.cast(connection, due.person)) if due.person != ALL else []
            blind = {stage: stop_rows.waiting_again(connection, stage, due.person) for stage in STAGES}
        voted = {vote.report for vote in own if vote.stage == due.stage}
        seen = {stage: [one for one in rows if one[0] not in blind[stage]] for stage, rows in standings.items()}
        return labels_of_one(seen, own), [root for root in left if root not in voted], len(voted)

    def _read(self, looked: Looked) -> tuple[list[int], Reading]:
        """Give the reports of the review and what is read of them as numbers, made anew when they have changed."""
        from screening.ranking.reading import Paper, Reading

        key = (looked.at(STAGES[0]), *(looked.events.get(kind, 0) for kind in CHANGING), self._protocol.hash)
        if self._papers is None or self._papers[0] != key:
            self._papers = None  # gives the memory back first
            with self._store.read() as connection:
                texts = order_rows.texts(connection)
            papers = [Paper(one.title, one.abstract, one.keywords) for one in texts]
            self._papers = (key, [one.report for one in texts], Reading(papers, question(self._protocol)))
        return self._papers[1:]


def _expected(chances: Any, rows: Sequence[int]) -> float | None:
    """Give how many of some papers the model takes to be relevant; ``None`` while it tells no chances."""
    return None if chances is None else float(chances[list(rows)].sum())


def _library() -> ModuleType:
    try:
        from screening.ranking import learning
    except ImportError as error:
        raise StageError(
            "reports are shown in plain order: learning from votes needs scikit-learn, which is not installed",
            hint="pip install 'narrative-review[ranking]'",
        ) from error
    return learning


def _fingerprint(ids: Sequence[int], labels: Mapping[int, Label], asked: str) -> str:
    told = repr((asked, ids, [(root, label.title_abstract, label.full_text) for root, label in labels.items()]))
    return hashlib.sha256(told.encode()).hexdigest()[:12]
