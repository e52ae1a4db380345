"""Read subject headings in a platform's spelling: what to explode, main topics, subheadings. No operators here."""

from __future__ import annotations

import re

from review.query.pieces import Blame, Piece, within
from review.query.qualifiers import qualifier
from review.query.syntax import Place, Syntax
from review.query.tree import And, Field, Heading, Node, Not, Or, Phrase, Term
from review.query.wildcards import leaf
from review.text import fold

_OVID = re.compile(r"(exp(?:lode)?\s+)?(\*)?\s*(.*)", re.IGNORECASE | re.DOTALL)


def heading(raw: str, place: Place, syntax: Syntax, blame: Blame) -> Piece:
    """Read one heading: ``Mentors/px`` with PubMed's tag, ``Mentorship+/ED`` in EBSCOhost, a floating subheading.

    A heading with wildcards is looked for among the words of the subject headings.
    """
    explode = place.explode
    text, _, behind = raw.replace('"', " ").partition("/")
    if syntax.code == "word":
        explode = explode or text.rstrip().endswith("+") or behind.rstrip().endswith("+")
        text, behind = text.replace("+", " "), behind.replace("+", " ")
    text = " ".join(text.split()).strip(", ")
    if not fold(text):
        raise blame("A subject heading is missing here", "Write the heading as it stands in the thesaurus.")
    if any(sign in text for sign in "*?$#"):
        what = "a heading with wildcards is looked for among the words of subject headings"
        return within(("subjects",), leaf(text, syntax, quoted=" " in text, blame=blame), [(what, "broader")])
    if place.floating:
        text, behind = "", text
    names = [name.strip(" *") for name in re.split("[,/]", behind)]
    if any(sign in name for name in names for sign in "*?$#"):
        raise blame("A subheading has no wildcards", "Write it as it stands in the thesaurus.")
    qualifiers = tuple(qualifier(name) for name in names if fold(name))
    return Piece(Heading(text, syntax.vocabulary, explode, place.major, qualifiers))


def ovid_heading(raw: str, syntax: Syntax, blame: Blame) -> Piece:
    """Read Ovid's own way of writing one: ``exp *Mentors/ed, px``."""
    exploded, major, text = _OVID.findall(raw.strip())[0]
    return heading(text, Place(kind="heading", explode=bool(exploded), major=bool(major)), syntax, blame)


def as_headings(node: Node, place: Place, syntax: Syntax, blame: Blame) -> Node:
    """Turn the words of a group into headings, as a code behind its brackets asks for."""
    match node:
        case Term(text) | Phrase(text):
            piece = heading(text, place, syntax, blame)
            return node if piece.node is None else piece.node
        case Or(items):
            return Or(tuple(as_headings(item, place, syntax, blame) for item in items))
        case And(items):
            return And(tuple(as_headings(item, place, syntax, blame) for item in items))
        case Not(item):
            return Not(as_headings(item, place, syntax, blame))
        case Heading() | Field(("subjects",)):  # wildcards
            return node
        case _:
            raise blame("A code for subject headings stands behind something else", "Write it behind each heading.")
