"""Rewrite a query so that a dialect can ask it: words of the protocol's list for wildcards, words for headings.

The tree stays a tree; its spelling is the printer's. What is lost is written into the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from review.query import And, Field, Near, Node, Not, Or, Phrase, Term, spelled
from review.query.tree import Heading
from review.query.variants import filled
from searches.dialects.headings import as_words
from searches.dialects.losses import Ledger
from searches.dialects.model import Dialect

Words = Sequence[tuple[str, tuple[str, ...]]]
"""The word list of a protocol: a term with its wildcard as written, and the words that it stands for."""

_SHORTEST, _LONGEST = 4, 3
"""Letters before and behind ``?`` in a word that a stem can stand for; ``tele*`` is not what tele?monitor means."""

_LAST = re.compile(r"(?P<before>.*[\s‐‑-])(?P<last>[^\s‐‑-]+)")


def rewritten(query: Node, words: Words, dialect: Dialect, ledger: Ledger) -> Node:
    """Give the query that a dialect can ask instead.

    A wildcard that the dialect does not read becomes the words that the protocol lists for it; one that is not listed
    stays as it is, and the printer decides. A heading becomes its words where there are no headings; without Booleans
    every word that is not taken away stands beside the others.
    """
    node = _Rewriting(words, dialect, ledger).node(query)
    return node if dialect.booleans else _bag(node, ledger)


class _Rewriting:
    def __init__(self, words: Words, dialect: Dialect, ledger: Ledger) -> None:
        self.words = {spelled(term): found for term, found in words}
        self.dialect = dialect
        self.ledger = ledger

    def node(self, node: Node) -> Node:
        match node:
            case Term() | Phrase():
                return self.leaf(node)
            case Heading():
                return self.heading(node)
            case And(items):
                return And(tuple(self.node(item) for item in items))
            case Or(items):
                return self.alternatives(items)
            case Near(left, right, distance, ordered):
                return self.phrase(node) or Near(self.node(left), self.node(right), distance, ordered)
            case Field(names, item):
                return Field(names, self.node(item))
            case Not(item):
                with self.ledger.under_not():
                    return Not(self.node(item))

    def phrase(self, near: Near) -> Node | None:
        """Give words side by side in their order as a phrase, where a dialect cannot keep the order otherwise."""
        facts, left, right = self.dialect.near, near.left, near.right
        kept = facts is not None and facts.ordered is not None
        if kept or not near.ordered or near.distance:
            return None
        if not isinstance(left, Term | Phrase) or not isinstance(right, Term | Phrase) or left.text.endswith("*"):
            return None
        return self.leaf(Phrase(f"{left.text} {right.text}"))

    def alternatives(self, items: tuple[Node, ...]) -> Node:
        """Put the words of a term beside its alternatives, each once, instead of into brackets of their own."""
        found = [(item, self.node(item)) for item in items]
        listed = [isinstance(new, Or) and not isinstance(old, Or) for old, new in found]
        if all(new == old for old, new in found):
            return Or(items)
        flat: dict[Node, None] = {}
        for (_, new), spliced in zip(found, listed, strict=True):
            flat |= dict.fromkeys(new.items if spliced and isinstance(new, Or) else (new,))
        return _any(tuple(flat))

    def leaf(self, leaf: Term | Phrase) -> Node:
        if not _unreadable(leaf, self.dialect):
            return leaf
        listed = self.listed(leaf.text)
        if not listed:
            return self.unlisted(leaf)
        self.ledger.lose(f"{leaf.text} is asked as {len(listed)} words of the protocol's list", "narrower")
        kind = Phrase if isinstance(leaf, Phrase) else Term
        return _any(tuple(kind(word) for word in listed))

    def unlisted(self, leaf: Term | Phrase) -> Node:
        """Put words into the place of ``?`` where spellings differ, else truncate before it; the rest is refused."""
        if "?" not in leaf.text or self.dialect.one_character is not None:
            return leaf
        if words := filled(leaf):
            self.ledger.lose(f"{leaf.text} is asked as {' and '.join(word.text for word in words)}", "narrower")
            return _any(words)
        stem, _, rest = leaf.text.partition("?")
        letters = len((spelled(stem)[0].split() or [""])[-1])
        if self.dialect.truncation is None or " " in rest or letters < _SHORTEST or len(rest.strip("*?")) > _LONGEST:
            return leaf
        self.ledger.lose(f"{leaf.text} is asked as {stem}*", "broader")
        return type(leaf)(stem + "*")

    def listed(self, text: str) -> tuple[str, ...]:
        """Give the words of a term; of a phrase, those of its last word behind the words before it."""
        if spelled(text) in self.words:
            return self.words[spelled(text)]
        ending = _LAST.fullmatch(text)
        if ending is None or "?" in ending["before"]:
            return ()
        return tuple(ending["before"] + word for word in self.words.get(spelled(ending["last"]), ()))

    def heading(self, heading: Heading) -> Node:
        if not heading.text and not any(facts.floating for facts in self.dialect.headings):
            self.ledger.lose("subheadings are looked for among the words of subject headings", "broader")
            return Field(("subjects",), _any(tuple(Phrase(name) for name in heading.qualifiers)))
        if self.dialect.headings:
            return heading
        words = as_words(heading.text)
        self.ledger.lose(f"there are no subject headings: {heading.text!r} is asked as the words {words!r}", "narrower")
        return Phrase(words)


def _unreadable(leaf: Term | Phrase, dialect: Dialect) -> bool:
    """Say whether a dialect cannot ask a leaf because of its wildcard."""
    words, truncated = spelled(leaf.text)
    if "?" in leaf.text and dialect.one_character is None:
        return True
    short = len(words.split()[-1]) < dialect.shortest_stem
    phrase = " " in words and dialect.truncated_phrase is None
    return truncated and (dialect.truncation is None or short or phrase)


def _any(nodes: tuple[Node, ...]) -> Node:
    return nodes[0] if len(nodes) == 1 else Or(nodes)


def _bag(query: Node, ledger: Ledger) -> Node:
    ledger.lose("AND, OR and NOT are not read: a record with any of the words may be found", "broader")
    return _any(tuple(dict.fromkeys(Term(word) for leaf in _positive(query) for word in _single(leaf))))


def _positive(node: Node) -> Iterator[Term | Phrase]:
    match node:
        case Term() | Phrase():
            yield node
        case And(items) | Or(items):
            for item in items:
                yield from _positive(item)
        case Near(left, right):
            yield from _positive(left)
            yield from _positive(right)
        case Field(_, item):
            yield from _positive(item)


def _single(leaf: Term | Phrase) -> list[str]:
    return re.split(r"[\s‐‑-]+", leaf.text.strip())
