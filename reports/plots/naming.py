"""Names of figures of which there may be one or several. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

_OTHER = re.compile("[^a-z0-9]+")


def names(stem: str, parts: Sequence[str]) -> tuple[str, ...]:
    """Name figures after their parts; of one alone the stem is the name. Equal names are numbered.

    >>> names("appraisal", ["mmat-2018"]), names("a", ["x-1", "x 1"])
    (('appraisal',), ('a_x_1', 'a_x_1_b'))
    """
    if len(parts) == 1:
        return (stem,)
    made: list[str] = []
    for part in parts:
        name = f"{stem}_{_OTHER.sub('_', part.casefold()).strip('_')}"
        while name in made:
            name += "_b"
        made.append(name)
    return tuple(made)
