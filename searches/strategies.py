"""Every strategy of a protocol as every source and platform takes it, with what is lost on the way. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from review.errors import NotExpressible, StageError
from review.protocol import Protocol
from review.protocol.model import Limits, SourceChoice, Strategy
from review.query import Node
from searches.dialects import PASTED, translate
from searches.dialects.numbering import by_line
from searches.dialects.platforms import PLATFORMS
from searches.registry import SOURCES, find
from searches.source import Loss, Translation, within


@dataclass(frozen=True, slots=True)
class Spelling:
    """One strategy at one source; ``query`` is ``None`` where it cannot be asked, and a loss says why.

    ``parts`` are the queries to ask instead where ``query`` is too long for one search, ``lines`` the same query as
    the numbered lines of the platform's search history; ``()`` where it has none or one line is all.
    """

    source: str
    label: str
    kind: Literal["api", "platform"]
    strategy: str
    query: str | None
    losses: tuple[Loss, ...]
    parts: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


def spell(protocol: Protocol, names: Sequence[str] = ()) -> tuple[Spelling, ...]:
    """Translate every strategy for the sources and platforms of a protocol, or for some of them by name.

    Raises
    ------
    StageError
        The protocol names no such source or platform.
    """
    _check(names, [*(s.name for s in protocol.sources), *(p.id for p in protocol.platforms)])
    return tuple(s for s in _all(protocol) if not names or s.source in names)


def spell_everywhere(strategy: Strategy, names: Sequence[str] = ()) -> tuple[Spelling, ...]:
    """Translate one strategy, under the limits that stand in it, for every source and platform that is known here.

    Raises
    ------
    StageError
        There is no source or platform with one of ``names``.
    """
    _check(names, [*SOURCES, *(dialect.name for dialect in PLATFORMS)], "there is no source or platform")
    written = strategy.limits
    limits = Limits(written.start, written.end, written.languages)
    found = [_at_source(SourceChoice(name), strategy, limits) for name in SOURCES]
    found += [_on_platform(one.name, one.label, one.name, strategy, limits) for one in PLATFORMS]
    return tuple(s for s in found if not names or s.source in names)


def asked(protocol: Protocol, names: Sequence[str] = ()) -> tuple[SourceChoice, ...]:
    """Give the sources of a protocol that are asked over an API, or some of them by name.

    Raises
    ------
    StageError
        The protocol names no such source.
    """
    _check(names, [s.name for s in protocol.sources])
    return tuple(s for s in protocol.sources if s.name in SOURCES and (not names or s.name in names))


def _check(names: Sequence[str], known: Sequence[str], what: str = "the protocol has no source") -> None:
    for name in names:
        if name not in known:
            raise StageError(f"{what} {name}", hint=f"it has: {', '.join(dict.fromkeys(known)) or 'none'}")


def _all(protocol: Protocol) -> Iterator[Spelling]:
    for choice in asked(protocol):
        for strategy in chosen(protocol, choice.strategies):
            yield _at_source(choice, strategy, protocol.limits)
    for platform in protocol.platforms:
        for strategy in protocol.strategies:
            yield _on_platform(platform.id, platform.label, platform.platform, strategy, protocol.limits)


def chosen(protocol: Protocol, ids: Sequence[str]) -> tuple[Strategy, ...]:
    """Give the strategies that a source is asked: those that it names, else all."""
    return tuple(s for s in protocol.strategies if not ids or s.id in ids)


def _at_source(choice: SourceChoice, strategy: Strategy, limits: Limits) -> Spelling:
    source = find(choice.name)
    empty = Spelling(choice.name, source.about.label, "api", strategy.id, None, ())

    def narrowed(query: Node, limits: Limits) -> Translation:
        return within(source.translate(query, limits), source.about, choice.collections)

    return _translated(empty, narrowed, strategy, limits)


def _on_platform(name: str, label: str, platform: str, strategy: Strategy, limits: Limits) -> Spelling:
    empty = Spelling(name, label, "platform", strategy.id, None, ())
    if platform not in PASTED:
        loss = Loss(f"how {platform} spells a query is not known here: write it by hand", "impossible")
        return replace(empty, losses=(loss,))
    dialect = PASTED[platform]
    made = _translated(empty, partial(translate, dialect=dialect), strategy, limits)
    return made if made.query is None else replace(made, lines=by_line(strategy.query, limits, dialect))


def _translated(
    empty: Spelling, translation: Callable[[Node, Limits], Translation], strategy: Strategy, limits: Limits
) -> Spelling:
    try:
        made = translation(strategy.query, limits)
    except NotExpressible as error:
        return replace(empty, losses=(Loss(error.message, "impossible"),))
    return replace(empty, query=made.text, losses=made.losses, parts=made.parts)
