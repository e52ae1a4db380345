"""``review snowball``: what it prints and how it exits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from review.cli.kit import Call, common
from review.cli.searches import leave, lines_of, row_of
from review.text import many

if TYPE_CHECKING:
    from searches.citing.chase import Direction
    from searches.snowball import Snowballed

UNTIL_NOTHING_NEW = "all"


def _rounds(ctx: click.Context, param: click.Parameter, value: str) -> int | None:
    """Read a number of rounds; ``None`` is until nothing is new."""
    if value == UNTIL_NOTHING_NEW:
        return None
    if not value.isdecimal() or int(value) < 1:
        raise click.BadParameter(f"{value} is neither a number from 1 on nor {UNTIL_NOTHING_NEW}")
    return int(value)


@click.command()
@click.option("--direction", type=click.Choice(("backward", "forward", "both")), default="both", show_default=True)
@click.option(
    "--rounds", default="1", show_default=True, callback=_rounds, metavar="N|all",
    help="Rounds to run at once; from the second on they start from the new hits, unscreened. all: until nothing is "
    "new. With 1, screen what came and run the command again: it starts from what was included since.",
)  # fmt: skip
@click.option("--service", "services", multiple=True, metavar="S", help="Only this citation index; repeatable.")
@click.option(
    "--report", "reports", multiple=True, type=int, metavar="ID",
    help="Start from this report instead of the included ones; repeatable.",
)  # fmt: skip
@common
def snowball(
    call: Call, direction: Direction, rounds: int | None, services: tuple[str, ...], reports: tuple[int, ...]
) -> None:
    """Search backward and forward from the included reports."""
    from searches.citations import services as opened
    from searches.run import Place
    from searches.snowball import snowball as run

    workspace = call.workspace()
    asked = opened(services, workspace.protocol, workspace.environ)
    with call.progress() as notify:
        place = Place(workspace.store, workspace.folder, notify)
        done = run(place, workspace.protocol, asked, direction, reports=reports, rounds=rounds)
    for one in done:
        call.say(*lines_of(one.outcome), _balance(one))
    if len(done) > 1:
        call.say(_sum(done))
    call.give({"searches": [_facts(one) for one in done]})
    leave([one.outcome for one in done])


def _balance(one: Snowballed) -> str:
    seeds = many(one.seeds, "report")
    parts = (
        f"{one.new:,} new", f"{one.known:,} known before", f"{one.excluded:,} known and excluded",
        f"{one.outcome.rejected:,} rejected", f"{one.doubles:,} named more than once",
    )  # fmt: skip
    return f"  round {one.round}, {one.direction}, from {seeds}: {', '.join(parts)}"


def _sum(done: Sequence[Snowballed]) -> str:
    new = many(sum(one.new for one in done), "new record")
    return f"In all {new}. Next: review dedupe, then review screen"


def _facts(one: Snowballed) -> dict[str, Any]:
    """Give the keys of docs/json.md."""
    names = ("direction", "round", "seeds", "new", "known", "excluded", "doubles")
    return {**row_of(one.outcome), **{name: getattr(one, name) for name in names}}
