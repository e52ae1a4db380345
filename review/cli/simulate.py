"""``review simulate``: what it prints and how it exits."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.cli.kit import PATH, Call, common, existing_file, names_of
from review.errors import ReviewError
from review.text import many

if TYPE_CHECKING:
    from screening.ranking.metrics import Metrics
    from screening.ranking.trials import Run, Trial

_MOST_RUNS = 1000


def _priors(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """Read ``1+1``: relevant and irrelevant records."""
    if value is None:
        return None
    match = re.fullmatch(r"(\d{1,6})\+(\d{1,6})", value.strip())
    if not match:
        raise click.BadParameter(f"{value} is not of the form 1+1 (relevant+irrelevant)")
    return int(match[1]), int(match[2])


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=PATH)
@click.option("--label", metavar="COLUMN", help="The column that says what is relevant [default: the usual names].")
@click.option("--question", metavar="TEXT", help="The review's question: learnt from like one relevant record.")
@click.option("--priors", metavar="R+I", callback=_priors,
              help="Relevant and irrelevant records that are given beforehand, drawn by chance [default: 1+1; with "
                   "--question 0+0].")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="What chance starts from.")
@click.option("--runs", type=click.IntRange(1, _MOST_RUNS), default=1, show_default=True,
              help="Screen each file so many times, with the seeds N, N+1, ….")  # fmt: skip
@click.option("--order", type=PATH, help="Write a CSV of record_id,label: first what is given, then in reading order.")
@click.option("--curve", type=PATH, help="Write the recall curves as SVG.")
@common
def simulate(
    call: Call,
    files: tuple[Path, ...],
    *,
    label: str | None,
    question: str | None,
    priors: tuple[int, int] | None,
    seed: int,
    runs: int,
    order: Path | None,
    curve: Path | None,
) -> None:
    """Say what the ranking would have saved on a labelled file, and where each rule for stopping would have stopped.

    FILE is of any format that is read, with a column of labels (1 and 0, include and exclude; an empty cell is no
    label). Each is screened again from the start: the ranking learns from what it has shown so far and sees no other
    label. Nothing is written but what you name; no review folder is needed.
    """
    from review import simulating
    from review.cli.streams import refuse_unwritable, write_streams

    asked = (question or "").strip()
    if question is not None and not asked:
        raise click.UsageError("--question is empty")
    if order and (len(files) > 1 or runs > 1):
        raise click.UsageError("--order writes one order: name one FILE and leave out --runs")
    wanted = [path for path in (order, curve) if path is not None]
    if len({path.resolve() for path in wanted}) < len(wanted):
        raise click.UsageError("--order and --curve name one file: the second would replace the first")
    refuse_unwritable(wanted, files)
    given = priors if priors is not None else (0, 0) if asked else (1, 1)
    with call.progress() as notify:
        trials = simulating.simulate(
            ((name, existing_file(path)) for name, path in zip(names_of(files), files, strict=True)),
            (range(seed, seed + runs), given, asked),
            label=label, clock=time.perf_counter, notify=notify,
        )  # fmt: skip
    parts = {}
    if order:
        parts[order] = [_order(trials[0])]
    if curve:
        parts[curve] = [simulating.recall_curves(trials).encode()]
    write_streams(parts)
    call.give({"files": [_facts(one, given, asked) for one in trials]})
    for one in trials:
        call.say(*_lines(one, given, asked))
    call.say(*(f"Written: {path}" for path in wanted))


def _order(trial: Trial) -> bytes:
    """Write every labelled record once, in the order of the only run."""
    from screening.ranking.labelled import repeated

    found = trial.found
    if twice := repeated(found.ids):
        raise ReviewError(
            f"{trial.name}: the id {twice[0]} is on more than one record, so that an order of ids says nothing",
            hint="give every record an id of its own in the column record_id; review dedupe removes duplicates",
        )
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("record_id", "label"))
    table.writerows((found.ids[row], int(found.labels[row])) for row in trial.runs[0].order.rows)
    return text.getvalue().encode()


def _facts(trial: Trial, priors: tuple[int, int], question: str) -> dict[str, Any]:
    """Give a file as its part of the JSON object."""
    found = trial.found
    return {
        "file": trial.name,
        "records": len(found.labels),
        "relevant": found.relevant,
        "labels_from": found.column,
        "unlabelled": found.unlabelled,
        "rejected": found.rejected,
        "priors": {"relevant": priors[0], "irrelevant": priors[1]},
        "question": question or None,
        **_measured(trial.metrics),
        "seconds": round(trial.seconds, 3),
        "stops": [
            {
                "rule": one.rule, "read": one.read, "found": one.found, "missed": one.missed, "recall": one.recall,
                "worst_recall": one.worst_recall, "fired": one.fired,
            }
            for one in trial.stops
        ],
        "runs": [_run(run) for run in trial.runs],
        "notes": list(found.notes),
    }  # fmt: skip


def _run(run: Run) -> dict[str, Any]:
    stops = [
        {"rule": one.rule, "read": one.read, "found": one.found, "missed": one.missed, "recall": one.recall,
         "fired": one.fired}
        for one in run.stops
    ]  # fmt: skip
    return {"seed": run.order.seed, **_measured(run.metrics), "stops": stops}


def _measured(metrics: Metrics) -> dict[str, Any]:
    return {
        "recall": {str(percent): share for percent, share in metrics.recall.items()},
        "wss95": metrics.wss95,
        "wss100": metrics.wss100,
        "atd": metrics.atd,
        "first_relevant": metrics.first_relevant,
    }


def _lines(trial: Trial, priors: tuple[int, int], question: str) -> Sequence[str]:
    """Say a file for people."""
    from screening.stopping_rules import LABELS

    found, mean, runs = trial.found, trial.metrics, len(trial.runs)
    size = len(found.labels) - sum(priors)
    began = " and ".join(
        part for part in (
            f"{priors[0]} relevant and {priors[1]} irrelevant given" if sum(priors) else "",
            "the question" if question else "",
        ) if part
    ) or "nothing given"  # fmt: skip
    lines = [
        f"{trial.name}: {many(len(found.labels), 'labelled record')}, {found.relevant:,} relevant "
        f"({_percent(found.relevant / len(found.labels), 1)}; labels from {found.column})",
        f"  began with {began}; {many(runs, 'run')}, {trial.seconds:.1f} s",
    ]
    if found.unlabelled:
        lines.append(f"  Note: {many(found.unlabelled, 'record')} without a label left out")
    if found.rejected:
        lines.append(f"  Note: {many(found.rejected, 'row')} left out that could not be read as a record")
    lines += [f"  Note: {note}" for note in found.notes]
    recall = ", ".join(f"{_percent(share)} after {percent} %" for percent, share in mean.recall.items())
    lines += [
        f"  found: {recall} of the records",
        f"  work saved over reading in any order: WSS@95 {mean.wss95:.3f}, WSS@100 {mean.wss100:.3f}",
        f"  first relevant record: number {mean.first_relevant:,}; on average a relevant one is number {mean.atd:,.0f}",
        f"  {'where a rule would have stopped':34} {'read':>7} {'':>6} {'found':>7} {'missed':>7}"
        + (f" {'worst run':>10}" if runs > 1 else ""),
    ]
    for one in trial.stops:
        worst = f" {_percent(one.worst_recall, 1):>10}" if runs > 1 else ""
        never = "" if one.fired else "  never says stop"
        lines.append(
            f"  {LABELS[one.rule]:34} {one.read:7,.0f} {_percent(one.read / size):>6} {_percent(one.recall, 1):>7} "
            f"{one.missed:7,.1f}{worst}{never}"
        )
    return lines


def _percent(share: float, digits: int = 0) -> str:
    return f"{100 * share:.{digits}f} %"
