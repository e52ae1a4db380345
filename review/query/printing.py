"""Show a tree as text that ``parse`` reads back to the same tree; platforms' spellings are in ``searches.dialects``."""

from __future__ import annotations

from review.query.parsing import TAGS
from review.query.tree import And, Field, Heading, Near, Node, Not, Or, Phrase, Term

_NAMES = {fields[0]: name for name, fields in reversed(TAGS.items()) if len(fields) == 1}


def show(node: Node) -> str:
    """Write a query as people write it; ``parse(show(node)) == node`` for every tree that ``parse`` can give.

    >>> show(And((Term("Ment*"), Or((Term("doctor*"), Phrase("general practice"))), Not(Term("student")))))
    'Ment* AND (doctor* OR "general practice") NOT student'
    """
    match node:
        case Term(text):
            return text
        case Phrase(text):
            return f'"{text}"'
        case Heading():
            return _heading(node)
        case Or(items):
            return " OR ".join(_inside(item) for item in items)
        case And(items):
            first, *rest = items
            return _inside(first) + "".join(
                f" {_inside(item)}" if isinstance(item, Not) else f" AND {_inside(item)}" for item in rest
            )
        case Not(item):
            return f"NOT {_bracketed(item)}"
        case Near(left, right, distance, ordered):
            return f"{_bracketed(left)} {'PRE' if ordered else 'NEAR'}/{distance} {_bracketed(right)}"
        case Field(names, item):
            return f"{','.join(_NAMES[name] for name in names)}:{_bracketed(item)}"


def _heading(node: Heading) -> str:
    tag = {"mesh": "mh", None: "heading"}.get(node.vocabulary, node.vocabulary)
    tag = "majr" if (tag, node.major) == ("mh", True) else f"{tag}{':major' * node.major}"
    qualifiers = f"/{','.join(node.qualifiers)}" if node.qualifiers else ""
    return f'"{node.text}{qualifiers}"[{tag}{"" if node.explode else ":noexp"}]'


def _inside(node: Node) -> str:
    """Bracket an item of AND or OR where the reader would otherwise have to know a precedence."""
    return f"({show(node)})" if isinstance(node, And | Or) else show(node)


def _bracketed(node: Node) -> str:
    return show(node) if isinstance(node, Term | Phrase | Heading) else f"({show(node)})"
