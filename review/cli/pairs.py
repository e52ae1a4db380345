"""``review pairs``: possible duplicates, judged by people."""

from __future__ import annotations

import click

from review.cli.kit import Call, common


@click.group(invoke_without_command=True)
@click.pass_context
def pairs(ctx: click.Context) -> None:
    """Judge possible duplicates: list, same, different, undo."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@pairs.command("list")
@common
def list_pairs(call: Call) -> None:
    """List the pairs that wait for a person, likeliest first."""
    from searches import rows
    from searches.merging import open_pairs

    workspace = call.workspace()
    with workspace.store.read() as connection:
        waiting = open_pairs(rows.pairs(connection), rows.root_of_reports(connection))
        records = rows.records_of(connection, [i for p in waiting for i in (p["left"], p["right"])])
    call.give({"pairs": [{k: p[k] for k in ("left", "right", "score", "reason")} for p in waiting]})
    if not waiting:
        call.say("No pairs wait for a person.")
    for pair in waiting:
        call.say(f"{pair['left']} and {pair['right']}: {pair['reason']} (alike: {pair['score']:.2f})")
        for side in (pair["left"], pair["right"]):
            one = records[side]
            names = "; ".join(one.authors[:3]) or "no authors"
            call.say(
                f"  {side:>6}  {one.title or 'no title'} | {names} | {one.year or 'no year'} | {one.journal or '-'}"
            )
    if waiting:
        call.say("Say: review pairs same LEFT RIGHT, or: review pairs different LEFT RIGHT")


def _judging(name: str, verdict: str, text: str) -> None:
    @pairs.command(name, help=text)
    @click.argument("left", type=int)
    @click.argument("right", type=int)
    @common
    def judge(call: Call, left: int, right: int) -> None:
        from searches.merging import judge_pair, undo_pair

        workspace = call.workspace()
        actor = call.actor(workspace)
        if verdict == "undo":
            undo_pair(workspace.store, actor, left, right)
        else:
            judge_pair(workspace.store, actor, left, right, verdict)  # type: ignore[arg-type]
        call.give({"left": left, "right": right, "verdict": verdict})
        call.say(f"Noted: {left} and {right}: {name}.")


_judging("same", "same", "LEFT and RIGHT are one document: merge them.")
_judging("different", "different", "LEFT and RIGHT are two documents: keep them apart.")
_judging("same-study", "study", "LEFT and RIGHT are two reports of one study.")
_judging("undo", "undo", "Take a judgement back.")
