"""How well screeners agree at a stage, from their first independent votes in the log. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import Connection

from review.agreement import TwoRaters, first_votes, fleiss_kappa, krippendorff_alpha, two_raters
from review.protocol import Stage
from review.store.events import read_events
from screening import rows
from screening.checks import VERDICTS


@dataclass(frozen=True, slots=True)
class PairOfScreeners:
    """Two screeners and their agreement on the reports that both voted on."""

    first: str
    second: str
    agreement: TwoRaters


@dataclass(frozen=True, slots=True)
class Reliability:
    """Agreement at one stage.

    ``reports`` is how many have votes of two or more people. ``fleiss`` and ``alpha`` are over those reports and all
    screeners; ``None`` where they are not defined (Fleiss: when reports have unequal numbers of votes).
    """

    screeners: tuple[str, ...]
    reports: int
    pairs: tuple[PairOfScreeners, ...]
    fleiss: float | None
    alpha: float | None


def reliability(connection: Connection, stage: Stage) -> Reliability:
    """Compute the agreement of all screeners of a stage on their first independent votes.

    A vote on a report that was merged later counts for the whole. A ``maybe`` is a category of its own when there is
    one: it is neither a yes nor a no.
    """
    votes = _first_votes(connection, stage)
    people = rows.people(connection)
    screeners = sorted({who for given in votes.values() for who in given}, key=lambda who: (people[who], who))
    doubly = [given for _, given in sorted(votes.items()) if len(given) > 1]
    used = {verdict for given in doubly for verdict in given.values()}
    categories = VERDICTS if "maybe" in used else VERDICTS[:2]
    pairs = []
    for a, b in combinations(screeners, 2):
        both = [(given[a], given[b]) for given in doubly if a in given and b in given]
        if both:
            pairs.append(PairOfScreeners(people[a], people[b], two_raters(both, categories)))
    units = [list(given.values()) for given in doubly]
    return Reliability(
        tuple(people[who] for who in screeners),
        len(doubly),
        tuple(pairs),
        fleiss_kappa(units),
        krippendorff_alpha(units),
    )


def _first_votes(connection: Connection, stage: Stage) -> Mapping[int, Mapping[str, str]]:
    cast = [e for e in read_events(connection, "decision") if e.payload["stage"] == stage]
    root = rows.roots(connection, {e.payload["report"] for e in cast})
    verdicts = ((e, e.payload["verdict"]) for e in cast)
    return first_votes(
        (root[e.payload["report"]], e.person, None if verdict == "cleared" else verdict) for e, verdict in verdicts
    )
