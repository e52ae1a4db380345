"""``review strategies``, ``review search`` and ``review snowball``: what they print and how they exit."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from review.cli.kit import Call, common
from review.text import many

if TYPE_CHECKING:
    from searches.run import Outcome
    from searches.snowball import Direction

RESUMABLE = 3
"""Exit code of a search that is kept and can be gone on with (review/errors.py)."""


@click.command()
@click.option("--source", "sources", multiple=True, metavar="S", help="Only this source or platform; repeatable.")
@common
def strategies(call: Call, sources: tuple[str, ...]) -> None:
    """Show the query as each source and platform takes it, with losses."""
    from searches.strategies import spell

    found = spell(call.workspace().protocol, sources)
    for spelling in found:
        how = "asked by review search" if spelling.kind == "api" else "paste it there, then review import its export"
        call.say(f"{spelling.label} ({spelling.source}), strategy {spelling.strategy}: {how}", "")
        call.say(*(f"    {line}" for line in (spelling.query or "cannot be asked").splitlines()), "")
        call.say(*(f"  loss ({loss.effect}): {loss.what}" for loss in spelling.losses))
        call.say("")
    keys = ("source", "label", "kind", "strategy", "query")
    losses = [[{"what": loss.what, "effect": loss.effect} for loss in s.losses] for s in found]
    rows = [{**{k: getattr(s, k) for k in keys}, "losses": some} for s, some in zip(found, losses, strict=True)]
    call.give({"sources": rows})


@click.command()
@click.option("--source", "names", multiple=True, metavar="S", help="Only this source; repeatable.")
@common
def search(call: Call, names: tuple[str, ...]) -> None:
    """Run the searches, or go on with those that stopped."""
    from searches.registry import access
    from searches.run import Place, run_search
    from searches.strategies import asked, chosen

    workspace = call.workspace()
    wanted = asked(workspace.protocol, names)
    # One line per source keeps its pace between strategies; a name that is no source is said before any is asked.
    lines = [(access(choice.name, workspace.environ, choice.base_url), choice) for choice in wanted]
    outcomes: list[Outcome] = []
    with call.progress() as notify:
        place = Place(workspace.store, workspace.folder, notify)
        for line, choice in lines:
            for strategy in chosen(workspace.protocol, choice.strategies):
                outcomes.append(run_search(place, workspace.protocol, line, strategy))
    if not outcomes:
        call.say("The protocol names no source to ask. Export files are read by: review import")
    for outcome in outcomes:
        call.say(*_lines(outcome))
    call.give({"searches": [_row(outcome) for outcome in outcomes]})
    _leave(outcomes)


@click.command()
@click.option("--direction", type=click.Choice(("backward", "forward", "both")), default="both", show_default=True)
@common
def snowball(call: Call, direction: Direction) -> None:
    """Search backward and forward from the included studies."""
    from searches.registry import access
    from searches.run import Place
    from searches.snowball import snowball as run

    workspace = call.workspace()
    choice = next((c for c in workspace.protocol.sources if c.name == "openalex"), None)
    line = access("openalex", workspace.environ, choice.base_url if choice else None)
    with call.progress() as notify:
        done = run(Place(workspace.store, workspace.folder, notify), workspace.protocol, direction, line)
    call.say(*_lines(done.outcome))
    seeds, new = many(done.seeds, "included report"), many(done.new, "new record")
    call.say(f"  from {seeds}: {new}, {done.known:,} known before")
    facts = {"direction": direction, "seeds": done.seeds, "new": done.new, "known": done.known}
    call.give({"searches": [{**_row(done.outcome), **facts}]})
    _leave([done.outcome])


def _lines(outcome: Outcome) -> list[str]:
    """Say in a few lines what a search has come to."""
    name = outcome.label + (f", {outcome.strategy}" if outcome.strategy else "")
    hits = "hits unknown" if outcome.hits is None else many(outcome.hits, "hit")
    lines = [f"{name}: {outcome.status}, {hits}, {many(outcome.records, 'record')}, {outcome.rejected:,} rejected"]
    if outcome.records:
        of = f"{outcome.matched:,} yes, {outcome.unmatched:,} no, {outcome.unknown:,} unknown"
        lines.append(f"  the strategy evaluated here: {of}")
    lines += [f"  loss ({loss['effect']}): {loss['what']}" for loss in outcome.losses]
    lines += [f"  note: {note}" for note in outcome.notes]
    if outcome.error:
        lines.append(f"  {outcome.status}: {outcome.error}")
    if outcome.failure and outcome.failure.hint:
        lines.append(f"  what to do: {outcome.failure.hint}")
    elif outcome.error:
        lines.append("  what to do: run review search again; it asks only for what is missing")
    return lines


def _row(outcome: Outcome) -> dict[str, Any]:
    """Give the keys of docs/json.md."""
    return {
        "search": outcome.search,
        "source": outcome.source,
        "strategy": outcome.strategy,
        "status": outcome.status,
        "hits": outcome.hits,
        "retrieved": outcome.retrieved,
        "records": outcome.records,
        "rejected": outcome.rejected,
        "matched_locally": outcome.matched,
        "unmatched_locally": outcome.unmatched,
        "unknown_locally": outcome.unknown,
        "losses": list(outcome.losses),
        "notes": list(outcome.notes),
        "error": outcome.error,
    }


def _leave(outcomes: Sequence[Outcome]) -> None:
    """Exit as review/errors.py says: by the gravest failure; incomplete without one can be gone on with."""
    codes = [o.failure.exit_code if o.failure else RESUMABLE for o in outcomes if o.status != "complete"]
    if codes:
        sys.exit(max(codes))
