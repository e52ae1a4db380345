"""The lines of a query as a librarian numbers them: each term, then the concept that it belongs to. Pure.

What the lines find is counted elsewhere (``searches.counting``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from review.query.tree import And, Field, Heading, Near, Node, Not, Or, Phrase, Term

Part = Literal["term", "concept"]


def concepts(query: Node) -> tuple[Node, ...]:
    """Give the items that a query joins by AND, each with its field; a query without AND is its only item.

    >>> concepts(Field(("title",), And((Term("a"), Not(Term("b"))))))
    (Field(names=('title',), item=Term(text='a')), Field(names=('title',), item=Not(item=Term(text='b'))))
    """
    match query:
        case And(items):
            return tuple(one for item in items for one in concepts(item))
        case Field(names, item):
            return tuple(Field(names, one) for one in concepts(item))
        case _:
            return (query,)


def outline(query: Node) -> tuple[tuple[Part, Node], ...]:
    """Give the terms and concepts of a query in reading order, the terms before their concept, each once.

    What stands under NOT is given without it: by itself nothing is taken away from.

    >>> [part for part, _ in outline(And((Term("a"), Or((Term("b"), Term("c"))))))]
    ['term', 'concept', 'term', 'term', 'concept']
    """
    lines: list[tuple[Part, Node]] = []
    for item in concepts(query):
        concept = _without_not(item)
        lines += [("term", atom) for atom in _atoms(concept)]
        lines.append(("concept", concept))
    return tuple(dict.fromkeys(lines))


def _without_not(node: Node) -> Node:
    match node:
        case Not(item):
            return item
        case Field(names, Not(item)):
            return Field(names, item)
        case _:
            return node


def _atoms(node: Node) -> Iterator[Node]:
    match node:
        case Term() | Phrase() | Heading() | Near():
            yield node
        case And(items) | Or(items):
            for item in items:
                yield from _atoms(item)
        case Not(item):
            yield from _atoms(item)
        case Field(names, item):
            for atom in _atoms(item):
                yield atom if isinstance(atom, Field | Heading) else Field(names, atom)
