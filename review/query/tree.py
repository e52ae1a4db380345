"""The nodes of a query and the walks over them. No parsing, printing or matching here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

FIELDS: tuple[str, ...] = ("title", "abstract", "keywords")
"""Where a query can look, in the order in which field names are kept."""


@dataclass(frozen=True, slots=True)
class And:
    """All items, two or more; ``x NOT y`` is ``And((x, Not(y)))``."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of the items, two or more."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Everything but the item."""

    item: Node


@dataclass(frozen=True, slots=True)
class Term:
    """One word as the person wrote it; ``*`` at its end stands for any letters, ``?`` for exactly one character.

    A hyphenated word is one term and means its parts side by side: ``well-being`` finds "well being", not "wellbeing".
    """

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words side by side, as written between quotes; the last one may end in ``*``, and any may hold ``?``."""

    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """Two sides with at most ``distance`` words between them, in either order unless ``ordered``.

    A side is a term, a phrase, or an ``Or`` of these.
    """

    left: Node
    right: Node
    distance: int
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """The item, looked for in these fields only; ``names`` are of ``FIELDS``, in that order. An inner field wins."""

    names: tuple[str, ...]
    item: Node


Node: TypeAlias = And | Or | Not | Term | Phrase | Near | Field


def leaves(node: Node, fields: tuple[str, ...] = FIELDS) -> Iterator[tuple[Term | Phrase, tuple[str, ...]]]:
    """Walk the terms and phrases in reading order, each with the fields that it is looked for in."""
    match node:
        case Term() | Phrase():
            yield node, fields
        case And(items) | Or(items):
            for item in items:
                yield from leaves(item, fields)
        case Near(left, right):
            yield from leaves(left, fields)
            yield from leaves(right, fields)
        case Not(item):
            yield from leaves(item, fields)
        case Field(names, item):
            yield from leaves(item, names)


def terms(node: Node) -> Iterator[Term | Phrase]:
    """Walk the terms and phrases in reading order, those under ``Not`` too.

    >>> list(terms(And((Term("a"), Not(Phrase("b c"))))))
    [Term(text='a'), Phrase(text='b c')]
    """
    return (leaf for leaf, _ in leaves(node))
