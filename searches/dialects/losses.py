"""Where losses are written down while a query is rewritten and printed. Nothing is printed here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from searches.source import Effect, Loss

_OPPOSITE: dict[Effect, Effect] = {"broader": "narrower", "narrower": "broader"}


class Ledger:
    """The losses of one walk over a query, in the order in which they were met."""

    def __init__(self) -> None:
        self.losses: list[Loss] = []
        self._negated = False

    def lose(self, what: str, effect: Effect) -> None:
        """Write a loss down; what makes a part that NOT takes away broader makes the whole narrower."""
        self.losses.append(Loss(what, _OPPOSITE.get(effect, effect) if self._negated else effect))

    @contextmanager
    def under_not(self) -> Iterator[None]:
        """Walk on inside a NOT; one NOT in another counts as none."""
        self._negated = not self._negated
        try:
            yield
        finally:
            self._negated = not self._negated
