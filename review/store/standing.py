"""Where a report stands at each screening stage: a pure function of its votes, resolutions and the rules in force."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal, Protocol, TypeVar

Status = Literal[
    "waiting", "started", "conflict", "included", "excluded", "not_retrieved", "not_screened", "removed"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's vote (or the outcome of a resolution), with the event that made it.

    ``acts_on`` are the events whose place it takes: a resolution names the votes that it resolved, a vote on a merged
    report the votes that the same person cast on the copies before.
    """

    event: str
    person: str
    verdict: str
    reasons: tuple[str, ...]
    acts_on: frozenset[str] = frozenset()


class Cast(Protocol):
    """A vote in whatever shape: what tells whether another one takes its place."""

    @property
    def event(self) -> str: ...

    @property
    def person(self) -> str: ...

    @property
    def acts_on(self) -> Collection[str]: ...


V = TypeVar("V", bound=Cast)


def current(cast: Sequence[V]) -> list[V]:
    """Leave out the votes on one report whose place a later vote of the same person took."""
    replaced = {(vote.person, event) for vote in cast for event in vote.acts_on}
    return [vote for vote in cast if (vote.person, vote.event) not in replaced]


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides one stage: votes needed, what a maybe means, and the codes of the reasons in their order.

    ``accelerated``: one include is enough, an exclusion needs all votes (liberal accelerated screening).
    ``reason_conflicts``: exclusions for different primary reasons are a conflict.
    """

    votes: int = 1
    maybe: str = "discuss"
    reasons: tuple[str, ...] = ()
    remove_unmatched: bool = False
    accelerated: bool = False
    reason_conflicts: bool = False

    @staticmethod
    def of(payload: str | None) -> dict[str, Rules]:
        """Read the rules per stage from the payload (JSON) of a protocol event; the defaults when there is none."""
        return Rules.read(json.loads(payload)["rules"] if payload else {})

    @staticmethod
    def read(given: Mapping[str, Mapping[str, Any]]) -> dict[str, Rules]:
        """Read the rules per stage from plain data."""
        return {
            stage: Rules(**{**given.get(stage, {}), "reasons": tuple(given.get(stage, {}).get("reasons", ()))})
            for stage in ("title-abstract", "full-text")
        }


@dataclass(frozen=True, slots=True)
class Panel:
    """Who is to vote on a report at one stage: how many people it is shared out to, and who has it in a pilot."""

    shares: int = 0
    pilot: frozenset[str] = frozenset()


NOBODY = Panel()


@dataclass(frozen=True, slots=True)
class Standing:
    """A report's state at one stage.

    ``needed`` is how many votes it needs; ``open`` says that anybody may take it, because fewer people than that are
    assigned to it; ``reason`` is the code of the primary reason when it is excluded.
    """

    status: Status
    votes: int
    reason: str | None = None
    needed: int = 1
    open: bool = True


def decide(
    votes: Mapping[str, Sequence[Vote]],
    resolutions: Mapping[str, Sequence[Vote]],
    rules: Mapping[str, Rules],
    *,
    matched: set[str],
    not_retrieved: bool,
    stopped: bool = False,
    panels: Mapping[str, Panel] = MappingProxyType({}),
) -> Iterator[tuple[str, Standing]]:
    """Give the standing at title/abstract and, once included there, at full text.

    A report all of whose records fail the local evaluation of the query is ``removed`` when the protocol says so.
    A report that nobody had voted on when a person stopped the reading of titles and abstracts is ``not_screened``
    until somebody does; one without full-text votes that could not be had is ``not_retrieved``.
    """
    first = rules["title-abstract"]
    if first.remove_unmatched and matched == {"no"}:
        yield "title-abstract", Standing("removed", 0)
        return

    def at(stage: str) -> Standing:
        panel = panels.get(stage, NOBODY)
        found = _at_stage(votes.get(stage, ()), resolutions.get(stage, ()), rules[stage], panel)
        return replace(found, needed=max(rules[stage].votes, panel.shares), open=panel.shares < rules[stage].votes)

    screened = at("title-abstract")
    if stopped and screened.votes == 0:
        screened = replace(screened, status="not_screened")
    yield "title-abstract", screened
    if screened.status != "included":
        return
    assessed = at("full-text")
    if not_retrieved and assessed.votes == 0:
        assessed = replace(assessed, status="not_retrieved")
    yield "full-text", assessed


def _at_stage(votes: Sequence[Vote], resolutions: Sequence[Vote], rules: Rules, panel: Panel) -> Standing:
    """Say where a report stands; ``votes`` are current ones, of one person several when copies were merged.

    A resolution holds only for the very votes that it resolved: a vote changed since reopens the report. When all votes
    of a merged report were resolved on its parts, the resolutions must agree. Whoever said one thing of one copy and
    another of the next has to say again which it is. In a pilot all who have the report vote before it is decided.
    """
    people = {vote.person for vote in votes}
    held = _holding(votes, resolutions)
    outcomes = {resolution.verdict for resolution in held}
    if held and frozenset().union(*(one.acts_on for one in held)) == {vote.event for vote in votes}:
        if len(outcomes) > 1:
            return Standing("conflict", len(people))
        return _decided(outcomes.pop(), held, len(people), rules)
    said = {(v.person, "include" if v.verdict == "maybe" and rules.maybe == "include" else v.verdict) for v in votes}
    verdicts = {verdict for _, verdict in said}
    piloted = panel.pilot <= people
    if rules.accelerated and piloted and "include" in verdicts:
        return _decided("include", votes, len(people), rules)
    if (len(people) < max(rules.votes, panel.shares) or not piloted) and len(said) == len(people):
        return Standing("started" if votes else "waiting", len(people))
    if len(verdicts) > 1 or "maybe" in verdicts or not outcomes <= verdicts:
        return Standing("conflict", len(people))
    if rules.reason_conflicts and len({primary(vote.reasons, rules.reasons) for vote in votes if vote.reasons}) > 1:
        return Standing("conflict", len(people))
    return _decided(verdicts.pop(), votes, len(people), rules)


def _holding(votes: Sequence[Vote], resolutions: Sequence[Vote]) -> list[Vote]:
    """Give the resolutions all of whose votes still stand, newest first, and of two about one vote the newer."""
    open_votes = {vote.event for vote in votes}
    held: list[Vote] = []
    for resolution in reversed(resolutions):
        if resolution.acts_on and resolution.acts_on <= open_votes:
            held.append(resolution)
            open_votes -= resolution.acts_on
    return held


def _decided(verdict: str, by: Sequence[Vote], count: int, rules: Rules) -> Standing:
    if verdict == "include":
        return Standing("included", count)
    return Standing("excluded", count, primary([code for vote in by for code in vote.reasons], rules.reasons))


def primary(given: Iterable[str], codes: Sequence[str]) -> str | None:
    """Give the primary one of some reasons: the first in the protocol's order, before those that it no longer has."""
    order = {code: i for i, code in enumerate(codes)}
    return min(given, key=lambda code: (order.get(code, len(order)), code), default=None)
