"""Every strategy of a protocol as every source and platform takes it, with what is lost on the way. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from review.errors import NotExpressible, StageError
from review.protocol import Protocol
from review.protocol.model import Limits, SourceChoice, Strategy
from review.query import Node
from searches.dialects import DIALECTS, translate
from searches.registry import find
from searches.source import Loss, Translation


@dataclass(frozen=True, slots=True)
class Spelling:
    """One strategy at one source; ``query`` is ``None`` where it cannot be asked, and a loss says why."""

    source: str
    label: str
    kind: Literal["api", "platform"]
    strategy: str
    query: str | None
    losses: tuple[Loss, ...]


def spell(protocol: Protocol, names: Sequence[str] = ()) -> tuple[Spelling, ...]:
    """Translate every strategy for the sources and platforms of a protocol, or for some of them by name.

    Raises
    ------
    StageError
        The protocol names no such source or platform.
    """
    _check(names, [*(s.name for s in protocol.sources), *(p.id for p in protocol.platforms)])
    return tuple(s for s in _all(protocol) if not names or s.source in names)


def asked(protocol: Protocol, names: Sequence[str] = ()) -> tuple[SourceChoice, ...]:
    """Give the sources of a protocol that are asked over an API, or some of them by name.

    Raises
    ------
    StageError
        The protocol names no such source.
    """
    _check(names, [s.name for s in protocol.sources])
    return tuple(s for s in protocol.sources if not names or s.name in names)


def _check(names: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            raise StageError(f"the protocol has no source {name}", hint=f"it has: {', '.join(known) or 'none'}")


def _all(protocol: Protocol) -> Iterator[Spelling]:
    for choice in protocol.sources:
        source = find(choice.name)
        for strategy in chosen(protocol, choice.strategies):
            query, losses = _translated(source.translate, strategy, protocol.limits)
            yield Spelling(choice.name, source.about.label, "api", strategy.id, query, losses)
    for platform in protocol.platforms:
        for strategy in protocol.strategies:
            query, losses = _on_platform(platform.platform, strategy, protocol.limits)
            yield Spelling(platform.id, platform.label, "platform", strategy.id, query, losses)


def chosen(protocol: Protocol, ids: Sequence[str]) -> tuple[Strategy, ...]:
    """Give the strategies that a source is asked: those that it names, else all."""
    return tuple(s for s in protocol.strategies if not ids or s.id in ids)


def _on_platform(name: str, strategy: Strategy, limits: Limits) -> tuple[str | None, tuple[Loss, ...]]:
    if name not in DIALECTS:
        return None, (Loss(f"how {name} spells a query is not known here: write it by hand", "impossible"),)
    return _translated(partial(translate, dialect=DIALECTS[name]), strategy, limits)


def _translated(
    translation: Callable[[Node, Limits], Translation], strategy: Strategy, limits: Limits
) -> tuple[str | None, tuple[Loss, ...]]:
    try:
        made = translation(strategy.query, limits)
    except NotExpressible as error:
        return None, (Loss(error.message, "impossible"),)
    return made.text, made.losses
