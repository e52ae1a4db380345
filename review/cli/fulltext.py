"""``review fulltext``: what is to be got, what was got and what could not be had, files to add: parse, call, print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.cli.fulltext_find import find
from review.cli.kit import PATH, Call, common
from review.cli.screening import joined
from review.text import many

if TYPE_CHECKING:
    from searches.fulltext.drop import Dropped

_note = click.option("--note", metavar="TEXT", help="A remark to keep with it.")
_report = click.argument("report", type=int)


@click.group(invoke_without_command=True)
@common
def fulltext(call: Call) -> None:
    """List the full texts still to be got; note which were, and which could not be."""
    context = click.get_current_context()
    context.obj = (call, None)
    if context.invoked_subcommand is not None:
        return
    from screening import retrieval

    with call.workspace().store.read() as connection:
        found = retrieval.pending(connection)
    call.give({"pending": [asdict(one) for one in found]})
    if not found:
        call.say("No report waits for its full text.")
    for one in found:
        doi = f"  https://doi.org/{one.doi}" if one.doi else ""
        call.say(f"{one.report}  {one.title or '(no title)'}{doi}  [{_OUTCOMES[one.outcome]}]")


fulltext.add_command(find)

_OUTCOMES = {
    None: "to be got", "tried": "to be got, tried in vain", "asked": "asked for",
    "retrieved": "got, to be assessed", "not_retrieved": "could not be had",
}  # fmt: skip


@fulltext.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=PATH)
@click.option("--report", type=int, metavar="REPORT", help="The report that they are of [default: looked for in them].")
@common
def add(call: Call, paths: Sequence[Path], report: int | None) -> None:
    """Add PDFs (or articles in XML) that you have: each is matched to the report that it is of.

    PATH is a file or a folder. DOI and title on the first pages say which report it is; what does not fit is refused,
    with the reason. Files are copied: nothing in the folder is changed.
    """
    from review.full_texts import add as take_in
    from review.full_texts import summary, told

    call, _ = joined(call)
    workspace = call.workspace()
    actor = call.actor(workspace, "vote")
    found: list[Dropped] = []
    for one in take_in(workspace.store, actor, paths, report):
        found.append(one)
        call.say(_line(one))
    counted = summary(found)
    call.give({**counted, "results": [told(one) for one in found]})
    call.say(
        f"{many(counted['files'], 'file')}: {counted['matched']} matched, {counted['there']} there already, "
        f"{counted['refused']} refused."
    )


_BY = {"doi": "by its DOI", "title": "by its title", "name": "by its name only: look whether it is the paper",
       "person": "as you said"}  # fmt: skip


def _line(one: Dropped) -> str:
    if one.outcome == "matched":
        unsure = " (a scan without text: not compared)" if one.by == "person" and not one.sure else ""
        return f"{one.name}: report {one.report}, {_BY[one.by or 'person']}{unsure}"
    if one.outcome == "there":
        return f"{one.name}: report {one.report} has it already"
    of = f" [{', '.join(f'report {report}' for report in one.candidates)}]" if one.candidates else ""
    return f"{one.name}: refused, {one.why}{of}"


@fulltext.command()
@_report
@click.option("--route", metavar="TEXT", help="Of whom: library, author, interlibrary loan, ...")
@click.option("--on", "asked_on", metavar="YYYY-MM-DD", help="On which day [default: today].")
@_note
@common
def asked(call: Call, report: int, *, route: str | None, asked_on: str | None, note: str | None) -> None:
    """Note that the full text of REPORT was asked for."""
    _noted(call, report=report, outcome="asked", route=route, asked_on=asked_on, note=note)


@fulltext.command()
@_report
@click.option("--route", metavar="TEXT", help="Where it came from: open access, library, author, ...")
@_note
@common
def retrieved(call: Call, report: int, route: str | None, note: str | None) -> None:
    """Note that the full text of REPORT was got."""
    _noted(call, report=report, outcome="retrieved", route=route, note=note)


@fulltext.command()
@_report
@click.option("--route", metavar="TEXT", help="What was tried last.")
@click.option("--note", metavar="TEXT", required=True, help="Why: what was tried, and what came of it.")
@common
def missing(call: Call, report: int, route: str | None, note: str) -> None:
    """Note that the full text of REPORT could not be had."""
    _noted(call, report=report, outcome="not_retrieved", route=route, note=note)


def _noted(call: Call, **what: Any) -> None:
    from screening import retrieval

    call, _ = joined(call)
    workspace = call.workspace()
    event = retrieval.note(workspace.store, call.actor(workspace, "vote"), **what)
    call.give({**event.payload, "event": event.id, "at": event.at})
    call.say(f"Report {event.payload['report']}: {_OUTCOMES[event.payload['outcome']]}.")
