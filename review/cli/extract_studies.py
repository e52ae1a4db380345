"""``review extract studies``, ``join``, ``split``, ``apart``, ``rename``: which reports are of one study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.cli.extract_kit import NONE
from review.cli.kit import Call, common, existing_file
from review.text import many

if TYPE_CHECKING:
    from extraction.studies import Study
    from review.stages import Workspace


@click.command()
@common
def studies(call: Call) -> None:
    """List the studies with their reports, and what may belong together."""
    from extraction import rows
    from extraction.suggestions import left_behind, suggestions

    workspace = call.workspace()
    known = _known(workspace)
    with workspace.store.read() as connection:
        included = rows.included(connection)
        maybe, behind = suggestions(connection, included), left_behind(connection, included)
    pairs = [{"studies": [s.left.key, s.right.key], "strength": s.strength, "reasons": s.reasons} for s in maybe]
    call.give({"studies": _plain(known), "suggestions": pairs, "left_behind": [asdict(one) for one in behind]})
    call.say(f"{many(len(known), 'study')}, {many(sum(len(study.reports) for study in known), 'report')}")
    call.say(*([] if known else [NONE]))
    for study in known:
        word = "report" if len(study.reports) == 1 else "reports"
        call.say(f"  {study.key}: {study.record.title or 'no title'} ({word} {', '.join(map(str, study.reports))})")
    for one in maybe:
        call.say(f"One study? {one.left.key} and {one.right.key} ({one.strength}): {'; '.join(one.reasons)}")
    if maybe:
        call.say(
            "To decide: review extract join KEY REPORT..., or review extract apart KEY KEY; side by side: review serve"
        )
    for left in behind:
        call.say(_left(left))


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="FILE | KEY REPORT...")
@common
def join(call: Call, words: Sequence[str]) -> None:
    """Join reports to one study: KEY and the numbers of reports, or FILE with columns file, position and study."""
    from extraction import studies as room

    workspace = call.workspace()
    actor = call.actor(workspace, "extract")
    if len(words) == 1:
        places = room.read_places(existing_file(Path(words[0])))
        with workspace.store.read() as connection:
            groups = room.at_positions(connection, places)
    else:
        with workspace.store.read() as connection:
            own = next((study.reports for study in room.studies(connection) if study.key == words[0]), ())
        groups = {words[0]: [*own, *_numbers(words[1:])]}
    stays = room.join(workspace.store, actor, groups)
    known = _known(workspace)
    call.give({"studies": _plain(known), "stays": stays})
    joined = many(sum(len(study.reports) for study in known), "report")
    call.say(f"{joined} of {many(len(known), 'study')}. To see them: review extract studies")
    call.say(*(f"{stay[0].upper()}{stay[1:]}." for stay in stays))


@click.command()
@click.argument("key")
@click.argument("reports", nargs=-1, required=True, metavar="REPORT...")
@common
def split(call: Call, key: str, reports: Sequence[str]) -> None:
    """Make a study of its own of some of the REPORTs of study KEY; it gets its former key back if it had one."""
    from extraction import studies as room

    workspace = call.workspace()
    new = room.split(workspace.store, call.actor(workspace, "extract"), key, _numbers(reports))
    call.give({"study": new, "studies": _plain(_known(workspace))})
    call.say(f"Split off as study {new}. The two will not be suggested again.")


@click.command()
@click.argument("left", metavar="KEY")
@click.argument("right", metavar="KEY")
@click.option("--note", metavar="TEXT", help="Why they are different.")
@click.option("--undo", is_flag=True, help="Take it back: they may be suggested again.")
@common
def apart(call: Call, *, left: str, right: str, note: str | None, undo: bool) -> None:
    """Note that two studies are different ones, so that nobody is asked again."""
    from extraction import studies as room

    workspace = call.workspace()
    actor = call.actor(workspace, "extract")
    if undo:
        count = room.ask_again(workspace.store, actor, (left, right))
        call.give({"apart": False, "studies": [left, right]})
        call.say("They may be suggested again." if count else f"{left} and {right} were not noted as different.")
        return
    room.apart(workspace.store, actor, (left, right), note)
    call.give({"apart": True, "studies": [left, right]})
    call.say(f"{left} and {right} are different studies. They will not be suggested again.")


@click.command()
@click.argument("key")
@click.argument("new")
@common
def rename(call: Call, key: str, new: str) -> None:
    """Give study KEY the key NEW, before anything is written under it."""
    from extraction import studies as room

    workspace = call.workspace()
    actor = call.actor(workspace, "extract")
    room.rename(workspace.store, actor, key, new)
    call.give({"study": new, "studies": _plain(_known(workspace))})
    call.say(f"Study {key} is now {new}.")


def _numbers(words: Sequence[str]) -> list[int]:
    for word in words:
        if not (word.isascii() and word.isdecimal()):
            raise click.UsageError(f"'{word}' is no number of a report: review extract studies lists them")
    return [int(word) for word in words]


def _known(workspace: Workspace) -> tuple[Study, ...]:
    from extraction import studies as room

    room.name_new(workspace.store, workspace.software())
    with workspace.store.read() as connection:
        return room.studies(connection)


def _plain(known: Sequence[Study]) -> list[dict[str, Any]]:
    return [{"study": s.key, "reports": list(s.reports), "title": s.record.title} for s in known]


def _left(left: Any) -> str:
    from extraction.studies import counted

    if left.why == "excluded":
        return f"What is written under {left.key} ({counted(left.written)}) waits: its report is not included any more."
    where = f": it belongs to {' and '.join(left.now)} now" if left.now else ""
    return f"What is written under {left.key} ({counted(left.written)}) counts no more{where}."
