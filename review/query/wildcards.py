"""Turn a word or phrase with a platform's wildcards into terms of the tree, which knows ``*`` at the end and ``?``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from review.query.parsing import LEADING
from review.query.pieces import Blame, Lost, Piece, gathered, join
from review.query.syntax import Syntax
from review.query.tree import And, Near, Node, Phrase, Term
from review.text import fold

_PLAIN = re.compile(r"[\w*?'’&+‐‑‒–—-]+")
_UNSPOKEN = re.compile(r"[^\w\s*?'’&/+.‐‑‒–—-]+")
_RESERVED = frozenset({"and", "or", "not"})
_MOST_SPELLINGS, _MOST_LETTERS, _SHORTEST = 16, 4, 4
"""Spellings of one word that are written out, letters of a counted wildcard, and letters left of one inside a word."""


def leaf(raw: str, syntax: Syntax, *, quoted: bool, blame: Blame) -> Piece:
    """Read one word, or words that belong together; a letter that may be there or not gives two spellings."""
    spellings, losses = _spellings(raw, syntax, blame)
    pieces = [_side_by_side(text, quoted, blame) for text in dict.fromkeys(spellings)]
    piece = join("or", pieces, blame)
    return replace(piece, losses=gathered([piece], losses))


def _spellings(raw: str, syntax: Syntax, blame: Blame) -> tuple[list[str], list[Lost]]:
    signs = re.escape("".join(syntax.wildcards))
    pattern = rf"([{signs}])(\d*)" if syntax.counted else rf"([{signs}])()"
    texts, at = [""], 0
    losses: list[Lost] = []
    for sign in re.finditer(pattern, raw):
        endings, lost = _endings(sign, syntax.wildcards)
        before = raw[at : sign.start()]
        texts = [text + before + ending for text in texts for ending in endings]
        at, losses = sign.end(), losses + lost
        if len(texts) > _MOST_SPELLINGS:
            raise blame("Too many letters of this word are left open", "Write the spellings, joined by OR.")
    rest = raw[at:]
    if unknown := next((c for c in re.sub(pattern, "", raw) if c in "*?$#"), None):
        hint = f"Its wildcards are {' '.join(syntax.wildcards)}; if this is from another platform, name that one."
        raise blame(f"{syntax.label} has no wildcard {unknown}", hint)
    return [text + rest for text in texts], losses


def _endings(sign: re.Match[str], wildcards: Mapping[str, str]) -> tuple[list[str], list[Lost]]:
    kind, digits = wildcards[sign[1]], sign[2]
    if kind == "one":
        return ["?" + digits], []
    if kind == "optional":
        return [digits, "?" + digits], []
    if not digits:
        return ["*"], []
    if len(digits) == 1 and int(digits) <= _MOST_LETTERS:
        return ["?" * count for count in range(int(digits) + 1)], []
    return ["*"], [(f"up to {digits} letters behind a stem are read as any number of letters", "broader")]


def _side_by_side(text: str, quoted: bool, blame: Blame) -> Piece:
    """Cut words side by side behind each truncated one, because a phrase is truncated at its end only."""
    text = re.sub(r"\*+[-‐‑‒–—]", "* ", _UNSPOKEN.sub(" ", text))
    words, losses = _words(text, blame)
    parts: list[list[str]] = [[]]
    for word in words:
        if parts[-1] and parts[-1][-1].endswith("*"):
            parts.append([])
        parts[-1].append(word)
    leaves = [_term(part, quoted and len(parts) == 1) for part in parts]
    if len(leaves) == 1:
        return Piece(leaves[0], losses=losses)
    pairs: list[Node] = [Near(one, other, 0, True) for one, other in pairwise(leaves)]
    if len(pairs) == 1:
        return Piece(pairs[0], losses=losses, size=2, depth=1)
    what = "a phrase with several truncated words is asked for pair by pair"
    return Piece(And(tuple(pairs)), losses=(*losses, (what, "broader")), size=2 * len(pairs), depth=2)


def _words(text: str, blame: Blame) -> tuple[list[str], tuple[Lost, ...]]:
    """Give the words, each truncated at its end at most."""
    words: list[str] = []
    losses: tuple[Lost, ...] = ()
    for word in text.split():
        stem, star, rest = re.sub(r"\*+", "*", word).partition("*")
        if LEADING.search(word):
            raise blame("A word starts with a wildcard", "Write its first letters: platforms need them.")
        if re.search(r"\w|\?", rest):
            if len((fold(stem).split() or [""])[-1]) < _SHORTEST:
                raise blame("A wildcard stands inside a word", "Write the spellings, joined by OR.")
            losses = ((f"a wildcard inside a word is read at its end: {stem}*", "broader"),)
        word = stem + star
        if fold(word.replace("?", "x")) or star:
            words.append(word if star else word.strip("."))
    if not words:
        raise blame("There is no word to look for", "Write at least one letter or digit.")
    return words, losses


def _term(words: list[str], quoted: bool) -> Term | Phrase:
    text = " ".join(words)
    plain = _PLAIN.fullmatch(text) and text.casefold() not in _RESERVED
    return Term(text) if plain and not quoted else Phrase(text)
