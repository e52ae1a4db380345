"""What a platform's query language is: the facts that the reader needs, and nothing that does something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from review.query.pieces import Lost

Operator = Literal["and", "or", "not", "near", "same"]


@dataclass(frozen=True, slots=True)
class Place:
    """What a field code means: fields of the tree, a subject heading, or a limit.

    A ``filter`` is a limit that has no counterpart here. ``major`` and ``explode`` are of headings; with ``floating``
    it is a subheading behind any heading.
    """

    fields: tuple[str, ...] = ()
    kind: Literal["field", "heading", "language", "dates", "filter"] = "field"
    losses: tuple[Lost, ...] = ()
    explode: bool = True
    major: bool = False
    floating: bool = False


@dataclass(frozen=True, slots=True)
class Closeness:
    """A proximity operator: a pattern whose first group is its number.

    ``less`` is what its number exceeds the words between by; ``bare`` is the number where none is written.
    """

    pattern: str
    ordered: bool = False
    less: int = 0
    bare: int = 0


@dataclass(frozen=True, slots=True)
class Syntax:
    """How one platform spells a query.

    ``code`` is how field codes are written: ``tag`` behind a term (``[ti]``), ``suffix`` (``.ti.``), ``word`` before
    it (``TI``), ``equals`` (``TI=``) or ``call`` (``TITLE()``). ``wildcards`` says what each sign stands for: any
    letters, one letter, or one or none; ``counted`` that a number behind the first kind is the most letters.
    ``binding`` is the order in which operators without brackets are read, the tightest first, and ``order`` says so.
    ``side_by_side`` is what words without an operator mean. ``default`` is where words without a code are looked for.
    ``checked`` is when the facts were compared with ``docs``; ``doubtful`` names those that were not found there.
    """

    name: str
    label: str
    docs: tuple[str, ...]
    checked: str
    code: Literal["tag", "suffix", "word", "equals", "call"]
    codes: Mapping[str, Place]
    wildcards: Mapping[str, Literal["many", "one", "optional"]]
    binding: tuple[frozenset[Operator], ...]
    order: str
    side_by_side: Literal["and", "phrase"]
    default: Place
    closeness: tuple[Closeness, ...] = ()
    counted: bool = False
    vocabulary: str | None = None
    doubtful: tuple[str, ...] = ()
