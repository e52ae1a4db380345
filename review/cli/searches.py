"""``review search``: what it prints and how it exits."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from review.cli.kit import Call, common, evaluate_again
from review.text import many

if TYPE_CHECKING:
    from searches.run import Outcome
    from searches.source import About

RESUMABLE = 3
"""Exit code of a search that is kept and can be gone on with (review/errors.py)."""


@click.command()
@click.option("--source", "names", multiple=True, metavar="S", help="Only this source; repeatable.")
@click.option("--update", is_flag=True, help="Ask what has come since the searches that are complete.")
@click.option("--replay", "again", is_flag=True, help="Read the saved replies again, without the network.")
@common
def search(call: Call, names: tuple[str, ...], update: bool, again: bool) -> None:
    """Run the searches, or go on with those that stopped."""
    from searches.places import outdated
    from searches.registry import access, without_key
    from searches.run import Place, run_search
    from searches.strategies import asked, chosen

    if again:
        if update:
            raise click.UsageError("--replay asks nobody, and --update asks for more: one of the two")
        _replay(call, names)
        return
    workspace = call.workspace()
    wanted = asked(workspace.protocol, names)
    _name_keys(without_key([choice.name for choice in wanted], workspace.environ))
    evaluate_again(call, workspace)
    # One line per source keeps its pace between strategies; a name that is no source is said before any is asked.
    lines = [(access(choice, workspace.environ), choice) for choice in wanted]
    outcomes: list[Outcome] = []
    with call.progress() as notify:
        place = Place(workspace.store, workspace.folder, notify)
        for line, choice in lines:
            for strategy in chosen(workspace.protocol, choice.strategies):
                outcomes.append(run_search(place, workspace.protocol, line, strategy, update=update))
    if not outcomes:
        call.say("The protocol names no source to ask. Export files are read by: review import")
    for outcome in outcomes:
        call.say(*lines_of(outcome))
    if len(outcomes) > 1:
        call.say(_sum(outcomes))
    with workspace.store.read() as connection:
        call.say(*_left_behind(outdated(connection, workspace.protocol)))
    call.give({"searches": [row_of(outcome) for outcome in outcomes]})
    leave(outcomes)


def _sum(outcomes: Sequence[Outcome]) -> str:
    """Say in one line how many searches ended how, and what comes next."""
    ended = Counter(outcome.status for outcome in outcomes)
    statuses = ", ".join(f"{number:,} {status}" for status, number in ended.items())
    records = many(sum(outcome.records for outcome in outcomes), "record")
    following = " Next: review dedupe" if set(ended) == {"complete"} else ""
    return f"In all {many(len(outcomes), 'search')} ({statuses}), {records}.{following}"


def _left_behind(searches: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Say which searches still count although the protocol has moved on: nobody would look for them."""
    if searches:
        named = "; ".join(f"{one['id']} ({one['label']}, {one['strategy']})" for one in searches)
        yield f"Note: the protocol has changed since {many(len(searches), 'search')} of before: {named}"
        yield "  Their records stay and are counted as identified; review dedupe finds those that came again."


def _name_keys(abouts: Sequence[About]) -> None:
    """Say before anything runs which sources will not answer."""
    for about in abouts:
        click.echo(f"{about.label} answers only with a key: set {about.key} (docs/sources.md)", err=True)


def _replay(call: Call, names: tuple[str, ...]) -> None:
    """Read every saved reply and file again, and say what that changed."""
    from searches.replay import replay

    workspace = call.workspace()
    with call.progress() as notify:
        done = replay(workspace.store, workspace.protocol, workspace.folder, names, notify)
    for one in done:
        changed = f"{one.changed:,} changed, {one.added:,} added, {one.gone:,} no longer found"
        name = f"{one.label}, search {one.search}"
        call.say(f"{name}: {many(one.pages, 'reply')}, {many(one.records, 'record')}: {changed}")
        call.say(*(f"  {note}" for note in one.notes))
    call.give({"searches": [asdict(one) for one in done]})


def lines_of(outcome: Outcome) -> list[str]:
    """Say in a few lines what a search has come to."""
    name = outcome.label + (f", {outcome.strategy}" if outcome.strategy else "")
    hits = "hits unknown" if outcome.hits is None else many(outcome.hits, "hit")
    lines = [f"{name}: {outcome.status}, {hits}, {many(outcome.records, 'record')}, {outcome.rejected:,} rejected"]
    if outcome.records:
        of = f"{outcome.matched:,} yes, {outcome.unmatched:,} no, {outcome.unknown:,} unknown"
        lines.append(f"  the strategy evaluated here: {of}")
    if outcome.updates is not None:
        lines.append(f"  an update of search {outcome.updates}: {outcome.known_before:,} of the hits were known before")
    lines += [flagged(outcome.retracted)] if outcome.retracted else []
    lines += _losses(outcome.losses)
    lines += [f"  note: {note}" for note in outcome.notes]
    if outcome.error:
        lines.append(f"  {outcome.status}: {outcome.error}")
    if outcome.failure and outcome.failure.hint:
        lines.append(f"  what to do: {outcome.failure.hint}")
    elif outcome.error and not outcome.capped:
        lines.append("  what to do: run the same command again; it asks only for what is missing")
    return lines


def _losses(losses: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Say each loss; those of one sort, such as words that cannot be truncated, in one line."""
    sorts: dict[tuple[str, str], list[str]] = {}
    for loss in losses:
        sort, _, what = loss["what"].partition(": ")
        sorts.setdefault((loss["effect"], sort), []).append(what)
    for (effect, sort), whats in sorts.items():
        several = "; ".join(what for what in whats if what)
        yield f"  loss ({effect}): {sort}{f': {several}' if several else ''}"


def row_of(outcome: Outcome) -> dict[str, Any]:
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
        "updates": outcome.updates,
        "known_before": outcome.known_before,
        "capped": outcome.capped,
        "retracted": outcome.retracted,
    }


def flagged(retracted: int) -> str:
    """Say how many records came with the flag of a retraction."""
    return f"  retracted, as the source says: {many(retracted, 'record')}; each is marked where it is screened"


def leave(outcomes: Sequence[Outcome]) -> None:
    """Exit as review/errors.py says: by the gravest failure; incomplete without one can be gone on with."""
    left = [o for o in outcomes if o.status != "complete" and not o.capped]  # a capped search has nothing left to ask
    codes = [o.failure.exit_code if o.failure else RESUMABLE for o in left]
    if codes:
        sys.exit(max(codes))
