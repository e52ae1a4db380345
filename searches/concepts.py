"""Say which concepts of a strategy a record meets, and which limits leave it out: why a search missed it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from review.protocol import Protocol
from review.protocol.model import Limits, Strategy
from review.query import Node, Not, evaluate, show, terms
from review.query.outline import concepts
from review.record import Record
from searches.evaluation import outside


@dataclass(frozen=True, slots=True)
class Verdict:
    """Concepts that a record does not meet, those of which it cannot be told, and limits that leave it out."""

    failed: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


def labelled(protocol: Protocol, strategy: Strategy) -> tuple[tuple[str, Node], ...]:
    """Give the items that a strategy joins by AND, each with its concept's label, else as it is written."""
    labels = {
        frozenset(term.strip('"') for term in concept.terms): concept.label
        for concept in protocol.concepts
        if concept.id in strategy.concepts
    }
    found = []
    for item in concepts(strategy.query):
        label = labels.get(frozenset(leaf.text for leaf in terms(item)))
        denied = "NOT " if isinstance(item, Not) else ""
        found.append((f"{denied}{label}" if label else show(item), item))
    return tuple(found)


def judged(protocol: Protocol, strategies: Sequence[Strategy], record: Record, *, whole: bool) -> Verdict:
    """Evaluate strategies on a record, concept by concept, and give the one that it comes nearest to.

    Parameters
    ----------
    strategies : sequence of Strategy
        Without any, only the limits are looked at.
    whole : bool
        The record is all that the source itself has: a text that is missing there cannot have been met.
    """
    seen = replace(record, title=record.title or "", abstract=record.abstract or "") if whole else record
    left_out = tuple(_left_out(protocol.limits, record))
    verdicts = []
    for strategy in strategies:
        values = {label: evaluate(item, seen, protocol.limits.fields) for label, item in labelled(protocol, strategy)}
        failed = tuple(label for label, value in values.items() if value is False)
        unsure = tuple(label for label, value in values.items() if value is None)
        verdicts.append(Verdict(failed, unsure, left_out))
    return min(verdicts, key=lambda one: (len(one.failed), len(one.unsure)), default=Verdict(limits=left_out))


def _left_out(limits: Limits, record: Record) -> Iterator[str]:
    parts = (
        ("date", Limits(start=limits.start, end=limits.end)), ("language", Limits(languages=limits.languages)),
        ("kind", Limits(kinds=limits.kinds)),
    )  # fmt: skip
    for name, part in parts:
        if outside(part, record):
            yield f"{name} {getattr(record, name)}"
