"""``review pairs``: possible duplicates, judged by people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from review.cli.kit import Call, common
from review.text import many

if TYPE_CHECKING:
    from searches.accepting import Check
    from searches.judging import Done
    from searches.pair_rows import Pair
    from searches.pairs import Row, Sheet


@click.group(invoke_without_command=True)
@click.pass_context
def pairs(ctx: click.Context) -> None:
    """Judge possible duplicates: list, show, same, different, same-study, undo, accept."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@pairs.command("list")
@click.option("--judged", is_flag=True, help="The pairs that are judged instead, newest first.")
@common
def list_pairs(call: Call, judged: bool) -> None:
    """List the pairs that wait for a person, likeliest first."""
    from searches import pair_rows as rows

    workspace = call.workspace()
    with workspace.store.read() as connection:
        found = rows.judged(connection) if judged else rows.waiting(connection)
        titles = rows.titles(connection, [one for pair in found for one in pair.ids])
    call.give({"pairs": [_plain(pair) for pair in found]})
    if not found:
        call.say("No pair is judged yet." if judged else "No pairs wait for a person.")
    for pair in found:
        call.say(_line(pair), *(f"  {one:>6}  {titles[one][0] or 'no title'}" for one in pair.ids))
    if found and not judged:
        call.say("Look closer: review pairs show LEFT RIGHT, or in the browser: review serve")
        call.say("Then say: review pairs same LEFT RIGHT, or: review pairs different LEFT RIGHT")


@pairs.command("show")
@click.argument("left", type=int)
@click.argument("right", type=int)
@common
def show_pair(call: Call, left: int, right: int) -> None:
    """Show LEFT and RIGHT side by side, field by field."""
    from searches.pairs import likeness, sheet

    workspace = call.workspace()
    actor = call.actor(workspace)
    with workspace.store.read() as connection:
        found = sheet(connection, left, right, actor.person)
    call.give({**_plain(found.pair), **_sides(found)})
    call.say(_line(found.pair), *found.notes)
    if found.pair.score is not None:
        call.say(f"How alike: {likeness(found.pair.score)}.")
    if found.suggests_study:
        call.say("Perhaps two reports of one study: review pairs same-study keeps both.")
    for side in (found.left, found.right):
        call.say(f"{side.named:>6}  found in {', '.join(side.sources)}", *(f"        {vote}" for vote in side.votes))
    for row in found.table:
        call.say(row.label if row.state != "same" else f"{row.label} (the same)", *_values(row, found))
    if found.missing:
        call.say(f"Neither has: {', '.join(found.missing)}")


def _judging(name: str, verdict: str, text: str) -> None:
    @pairs.command(name, help=text)
    @click.argument("left", type=int)
    @click.argument("right", type=int)
    @common
    def judge(call: Call, left: int, right: int) -> None:
        from searches import judging

        workspace = call.workspace()
        _tell(call, judging.judge(workspace.store, call.actor(workspace, "vote"), left, right, verdict))


_judging("same", "same", "LEFT and RIGHT are one document: merge them.")
_judging("different", "different", "LEFT and RIGHT are two documents: keep them apart.")
_judging("same-study", "study", "LEFT and RIGHT are two reports of one study.")


@pairs.command("undo")
@click.argument("left", type=int, required=False)
@click.argument("right", type=int, required=False)
@click.option("--batch", help="All that was accepted together; review pairs accept names it.")
@common
def undo(call: Call, left: int | None, right: int | None, batch: str | None) -> None:
    """Take a judgement back, or with --batch all that were accepted together."""
    from searches import accepting, judging

    if (batch is None) == (left is None or right is None):
        raise click.UsageError("name either two reports or a --batch")
    workspace = call.workspace()
    actor = call.actor(workspace, "vote")
    if left is not None and right is not None:
        _tell(call, judging.undo(workspace.store, actor, left, right))
    else:
        count = accepting.undo_batch(workspace.store, actor, str(batch))
        call.give({"batch": batch, "taken_back": count})
        call.say(f"Taken back: {many(count, 'judgement')}. Those pairs wait again.")


@pairs.command("accept")
@click.option("--above", type=float, required=True, help="The score from which on pairs are accepted, 0 to 1.")
@click.option("--sample", type=click.IntRange(min=10), default=10, show_default=True, help="Pairs to judge first.")
@common
def accept(call: Call, above: float, sample: int) -> None:
    """Accept all pairs from a score on as duplicates, once a random sample of them was judged."""
    from searches import accepting
    from searches import pair_rows as rows

    workspace = call.workspace()
    actor, store = call.actor(workspace, "vote"), workspace.store
    with store.read() as connection:
        found = accepting.check(connection, store, actor.person, above, sample)
        titles = rows.titles(connection, [one for pair in found.to_judge for one in pair.ids])
    if found.state != "sample":
        done = accepting.accept(store, actor, above, size=sample, batch=store.mint())
        call.give({**_counts(found), "state": "accepted", "accepted": done.pairs, "batch": done.batch})
        call.say(
            f"Accepted: {many(done.pairs, 'pair')} at or above {above:g}, after a sample of {done.sample} "
            f"(seed {done.seed}). Up to {found.may_be_wrong} of them may be no duplicates (95 % confidence).",
            f"To take all of them back: review pairs undo --batch {done.batch}",
        )
        return
    call.give({**_counts(found), "state": "sample", "accepted": 0, "batch": None})
    call.say(
        f"Nothing is accepted yet. First judge a random sample, {len(found.to_judge)} of {len(found.sample)} left "
        f"(seed {found.seed}):"
    )
    for pair in found.to_judge:
        call.say(_line(pair), *(f"  {one:>6}  {titles[one][0] or 'no title'}" for one in pair.ids))
    call.say(
        f"Say of each: review pairs same LEFT RIGHT, or: review pairs different LEFT RIGHT. Then run the same line "
        f"again: it accepts {many(len(found.rest), 'further pair')} if all of the sample are duplicates."
    )


# -- how things are printed


def _plain(pair: Pair) -> dict[str, Any]:
    judged = pair.judged
    return {
        "left": pair.left, "right": pair.right, "score": pair.score, "reason": pair.reason,
        "verdict": judged.verdict if judged else None, "by": judged.name if judged else None,
        "at": judged.at if judged else None, "batch": judged.accepted["batch"] if judged and judged.accepted else None,
    }  # fmt: skip


def _line(pair: Pair) -> str:
    from searches.pairs import VERDICTS

    asked = f"{pair.reason} (alike: {pair.score:.2f})" if pair.score is not None else "no rule asked"
    stands = pair.judged
    told = f"; {stands.name} judged on {stands.at[:10]}: {VERDICTS[stands.verdict]}" if stands else ""
    by_threshold = f", with all from {stands.accepted['above']:g} on" if stands and stands.accepted else ""
    return f"{pair.left} and {pair.right}: {asked}{told}{by_threshold}"


def _sides(found: Sheet) -> dict[str, Any]:
    from searches.pairs import likeness

    return {
        "alike": likeness(found.pair.score),
        "notes": list(found.notes),
        "sides": [
            {"report": s.report, "named": s.named, "members": list(s.members), "sources": list(s.sources),
             "votes": list(s.votes)}
            for s in (found.left, found.right)
        ],
        "fields": [
            {"field": row.field, "state": row.state, "left": row.left.text if row.left else None,
             "right": row.right.text if row.right else None, "shown": row.shown, "rule": row.rule, "chosen_by": row.by}
            for row in found.table
        ],
    }  # fmt: skip


def _values(row: Row, found: Sheet) -> list[str]:
    lines = []
    for cell, side in ((row.left, found.left), (row.right, found.right)):
        if row.state == "same" and side is found.right:
            continue
        mark = " (shown)" if cell and cell.chosen and row.state == "differs" else ""
        lines.append(f"  {side.named:>6}  {cell.text if cell else '-'}{mark}")
    return lines


def _counts(found: Check) -> dict[str, Any]:
    return {
        "above": found.above, "seed": found.seed, "sample": [_plain(pair) for pair in found.sample],
        "to_judge": len(found.to_judge), "singly": len(found.singly),
    }  # fmt: skip


def _tell(call: Call, done: Done) -> None:
    before = done.before
    call.give({
        "left": done.left, "right": done.right, "verdict": done.verdict,
        "before": {"verdict": before.verdict, "by": before.name, "at": before.at} if before else None,
        "said": list(done.said),
    })  # fmt: skip
    call.say(*done.said)
