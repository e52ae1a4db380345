"""``review code findings``, ``agree`` and ``cmo``: what the synthesis says, on what, and who agrees."""

from __future__ import annotations

from typing import Any

import click

from review.cli.coding import opened, seen
from review.cli.kit import Call, common
from review.text import many


@click.command()
@common
def findings(call: Call) -> None:
    """List the findings with the studies that support and contradict each, and who agrees with it as it stands."""
    from extraction.synthesis import findings as stated
    from extraction.synthesis.themes import ref

    at = opened(call)
    with at.workspace.store.read() as connection:
        by_ref = {ref(row): row for row in seen(at, connection)}
        found = stated.all(connection)
    given = [_given(one, by_ref) for one in found]
    call.give({"findings": given})
    for one in given:
        call.say(f"{one['key']} ({one['theme']}): {one['statement']}")
        call.say(f"  supported by {_listed(one['supporting'])}")
        call.say(*([f"  contradicted by {_listed(one['contradicting'])}"] if one["contradicting"] else []))
        agreed = [name for name, yes in one["assents"].items() if yes]
        against = [name for name, yes in one["assents"].items() if not yes]
        call.say(*([f"  agreed: {', '.join(agreed)}"] if agreed else []))
        call.say(*([f"  not agreed: {', '.join(against)}"] if against else []))
    call.say(*([] if given else ["No finding is stated yet: review code out findings.csv --table findings"]))


@click.command()
@click.argument("key")
@click.option("--not", "against", is_flag=True, help="You do not agree.")
@click.option("--note", metavar="TEXT", help="Why.")
@common
def agree(call: Call, key: str, against: bool, note: str | None) -> None:
    """Say that you agree with the finding KEY as it stands. When it is changed, everybody is asked again."""
    from extraction.synthesis import coding_rows
    from extraction.synthesis import findings as stated
    from review.errors import DecisionError
    from review.protocol.faults import meant

    at = opened(call)
    actor, store = call.actor(at.workspace, "extract"), at.workspace.store
    with store.read() as connection:
        there = {row["key"]: row for row in coding_rows.findings(connection)}
    if key not in there:
        raise DecisionError(f"there is no finding {key}", hint=meant(key, there) or "review code findings lists them")
    stated.assent(store, actor, key, not against, note=note, acts_on=there[key]["event"])
    call.give({"finding": key, "statement": there[key]["statement"], "agrees": not against})
    call.say(f"Noted that you {'do not agree' if against else 'agree'} with: {there[key]['statement']}")


@click.command()
@common
def cmo(call: Call) -> None:
    """List the context-mechanism-outcome configurations."""
    from extraction.synthesis import cmo as stated

    at = opened(call)
    with at.workspace.store.read() as connection:
        found = stated.all(connection)
    names = ("key", "context", "mechanism", "outcome", "statement", "sources", "note")
    given = [
        {**{name: one[name] for name in names}, **{n: [r[0] for r in one[n]] for n in ("supporting", "refuting")}}
        for one in found
    ]
    call.give({"configurations": given})
    for one in given:
        call.say(f"{one['key']}: {one['outcome']}")
        call.say(*(f"  {word}: {'; '.join(one[word])}" for word in ("context", "mechanism", "sources") if one[word]))
        call.say(*([f"  {one['statement']}"] if one["statement"] else []))
        refuted = f", refuted by {', '.join(one['refuting'])}" if one["refuting"] else ""
        call.say(f"  {many(len(one['supporting']), 'coding')} in support{refuted}")
    call.say(*([] if given else ["No configuration yet: review code out cmo.csv --table cmo"]))


def _given(one: dict[str, Any], by_ref: dict[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    from extraction.synthesis.findings import studies

    return {
        "key": one["key"],
        "theme": one["theme"],
        "statement": one["statement"],
        "supporting": studies(one, by_ref),
        "contradicting": studies(one, by_ref, "contradicting"),
        "note": one["note"],
        "assents": {said["name"]: said["agrees"] for said in one["assents"] if said["current"]},
    }


def _listed(studies: list[str]) -> str:
    return f"{many(len(studies), 'study')}: {', '.join(studies)}" if studies else "no study"
