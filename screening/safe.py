"""The SAFE procedure as a checklist that fills itself from counts. Pure; the words are ours.

Four phases: a random share to learn from, screening in the order of a model until four conditions hold together,
another model, and a second look at what was excluded. The numbers are its authors' choices, not meant to fit every
review.

Source: Boetje J, van de Schoot R. The SAFE procedure: a practical stopping heuristic for active learning-based
screening in systematic reviews and meta-analyses. Syst Rev 2024;13:81, doi:10.1186/s13643-024-02502-7,
checked 2026-11-22.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from review.text import many

SOURCE = "10.1186/s13643-024-02502-7"
RANDOM_SHARE = 0.01
LEAST_SHARE = 0.1
TIMES_ESTIMATED = 2
IN_A_ROW = 50

State = Literal["yes", "no", "unknown", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Counts:
    """What the checklist is filled from; ``None`` is not known.

    Attributes
    ----------
    total, read : int
        Reports at the stage, and those somebody has read.
    drawn, drawn_relevant : int
        The random share, and what of it was relevant.
    key_found, key_total : int
        Papers known to be relevant beforehand: found relevant by now, and all.
    in_a_row : int
        Irrelevant reports read since the last relevant one.
    other_model : int or None
        The same, counted only over reports that another model put first, after the model's own order was left.
    checked : int or None
        Excluded reports decided on once more, one after the other, without any of them turning out relevant.
    """

    total: int
    read: int
    drawn: int
    drawn_relevant: int
    key_found: int
    key_total: int
    in_a_row: int
    other_model: int | None = None
    checked: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checklist: what there is and what is needed, as sentences without a full stop."""

    code: str
    phase: int
    label: str
    state: State
    have: str
    need: str
    source: str = SOURCE


def checklist(counts: Counts) -> tuple[Line, ...]:
    """Fill the seven lines; the four of phase 2 have to be *yes* at the same time."""
    return (
        _random_share(counts), _key_papers(counts), _twice(counts), _tenth(counts), _in_a_row(counts),
        _other_model(counts), _checked(counts),
    )  # fmt: skip


def ready(lines: Sequence[Line]) -> bool:
    """Say whether nothing of the first two phases stands against leaving the model's order."""
    return all(line.state in ("yes", "not_applicable") for line in lines if line.phase <= 2)


def least_share(total: int) -> int:
    """Give how many reports the random share needs to have."""
    return _part(RANDOM_SHARE, total)


def estimated(counts: Counts) -> float | None:
    """Give how many relevant reports the random share promises; ``None`` while it holds none."""
    return counts.drawn_relevant / counts.drawn * counts.total if counts.drawn_relevant else None


def _random_share(c: Counts) -> Line:
    least = least_share(c.total)
    return Line(
        "random_share", 1, "A random share has been read", _state(c.drawn >= least and c.drawn_relevant > 0),
        f"{many(c.drawn, 'report')} drawn at random, {c.drawn_relevant:,} relevant",
        f"at least {least:,} (1 %), one of them relevant",
    )  # fmt: skip


def _key_papers(c: Counts) -> Line:
    return Line(
        "key_papers", 2, "All papers known beforehand have been found",
        _state(c.key_found >= c.key_total) if c.key_total else "not_applicable",
        f"{c.key_found:,} of {c.key_total:,}" if c.key_total else "none is known at this stage",
        f"{c.key_total:,} of {c.key_total:,}" if c.key_total else "papers that must be found, if there are any",
    )  # fmt: skip


def _twice(c: Counts) -> Line:
    number = estimated(c)
    least = None if number is None else _part(TIMES_ESTIMATED, number)
    return Line(
        "twice_estimated", 2, "Twice as many as are probably relevant have been read",
        "unknown" if least is None else _state(c.read >= least),
        f"{many(c.read, 'report')} read",
        "an estimate: nothing in the random share is relevant yet" if least is None
        else f"at least {least:,}: the random share promises {many(round(number or 0), 'relevant report')}",
    )  # fmt: skip


def _tenth(c: Counts) -> Line:
    least = _part(LEAST_SHARE, c.total)
    return Line(
        "tenth", 2, "A tenth of all reports has been read", _state(c.read >= least),
        f"{c.read:,} of {c.total:,}", f"at least {least:,} (10 %)",
    )  # fmt: skip


def _in_a_row(c: Counts) -> Line:
    return Line(
        "in_a_row", 2, "The last reports were all irrelevant", _state(c.in_a_row >= IN_A_ROW),
        f"{c.in_a_row:,} in a row", f"at least {IN_A_ROW}",
    )  # fmt: skip


def _other_model(c: Counts) -> Line:
    return Line(
        "other_model", 3, "Another model finds nothing more",
        "unknown" if c.other_model is None else _state(c.other_model >= IN_A_ROW),
        "not noted here" if c.other_model is None else f"{c.other_model:,} irrelevant in a row in its order",
        f"at least {IN_A_ROW} irrelevant in a row in the order of a model of another kind",
    )  # fmt: skip


def _checked(c: Counts) -> Line:
    return Line(
        "checked", 4, "What was excluded has been looked at again",
        "unknown" if c.checked is None else _state(c.checked >= IN_A_ROW),
        "not noted here" if c.checked is None else f"{c.checked:,} exclusions in a row confirmed",
        f"at least {IN_A_ROW} in a row confirmed, the likeliest to be relevant first",
    )  # fmt: skip


def _part(times: float, number: float) -> int:
    return math.ceil(times * number - 1e-9)  # 0.1 * 110 is a little more than 11


def _state(holds: bool) -> State:
    return "yes" if holds else "no"
