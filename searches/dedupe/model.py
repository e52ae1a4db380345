"""What goes into deduplication and what comes out. Plain values; no columns and no rules here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """How to judge.

    ``cochrane_updates`` joins the versions of one Cochrane review (``.pub2``, ``.pub3``), which are otherwise kept
    apart. ``judged`` are people's decisions on pairs, as (left, right, same): *same* joins whatever the rules say,
    *different* keeps the two apart whatever else would join them, also by way of third records. Of two decisions on
    one pair the later one counts.

    ``new_from`` is the position from which on records are new. Older ones are reports already: those of one group of
    ``settled`` positions together, every other one by itself. These are neither parted nor joined with one another,
    and two records of different old reports are not compared again.
    """

    cochrane_updates: bool = False
    judged: tuple[tuple[int, int, bool], ...] = ()
    settled: tuple[tuple[int, ...], ...] = ()
    new_from: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """Two records and what is thought of them: ``rule`` names a row of ``searches.dedupe.REASONS``.

    ``score`` runs from 0 to 1: how far everything that both records state agrees. It ranks; it decides nothing.
    """

    left: int
    right: int
    rule: str
    score: float


@dataclass(frozen=True, slots=True)
class Result:
    """What was found, in positions of the input.

    ``clusters`` hold two records or more and never overlap. ``links`` connect every cluster and say why each of its
    records is in it. ``unsure`` are pairs for a person, most likely duplicate first: one pair for two clusters.
    """

    clusters: tuple[tuple[int, ...], ...]
    links: tuple[Link, ...]
    unsure: tuple[Link, ...]
