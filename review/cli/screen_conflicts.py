"""``review screen conflicts``, ``resolve``, ``comment`` and ``agreement``: where screeners differ, and how much."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from review.cli.kit import Call, common
from review.errors import DecisionError
from review.text import many

if TYPE_CHECKING:
    from review.protocol import Stage
    from review.stages import Workspace
    from screening.comments import Comment
    from screening.conflicts import Conflict
    from screening.reliability import Reliability

_STAGES = ("title-abstract", "full-text")
_stage = click.option("--stage", type=click.Choice(_STAGES), help="Which screening stage.")


def _reader(call: Call, workspace: Workspace) -> str | None:
    """Give the opaque id of who reads; ``None`` where there is no team and nobody was named."""
    named = call.name or os.environ.get("REVIEW_USER")
    return call.actor(workspace).person if named or workspace.protocol.team else None


@click.command()
@click.option("--mine", is_flag=True, help="Only those that you voted on.")
@_stage
@common
def conflicts(call: Call, *, mine: bool, stage: Stage | None) -> None:
    """List the reports that the screeners do not agree on, with every vote and what was said about them.

    You see those that you voted on; who may resolve conflicts, or never votes, sees all.
    """
    from review.cli.screening import opened
    from screening.conflicts import conflicts as find

    call, stage, workspace = opened(call, stage)
    person = _reader(call, workspace)
    with workspace.store.read() as connection:
        found = find(connection, workspace.protocol, stage, person, voted=mine)
    call.give({"conflicts": [asdict(c) for c in found]})
    call.say(*(line for one in found for line in _conflict(one)) if found else (f"No conflicts at {stage}.",))


def _conflict(one: Conflict) -> Iterator[str]:
    from review.cli.screening import line

    yield f"{one.report}  {one.title or '(no title)'}"
    yield f"    {one.why}"
    for vote in one.votes:
        was = f"  (was {vote.was})" if vote.was else ""
        yield "    " + line(vote.person_name, None, vote.verdict, vote.reasons, vote.note) + was
    if one.reopened:
        past = one.outcomes[0]
        yield f"    Reopened: a vote changed since {past.person_name} resolved it: {past.verdict}."
    yield from _thread(one.comments, "    ")


def _thread(comments: Sequence[Comment], indent: str) -> Iterator[str]:
    for one in comments:
        text = one.text.replace("\n", f"\n{indent}  ")
        yield f"{indent}{one.person_name}, {one.at[:16].replace('T', ' ')}: {text}  [{one.id[:8]}]"
        yield from _thread(one.answers, indent + "  ")


@click.command()
@click.argument("report", type=int)
@click.argument("text")
@click.option("--reply-to", metavar="ID", help="The comment that this answers; its first letters are enough.")
@_stage
@common
def comment(call: Call, *, report: int, text: str, reply_to: str | None, stage: Stage | None) -> None:
    """Say something about REPORT to those who see its votes."""
    from review.cli.screening import opened
    from screening import comments

    call, stage, workspace = opened(call, stage)
    actor = call.actor(workspace)
    event = comments.comment(
        workspace.store, workspace.protocol, actor, report=report, stage=stage, text=text, replies_to=reply_to
    )
    call.give({**event.payload, "event": event.id, "at": event.at})
    call.say(f"Report {event.payload['report']}: said.")


@click.command()
@click.option("--round", "round_name", metavar="NAME", help="Only the reports and the people of one round.")
@_stage
@common
def agreement(call: Call, *, round_name: str | None, stage: Stage | None) -> None:
    """Say how well the screeners agree, on their first independent votes.

    A round is computed once all of its people are done. The whole stage is not shown to a screener of a team who has
    records left there (named by --as or REVIEW_USER).
    """
    from review.cli.screening import opened
    from screening import blinding
    from screening.reliability import reliability, seen

    call, stage, workspace = opened(call, stage)
    name = call.name or os.environ.get("REVIEW_USER")
    person = call.actor(workspace).person if name else None
    with workspace.store.read() as connection:
        if round_name is None and stage in blinding.stages_hidden(connection, workspace.protocol, name):
            raise DecisionError(
                f"how the screeners agree at {stage} is shown to you once you have decided on all your records",
                hint="see what is left with: review screen next",
            )
        found = reliability(connection, stage, round_name)
        differing = seen(connection, workspace.protocol, stage, person, found.disagreements)
    pairs = [{"first": p.first, "second": p.second, **asdict(p.agreement), "table": p.table} for p in found.pairs]
    told = {**asdict(found), "pairs": pairs, "maybes": dict(found.maybes)}
    told |= {"disagreements": [asdict(one) for one in differing]}
    call.give({"stage": stage, "round": round_name, "applicable": found.reports > 0, **told})
    call.say(*_agreement(found, [one.report for one in differing]))


def _agreement(found: Reliability, differing: Sequence[int]) -> list[str]:
    if not found.reports:
        return [f"Not applicable: no report has votes of two people ({len(found.screeners)} screening so far)."]
    lines = [f"Reports with votes of two or more people: {found.reports:,}. First independent votes:"]
    for pair in found.pairs:
        a = pair.agreement
        lines.append(
            f"{pair.first} and {pair.second}, {many(a.n, 'report')}: agreed on {_share(a.observed)}; "
            f"kappa {_figure(a.kappa)} (95 % CI {_figure(a.low)} to {_figure(a.high)}), AC1 {_figure(a.ac1)}, "
            f"PABAK {_figure(a.pabak)}; agreement on includes {_share(a.positive)}, on excludes {_share(a.negative)}"
        )
    if len(found.screeners) > 2:
        lines.append(f"All: Fleiss' kappa {_figure(found.fleiss)}, Krippendorff's alpha {_figure(found.alpha)}")
    if found.maybes:
        lines.append("Maybes, a category of their own: " + ", ".join(f"{name} {count}" for name, count in found.maybes))
    if differing:
        lines.append("They differ on: " + ", ".join(map(str, differing)))
    return lines


def _figure(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.3f}"


def _share(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.1%}"
