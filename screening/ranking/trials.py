"""A labelled file screened again, once or with several seeds, and what came of it. Pure; the clock is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from review.errors import ReviewError
from screening.ranking.labelled import Labelled
from screening.ranking.metrics import Metrics, mean, metrics
from screening.ranking.reading import Paper, Reading
from screening.ranking.simulation import Order, Priors, simulate
from screening.ranking.stops import Stop, stops


@dataclass(frozen=True, slots=True)
class Plan:
    """How files are screened again: the seeds, what is given beforehand, and the review's question or ``""``."""

    seeds: tuple[int, ...]
    priors: Priors
    question: str


@dataclass(frozen=True, slots=True)
class Run:
    """One simulated screening."""

    order: Order
    metrics: Metrics
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a rule for stopping came to in the mean of the runs; ``fired`` counts those in which it said stop."""

    rule: str
    read: float
    found: float
    missed: float
    recall: float
    worst_recall: float
    fired: int


@dataclass(frozen=True, slots=True)
class Trial:
    """All runs of one file."""

    name: str
    found: Labelled
    runs: tuple[Run, ...]
    seconds: float

    @property
    def metrics(self) -> Metrics:
        """The mean of the runs."""
        return mean([run.metrics for run in self.runs])

    @property
    def stops(self) -> tuple[Summary, ...]:
        """The rules for stopping, each over all runs."""
        return tuple(_summed(made) for made in zip(*(run.stops for run in self.runs), strict=True))

    def labels(self, run: Run) -> list[bool]:
        """Give the labels in reading order, without the priors."""
        return [self.found.labels[row] for row in run.order.rows[run.order.given :]]


def trial(
    name: str,
    found: Labelled,
    plan: Plan,
    clock: Callable[[], float],
    notify: Callable[[int, int], None] = lambda done, total: None,
) -> Trial:
    """Screen a file again with every seed of the plan.

    Parameters
    ----------
    clock : callable
        Gives seconds.
    notify : callable
        Is told how many records have been read, over all runs, and how many there are to read.

    Raises
    ------
    ReviewError
        The file holds too few relevant or irrelevant records for the priors.
    """
    began, size = clock(), len(found.labels)
    _enough(name, found, plan.priors)
    reading = Reading([Paper(one.title, one.abstract, one.keywords) for one in found.records], plan.question)
    runs = []
    for number, seed in enumerate(plan.seeds):
        before = number * size

        def told(read: int, before: int = before) -> None:
            notify(before + read, size * len(plan.seeds))

        order = simulate(reading, found.labels, seed=seed, priors=plan.priors, notify=told)
        labels = [found.labels[row] for row in order.rows[order.given :]]
        runs.append(Run(order, metrics(labels), tuple(stops(order, found.labels))))
    return Trial(name, found, tuple(runs), clock() - began)


def _enough(name: str, found: Labelled, priors: Priors) -> None:
    """Refuse priors that leave nothing relevant to find, or that are not there."""
    irrelevant = len(found.labels) - found.relevant
    if priors.relevant >= found.relevant or priors.irrelevant > irrelevant:
        raise ReviewError(
            f"{name} holds {found.relevant:,} relevant and {irrelevant:,} irrelevant records: too few to give "
            f"{priors.relevant}+{priors.irrelevant} beforehand and have a relevant one left to find",
            hint="say --priors 0+0, or --question TEXT, which needs none",
        )


def _summed(made: Sequence[Stop]) -> Summary:
    runs = len(made)
    return Summary(
        made[0].rule,
        read=sum(one.read for one in made) / runs,
        found=sum(one.found for one in made) / runs,
        missed=sum(one.missed for one in made) / runs,
        recall=sum(one.recall for one in made) / runs,
        worst_recall=min(one.recall for one in made),
        fired=sum(one.fired for one in made),
    )
