"""``review screen``: parse, call the screening room, print."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.cli import screen_conflicts, screen_exchange, screen_lists, screen_rounds, screen_stop
from review.cli.kit import Call, common

if TYPE_CHECKING:
    from review.protocol import Stage
    from review.protocol.rights import Right
    from review.stages import Workspace

_STAGES = ("title-abstract", "full-text")
_stage = click.option("--stage", type=click.Choice(_STAGES), help="Which screening stage.")
_reasons = click.option(
    "--reason", "reasons", multiple=True, metavar="CODE", help="An exclusion reason; may be repeated."
)
_note = click.option("--note", metavar="TEXT", help="A remark to keep with it.")


@click.group(invoke_without_command=True)
@_stage
@common
def screen(call: Call, stage: Stage | None) -> None:
    """Screen: without a subcommand one report after another, by keys."""
    context = click.get_current_context()
    context.obj = (call, stage)
    if context.invoked_subcommand is not None:
        return
    if call.as_json:
        raise click.UsageError("--json needs a subcommand, such as: review screen next --stage title-abstract --json")
    from review.cli.screen_loop import loop

    workspace = call.workspace()
    loop(workspace.store, workspace.protocol, call.actor(workspace, "vote"), _needed(stage))


def joined(call: Call, stage: Stage | None = None) -> tuple[Call, Stage | None]:
    """Add the options given before the subcommand to those after it; the latter win."""
    outer, outer_stage = click.get_current_context().obj
    default = Path(os.environ.get("REVIEW_DIR") or ".")
    folder = outer.folder if call.folder == default else call.folder
    return Call(folder, call.as_json or outer.as_json, call.name or outer.name), stage or outer_stage


def _needed(stage: Stage | None) -> Stage:
    if stage is None:
        raise click.UsageError(f"say which stage: --stage {_STAGES[0]} or --stage {_STAGES[1]}")
    return stage


def opened(call: Call, stage: Stage | None) -> tuple[Call, Stage, Workspace]:
    """Open the review of a subcommand; give its options with those before it, and the stage, which must be said."""
    call, stage = joined(call, stage)
    return call, _needed(stage), call.workspace()


@screen.command("next")
@_stage
@common
def next_(call: Call, stage: Stage | None) -> None:
    """Show the next report that needs your vote."""
    from review.cli.screen_loop import describe
    from review.protocol.rights import allowed
    from screening import rows, worklist

    call, stage, workspace = opened(call, stage)
    actor = call.actor(workspace)
    with workspace.store.read() as connection:
        votes = allowed(workspace.protocol, rows.people(connection)[actor.person], "vote")
    turn = worklist.hand_out(workspace.store, actor.person, stage, 1) if votes else ()
    with workspace.store.read() as connection:
        report = turn[0] if turn else worklist.next_report(connection, actor.person, stage, workspace.store.clock())
        shown = worklist.show(connection, report, actor.person, stage) if report is not None else None
        left = worklist.progress(connection, actor.person, stage).left
    call.give({**(asdict(shown) if shown else {"report": None}), "stage": stage, "left": left})
    call.say(*(describe(shown, left) if shown else [f"Nothing at {stage} needs your vote."]))


@screen.command()
@click.argument("report", type=int)
@click.argument("verdict", metavar="include|exclude|maybe")
@_reasons
@_note
@_stage
@common
def decide(
    call: Call, *, report: int, verdict: str, reasons: Sequence[str], note: str | None, stage: Stage | None
) -> None:
    """Vote on one report, or change your vote."""
    from screening import decisions

    _act(decisions.decide, "vote", call, stage, report=report, verdict=verdict, reasons=reasons, note=note)


@screen.command()
@click.argument("report", type=int)
@click.argument("verdict", metavar="include|exclude")
@_reasons
@_note
@_stage
@common
def resolve(
    call: Call, *, report: int, verdict: str, reasons: Sequence[str], note: str | None, stage: Stage | None
) -> None:
    """End a conflict; the votes stay as they are."""
    from screening import decisions

    _act(decisions.resolve, "resolve", call, stage, report=report, verdict=verdict, reasons=reasons, note=note)


def _act(act: Callable[..., Any], right: Right, call: Call, stage: Stage | None, **what: Any) -> None:
    call, stage, workspace = opened(call, stage)
    event = act(workspace.store, workspace.protocol, call.actor(workspace, right), stage=stage, **what)
    call.give({**event.payload, "event": event.id, "at": event.at})
    given = event.payload["reasons"]
    because = f" ({', '.join(given)})" if given else ""
    call.say(f"Report {event.payload['report']}, {stage}: {event.payload['verdict']}{because}.")


@screen.command()
@click.argument("report", type=int, required=False)
@_stage
@common
def undo(call: Call, report: int | None, stage: Stage | None) -> None:
    """Take back your last vote, or the one on REPORT."""
    from screening import decisions

    call, stage, workspace = opened(call, stage)
    store, protocol, actor = workspace.store, workspace.protocol, call.actor(workspace, "vote")
    if report is None:
        report = decisions.undo(store, protocol, actor, stage)
    else:
        decisions.clear(store, protocol, actor, report=report, stage=stage)
    call.give({"report": report, "stage": stage})
    call.say("You have no vote to take back." if report is None else f"Your vote on report {report} is taken back.")


@screen.command()
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many, newest first.")
@_stage
@common
def mine(call: Call, limit: int, stage: Stage | None) -> None:
    """List your own decisions, newest first."""
    from screening import decisions

    call, stage, workspace = opened(call, stage)
    actor = call.actor(workspace)
    with workspace.store.read() as connection:
        found = decisions.mine(connection, actor.person, stage, limit=limit)
    call.give({"decisions": [asdict(d) for d in found]})
    call.say(
        *(line(d.report, d.title, d.verdict, d.reasons, d.note) for d in found) if found else ["No decisions yet."]
    )


def line(who: object, title: str | None, verdict: str, reasons: Sequence[str], note: str | None) -> str:
    """Write a vote as a line."""
    because = f" ({', '.join(reasons)})" if reasons else ""
    return f"{who}: {verdict}{because}" + (f"  {title}" if title else "") + (f'  "{note}"' if note else "")


screen.add_command(screen_conflicts.conflicts)
screen.add_command(screen_conflicts.comment)
screen.add_command(screen_conflicts.agreement)
screen.add_command(screen_exchange.export)
screen.add_command(screen_exchange.import_)
for command in (*screen_lists.COMMANDS, *screen_rounds.COMMANDS, *screen_stop.COMMANDS):
    screen.add_command(command)
