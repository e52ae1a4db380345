"""What a field code makes of the words that it belongs to: fields of the tree, headings, or limits. No parsing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from itertools import combinations

from review.query.headings import as_headings
from review.query.limits import Limited, dates, either, language
from review.query.pieces import Blame, Lost, Piece, gathered, join, near, within
from review.query.syntax import Place, Syntax
from review.query.tokens import place
from review.query.tree import Heading, Or, Phrase, Term, in_order
from review.query.wildcards import leaf

_MOST_WORDS = 8
"""Words that are looked for near each other by one tag; each is paired with each."""


def placed(piece: Piece, places: Sequence[Place], syntax: Syntax, blame: Blame) -> Piece:
    """Put a piece where its codes say."""
    kinds = {one.kind for one in places}
    if kinds <= {"field", "heading"} and len(places) > 1:
        names = {name for one in places for name in (one.fields or ("subjects",))}
        return within(in_order(names), piece, [lost for one in places for lost in one.losses])
    if len(places) > 1:
        raise blame("These codes cannot stand together", "Write the limits apart from the fields.")
    (only,) = places
    if only.kind == "field":
        return within(only.fields, piece, only.losses)
    if only.kind == "heading":
        node = piece.node if piece.node is None else as_headings(piece.node, only, syntax, blame)
        return replace(piece, node=node)
    return _limit(piece, only, blame)


def spread(raw: str, distance: int, syntax: Syntax, blame: Blame) -> Piece:
    """Read PubMed's ``"a b"[tiab:~2]``: the words in any order, with so many others between them at most."""
    words = raw.split()
    if not 1 <= len(words) <= _MOST_WORDS:
        raise blame("Too many words are asked near each other", f"Write {_MOST_WORDS} at most.")
    leaves = [leaf(word, syntax, quoted=False, blame=blame) for word in words]
    if len(leaves) == 1:
        return leaves[0]
    between = distance + len(words) - 2
    piece = join("and", [near(one, other, between, False, blame) for one, other in combinations(leaves, 2)], blame)
    what = "more than two words near each other are asked for pair by pair"
    return replace(piece, joined=None, losses=gathered([piece], [(what, "broader")] if len(words) > 2 else []))


def range_of(text: str, syntax: Syntax, blame: Blame) -> Piece:
    """Read a limit that is one token: a range of dates, Scopus' ``PUBYEAR`` and ``LIMIT-TO``."""
    tags = re.findall(r"\[([^\[\]]*)\]", text)
    if tags:
        meant = place(tags[-1], syntax)
        if meant is not None and meant.kind == "filter":
            return _left_out(text)
        if meant is None or meant.kind != "dates":
            raise blame("A range stands before a field that has no dates", "Write a date field: 2006:2016[dp].")
    year = re.match(r"pubyear\s*(\S+?)\s*(\d{4})", text, re.IGNORECASE)
    if year is not None:
        return Piece(None, _years(year[1].casefold(), int(year[2])))
    call = re.match(r"(limit-to|exclude)\s*\(\s*([\w-]+)\s*,\s*([^()]*)\)", text, re.IGNORECASE)
    if call is not None and call[1].casefold() == "limit-to":
        name = call[2].casefold()
        code = language(call[3]) if name == "language" else None
        limits = Limited(languages=(code,)) if code else dates(call[3]) if name == "pubyear" else None
        return Piece(None, limits) if limits else _left_out(text)
    limits = None if call is not None else dates(re.sub(r"\[[^\[\]]*\]", "", text))
    if limits is None and text.casefold().startswith(("limit-to", "exclude")):
        return _left_out(text)
    if limits is None:
        raise blame("These are no dates", "Write years or days: 2006:2016[dp].")
    return Piece(None, limits)


def _years(sign: str, year: int) -> Limited:
    if sign in (">", "aft"):
        return Limited(start=f"{year + 1:04}")
    if sign in ("<", "bef"):
        return Limited(end=f"{year - 1:04}")
    return Limited(f"{year:04}", f"{year:04}")


def _limit(piece: Piece, meant: Place, blame: Blame) -> Piece:
    """Turn the words before a code for languages, dates or filters into a limit."""
    items = piece.node.items if isinstance(piece.node, Or) else (piece.node,)
    texts = [item.text for item in items if isinstance(item, Term | Phrase | Heading)]
    if len(texts) != len(items):
        raise blame("A limit is too complex", "Write single values, joined by OR.")
    codes = tuple(code for text in texts if (code := language(text)))
    if meant.kind != "dates":  # PubMed's filters hold languages too
        return Piece(None, Limited(languages=codes)) if len(codes) == len(texts) else _left_out(" or ".join(texts))
    found = [limits for text in texts if (limits := dates(text))]
    if len(found) != len(texts):
        raise blame("This is no date", "Write a year, a day, or a range of them.")
    wider: list[Lost] = []

    def hull(one: Limited, other: Limited) -> Limited:
        joined, more = either(one, other)
        if more:
            wider.append(("limits joined by OR are taken together as one", "broader"))
        return joined

    return Piece(None, reduce(hull, found), tuple(wider))


def _left_out(text: str) -> Piece:
    return Piece(None, losses=((f"the limit {' '.join(text.split())} is left out", "broader"),))
