"""``review screen assign``, ``pilot``, ``quality``, ``again``, ``handover`` and ``rounds``: who screens what."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from review.cli.kit import Call, common
from review.text import many

if TYPE_CHECKING:
    from review.protocol import Stage
    from screening.handover import Handover
    from screening.round_plans import Asked, Plan
    from screening.rounds import Round

_STAGES = ("title-abstract", "full-text")
_stage = click.option("--stage", type=click.Choice(_STAGES), help="Which screening stage.")
_people = click.option(
    "--people", multiple=True, metavar="NAME", help="Who takes part; repeatable [default: all who may vote]."
)
_seed = click.option("--seed", type=click.IntRange(0), metavar="N", help="What chance starts from [default: drawn].")
_name = click.option("--name", "called", metavar="TEXT", help="What the round is called [default: its kind, a number].")
_dry_run = click.option("--dry-run", is_flag=True, help="Only say what would be handed out.")


def _drawn(seed: int | None) -> int:
    return secrets.randbelow(1_000_000) if seed is None else seed


def _handed_out(
    call: Call, stage: Stage | None, asked: Asked, *, seed: int | None, called: str | None, dry_run: bool
) -> None:
    """Plan a round, make it unless it is a dry run, and say what it is."""
    from review.cli.screening import opened
    from screening import rounds

    call, stage, workspace = opened(call, stage)
    actor, chance = call.actor(workspace, "rules"), _drawn(seed)
    if dry_run:
        with workspace.store.read() as connection:
            made = rounds.plan(connection, workspace.protocol, stage, asked, seed=chance, name=called)
    else:
        made = rounds.make(workspace.store, workspace.protocol, actor, stage, asked, seed=chance, name=called)
    together = [{"people": list(people), "reports": number} for people, number in made.together.items()]
    people = [{"name": who, "reports": len(some), "voted": len(made.has.get(who, ()))} for who, some in _all(made)]
    call.give(
        {
            "name": made.name, "kind": made.kind, "stage": stage, "seed": made.seed, "how": made.how,
            "made": not dry_run, "reports": made.reports, "people": people, "together": together,
            "left": made.left, "notes": list(made.notes),
        }
    )  # fmt: skip
    call.say(*_plan_lines(made, dry_run))


def _all(made: Plan) -> list[tuple[str, tuple[int, ...]]]:
    """Give everybody of a plan with the reports that are new for the person."""
    return [(who, made.given.get(who, ())) for who in sorted({*made.given, *made.has})]


def _plan_lines(made: Plan, dry_run: bool) -> Iterator[str]:
    from screening.round_plans import LEFT

    chance = f", seed {made.seed}" if made.seed is not None else ""
    verb = "would be handed out" if dry_run else "handed out"
    yield f"{made.name} ({made.stage}{chance}): {many(made.reports, 'report')} {verb}."
    for who, some in _all(made):
        before = f", and {len(made.has[who]):,} voted on before" if who in made.has else ""
        yield f"  {who}: {len(some):,} to vote on{before}"
    if any(len(group) > 1 for group in made.together):
        yield "Who has a report together:"
        yield from (f"  {' and '.join(group)}: {number:,}" for group, number in made.together.items())
    if made.left:
        yield "Not handed out:"
        yield from (f"  {number:,} {LEFT[why]}" for why, number in made.left.items())
    yield from (f"Note: {note}." for note in made.notes)


def _between(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[int, int] | None:
    if value is None:
        return None
    found = re.fullmatch(r"(\d{1,15})-(\d{1,15})", value.strip())
    if found is None or int(found[1]) > int(found[2]):
        raise click.BadParameter("say the first and the last report number, such as 1-500")
    return int(found[1]), int(found[2])


def _paired(_context: click.Context, _parameter: click.Parameter, given: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(name.strip() for name in pair.split("+")) for pair in given)


@click.command()
@_people
@click.option(
    "--pairs", multiple=True, callback=_paired, metavar="A+B", help="Two who share reports; pairs take turns."
)
@click.option("--each", type=click.IntRange(1), metavar="N", help="People per report [default: votes needed].")
@click.option(
    "--overlap", type=float, metavar="PERCENT", help="Only so many of the reports go to two; the rest to one."
)
@click.option("--range", "between", callback=_between, metavar="1-500", help="Only reports with these numbers.")
@click.option("--cap", type=click.IntRange(1), metavar="N", help="The most that one person gets.")
@click.option("--core", multiple=True, metavar="NAME", help="One of these is among any two who share; repeatable.")
@_seed
@_name
@_dry_run
@_stage
@common
def assign(
    call: Call, *, stage: Stage | None, seed: int | None, called: str | None, dry_run: bool, **asked: Any
) -> None:
    """Share out what is undecided among screeners, at random; nobody gets an own paper."""
    from screening.round_plans import Share

    _handed_out(call, stage, Share(**asked), seed=seed, called=called, dry_run=dry_run)


@click.command()
@_people
@click.option("--size", type=click.IntRange(1), default=50, show_default=True, help="How many records.")
@_seed
@_name
@_dry_run
@_stage
@common
def pilot(
    call: Call, *, stage: Stage | None, seed: int | None, called: str | None, dry_run: bool, **asked: Any
) -> None:
    """Give the same random records, of all searches and decades, to everybody."""
    from screening.round_plans import Pilot

    _handed_out(call, stage, Pilot(**asked), seed=seed, called=called, dry_run=dry_run)


@click.command()
@_people
@click.option("--size", type=click.IntRange(1), help="How many of the excluded reports.")
@click.option("--percent", type=float, help="Which share of the excluded reports.")
@_seed
@_name
@_dry_run
@_stage
@common
def quality(
    call: Call, *, stage: Stage | None, seed: int | None, called: str | None, dry_run: bool, **asked: Any
) -> None:
    """Have some excluded reports checked, of every reason, each by somebody who did not judge it."""
    from screening.round_plans import Quality

    _handed_out(call, stage, Quality(**asked), seed=seed, called=called, dry_run=dry_run)


@click.command()
@click.option(
    "--reason", "reasons", multiple=True, required=True, metavar="CODE", help="An exclusion reason; repeatable."
)
@click.option("--person", "people", multiple=True, metavar="NAME", help="Only votes of this person; repeatable.")
@_name
@_dry_run
@_stage
@common
def again(call: Call, *, stage: Stage | None, called: str | None, dry_run: bool, **asked: Any) -> None:
    """Have excluded reports looked at again by those who voted so, for a reason that has changed.

    It counts whether the reason is the primary one or not. Outcomes stay until a vote changes.
    """
    from screening.round_plans import Again

    _handed_out(call, stage, Again(**asked), seed=0, called=called, dry_run=dry_run)


@click.command()
@click.argument("name")
@click.option("--to", multiple=True, metavar="NAME", help="Who takes it over; repeatable [default: open to everybody].")
@_seed
@_dry_run
@common
def handover(call: Call, *, name: str, to: Sequence[str], seed: int | None, dry_run: bool) -> None:
    """Give all that NAME has not voted on, at both stages, to others. Votes stay."""
    from review.cli.screening import joined
    from screening import handover as room

    call, _ = joined(call)
    workspace = call.workspace()
    actor, chance = call.actor(workspace, "rules"), _drawn(seed)
    if dry_run:
        with workspace.store.read() as connection:
            done = room.plan(connection, workspace.protocol, name, to, seed=chance)
    else:
        done = room.hand_over(workspace.store, workspace.protocol, actor, name, to, seed=chance)
    call.give({**asdict(done), "seed": chance, "made": not dry_run})
    call.say(*_handover_lines(done, dry_run))


def _handover_lines(done: Handover, dry_run: bool) -> Iterator[str]:
    from screening.handover import ENDED

    verb = "would be taken from" if dry_run else "taken from"
    yield f"{many(done.total, 'report')} {verb} {done.name}; votes stay as they are."
    yield from (f"  {number:,} to {who}" for who, number in done.given.items())
    yield from (f"  {number:,} {ENDED[why]}" for why, number in done.ended.items())


@click.command("rounds")
@_stage
@common
def rounds_(call: Call, stage: Stage | None) -> None:
    """List the rounds of a stage and how far they have come: a lead everybody's, others their own."""
    from review.cli.screening import opened
    from review.protocol.rights import allowed
    from screening import rounds, rows

    call, stage, workspace = opened(call, stage)
    actor = call.actor(workspace)
    with workspace.store.read() as connection:
        found, name = rounds.status(connection, stage), rows.people(connection)[actor.person]
    if not allowed(workspace.protocol, name, "rules"):
        found = rounds.own(found, name)
    call.give({"stage": stage, "rounds": [_round(one) for one in found]})
    call.say(*([line for one in found for line in _round_lines(one)] or [f"There are no rounds at {stage}."]))


def _round(one: Round) -> dict[str, Any]:
    people = [{"name": who, "done": done, "total": total} for who, (done, total) in one.people.items()]
    return {**asdict(one), "people": people, "complete": one.complete}


def _round_lines(one: Round) -> Iterator[str]:
    seed = f", seed {one.seed}" if one.seed is not None else ""
    state = "complete" if one.complete else "under way"
    yield f"{one.name}: {many(one.reports, 'report')}, {state} (by {one.made_by}, {one.at[:10]}{seed})"
    yield from (f"  {who}: {done:,} of {total:,}" for who, (done, total) in one.people.items())


COMMANDS: tuple[click.Command, ...] = (assign, pilot, quality, again, handover, rounds_)
