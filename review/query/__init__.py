"""The query tree: what a person searches for, as a frozen value.

One tree is printed for every source (``searches.dialects``) and evaluated on every record that came back, so the same
question gets the same answer wherever a record came from. No file, network or protocol is known here.
"""

from review.query.lint import lint
from review.query.matching import compile, evaluate, matched_words, spelled
from review.query.parsing import parse
from review.query.printing import show
from review.query.tree import FIELDS, And, Field, Near, Node, Not, Or, Phrase, Term, leaves, terms

__all__ = [
    "FIELDS",
    "And",
    "Field",
    "Near",
    "Node",
    "Not",
    "Or",
    "Phrase",
    "Term",
    "compile",
    "evaluate",
    "leaves",
    "lint",
    "matched_words",
    "parse",
    "show",
    "spelled",
    "terms",
]
