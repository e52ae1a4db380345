"""Simulated screenings between the rooms: screening does them, reports draw them. Nothing here prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from review.errors import StageError

if TYPE_CHECKING:
    from screening.ranking.trials import Trial


def simulate(
    files: Iterable[tuple[str, bytes]],
    plan: tuple[Sequence[int], tuple[int, int], str],
    *,
    label: str | None,
    clock: Callable[[], float],
    notify: Callable[[str, int, int | None], None],
) -> tuple[Trial, ...]:
    """Screen labelled files again in the order of the ranking, to see what it and the rules for stopping would do.

    Parameters
    ----------
    files : iterable of (name, bytes)
    plan : (seeds, priors, question)
        Runs per file; relevant and irrelevant records that are given beforehand; the question, or ``""``.
    label : str, optional
        The column of the labels; otherwise one of the usual names.

    Raises
    ------
    StageError
        scikit-learn is not installed.
    ReviewError
        A file has no labels, or too few of a kind.
    """
    from review.formats import read

    try:
        from screening.ranking.labelled import labelled
        from screening.ranking.simulation import Priors
        from screening.ranking.trials import Plan, trial
    except ImportError as error:
        raise StageError(
            "a simulation learns from labels, and scikit-learn is not installed",
            hint="pip install 'narrative-review[ranking]'",
        ) from error
    seeds, priors, question = plan
    found = [(name, labelled(read(data, name=name), name, label)) for name, data in files]
    return tuple(
        trial(name, one, Plan(tuple(seeds), Priors(*priors), question), clock, partial(notify, name))
        for name, one in found
    )


def recall_curves(trials: Sequence[Trial]) -> str:
    """Draw what simulated screenings found, as SVG; one file alone also with where each rule stops."""
    from reports.curve import Curve, Mark, svg
    from screening.stopping_rules import LABELS

    curves = []
    for one in trials:
        size = len(one.found.labels) - one.runs[0].order.given
        marks = [
            Mark(f"{LABELS[s.rule]}: {100 * s.read / size:.0f} % read, {100 * s.recall:.1f} % found",
                 s.read / size, s.recall)
            for s in one.stops if s.fired
        ]  # fmt: skip
        text = f"{one.name}: {one.found.relevant:,} of {len(one.found.labels):,} relevant"
        curves.append(Curve(text, tuple(one.labels(run) for run in one.runs), tuple(marks) if len(trials) == 1 else ()))
    return svg(curves)
