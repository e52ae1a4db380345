"""Leave out what a dialect refuses, where the rest of the query can do without it. Nothing is printed here."""

from __future__ import annotations

from review.errors import NotExpressible
from review.query import And, Field, Near, Node, Not, Or
from searches.dialects.losses import Ledger
from searches.dialects.model import Dialect
from searches.dialects.printer import Printer


def askable(node: Node, fields: tuple[str, ...], dialect: Dialect, ledger: Ledger) -> Node:
    """Give a query without the alternatives that a dialect refuses, and without the NOTs that it refuses.

    Each is a loss by name. What AND wants cannot be left out: it would find far more than was asked for.

    Raises
    ------
    NotExpressible
        Nothing of an OR is left, or what AND wants is refused.
    """
    match node:
        case Or(items) if not any(isinstance(item, Not) for item in items):
            return _alternatives(items, fields, dialect, ledger)
        case And(items):
            kept = tuple(new for item in items if (new := _part(item, fields, dialect, ledger)) is not None)
            return kept[0] if len(kept) == 1 else And(kept)
        case Near(left, right, distance, ordered):
            one, other = (askable(side, fields, dialect, ledger) for side in (left, right))
            return Near(one, other, distance, ordered)
        case Field(names, item):
            return Field(names, askable(item, names, dialect, ledger))
        case _:
            Printer(dialect, Ledger()).node(Field(fields, node), fields)
            return node


def _alternatives(items: tuple[Node, ...], fields: tuple[str, ...], dialect: Dialect, ledger: Ledger) -> Node:
    kept: list[Node] = []
    refused: list[NotExpressible] = []
    for item in items:
        try:
            kept.append(askable(item, fields, dialect, ledger))
        except NotExpressible as error:
            refused.append(error)
    if not kept:
        raise refused[0]
    for refusal in refused:
        ledger.lose(f"an alternative is left out: {refusal.message}", "narrower")
    return kept[0] if len(kept) == 1 else Or(tuple(kept))


def _part(item: Node, fields: tuple[str, ...], dialect: Dialect, ledger: Ledger) -> Node | None:
    """Give an item of AND as it can be asked, ``None`` for a NOT that cannot."""
    if not isinstance(item, Not):
        return askable(item, fields, dialect, ledger)
    try:
        with ledger.under_not():
            return Not(askable(item.item, fields, dialect, ledger))
    except NotExpressible as error:
        ledger.lose(f"nothing is taken away: {error.message}", "broader")
        return None
