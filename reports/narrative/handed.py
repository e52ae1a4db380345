"""What other rooms and the review folder give to the texts, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Handed:
    """What ``review.stages`` hands over.

    ``gaps`` is what the checks of the synthesis name, in sentences (``review code check``); ``own`` holds the team's
    own templates and citation styles by file name; ``next`` says what comes next in the review.
    """

    gaps: tuple[str, ...] = ()
    own: Mapping[str, str] = field(default_factory=dict)
    next: str = ""
