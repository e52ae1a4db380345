"""Put together what a platform's language can only say piece by piece: one word in several fields, several in one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from review.query.tree import And, Field, Near, Node, Not, Or, Phrase, Term, in_order

_Alternative: TypeAlias = tuple[Node, tuple[str, ...] | None]
"""What stands in an OR, and the fields around it (``None``: none of its own)."""


def together(node: Node) -> Node:
    """Give a query that finds the same, with alternatives gathered by the fields that they are looked for in.

    A word that is looked for in one field or another is looked for in both; words in the same fields share them. One
    that is there twice stays so: ``lint`` asks about it.

    >>> title, abstract = Field(("title",), Term("a")), Field(("abstract",), Term("a"))
    >>> together(Or((title, abstract, Field(("title", "abstract"), Term("b")))))
    Field(names=('title', 'abstract'), item=Or(items=(Term(text='a'), Term(text='b'))))
    """
    match node:
        case Or():
            return _gathered(node)
        case And(items):
            return And(tuple(together(item) for item in items))
        case Not(item):
            return Not(together(item))
        case Field(_, Or()):
            return _gathered(node)
        case Field(names, item):
            return Field(names, together(item))
        case _:
            return node


def _gathered(node: Node) -> Node:
    groups: dict[tuple[str, ...] | None, list[Node]] = {}
    found: list[Node | tuple[str, ...] | None] = []
    for item, names in _widened(_alternatives(node, None)):
        if not isinstance(item, Term | Phrase | Near):
            found.append(item if names is None else Field(names, item))
        else:
            if names not in groups:
                found.append(names)
            groups.setdefault(names, []).append(item)
    items: list[Node] = []
    for one in found:
        if one is None:
            items += groups[None]
        elif isinstance(one, tuple):
            items.append(Field(one, _any(groups[one])))
        else:
            items.append(one)
    return _any(items)


def _alternatives(node: Node, names: tuple[str, ...] | None) -> Iterator[_Alternative]:
    """Walk what an OR joins, however it is nested, each with the innermost fields around it."""
    match node:
        case Or(items):
            for item in items:
                yield from _alternatives(item, names)
        case Field(inner, item):
            yield from _alternatives(item, inner)
        case _:
            yield together(node), names


def _widened(alternatives: Iterator[_Alternative]) -> list[_Alternative]:
    """Join the fields of a word that is there again in others: in the place where it is met first."""
    wide: list[_Alternative] = []
    met: dict[Node, list[int]] = {}
    for item, names in alternatives:
        places = met.setdefault(item, [])
        place = next((n for n in places if _apart(names, wide[n][1])), None)
        if place is None or not isinstance(item, Term | Phrase | Near):
            places.append(len(wide))
            wide.append((item, names))
        else:
            wide[place] = (item, in_order({*(wide[place][1] or ()), *(names or ())}))
    return wide


def _apart(names: tuple[str, ...] | None, others: tuple[str, ...] | None) -> bool:
    return names is not None and others is not None and not {*names} & {*others}


def _any(items: list[Node]) -> Node:
    return items[0] if len(items) == 1 else Or(tuple(items))
