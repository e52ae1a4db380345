"""Bring a strategy in from a platform: the whole text, one query or a history of numbered lines, into one tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from review.errors import Fault, QueryError
from review.query.history import Line, lines, listed
from review.query.limits import Limited, asked, both
from review.query.pieces import Effect, Lost, Piece, gathered
from review.query.reading import MIXED, Reader
from review.query.syntax import Syntax
from review.query.syntaxes import SYNTAXES
from review.query.tokens import cleaned
from review.query.tree import And, Field, Heading, Near, Node, Not, Or, Phrase, Term, leaves

_LIMIT = re.compile(r"\s*limit\s+#?(\d{1,4})\s+to\s+(.+)", re.IGNORECASE | re.DOTALL)
_AS_IS = re.compile(r"\s*(?:remove duplicates from|dedup(?:licate)?)\s+#?(\d{1,4})\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Brought:
    """A strategy as it was read.

    ``losses`` says what could not be carried over, and what that does to the hits (``none``, ``broader``,
    ``narrower``); ``lines`` are those of a history, with their hits; ``faults`` is what a librarian would ask about.
    """

    query: Node
    limits: Limited
    losses: tuple[tuple[str, Effect], ...]
    lines: tuple[Line, ...] = ()
    faults: tuple[Fault, ...] = ()


def read_syntax(text: str, syntax: str) -> Brought:
    """Read a strategy in the language of a platform, as it is typed there or copied from its search history.

    Parameters
    ----------
    text : str
        One query on any number of lines, or numbered lines that refer to each other (``1 and 2``, ``or/1-4``,
        ``#1 OR #2``, ``S1 AND S2``); the line with the highest number is the query.
    syntax : str
        A name of ``SYNTAXES``: pubmed, ovid, ebscohost, web_of_science, scopus.

    Raises
    ------
    QueryError
        With the column in the line: what the platform could not read either, or what the tree has no word for.

    Examples
    --------
    >>> brought = read_syntax("1. ment*.ti,ab. (12)\\n2. doctor?.tw.\\n3. 1 and 2\\n4. limit 3 to yr=2006", "ovid")
    >>> brought.query
    And(items=(Field(names=('title', 'abstract'), item=Term(text='ment*')), \
Field(names=('title', 'abstract'), item=Or(items=(Term(text='doctor'), Term(text='doctor?'))))))
    >>> brought.limits
    Limited(start='2006', end='2006', languages=())
    """
    facts = SYNTAXES.get(syntax)
    if facts is None:
        raise QueryError(f"The syntax {syntax!r} is not known", syntax, 1, hint=f"Known are {', '.join(SYNTAXES)}.")
    text = cleaned(text, facts)
    numbered, before = lines(text, facts)
    whole = listed(text, facts)
    if not numbered or whole is not None:
        piece = Reader(" ".join((whole or text).split("\n")), facts).read()
        return _brought(piece, facts, (), before if whole is not None else "")
    return _history(numbered, before, facts)


def _history(numbered: tuple[Line, ...], before: str, facts: Syntax) -> Brought:
    pieces: dict[int, Piece] = {}
    used: set[int] = set()
    for line in numbered:
        try:
            pieces[line.number] = _read(line, pieces, used, facts)
        except QueryError as error:
            what = f"Line {line.number}: {error.message.splitlines()[0]}"
            raise QueryError(what, error.query, error.column, hint=error.hint) from None
    last = numbered[-1]
    unused = [line.number for line in numbered[:-1] if line.number not in used]
    if unused and len(numbered) - 1 == len(unused):
        hint = f"Write a last line, such as {numbered[-2].number} AND {last.number}."
        raise QueryError("No line joins the others", last.text, 1, hint=hint)
    piece = pieces[last.number]
    left = [(f"line {number} is used by no other line, so it is left out", "none") for number in unused]
    losses: list[Lost] = [(what, "none") for what, _ in left]
    return _brought(replace(piece, losses=gathered([piece], losses)), facts, numbered, before)


def _read(line: Line, pieces: dict[int, Piece], used: set[int], facts: Syntax) -> Piece:
    """Read one line; ``used`` is added to: the lines that it refers to."""
    limited, as_is = _LIMIT.fullmatch(line.text), _AS_IS.fullmatch(line.text)
    if (limited or as_is) is None:
        reader = Reader(line.text, facts, pieces)
        piece = reader.read()
        used |= reader.used
    else:
        number = int((limited or as_is)[1])  # type: ignore[index]
        if number not in pieces:
            raise QueryError(f"There is no line {number} before this", line.text, 1, hint="Bring in the whole history.")
        piece = pieces[number]
        used.add(number)
        for part in _parts(limited[2]) if limited else ():
            piece = _with(piece, part)
    for part in line.limiters:
        piece = _with(piece, part)
    return piece


def _parts(text: str) -> Iterator[str]:
    """Part ``(english language and yr="2006 -Current")`` into single limits."""
    for part in re.split(r"\s+and\s+|,", text.strip().strip("()"), flags=re.IGNORECASE):
        if part.strip(" ()"):
            yield part.strip(" ()")


def _with(piece: Piece, limit: str) -> Piece:
    found = asked(limit)
    if found is None:
        return replace(piece, losses=gathered([piece], [(f"the limit {limit} is left out", "broader")]))
    return replace(piece, limits=both(piece.limits, found))


def _brought(piece: Piece, facts: Syntax, numbered: tuple[Line, ...], before: str) -> Brought:
    if piece.node is None:
        raise QueryError("There are only limits", "", 1, hint="Write at least one word to look for.")
    query = _default(piece.node, facts.default.fields)
    losses = list(piece.losses)
    if query != piece.node:
        bare = [leaf for leaf, names in leaves(piece.node, ()) if not names]
        mapped = any(isinstance(leaf, Term) and not leaf.text.endswith("*") for leaf in bare)
        losses += [lost for lost in facts.default.losses if mapped or lost[1] == "none"]
    if before:
        losses.append((f"the text before the first line is left out: {before}", "none"))
    return Brought(query, piece.limits, tuple(dict.fromkeys(losses)), numbered, tuple(_faults(losses, numbered)))


def _faults(losses: list[Lost], numbered: tuple[Line, ...]) -> Iterator[Fault]:
    for what, _ in losses:
        if what.startswith(MIXED):
            yield Fault("query", f"AND (or NOT) and OR are mixed: {what}", "put brackets around what belongs together")
    for line in numbered:
        if line.hits == 0:
            yield Fault(f"line {line.number}", f"it found nothing: {line.text}", "look for a slip in spelling or field")


def _default(node: Node, names: tuple[str, ...]) -> Node:
    """Say of what has no field where the platform looks for it."""
    if not _bare(node):
        return node
    if isinstance(node, Not):
        return Not(_default(node.item, names))
    if not _coded(node) or not isinstance(node, And | Or):
        return Field(names, node)
    match node:
        case And(items):
            return And(tuple(_default(item, names) for item in items))
        case Or(items):
            return Or(tuple(_default(item, names) for item in items))


def _bare(node: Node) -> bool:
    match node:
        case Term() | Phrase() | Near():
            return True
        case And(items) | Or(items):
            return any(_bare(item) for item in items)
        case Not(item):
            return _bare(item)
        case Field() | Heading():
            return False


def _coded(node: Node) -> bool:
    match node:
        case Field() | Heading():
            return True
        case And(items) | Or(items):
            return any(_coded(item) for item in items)
        case Not(item):
            return _coded(item)
        case Term() | Phrase() | Near():
            return False
