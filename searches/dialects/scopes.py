"""Which of a dialect's fields a term is looked for in, when those that were asked for are not all there."""

from __future__ import annotations

from review.query.tree import FIELDS, FURTHER, in_order
from searches.dialects.losses import Ledger
from searches.dialects.model import Dialect, Scope
from searches.source import Loss

_SUBSTANCES = Loss("names of substances are looked for among the words of subject headings", "broader")
_STAND_INS = {
    "substances": (("subjects",), _SUBSTANCES),
    "subjects": (FIELDS, Loss("subject headings cannot be searched: title, abstract and keywords are", "narrower")),
    "anywhere": (FIELDS, Loss("the whole record cannot be searched: title, abstract and keywords are", "narrower")),
}
"""Fields for which others are an honest substitute; for authors, journal and type nothing is."""


def within(fields: tuple[str, ...], dialect: Dialect, ledger: Ledger) -> tuple[str, ...]:
    """Put fields into their order, and others in the place of those that may be replaced."""
    known = {name for scope in dialect.scopes for name in scope.fields}
    wanted = {*fields}
    for name, (others, loss) in _STAND_INS.items():
        if name in wanted and name not in known:
            ledger.lose(loss.what, loss.effect)
            wanted = (wanted - {name}) | {*others}
    return in_order(wanted)


def chosen(fields: tuple[str, ...], dialect: Dialect) -> list[Scope]:
    """Choose the scopes to look into: the one made for the fields, else the fewest for them, else the nearest."""
    if dialect.level == "query":
        exact = [scope for scope in dialect.scopes if scope.fields == fields]
        return exact or [max(dialect.scopes, key=lambda scope: len({*fields} & {*scope.fields}))]
    found: list[Scope] = []
    left = {*fields}
    for scope in sorted(dialect.scopes, key=lambda scope: -len(scope.fields)):
        if {*scope.fields} <= left:
            found.append(scope)
            left -= {*scope.fields}
    wider = [scope for scope in dialect.scopes if left & {*scope.fields}]
    if wider:
        nearest = min(wider, key=lambda scope: len({*scope.fields} - {*fields}))
        found = [nearest, *(scope for scope in found if not {*scope.fields} <= {*nearest.fields})]
    order = FIELDS + FURTHER
    return sorted(found, key=lambda scope: order.index(scope.fields[0]))
