"""``review screen stop`` and ``resume``: what is known of what is left to find, ending the reading, taking it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from review.cli.kit import Call, common
from review.text import many

if TYPE_CHECKING:
    from review.protocol import Stage
    from screening.stop_rows import Made
    from screening.stops import Outlook

_stage = click.option("--stage", type=click.Choice(("title-abstract", "full-text")), help="Which screening stage.")
_SIGNS = {"yes": "done", "no": "not yet", "unknown": "not known", "not_applicable": "none"}


@click.command()
@click.option("--why", metavar="TEXT", help="The rule you decided by, for the methods section; with --yes it stops.")
@click.option("--yes", is_flag=True, help="Leave unread what nobody has voted on.")
@click.option("--target", type=click.FloatRange(50, 99.9), default=95, show_default=True, metavar="PERCENT",
              help="The recall that the test is about.")  # fmt: skip
@_stage
@common
def stop(call: Call, *, why: str | None, yes: bool, target: float, stage: Stage | None) -> None:
    """Say how likely it is that something relevant is unread; with --why and --yes stop there."""
    from review.cli.screening import opened
    from screening import stops

    if yes and why is None:
        raise click.UsageError("--yes needs --why TEXT")
    call, stage, workspace = opened(call, stage)
    actor = call.actor(workspace, "rules" if yes else "see")
    with workspace.store.read() as connection:
        seen = stops.look(connection, workspace.protocol, stage, actor.person, target=target / 100)
    made = None
    if yes:
        made = stops.stop(workspace.store, workspace.protocol, actor, stage, why=why, unread=seen.waiting,
                          target=target / 100)  # fmt: skip
    with workspace.store.read() as connection:
        open_ones = stops.standing(connection, stage)
    call.give({**_keys(seen, stage, target), "made": made, "stops": [_stop(one, left) for one, left in open_ones]})
    call.say(*(_lines(seen, target) if made is None else ()), *(_stopped(one, left) for one, left in open_ones))
    if why is not None and not yes:
        call.say(f"Nothing is stopped yet: add --yes to leave {many(seen.waiting, 'report')} unread.")


def _keys(seen: Outlook, stage: Stage, target: float) -> dict[str, Any]:
    advice = seen.advice
    return {
        "stage": stage, "whose": seen.whose, "total": seen.total, "read": seen.read, "relevant": seen.relevant,
        "waiting": seen.waiting, "half_seen": len(seen.half), "votes_missing": seen.votes_missing,
        "conflicts": seen.conflicts, "stopped": seen.stopped, "in_a_row": seen.in_a_row, "target": target,
        "p": advice.test.p if advice else None,
        "sample": asdict(advice.sample) if advice and advice.sample else None,
        "rules": [asdict(run) for run in advice.runs] if advice else [],
        "safe": [asdict(line) for line in advice.safe] if advice else [],
        "model": seen.ranked, "expected": seen.expected,
    }  # fmt: skip


def _stop(one: Made, left: int) -> dict[str, Any]:
    return {"event": one.event, "person": one.person, "at": one.at, "why": one.why, "not_screened": left}


def _lines(seen: Outlook, target: float) -> Iterator[str]:
    whose = "your own votes" if seen.whose == "own" else "everybody's votes"
    yield f"{seen.read:,} of {many(seen.total, 'report')} read, {seen.relevant:,} relevant (from {whose})."
    if seen.missing:
        yield seen.missing
    if seen.advice and seen.read:
        sample, test = seen.advice.sample, seen.advice.test
        if sample:
            yield (
                f"Found so far, with 95 % confidence: {100 * sample.recall.low:.1f} to {100 * sample.recall.high:.1f} %"
                f" of what is relevant ({sample.drawn:,} drawn at random, {sample.relevant:,} of them relevant)."
            )
        else:
            yield "No estimate yet: the first of the reports drawn at random is unread."
        could = "hardly" if test.rejected else "could well"
        yield f"Less than {target:g} % {could} have been found (p = {test.p:.3f})."
        yield f"The last {many(seen.in_a_row, 'report')} read in a row: irrelevant."
        yield "SAFE:"
        yield from (f"  {_SIGNS[line.state]:<9}  {line.label}: {line.have}" for line in seen.advice.safe)
    if seen.expected is not None:
        yield f"The model ({seen.ranked}) expects {seen.expected:,.1f} more relevant ones; it judges its own work."
    conflicts = "" if seen.conflicts is None else f"; {many(seen.conflicts, 'conflict')}"
    yield (
        f"Left: {many(seen.waiting, 'report')} without a vote; {len(seen.half):,} half seen need"
        f" {many(seen.votes_missing, 'vote')}{conflicts}."
    )


def _stopped(one: Made, left: int) -> str:
    return f"Stopped by {one.person} on {one.at[:10]}: {many(left, 'report')} not screened ({one.why})."


@click.command()
@click.option("--why", required=True, metavar="TEXT", help="Why reading goes on.")
@_stage
@common
def resume(call: Call, *, why: str, stage: Stage | None) -> None:
    """Take back every stop in force: what it left unread is screened."""
    from review.cli.screening import opened
    from screening import stops

    call, stage, workspace = opened(call, stage)
    actor = call.actor(workspace, "rules")
    ended = stops.resume(workspace.store, actor, stage, why=why)
    call.give({"stage": stage, "ended": ended})
    call.say(f"{many(len(ended), 'stop')} taken back; what was left unread is in the queue again.")


COMMANDS: tuple[click.Command, ...] = (stop, resume)
