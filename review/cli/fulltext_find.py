"""``review fulltext find``: what it prints and how it exits."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from review.cli.kit import Call, common
from review.cli.screening import joined
from review.text import many

if TYPE_CHECKING:
    from searches.fulltext.fetch import Found


@click.command()
@click.argument("reports", type=int, nargs=-1, metavar="[REPORT]...")
@click.option("--again", is_flag=True, help="Also where a place was asked in the last 30 days.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Ask for N reports at most.")
@common
def find(call: Call, reports: tuple[int, ...], *, again: bool, limit: int | None) -> None:
    """Look for open-access copies of the full texts still to be got, fetch them, and keep those that are the paper.

    REPORT: only these [default: all that wait for their full text].
    """
    from review.finding import find_full_texts

    call, _ = joined(call)
    workspace = call.workspace()
    actor = call.actor(workspace, "vote")
    with call.progress() as notify:
        found = find_full_texts(workspace, actor, reports, notify, again=again, limit=limit)
    call.say(*_lines(found), f"{found.summary()}.")
    if found.count("tried"):
        call.say("Next: get the others through your library, and add the files: review fulltext add")
    counts = {result: found.count(result) for result in ("got", "tried", "skipped")}
    call.give({
        "wanted": len(found.reports), **counts,
        "reports": [asdict(one) for one in found.reports], "unasked": [asdict(one) for one in found.unasked],
    })  # fmt: skip
    sys.exit(max((one.exit_code for one in found.unasked), default=0))


def _lines(found: Found) -> Iterator[str]:
    for one in found.reports:
        if one.result == "got":
            yield f"{one.report}: got, {one.route}, {one.url}" + (f" ({one.why})" if one.why else "")
        elif one.result == "tried":
            yield f"{one.report}: not had: {one.why}"
    for why, number in Counter(one.why for one in found.reports if one.result == "skipped").items():
        yield f"{many(number, 'report')} skipped: {why}"
    for place in found.unasked:
        yield f"{place.label} could not be asked for {many(place.reports, 'report')}: {place.why}"
        if place.hint:
            yield f"  what to do: {place.hint}"
