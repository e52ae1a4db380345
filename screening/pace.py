"""How fast a person screens and how long the rest will take: a forecast to plan the day by, never a ranking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from statistics import median

BREAK_SECONDS = 300
"""A longer gap between two decisions is a break, not reading."""
ENOUGH = 5
"""Fewer gaps than these say nothing about a pace."""


def pace(times: Sequence[str]) -> float | None:
    """Give the median number of seconds between decisions, breaks left out; ``None`` when too little is known.

    Parameters
    ----------
    times : sequence of str
        ISO 8601 moments of a person's decisions, in any order.
    """
    moments = sorted(datetime.fromisoformat(time) for time in times)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    reading = [gap for gap in gaps if 0 < gap <= BREAK_SECONDS]
    return median(reading) if len(reading) >= ENOUGH else None


def forecast(left: int, seconds: float | None) -> str | None:
    """Say how long the rest takes at a pace, roughly; ``None`` when nothing is left or the pace is not known.

    >>> forecast(776, 12.0), forecast(20, 12.0), forecast(1, 2.0), forecast(9, None)
    ('about 2½ h at your pace', 'about 4 min at your pace', 'about 1 min at your pace', None)
    """
    if seconds is None or left == 0:
        return None
    minutes = left * seconds / 60
    if minutes < 50:
        rounded = max(1, round(minutes)) if minutes < 5 else 5 * max(1, round(minutes / 5))
        return f"about {rounded} min at your pace"
    halves = round(minutes / 30)
    hours, half = divmod(halves, 2)
    if hours >= 10:
        return f"about {round(minutes / 60):,} h at your pace"
    return f"about {hours or ''}{'½' if half else ''} h at your pace"
