"""Where the records of a review come from: every source with every strategy, every platform with its export files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from review.errors import NotExpressible
from review.protocol import Protocol
from review.protocol.model import SourceChoice, Strategy
from searches import rows
from searches.registry import find
from searches.source import within
from searches.strategies import chosen


@dataclass(frozen=True, slots=True)
class Spot:
    """A source asked with a strategy, or a platform (``strategy`` is ``None``: a file does not say which it was).

    ``searches`` are those of the strategy as the protocol has it now, and ``nearby`` all of this source; ``open`` says
    what keeps them from being complete (``None``: nothing), and ``narrower`` what the source was asked less than meant.
    """

    source: str
    label: str
    kind: Literal["api", "platform"]
    strategy: Strategy | None
    searches: frozenset[int]
    nearby: frozenset[int]
    open: str | None
    narrower: tuple[str, ...] = ()


def spots(connection: Connection, protocol: Protocol) -> tuple[Spot, ...]:
    """Give every source and strategy of the protocol, then its platforms and whatever else was imported."""
    searches = rows.searches(connection)
    return (*_sources(connection, protocol, searches), *_platforms(protocol, searches))


def outdated(connection: Connection, protocol: Protocol) -> tuple[Mapping[str, Any], ...]:
    """Give the searches (rows of the search table) whose hits are kept and that the protocol would not ask so now.

    Their strategy, its words, the limits or the source are others, or how a query is spelled for the source is.
    """
    asked = {number for spot in spots(connection, protocol) if spot.kind == "api" for number in spot.searches}
    return tuple(s for s in rows.searches(connection) if s["method"] == "api" and s["hits"] and s["id"] not in asked)


def _sources(connection: Connection, protocol: Protocol, searches: Sequence[Mapping[str, Any]]) -> Iterator[Spot]:
    for choice in protocol.sources:
        nearby = frozenset(s["id"] for s in searches if s["method"] == "api" and s["source"] == choice.name)
        for strategy in chosen(protocol, choice.strategies):
            yield _source(connection, protocol, choice, strategy, nearby)


def _source(
    connection: Connection, protocol: Protocol, choice: SourceChoice, strategy: Strategy, nearby: frozenset[int]
) -> Spot:
    source = find(choice.name)
    query: str | None = None
    narrower: tuple[str, ...] = ()
    missing = "review search has not asked this yet"
    try:
        translation = within(source.translate(strategy.query, protocol.limits), source.about, choice.collections)
    except NotExpressible as error:
        missing = f"it cannot be asked: {error.message}"
    else:
        query = translation.text
        narrower = tuple(loss.what for loss in translation.losses if loss.effect in ("narrower", "impossible"))
    chain = rows.search_chain(connection, query=query, source=choice.name, method="api", strategy=strategy.id)
    label = source.about.label
    return Spot(choice.name, label, "api", strategy, _ids(chain), nearby, _open(chain, missing), narrower)


def _platforms(protocol: Protocol, searches: Sequence[Mapping[str, Any]]) -> Iterator[Spot]:
    labels = {platform.id: platform.label for platform in protocol.platforms}
    files = [search for search in searches if search["method"] == "file"]
    labels.update((search["source"], search["label"]) for search in files)
    for source, label in labels.items():
        own = [search for search in files if search["source"] == source]
        yield Spot(source, label, "platform", None, _ids(own), _ids(own), _open(own, "no export of it is imported yet"))


def _ids(searches: Sequence[Mapping[str, Any]]) -> frozenset[int]:
    return frozenset(search["id"] for search in searches)


def _open(searches: Sequence[Mapping[str, Any]], missing: str) -> str | None:
    if not searches:
        return missing
    left = [search for search in searches if search["status"] != "complete"]
    why = "; ".join(dict.fromkeys(search["error"] for search in left if search["error"]))
    return f"the search is not complete{f': {why}' if why else ''}" if left else None
