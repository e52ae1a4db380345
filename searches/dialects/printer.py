"""Print a query tree in a dialect, fully bracketed, with every loss. The only printer: what differs is in the tables.

Brackets are always written, because platforms disagree on what binds first (PubMed reads left to right, Elsevier's
platforms take OR before AND).
"""

from __future__ import annotations

import re
from itertools import product

from review.errors import NotExpressible
from review.query import FIELDS, And, Field, Near, Node, Not, Or, Phrase, Term, leaves, spelled
from review.query.tree import FURTHER, Heading, in_order
from searches.dialects.headings import print_heading
from searches.dialects.losses import Ledger
from searches.dialects.model import Dialect
from searches.dialects.model import Near as NearFacts
from searches.dialects.scopes import chosen, within

_UNSPOKEN = re.compile(r"[^\w\s'*?-]+")
_RESERVED = re.compile(r"and|or|not|xor|near|next|same|adj\d*|[nw]\d{1,3}", re.IGNORECASE)
"""Words that some platform reads as an operator unless they stand in quotes."""


class Printer:
    """One walk over a tree, with the losses met on the way. ``fields`` is ``None`` inside a scope already printed."""

    def __init__(self, dialect: Dialect, ledger: Ledger) -> None:
        self.dialect = dialect
        self.ledger = ledger
        self.whole: tuple[str, ...] = ()

    def lines(self, query: Node, fields: tuple[str, ...]) -> list[str]:
        """Print the query as the lines of a history, or as one line on platforms without."""
        if isinstance(query, Field):
            return self.lines(query.item, query.names)
        fields = self.within(fields)
        history = self.dialect.history
        if self.dialect.level == "query":
            wanted = {name for _, names in leaves(query, fields) for name in self.within(names)}
            self.whole = in_order(wanted)
            return [self.scope(self.whole, self.node(query, fields))]
        if history is None:
            return [self.node(query, fields)]
        if not isinstance(query, And):
            return [history.label.format(1) + self.node(query, fields)]
        plain, taken_away = self.split(query)
        printed_items = [self.node(item, fields) for item in plain] + self.away(taken_away, fields)
        references = [history.reference.format(n + 1) for n in range(len(printed_items))]
        combined = self.combine(references[: len(plain)], references[len(plain) :], bracketed=False)
        return [history.label.format(n + 1) + text for n, text in enumerate([*printed_items, combined])]

    def node(self, node: Node, fields: tuple[str, ...] | None) -> str:
        if fields is not None and self.dialect.level == "group" and _is_group(node):
            return self.scope(fields, self.node(node, None))
        match node:
            case Term() | Phrase():
                return self.leaf(node, fields)
            case Heading():
                return print_heading(node, self.dialect, self.ledger)
            case Or(items):
                return self.dialect.operators[1].join(self.inside(item, fields) for item in self.grouped(items, fields))
            case And():
                plain, taken_away = self.split(node)
                return self.combine([self.node(item, fields) for item in plain], self.away(taken_away, fields))
            case Near():
                return self.near(node, fields)
            case Field(names, item):
                return self.node(item, None if fields is None else self.within(names))
            case Not():
                raise self.refuse("NOT without anything that it takes away from", "Write it as (this) NOT (that).")

    def within(self, fields: tuple[str, ...]) -> tuple[str, ...]:
        return within(fields, self.dialect, self.ledger)

    def grouped(self, items: tuple[Node, ...], fields: tuple[str, ...] | None) -> tuple[Node, ...]:
        """Put the alternatives that one scope can go around together, before a heading or a field of their own."""
        together = tuple(item for item in items if _is_group(item))
        if fields is None or self.dialect.level != "group" or not 1 < len(together) < len(items):
            return items
        return (Or(together), *(item for item in items if not _is_group(item)))

    def inside(self, node: Node, fields: tuple[str, ...] | None) -> str:
        text = self.node(node, fields)
        single = isinstance(node, Term | Phrase | Heading) and self.dialect.operators[1] not in text
        return text if single else f"({text})"

    def leaf(self, leaf: Term | Phrase, fields: tuple[str, ...] | None) -> str:
        text = self.word(leaf)
        if fields is None:
            return text
        if self.dialect.level != "query":
            return self.scope(fields, text)
        if not any({*fields} & {*scope.fields} for scope in self.dialect.scopes):
            raise self.refuse(f"{leaf.text!r} in {' or '.join(fields)} only", "Ask for title and abstract as well.")
        if fields != self.whole:
            what = "the fields of single words cannot be asked: all are looked for in the same ones"
            self.ledger.lose(what, "broader")
        return text

    def scope(self, fields: tuple[str, ...], text: str) -> str:
        """Limit a text to fields; what is looked into besides, or not at all, is a loss."""
        scopes = chosen(fields, self.dialect)
        asked = {name for scope in scopes for name in scope.fields}
        if not asked & {*fields}:
            raise self.refuse(f"{text} in {' or '.join(fields)} only", "Ask for title and abstract as well.")
        if missing := [name for name in fields if name not in asked]:
            self.ledger.lose(f"{' and '.join(missing)} cannot be searched", "narrower")
        if further := [name for name in FIELDS + FURTHER if name in asked and name not in fields]:
            self.ledger.lose(f"{' and '.join(further)} cannot be left out of the search", "broader")
        for scope in scopes:
            if scope.loss is not None:
                self.ledger.lose(scope.loss.what, scope.loss.effect)
        return self.dialect.operators[1].join(scope.template.format(text) for scope in scopes)

    def split(self, node: And) -> tuple[list[Node], list[Node]]:
        """Part the items of an AND from those that NOT takes away from them; the latter are printed last."""
        plain: list[Node] = [item for item in node.items if not isinstance(item, Not)]
        if not plain:
            raise self.refuse("NOT without anything that it takes away from", "Write it as (this) NOT (that).")
        return plain, [item.item for item in node.items if isinstance(item, Not)]

    def away(self, nodes: list[Node], fields: tuple[str, ...] | None) -> list[str]:
        with self.ledger.under_not():
            return [self.node(node, fields) for node in nodes]

    def combine(self, plain: list[str], taken_away: list[str], *, bracketed: bool = True) -> str:
        join_and, join_or, join_not = self.dialect.operators
        if bracketed:
            plain, taken_away = [f"({text})" for text in plain], [f"({text})" for text in taken_away]
        text = join_and.join(plain)
        if not taken_away:
            return text
        away = join_or.join(taken_away)
        return (f"({text})" if len(plain) > 1 else text) + join_not + (f"({away})" if len(taken_away) > 1 else away)

    def near(self, node: Near, fields: tuple[str, ...] | None) -> str:
        """Print every pair on its own where a platform takes no brackets beside a proximity operator (Scopus)."""
        pairs = [*product(_alternatives(node.left), _alternatives(node.right))]
        facts = self.dialect.near
        if facts is None or not _can_be_near(pairs, node.distance, fields, facts):
            self.ledger.lose("words near each other are asked as words in the same record", "broader")
            return self.combine([self.node(node.left, fields), self.node(node.right, fields)], [])
        template = facts.template
        if node.ordered and facts.ordered is not None:
            template = facts.ordered
        elif node.ordered:
            self.ledger.lose("the order of words near each other is not kept", "broader")
        if facts.loss is not None:
            self.ledger.lose(facts.loss.what, facts.loss.effect)
        more = {"n": node.distance + facts.extra, "tag": dict(facts.tags).get(fields or ())}
        if facts.groups:
            pairs = [(node.left, node.right)]
        texts = [template.format(left=self.side(a), right=self.side(b), **more) for a, b in pairs]
        return texts[0] if len(texts) == 1 else self.dialect.operators[1].join(f"({text})" for text in texts)

    def reserved(self, text: str) -> bool:
        return self.dialect.booleans and _RESERVED.fullmatch(text) is not None

    def side(self, node: Node) -> str:
        text = self.node(node, None)
        if self.dialect.near is not None and self.dialect.near.words_only:
            return text.strip('"')  # both words stand in one pair of quotes
        return f"({text})" if isinstance(node, Or) else text

    def word(self, leaf: Term | Phrase) -> str:
        """Print a term or phrase; one of several words is a phrase, and so is what was quoted."""
        text = leaf.text.replace("’", "'").replace("‐", "-").replace("‑", "-")
        text = " ".join(bare for word in _UNSPOKEN.sub(" ", text).split() if (bare := word.strip("-'")))
        if "?" in text:
            text = self.one_character(leaf, text)
        several = " " in spelled(leaf.text)[0]
        if leaf.text.endswith("*"):
            return self.truncated(leaf, text.rstrip("*"), several)
        if several and "?" in leaf.text and (apart := self.dialect.truncated_phrase) and apart[1] != " ":
            return apart[0].format(_joined(text, apart[1]))
        return f'"{text}"' if several or isinstance(leaf, Phrase) or self.reserved(text) else text

    def one_character(self, leaf: Term | Phrase, text: str) -> str:
        if self.dialect.one_character is None:
            raise self.refuse(f"{leaf.text!r}, because ? is not read there", "Write the spellings, joined by OR.")
        if self.dialect.one_character_loss is not None:
            self.ledger.lose(self.dialect.one_character_loss.what, self.dialect.one_character_loss.effect)
        last = self.dialect.one_character_last
        if last is not None and text.endswith("?"):
            self.ledger.lose(f"{last} at the end of {leaf.text} stands for no character, too", "broader")
            text = text[:-1] + last
        return text.replace("?", self.dialect.one_character)

    def truncated(self, leaf: Term | Phrase, stem: str, several: bool) -> str:
        """Print a truncated term in lower case: engines of the Lucene family do not fold the case of a wildcard."""
        letters = len(spelled(leaf.text)[0].split()[-1])
        if self.dialect.truncation is None:
            self.ledger.lose(f"there is no truncation: {leaf.text} is asked as {stem}", "narrower")
            return f'"{stem}"' if several else stem
        if letters < self.dialect.shortest_stem:
            what = f"{leaf.text!r}: it needs at least {self.dialect.shortest_stem} letters before *"
            raise self.refuse(what, "Write the words that you mean, joined by OR.")
        if self.dialect.truncation_loss is not None:
            self.ledger.lose(self.dialect.truncation_loss.what, self.dialect.truncation_loss.effect)
        text = self.dialect.truncation.format(stem.lower())
        if not several:
            return text
        if self.dialect.truncated_phrase is None:
            self.ledger.lose(f"{leaf.text}: a phrase cannot be truncated, its words are asked with AND", "broader")
            return f"({_joined(text, self.dialect.operators[0])})"
        template, joint = self.dialect.truncated_phrase
        return template.format(text if '"' in template else _joined(text, joint))

    def refuse(self, what: str, hint: str) -> NotExpressible:
        message = f"{self.dialect.label} cannot be asked for {what}."
        return NotExpressible(message, source=self.dialect.name, url=self.dialect.docs, hint=hint)


def _is_group(node: Node) -> bool:
    """Say whether a scope can go around all of it: in fields of their own, two sides of AND would have to share one."""
    return isinstance(node, Term | Phrase | Near) or (isinstance(node, Or) and all(_is_group(i) for i in node.items))


def _can_be_near(
    pairs: list[tuple[Node, Node]], distance: int, fields: tuple[str, ...] | None, facts: NearFacts
) -> bool:
    too_far = facts.most is not None and distance + facts.extra > facts.most
    untagged = bool(facts.tags) and fields not in dict(facts.tags)
    wordy = facts.words_only and not all(_is_word(side) for pair in pairs for side in pair)
    return not (too_far or untagged or wordy)


def _is_word(node: Node) -> bool:
    if not isinstance(node, Term):
        return False
    words, truncated = spelled(node.text)
    return not truncated and " " not in words and "?" not in node.text


def _joined(text: str, joint: str) -> str:
    """Put words side by side that stand outside of quotes."""
    return joint.join(f'"{word}"' if _RESERVED.fullmatch(word) else word for word in re.split(r"[\s-]+", text))


def _alternatives(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Or) else (node,)
