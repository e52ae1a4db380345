"""Split a query that is too long for one search into queries whose union is the whole. Pure; nothing is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import quote

from review.query import And, Field, Near, Node, Or
from searches.dialects.model import Dialect

MOST_PARTS = {"api": 500, "platform": 100}
"""Searches that one query may become: of a program, and of a person who pastes each of them."""


def split(query: Node, fits: Callable[[Node], bool], most: int) -> tuple[Node, ...] | None:
    """Halve the largest group of alternatives until every query fits.

    AND distributes over OR, and so do a field and words near each other: ``(a OR b) AND c`` finds what ``a AND c`` and
    ``b AND c`` find together. Nothing under NOT is split.

    Returns
    -------
    tuple of nodes, or None
        One or more queries in the order of the alternatives; ``None`` when there is nothing left to halve, or when
        more than ``most`` would be needed.
    """
    done: list[Node] = []
    waiting = [query]
    while waiting:
        node = waiting.pop()
        if fits(node):
            done.append(node)
            continue
        groups = [*_groups(node, lambda new: new)]
        if not groups or len(done) + len(waiting) + 2 > most:
            return None
        group, put = max(groups, key=lambda found: _size(found[0]))
        middle = len(group.items) // 2
        waiting += [put(_any(group.items[middle:])), put(_any(group.items[:middle]))]
    return tuple(done)


def excess(text: str, dialect: Dialect) -> str | None:
    """Say by how much a printed query is too long for one search, ``None`` when it is not."""
    length = len(quote(text)) if dialect.longest_in == "bytes" else len(text)
    operators = sum(text.count(operator) for operator in dialect.operators)
    for count, most, what in (
        (length, dialect.longest, f"{dialect.longest_in}"),
        (operators, dialect.most_operators, "operators"),
    ):
        if most is not None and count > most:
            return f"the query has {count:,} {what}, {most:,} are allowed"
    return None


def _groups(node: Node, put: Callable[[Node], Node]) -> Iterator[tuple[Or, Callable[[Node], Node]]]:
    """Walk the outermost groups outside of NOT, each with what puts another node into its place in the query."""
    match node:
        case Or():
            yield node, put
        case And(items):
            for n, item in enumerate(items):
                yield from _groups(item, lambda new, n=n: put(And((*items[:n], new, *items[n + 1 :]))))  # type: ignore[misc]
        case Near(left, right, distance, ordered):
            yield from _groups(left, lambda new: put(Near(new, right, distance, ordered)))
            yield from _groups(right, lambda new: put(Near(left, new, distance, ordered)))
        case Field(names, item):
            yield from _groups(item, lambda new: put(Field(names, new)))


def _size(node: Node) -> int:
    match node:
        case And(items) | Or(items):
            return sum(_size(item) for item in items)
        case Near(left, right):
            return _size(left) + _size(right)
        case Field(_, item):
            return _size(item)
    return 1


def _any(items: tuple[Node, ...]) -> Node:
    return items[0] if len(items) == 1 else Or(items)
