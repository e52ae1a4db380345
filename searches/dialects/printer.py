"""Print a query tree in a dialect, fully bracketed, with every loss. The only printer: what differs is in the tables.

Brackets are always written, because platforms disagree on what binds first (PubMed reads left to right, Elsevier's
platforms take OR before AND).
"""

from __future__ import annotations

import re
from itertools import product

from review.errors import NotExpressible
from review.protocol.model import Limits
from review.query import FIELDS, And, Field, Near, Node, Not, Or, Phrase, Term, leaves, spelled
from searches.dialects.limits import printed
from searches.dialects.model import Dialect
from searches.source import Effect, Loss, Translation

_UNSPOKEN = re.compile(r"[^\w\s'*?-]+")
_OPPOSITE: dict[Effect, Effect] = {"broader": "narrower", "narrower": "broader"}


def translate(query: Node, limits: Limits, dialect: Dialect) -> Translation:
    """Print a query with its limits.

    Parameters
    ----------
    query : Node
    limits : Limits
        ``fields`` is where terms without a field of their own are looked for.
    dialect : Dialect

    Returns
    -------
    Translation
        The text to send or to paste, and the losses in the order of the query, each once.

    Raises
    ------
    NotExpressible
        A stem is too short, ``?`` or a truncated phrase cannot be asked, or NOT has nothing to take away from.
    """
    printer = _Printer(dialect)
    lines = printer.lines(query, limits.fields)
    parts, late = printed(limits, dialect)
    text = "\n".join(lines)
    printer.check_size(text)
    if parts:
        text = f"({text})" if "AND {limits}" in dialect.limited and not _is_plain_and(query) else text
        text = dialect.limited.format(
            query=text, limits=dialect.limit_joint.join(parts), last=len(lines), following=len(lines) + 1
        )
    return Translation(text, tuple(dict.fromkeys((*printer.losses, *late, *dialect.losses))))


def _is_plain_and(query: Node) -> bool:
    return isinstance(query, And) and not any(isinstance(item, Not) for item in query.items)


class _Printer:
    """One walk over a tree, with the losses met on the way. ``fields`` is ``None`` inside a scope already printed."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.losses: list[Loss] = []
        self.negated = False
        self.whole: tuple[str, ...] = ()

    def lines(self, query: Node, fields: tuple[str, ...]) -> list[str]:
        """Print the query as the lines of a history, or as one line on platforms without."""
        if isinstance(query, Field):
            return self.lines(query.item, query.names)
        fields = tuple(name for name in FIELDS if name in fields)
        history = self.dialect.history
        if self.dialect.level == "query":
            wanted = {name for _, names in leaves(query, fields) for name in names}
            self.whole = tuple(name for name in FIELDS if name in wanted)
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
            case Or(items):
                return self.dialect.operators[1].join(self.inside(item, fields) for item in items)
            case And():
                plain, taken_away = self.split(node)
                return self.combine([self.node(item, fields) for item in plain], self.away(taken_away, fields))
            case Near():
                return self.near(node, fields)
            case Field(names, item):
                return self.node(item, None if fields is None else names)
            case Not():
                raise self.refuse("NOT without anything that it takes away from", "Write it as (this) NOT (that).")

    def inside(self, node: Node, fields: tuple[str, ...] | None) -> str:
        text = self.node(node, fields)
        return text if isinstance(node, Term | Phrase) and self.dialect.operators[1] not in text else f"({text})"

    def leaf(self, leaf: Term | Phrase, fields: tuple[str, ...] | None) -> str:
        text = self.word(leaf)
        if fields is None:
            return text
        if self.dialect.level != "query":
            return self.scope(fields, text)
        if fields != self.whole:
            self.lose("the fields of single words cannot be asked: all are looked for in the same ones", "broader")
        return text

    def scope(self, fields: tuple[str, ...], text: str) -> str:
        """Limit a text to fields: by the scope made for them, else by one for each, else by the nearest there is."""
        scopes = {scope.fields: scope for scope in self.dialect.scopes}
        if fields in scopes:
            chosen = [scopes[fields]]
        elif self.dialect.level == "query":
            chosen = [max(scopes.values(), key=lambda scope: len({*fields} & {*scope.fields}))]
        else:
            chosen = [scopes[(name,)] for name in fields if (name,) in scopes]
        asked = {name for scope in chosen for name in scope.fields}
        if not asked & {*fields}:
            raise self.refuse(f"in {' or '.join(fields)} only", "Ask for title and abstract as well.")
        if missing := [name for name in fields if name not in asked]:
            self.lose(f"{' and '.join(missing)} cannot be searched", "narrower")
        if further := [name for name in FIELDS if name in asked and name not in fields]:
            self.lose(f"{' and '.join(further)} cannot be left out of the search", "broader")
        for scope in chosen:
            if scope.loss is not None:
                self.lose(scope.loss.what, scope.loss.effect)
        return self.dialect.operators[1].join(scope.template.format(text) for scope in chosen)

    def split(self, node: And) -> tuple[list[Node], list[Node]]:
        """Part the items of an AND from those that NOT takes away from them; the latter are printed last."""
        plain: list[Node] = [item for item in node.items if not isinstance(item, Not)]
        if not plain:
            raise self.refuse("NOT without anything that it takes away from", "Write it as (this) NOT (that).")
        return plain, [item.item for item in node.items if isinstance(item, Not)]

    def away(self, nodes: list[Node], fields: tuple[str, ...] | None) -> list[str]:
        self.negated = not self.negated  # what makes this part broader makes the whole narrower
        texts = [self.node(node, fields) for node in nodes]
        self.negated = not self.negated
        return texts

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
        """Print every pair on its own: some platforms take no brackets beside a proximity operator (Scopus)."""
        facts = self.dialect.near
        if facts is None or (facts.most is not None and node.distance + facts.extra > facts.most):
            self.lose("words near each other are asked as words in the same record", "broader")
            return self.combine([self.node(node.left, fields), self.node(node.right, fields)], [])
        template = facts.template
        if node.ordered and facts.ordered is not None:
            template = facts.ordered
        elif node.ordered:
            self.lose("the order of words near each other is not kept", "broader")
        pairs = product(_alternatives(node.left), _alternatives(node.right))
        n = node.distance + facts.extra
        texts = [template.format(left=self.node(a, None), right=self.node(b, None), n=n) for a, b in pairs]
        return texts[0] if len(texts) == 1 else self.dialect.operators[1].join(f"({text})" for text in texts)

    def word(self, leaf: Term | Phrase) -> str:
        """Print a term or phrase; one of several words is a phrase, and so is what was quoted."""
        text = " ".join(_UNSPOKEN.sub(" ", leaf.text.replace("’", "'")).replace("‐", "-").replace("‑", "-").split())
        if "?" in text:
            if self.dialect.one_character is None or (text.endswith("?") and not self.dialect.one_character_ends):
                raise self.refuse(f"{leaf.text!r}, because ? is not read there", "Write the spellings, joined by OR.")
            text = text.replace("?", self.dialect.one_character)
        several = " " in spelled(leaf.text)[0]
        if leaf.text.endswith("*"):
            return self.truncated(leaf, text.rstrip("*"), several)
        return f'"{text}"' if several or isinstance(leaf, Phrase) else text

    def truncated(self, leaf: Term | Phrase, stem: str, several: bool) -> str:
        """Print a truncated term in lower case: engines of the Lucene family do not fold the case of a wildcard."""
        letters = len(spelled(leaf.text)[0].split()[-1])
        if self.dialect.truncation is None:
            self.lose(f"there is no truncation: {leaf.text} is asked as {stem}", "narrower")
            return f'"{stem}"' if several else stem
        if letters < self.dialect.shortest_stem:
            what = f"{leaf.text!r}: it needs at least {self.dialect.shortest_stem} letters before *"
            raise self.refuse(what, "Write the words that you mean, joined by OR.")
        if self.dialect.truncation_loss is not None:
            self.lose(self.dialect.truncation_loss.what, self.dialect.truncation_loss.effect)
        text = self.dialect.truncation.format(stem.lower())
        if not several:
            return text
        if self.dialect.truncated_phrase is None:
            raise self.refuse(
                f"{leaf.text!r}, because a phrase cannot be truncated", "Write its endings, joined by OR."
            )
        template, joint = self.dialect.truncated_phrase
        return template.format(text if joint == " " else joint.join(re.split(r"[\s-]+", text)))

    def lose(self, what: str, effect: Effect) -> None:
        self.losses.append(Loss(what, _OPPOSITE.get(effect, effect) if self.negated else effect))

    def refuse(self, what: str, hint: str) -> NotExpressible:
        message = f"{self.dialect.label} cannot be asked for {what}."
        return NotExpressible(message, source=self.dialect.name, url=self.dialect.docs, hint=hint)

    def check_size(self, text: str) -> None:
        longest, most = self.dialect.longest, self.dialect.most_operators
        operators = sum(text.count(operator) for operator in self.dialect.operators)
        if longest is not None and len(text) > longest:
            self.lose(f"the query has {len(text)} characters, {longest} are allowed: split it", "impossible")
        if most is not None and operators > most:
            self.lose(f"the query has {operators} operators, {most} are allowed: split it", "impossible")


def _is_group(node: Node) -> bool:
    """Say whether a scope can go around all of it: in fields of their own, two sides of AND would have to share one."""
    return isinstance(node, Term | Phrase | Near) or (isinstance(node, Or) and all(_is_group(i) for i in node.items))


def _alternatives(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Or) else (node,)
