"""Count what each line of a strategy finds at a source: every term, every concept, the whole without and with limits.

Nothing is downloaded beyond the smallest page that names the count. Every answer is kept at once (``hit_count``), so a
count that was stopped goes on where it stood, and what was told today is not asked again. A failure is never 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from review.errors import NotExpressible, SourceBusy, SourceError
from review.protocol import Protocol
from review.protocol.model import Limits, Strategy
from review.query import Node, show
from review.query.outline import outline
from searches import rows
from searches.probing import one_page, without_its_key
from searches.run import Access, Place
from searches.source import Translation, within

Part = Literal["term", "concept", "whole", "limited"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a strategy: ``text`` as the protocol has it, and what is asked for it."""

    part: Part
    text: str
    query: Node
    limits: Limits


@dataclass(frozen=True, slots=True)
class Told:
    """What a source was asked for a line (``None``: it cannot be), and what it said; ``hits`` ``None``: not known.

    ``at`` is when it said so earlier today, ``None`` where that was now; ``asked`` is whether it was asked now.
    """

    query: str | None
    hits: int | None = None
    error: str | None = None
    failure: SourceError | None = None
    at: str | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """One line at one source, and when its count was told."""

    source: str
    label: str
    strategy: str
    line: Line
    told: Told
    at: str


def lines(strategy: Strategy, limits: Limits) -> tuple[Line, ...]:
    """Give the lines of a strategy in the order in which they are numbered.

    Terms, concepts and the whole are counted without the protocol's limits; the whole also with them (``limited``),
    where it has any.
    """
    free = replace(limits, start=None, end=None, languages=(), kinds=())
    found = [Line(part, show(node), node, free) for part, node in outline(strategy.query)]
    found.append(Line("whole", strategy.text, strategy.query, free))
    if free != limits:
        found.append(Line("limited", strategy.text, strategy.query, limits))
    return tuple(found)


def count_lines(place: Place, protocol: Protocol, access: Access, strategy: Strategy) -> tuple[Counted, ...]:
    """Count every line of a strategy at a source, and keep each answer as soon as it is there.

    A query that was counted today, in whatever line, is not asked again. When the source is busy beyond waiting, or
    has not the key that it needs, its other lines are not asked. Errors of the source are in the answers, never raised.
    """
    about = access.source.about
    with place.store.read() as connection:
        today = rows.counts_since(connection, about.name, place.store.clock()[:10])
    known = {row["query"]: Told(row["query"], row["hits"], at=row["at"]) for row in today if row["hits"] is not None}
    stood = {(row["strategy"], row["part"], row["line"]): row for row in today}
    closed: SourceError | None = without_its_key(access)
    counted: list[Counted] = []
    every = lines(strategy, protocol.limits)
    for number, line in enumerate(every, start=1):
        told = _told(access, line, known, closed)
        if isinstance(told.failure, SourceBusy):
            closed = told.failure
        one = Counted(about.name, about.label, strategy.id, line, told, told.at or place.store.clock())
        _keep(place, protocol, one, stood.get((strategy.id, line.part, line.text)))
        if told.query is not None and told.hits is not None:
            known[told.query] = replace(told, at=one.at, asked=False)
        counted.append(one)
        place.notify(f"{about.label}, {strategy.id}: lines", number, len(every))
    return tuple(counted)


def _told(access: Access, line: Line, known: Mapping[str, Told], closed: SourceError | None) -> Told:
    told = _spelled(access, line)
    if told.query is None or told.error is not None:
        return told
    if told.query in known:
        return known[told.query]
    if closed is not None:
        return replace(told, error=closed.message, failure=closed)
    return _asked(access, told.query)


def _spelled(access: Access, line: Line) -> Told:
    """Translate a line; an error says why its hits cannot be had."""
    source = access.source
    try:
        translation = within(source.translate(line.query, line.limits), source.about, access.collections)
    except NotExpressible as error:
        return Told(None, error=error.message)
    impossible = [loss.what for loss in translation.losses if loss.effect == "impossible"]
    if impossible:
        return Told(translation.text, error="; ".join(impossible))
    if translation.parts:
        parts = len(translation.parts)
        return Told(translation.text, error=f"it is asked in {parts} parts, whose hits overlap and cannot be added up")
    return Told(translation.text)


def _asked(access: Access, query: str) -> Told:
    try:
        page = one_page(access, Translation(query), smallest=True)
    except SourceError as error:
        return Told(query, error=error.message, failure=error, asked=True)
    if page.total is None:
        what = f"{access.source.about.label} does not say how many hits it has"
        return Told(query, error=what, asked=True)
    return Told(query, page.total, asked=True)


def _keep(place: Place, protocol: Protocol, one: Counted, stands: Mapping[str, Any] | None) -> None:
    """Write an answer, unless the very same stands there from earlier today."""
    told = one.told
    if stands is not None and (told.query, told.hits, told.error) == tuple(stands[k] for k in _ANSWER):
        return
    row = {
        "source": one.source, "strategy": one.strategy, "part": one.line.part, "line": one.line.text,
        "query": told.query, "hits": told.hits, "error": told.error, "at": one.at, "protocol": protocol.hash,
    }  # fmt: skip
    with place.store.write() as connection:
        rows.add_count(connection, row)


_ANSWER = ("query", "hits", "error")


def nothing_found(counted: Sequence[Counted]) -> tuple[Counted, ...]:
    """Give the lines without any hit: a slip of spelling or field, or a term that nobody uses there."""
    return tuple(one for one in counted if one.told.hits == 0)
