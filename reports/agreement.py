"""The table of agreement between people who worked independently: at screening, extraction and appraisal. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from reports.table import Table, table
from review.agreement import Rated, TwoRaters

NOT_DEFINED = "not defined"
_APART, _TITLE = "–", "Agreement between reviewers"
_COLUMNS = (
    "Step", "Compared", "n", "Observed agreement", "Positive agreement", "Negative agreement",
    "Cohen's kappa (95% CI)", "Gwet's AC1", "PABAK",
)  # fmt: skip
_NOTE = (
    "From what each person decided first, before anything was discussed or settled; n: decisions of which there are"
    " two. Positive and negative agreement: on includes and on excludes.",
    f"{_APART} Not applicable: answers that are codes have no positive and negative side; of text only the share that"
    f" is the same is counted. {NOT_DEFINED.capitalize()}: nothing varies.",
    "Kappa is low where nearly all is excluded although nearly all votes agree: read it with the others. No label is"
    " attached to a value.",
)


def agreement(rated: Sequence[Rated]) -> tuple[Table, ...]:
    """Make the table; there is none when nothing is said of any step, and no figures where nobody can be compared."""
    if not any(one.agreement for one in rated):
        told = [(one.step, one.why) for one in rated]
        return (table("agreement", _TITLE, ("Step", "Agreement"), told),) if told else ()
    rows = [
        (one.step, one.what, *_figures(one.agreement, one.kind))
        if one.agreement
        else (one.step, one.why, *[""] * (len(_COLUMNS) - 2))
        for one in rated
    ]
    return (table("agreement", _TITLE, _COLUMNS, rows, note="\n".join(_NOTE)),)


def _figures(two: TwoRaters, kind: str) -> tuple[str, ...]:
    share = [_per_cent(two.positive), _per_cent(two.negative)] if kind == "votes" else [_APART] * 2
    chance = [_kappa(two), _figure(two.ac1), _figure(two.pabak)] if kind != "text" else [_APART] * 3
    return f"{two.n:,}", _per_cent(two.observed), *share, *chance


def _kappa(two: TwoRaters) -> str:
    if two.kappa is None:
        return NOT_DEFINED
    known = two.low is not None and two.high is not None
    return _figure(two.kappa) + (f" ({_figure(two.low)} to {_figure(two.high)})" if known else "")


def _figure(value: float | None) -> str:
    """Write a coefficient with two decimals and a true minus sign.

    >>> _figure(-0.126), _figure(None)
    ('−0.13', 'not defined')
    """
    return NOT_DEFINED if value is None else f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _per_cent(value: float | None) -> str:
    return NOT_DEFINED if value is None else f"{100 * value:.1f}%"
