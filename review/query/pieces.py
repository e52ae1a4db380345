"""What one part of a foreign query means, and how parts are joined: words, limits and losses go together. No parsing.

A limit is no query word: it stands beside the words that it was joined to with AND, and goes up with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal, TypeAlias

from review.errors import QueryError
from review.query.limits import UNLIMITED, Limited, both, either
from review.query.tree import And, Field, Near, Node, Not, Or, Phrase, Term, terms

Effect = Literal["none", "broader", "narrower", "impossible"]
Lost: TypeAlias = tuple[str, Effect]
"""What could not be carried over, and what that does to the hits."""

Blame: TypeAlias = Callable[[str, str], QueryError]
"""Makes the error for the place that is being read, from what is wrong and what to do."""

_OPPOSITE: dict[Effect, Effect] = {"broader": "narrower", "narrower": "broader"}
_LARGEST, _DEEPEST, _MOST_PAIRS = 20_000, 30, 2_000
"""Words in one query, groups in each other, and pairs of words near each other: far more than people write."""


@dataclass(frozen=True, slots=True)
class Piece:
    """``node`` is ``None`` where only limits stand; ``joined`` says what joined it in the level that is being read."""

    node: Node | None
    limits: Limited = UNLIMITED
    losses: tuple[Lost, ...] = ()
    joined: Literal["and", "or"] | None = None
    size: int = 1
    depth: int = 0


def join(kind: Literal["and", "or"], pieces: Sequence[Piece], blame: Blame) -> Piece:
    """Join pieces with AND or OR; what the same operator joined before is taken in flat."""
    if len(pieces) == 1:
        return pieces[0]
    items: list[Node] = []
    for piece in pieces:
        if piece.node is not None:
            items += piece.node.items if piece.joined == kind and isinstance(piece.node, And | Or) else (piece.node,)
    limits, losses = _limits(kind, pieces, blame)
    node = None if not items else items[0] if len(items) == 1 else (And if kind == "and" else Or)(tuple(items))
    size = sum(piece.size for piece in pieces)
    depth = max(piece.depth + (piece.joined != kind) for piece in pieces)
    if size > _LARGEST or depth > _DEEPEST:
        raise blame("This is too large, or too deep in groups of groups", "Bring it in as several queries.")
    losses = gathered(pieces, losses)
    return Piece(node, limits, losses, kind if len(items) > 1 else None, size, depth)


def negate(piece: Piece, blame: Blame) -> Piece:
    """Put NOT before a piece: what makes it broader makes the whole narrower."""
    if piece.node is None or piece.limits != UNLIMITED:
        raise blame("A limit stands behind NOT", "Take it out, and write what is wanted as the limit of the review.")
    losses = tuple((what, _OPPOSITE.get(effect, effect)) for what, effect in piece.losses)
    return replace(piece, node=Not(piece.node), losses=losses, joined=None, depth=piece.depth + 1)


def within(names: tuple[str, ...], piece: Piece, losses: Iterable[Lost] = ()) -> Piece:
    """Look for a piece in these fields."""
    node = piece.node if piece.node is None else Field(names, piece.node)
    return replace(
        piece, node=node, losses=gathered([piece], tuple(losses)), joined=None, depth=piece.depth + (node is not None)
    )


def closed(piece: Piece) -> Piece:
    """Put a piece into brackets: nothing outside takes its items in."""
    return replace(piece, joined=None)


def gathered(pieces: Iterable[Piece], more: Iterable[Lost] = ()) -> tuple[Lost, ...]:
    """Give the losses of several pieces, each once."""
    return tuple(dict.fromkeys((*(lost for piece in pieces for lost in piece.losses), *more)))


def near(left: Piece, right: Piece, distance: int, ordered: bool, blame: Blame) -> Piece:
    """Put two pieces near each other; a field beside one of them holds for both."""
    if left.node is None or right.node is None or {left.limits, right.limits} != {UNLIMITED}:
        raise blame("A limit stands beside a proximity operator", "Put brackets around the words that are near.")
    one, other, names = left.node, right.node, None
    fields = {side.names for side in (one, other) if isinstance(side, Field)}
    if len(fields) > 1:
        raise blame("The two sides of a proximity operator have different fields", "Write one field behind brackets.")
    if fields:
        (names,) = fields
        one, other = (side.item if isinstance(side, Field) else side for side in (one, other))
    if left.size * right.size > _MOST_PAIRS:
        raise blame("Too many words stand beside a proximity operator", "Write it as several queries.")
    node, lossy = _near(one, other, (distance, ordered), blame)
    what = "words near each other in more than two groups are asked for pair by pair"
    losses = gathered([left, right], [(what, "broader")] if lossy else [])
    size, depth = len([*terms(node)]), left.depth + right.depth + 2
    return Piece(Field(names, node) if names else node, UNLIMITED, losses, None, size, depth)


def _near(left: Node, right: Node, how: tuple[int, bool], blame: Blame) -> tuple[Node, bool]:
    """Pair off two sides, and say whether the pairs find more than was asked."""
    if (one := _simple(left)) is not None and (other := _simple(right)) is not None:
        return Near(one, other, *how), False
    split, whole = (left, right) if _simple(left) is None else (right, left)

    def taken(part: Node) -> tuple[Node, bool]:
        return _near(part, whole, how, blame) if split is left else _near(whole, part, how, blame)

    match split:
        case Or(items):
            pairs = [taken(item) for item in items]
            return Or(tuple(node for node, _ in pairs)), any(lossy for _, lossy in pairs)
        case And(items):
            return And(tuple(taken(item)[0] for item in items)), True
        case Near(first, second):
            return And((split, Or((taken(first)[0], taken(second)[0])))), True
        case _:
            pass
    raise blame("A side of a proximity operator is too complex", "Only words, phrases and groups of them stand there.")


def _simple(node: Node) -> Node | None:
    """Give a side as ``Near`` takes it: a term, a phrase, or one flat group of these."""
    if isinstance(node, Term | Phrase):
        return node
    if not isinstance(node, Or):
        return None
    items: list[Node] = []
    for item in node.items:
        side = _simple(item)
        if side is None:
            return None
        items += side.items if isinstance(side, Or) else (side,)
    return Or(tuple(items))


def _limits(
    kind: Literal["and", "or"], pieces: Sequence[Piece], blame: Blame
) -> tuple[Limited, tuple[Lost, ...]]:  # fmt: skip
    limits = [piece.limits for piece in pieces]
    if kind == "and":
        found = reduce(both, limits)
        if not found.languages and any(one.languages for one in limits):
            raise blame("Two limits on language leave no language over", "Write the languages with OR between them.")
        return found, ()
    if len({*limits}) == 1 and len({piece.node is None for piece in pieces}) == 1:
        return limits[0], ()
    if all(piece.node is None for piece in pieces):
        wider = False
        found = limits[0]
        for other in limits[1:]:
            found, more = either(found, other)
            wider = wider or more
        return found, ((("limits joined by OR are taken together as one", "broader"),) if wider else ())
    if any(piece.node is None for piece in pieces):
        raise blame("A limit and words are joined by OR", "Put brackets around the words, and AND before the limit.")
    return UNLIMITED, (("a limit that holds for one part of the query only is left out", "broader"),)
