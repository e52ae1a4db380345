"""The team's own rule of appraisal: which level a study has by its responses. Printed, and never excludes. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from review.errors import Fault
from review.forms import NOT_REPORTED
from review.protocol.faults import meant
from review.protocol.model import Level


def level_of(levels: Sequence[Level], responses: Iterable[str | None]) -> str | None:
    """Give the first level whose conditions all hold; ``None`` when none does, or when a response is not known.

    Parameters
    ----------
    responses : iterable of str or None
        To every item with responses to choose from that applies to the study; ``None`` where it is not judged or not
        settled. A response that was not reported is not known either: it is never counted as a good one.
    """
    given = list(responses)
    if not given or None in given or NOT_REPORTED in given:
        return None
    counts = Counter(given)
    return next((one.label for one in levels if all(counts[code] <= most for code, most in one.at_most)), None)


def said(level: Level, labels: Mapping[str, str]) -> str:
    """Say a level with its conditions; ``labels`` are those of the responses.

    >>> said(Level("High", (("no", 0), ("cant_tell", 2))), {"no": "No", "cant_tell": "Can't tell"})
    "High: No at most 0, Can't tell at most 2"
    >>> said(Level("Low", ()), {})
    'Low: any other'
    """
    conditions = [f"{labels.get(code, code.replace('_', ' '))} at most {most}" for code, most in level.at_most]
    return f"{level.label}: {', '.join(conditions) or 'any other'}"


def applies(levels: Sequence[Level], codes: Collection[str]) -> bool:
    """Say whether an instrument has every response that a rule counts.

    Without one of them the rule would take "unclear" of one list for a good response of another.
    """
    return bool(levels) and all(code in codes for one in levels for code, _ in one.at_most)


def faults(levels: Sequence[Level], codes: Collection[str]) -> tuple[Fault, ...]:
    """Name the responses that a rule counts and no instrument has: it would never count one."""
    return tuple(
        Fault("synthesis.levels", f"'{code}' of level '{one.label}' is a response of no instrument", meant(code, codes))
        for one in levels
        for code, _ in one.at_most
        if code not in codes
    )
