"""How well screeners agree at a stage or in one round of it, from their first independent votes. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from sqlalchemy import Connection

from review.agreement import Rated, TwoRaters, first_votes, fleiss_kappa, krippendorff_alpha, two_raters
from review.errors import DecisionError
from review.protocol import Protocol, Stage
from screening import blinding, round_rows, rounds, rows
from screening.checks import VERDICTS

STEPS: Mapping[Stage, str] = {
    "title-abstract": "Screening of titles and abstracts", "full-text": "Assessment of full texts",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PairOfScreeners:
    """Two screeners and their agreement on the reports that both voted on.

    ``table`` counts the reports that the first put into a category (row) and the second into one (column), in the
    order of the categories.
    """

    first: str
    second: str
    agreement: TwoRaters
    table: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class FirstVote:
    """One person's first vote on a report; no name where names are hidden."""

    person_name: str | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A report on which first votes differ."""

    report: int
    votes: tuple[FirstVote, ...]


@dataclass(frozen=True, slots=True)
class Reliability:
    """Agreement at one stage.

    ``reports`` is how many have votes of two or more people. ``fleiss`` and ``alpha`` are over those reports and all
    screeners; ``None`` where they are not defined (Fleiss: when reports have unequal numbers of votes). ``included``
    is the share of includes among their votes; ``maybes`` counts each screener's maybes among them.
    """

    screeners: tuple[str, ...]
    reports: int
    pairs: tuple[PairOfScreeners, ...]
    fleiss: float | None
    alpha: float | None
    categories: tuple[str, ...]
    included: float | None
    maybes: tuple[tuple[str, int], ...]
    disagreements: tuple[Disagreement, ...]


def reliability(connection: Connection, stage: Stage, round: str | None = None) -> Reliability:
    """Compute the agreement of all screeners of a stage, or of a round's on its reports, on first independent votes.

    A vote on a report that was merged later counts for the whole. A ``maybe`` is a category of its own when there is
    one: it is neither a yes nor a no. A check of exclusions (a round of kind ``quality``) was handed out to people who
    had not voted: there everybody's votes on its reports count.

    Raises
    ------
    DecisionError
        There is no such round, or not all of its people have voted on all of its reports.
    """
    return reliabilities(connection, stage, (round,))[0]


def reliabilities(connection: Connection, stage: Stage, names: Sequence[str | None]) -> list[Reliability]:
    """Compute ``reliability`` of several rounds (``None``: of the whole stage), reading the log once."""
    votes, people = _first_votes(connection, stage), rows.people(connection)
    return [_measured(votes if one is None else _of_round(connection, stage, one, votes), people) for one in names]


def rated(connection: Connection, protocol: Protocol) -> Iterator[Rated]:
    """Give the agreement at every stage as a report shows it, without names: of each two screeners, and per pilot."""
    for stage, step in STEPS.items():
        pilots = [one.name for one in rounds.status(connection, stage, "pilot") if one.complete]
        whole, *piloted = reliabilities(connection, stage, (None, *pilots))
        if not whole.pairs:
            several = protocol.rules(stage).votes > 1
            one = "one person" if len(whole.screeners) < 2 else "one person read each record"
            yield Rated(step, "", why="nothing to compare yet" if several else f"not applicable: {one}")
        for found, name in ((whole, ""), *zip(piloted, pilots, strict=True)):
            within = f" (pilot: {name})" if name else ""
            for number, pair in enumerate(found.pairs, start=1):
                who = "Two screeners" if len(found.pairs) == 1 else f"Two screeners, pair {number}"
                yield Rated(step, who + within, "votes", pair.agreement)


def seen(
    connection: Connection, protocol: Protocol, stage: Stage, person: str | None, found: Sequence[Disagreement]
) -> list[Disagreement]:
    """Give those of some disagreements whose votes a person may see, without names where the protocol hides them."""
    visible = blinding.sees_votes(connection, protocol, stage, person, [one.report for one in found])
    kept = [one for one in found if one.report in visible]
    if not protocol.rules(stage).names_hidden:
        return kept
    return [
        replace(one, votes=tuple(FirstVote(None, verdict) for verdict in sorted(vote.verdict for vote in one.votes)))
        for one in kept
    ]


def _measured(votes: Mapping[int, Mapping[str, str]], people: Mapping[str, str]) -> Reliability:
    def by_name(some: Sequence[str]) -> list[str]:
        return sorted(some, key=lambda who: (people[who], who))

    screeners = by_name(list({who for given in votes.values() for who in given}))
    doubly = {report: given for report, given in sorted(votes.items()) if len(given) > 1}
    cast = Counter((who, verdict) for given in doubly.values() for who, verdict in given.items())
    categories = VERDICTS if any(verdict == "maybe" for _, verdict in cast) else VERDICTS[:2]
    pairs = []
    for a, b in combinations(screeners, 2):
        both = [(given[a], given[b]) for given in doubly.values() if a in given and b in given]
        if both:
            table = Counter(both)
            crossed = tuple(tuple(table[one, other] for other in categories) for one in categories)
            pairs.append(PairOfScreeners(people[a], people[b], two_raters(both, categories), crossed))
    units = [tuple(given.values()) for given in doubly.values()]
    includes = sum(count for (_, verdict), count in cast.items() if verdict == "include")
    return Reliability(
        tuple(people[who] for who in screeners),
        len(doubly),
        tuple(pairs),
        fleiss_kappa(units),
        krippendorff_alpha(units),
        categories,
        includes / cast.total() if cast else None,
        tuple((people[who], cast[who, "maybe"]) for who in screeners if cast[who, "maybe"]),
        tuple(
            Disagreement(report, tuple(FirstVote(people[who], given[who]) for who in by_name(list(given))))
            for report, given in doubly.items()
            if len(set(given.values())) > 1
        ),
    )


def _of_round(
    connection: Connection, stage: Stage, name: str, votes: Mapping[int, Mapping[str, str]]
) -> dict[int, dict[str, str]]:
    made = {one.name: one for one in rounds.status(connection, stage)}
    if name not in made:
        raise DecisionError(f"there is no round '{name}' at {stage}", hint=f"there is: {', '.join(made) or 'none'}")
    if not made[name].complete:
        raise DecisionError(
            f"the round '{name}' is not complete: its agreement is computed once everybody has voted",
            hint="see who is left with: review screen rounds",
        )
    handed = round_rows.reports_of(connection, stage, name)
    of_people: dict[int, set[str]] = {}
    for person, reports in handed.items():
        for report in reports:
            of_people.setdefault(report, set()).add(person)
    return {
        report: {
            who: verdict for who, verdict in votes[report].items() if made[name].kind == "quality" or who in people
        }
        for report, people in of_people.items()
        if report in votes
    }


def _first_votes(connection: Connection, stage: Stage) -> Mapping[int, Mapping[str, str]]:
    cast = rows.votes_cast(connection, stage)
    root = rows.merged(connection)
    return first_votes(
        (root.get(report, report), person, None if verdict == "cleared" else verdict)
        for report, person, verdict in cast
    )
