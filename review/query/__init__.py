"""The query tree: what a person searches for, as a frozen value.

One tree is printed for every source (``searches.dialects``) and evaluated on every record that came back, so the same
question gets the same answer wherever a record came from. A strategy that was written for a platform is read into it
(``read_syntax``). No file, network or protocol is known here.
"""

from review.query.bringing import Brought, read_syntax
from review.query.history import Line
from review.query.limits import LANGUAGES, Limited
from review.query.lint import lint
from review.query.matching import compile, evaluate, matched_words, spelled
from review.query.parsing import parse
from review.query.printing import show
from review.query.stems import Stem, stems
from review.query.syntaxes import SYNTAXES
from review.query.tree import FIELDS, FURTHER, And, Field, Heading, Near, Node, Not, Or, Phrase, Term, leaves, terms

__all__ = [
    "FIELDS",
    "FURTHER",
    "LANGUAGES",
    "SYNTAXES",
    "And",
    "Brought",
    "Field",
    "Heading",
    "Limited",
    "Line",
    "Near",
    "Node",
    "Not",
    "Or",
    "Phrase",
    "Stem",
    "Term",
    "compile",
    "evaluate",
    "leaves",
    "lint",
    "matched_words",
    "parse",
    "read_syntax",
    "show",
    "spelled",
    "stems",
    "terms",
]
