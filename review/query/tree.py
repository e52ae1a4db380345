"""The nodes of a query and the walks over them. No parsing, printing or matching here."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TypeAlias

FIELDS: tuple[str, ...] = ("title", "abstract", "keywords")
"""Where a query can look and a record can be looked into, in the order in which field names are kept."""

FURTHER: tuple[str, ...] = ("subjects", "substances", "authors", "journal", "type", "anywhere")
"""Where only a platform can look; a term that is looked for there and not met here is unknown, not absent."""


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
class Heading:
    """A subject heading of a thesaurus (``mesh``, ``emtree``, ``cinahl``, ``psycinfo``; ``None``: not said which).

    ``explode`` takes its narrower headings too, ``major`` wants it as a main topic, ``qualifiers`` are subheadings.
    Without ``text`` it is a subheading behind any heading (``drug therapy.fs.``), and there is one qualifier.
    """

    text: str
    vocabulary: str | None = None
    explode: bool = True
    major: bool = False
    qualifiers: tuple[str, ...] = ()


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
    """The item, looked for in these fields only; ``names`` are of ``FIELDS + FURTHER``, in that order.

    An inner field wins.
    """

    names: tuple[str, ...]
    item: Node


Node: TypeAlias = And | Or | Not | Term | Phrase | Heading | Near | Field


def in_order(names: Collection[str]) -> tuple[str, ...]:
    """Put field names into the order in which they are kept.

    >>> in_order({"subjects", "title"})
    ('title', 'subjects')
    """
    return tuple(name for name in FIELDS + FURTHER if name in names)


def leaves(node: Node, fields: tuple[str, ...] = FIELDS) -> Iterator[tuple[Term | Phrase, tuple[str, ...]]]:
    """Walk the terms and phrases in reading order, each with the fields that it is looked for in; no headings."""
    match node:
        case Heading():
            return
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
