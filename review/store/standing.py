"""Where a report stands at each screening stage: a pure function of its votes, resolutions and the rules in force."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Status = Literal["waiting", "started", "conflict", "included", "excluded", "not_retrieved", "removed"]


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's current vote (or the outcome of a resolution), with the event that made it."""

    event: str
    person: str
    verdict: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides one stage: votes needed, what a maybe means, and the codes of the reasons in their order."""

    votes: int = 1
    maybe: str = "discuss"
    reasons: tuple[str, ...] = ()
    remove_unmatched: bool = False

    @staticmethod
    def of(payload: str | None) -> dict[str, Rules]:
        """Read the rules per stage from the payload (JSON) of a protocol event; the defaults when there is none."""
        given = json.loads(payload)["rules"] if payload else {}
        return {
            stage: Rules(**{**given.get(stage, {}), "reasons": tuple(given.get(stage, {}).get("reasons", ()))})
            for stage in ("title-abstract", "full-text")
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """A report's state at one stage; ``reason`` is the code of the primary reason when it is excluded."""

    status: Status
    votes: int
    reason: str | None = None


def decide(
    votes: Mapping[str, Sequence[Vote]],
    resolutions: Mapping[str, Sequence[tuple[frozenset[str], Vote]]],
    rules: Mapping[str, Rules],
    *,
    matched: set[str],
    not_retrieved: bool,
) -> Iterator[tuple[str, Standing]]:
    """Give the standing at title/abstract and, once included there, at full text.

    A report all of whose records fail the local evaluation of the query is ``removed`` when the protocol says so.
    A report without full-text votes that could not be had is ``not_retrieved``.
    """
    first = rules["title-abstract"]
    if first.remove_unmatched and matched == {"no"}:
        yield "title-abstract", Standing("removed", 0)
        return
    screened = _at_stage(votes.get("title-abstract", ()), resolutions.get("title-abstract", ()), first)
    yield "title-abstract", screened
    if screened.status != "included":
        return
    assessed = _at_stage(votes.get("full-text", ()), resolutions.get("full-text", ()), rules["full-text"])
    if not_retrieved and assessed.votes == 0:
        assessed = Standing("not_retrieved", 0)
    yield "full-text", assessed


def _at_stage(votes: Sequence[Vote], resolutions: Sequence[tuple[frozenset[str], Vote]], rules: Rules) -> Standing:
    current = frozenset(vote.event for vote in votes)
    # A resolution holds only for the very votes that it resolved: a vote changed since reopens the report.
    for acts_on, outcome in reversed(resolutions):
        if votes and acts_on == current:
            return _decided(outcome.verdict, [outcome], len(votes), rules)
    if len(votes) < rules.votes:
        return Standing("started" if votes else "waiting", len(votes))
    verdicts = {"include" if v.verdict == "maybe" and rules.maybe == "include" else v.verdict for v in votes}
    if len(verdicts) > 1 or "maybe" in verdicts:
        return Standing("conflict", len(votes))
    return _decided(verdicts.pop(), votes, len(votes), rules)


def _decided(verdict: str, by: Sequence[Vote], count: int, rules: Rules) -> Standing:
    if verdict == "include":
        return Standing("included", count)
    given = [code for vote in by for code in vote.reasons]
    order = {code: i for i, code in enumerate(rules.reasons)}
    primary = min(given, key=lambda code: (order.get(code, len(order)), code), default=None)
    return Standing("excluded", count, primary)
