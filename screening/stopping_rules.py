"""Rules for stopping as functions of labels in reading order, and the risk that was measured for each. Pure.

None of them stops anything: a person does, who is shown what the rule has missed elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InARow:
    """Stop after so many irrelevant reports in a row: a number, or a share of all reports."""

    code: str
    number: int
    share: float

    def needed(self, total: int) -> int:
        """Give how many have to be irrelevant in a row.

        >>> InARow("x", 50, 0).needed(2019), InARow("x", 0, 0.05).needed(2019)
        (50, 101)
        """
        return self.number or math.ceil(self.share * total - 1e-9)  # 0.1 * 110 is a little more than 11

    def stop_after(self, labels: Sequence[bool], total: int) -> int | None:
        """Give how many reports are read when the rule says stop; ``None`` when it never does.

        Before anything relevant is found nobody stops.
        """
        needed, run, seen = self.needed(total), 0, False
        for read, relevant in enumerate(labels, 1):
            seen = seen or relevant
            run = 0 if relevant else run + 1
            if seen and run >= needed:
                return read
        return None


IN_A_ROW = (
    InARow("row_50", 50, 0),
    InARow("row_100", 100, 0),
    InARow("row_200", 200, 0),
    InARow("row_5_percent", 0, 0.05),
    InARow("row_10_percent", 0, 0.1),
)
TEST = "recall_test"
SAFE = "safe"
LABELS: Mapping[str, str] = {
    "row_50": "50 irrelevant in a row",
    "row_100": "100 irrelevant in a row",
    "row_200": "200 irrelevant in a row",
    "row_5_percent": "5 % of all irrelevant in a row",
    "row_10_percent": "10 % of all irrelevant in a row",
    TEST: "test: recall of 95 % not missed",
    SAFE: "SAFE, phases 1 and 2",
}
"""Every rule that is simulated, by its code."""


@dataclass(frozen=True, slots=True)
class Risk:
    """What a rule did in simulated screenings of labelled sets; docs/methods.md has the same numbers.

    ``read`` is the mean percentage of reports read, ``recall`` the mean and ``worst`` the lowest percentage of the
    relevant ones that was found, ``reached`` in how many of the ``runs`` that was 95 or more.
    """

    runs: int
    read: int
    recall: float
    worst: float
    reached: int


RISKS: Mapping[str, Risk] = {
    "row_50": Risk(66, 24, 91.1, 61.2, 37),
    "row_100": Risk(66, 35, 95.9, 74.7, 55),
    "row_200": Risk(66, 44, 97.6, 88.6, 64),
    "row_5_percent": Risk(66, 41, 98.0, 96.1, 66),
    "row_10_percent": Risk(66, 52, 98.9, 97.3, 66),
    TEST: Risk(66, 70, 99.3, 96.1, 66),
    SAFE: Risk(66, 27, 92.4, 70.3, 38),
}
"""By ``bench/stopping.py`` on four labelled sets (see there), 2026-11-22. Error-free labels: people do worse."""


def irrelevant_in_a_row(labels: Sequence[bool]) -> int:
    """Count the irrelevant reports since the last relevant one.

    >>> irrelevant_in_a_row([False, True, False, False]), irrelevant_in_a_row([])
    (2, 0)
    """
    return next((n for n, relevant in enumerate(reversed(labels)) if relevant), len(labels))
