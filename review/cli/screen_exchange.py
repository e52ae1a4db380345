"""``review screen export`` and ``review screen import``: tables for people and other tools, bundles for copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from review.cli.kit import PATH, Call, common, existing_file, write_file
from review.text import many

if TYPE_CHECKING:
    from review.protocol import Stage

_STAGES = ("title-abstract", "full-text")
_LISTS = ("irrelevant", "select", "excluded", "included")


@click.command()
@click.argument("file", type=PATH)
@click.option("--stage", type=click.Choice(_STAGES), help="Only the votes of one screening stage.")
@click.option("--mine", is_flag=True, help="Only your own votes, and nothing that tells of others'.")
@click.option("--bundle", is_flag=True, help="Everything in the log, for another copy of this review folder.")
@common
def export(call: Call, *, file: Path, stage: Stage | None, mine: bool, bundle: bool) -> None:
    """Write the decisions to FILE: .csv, .xlsx (with a second sheet of the reports) or .ris.

    With --bundle FILE is for a copy of this review folder on another laptop, which takes it in with: review screen
    import --bundle FILE.
    """
    from review.cli.screening import joined

    call, stage = joined(call, stage)
    if bundle:
        if mine or stage:
            raise click.UsageError("a bundle holds everything: leave out --mine and --stage")
        _export_bundle(call, file)
        return
    from screening import exports

    workspace = call.workspace()
    actor = call.actor(workspace) if mine or len(workspace.protocol.team) > 1 else None
    with workspace.store.read() as connection:
        if actor and not mine:
            exports.may_export_all(connection, workspace.protocol, actor.person, stage)
        found = exports.export(connection, stage, only=actor.person if actor and mine else None)
    write_file(file, exports.write(found, file.suffix.casefold()))
    call.give({"file": str(file), "decisions": len(found.votes)})
    call.say(f"{many(len(found.votes), 'decision')} written to {file}.")


def _export_bundle(call: Call, file: Path) -> None:
    from review.store.bundling import gather
    from screening.bundles import write_bundle

    workspace = call.workspace()
    with workspace.store.read() as connection:
        bundle = gather(workspace.store, connection, workspace.protocol.hash)
    write_file(file, write_bundle(bundle))
    votes = sum(event.kind == "decision" for event in bundle.events)
    call.give({"file": str(file), "decisions": votes, "events": len(bundle.events), "records": len(bundle.records)})
    call.say(
        f"{many(len(bundle.events), 'event')} of the log ({many(votes, 'vote')}) about "
        f"{many(len(bundle.records), 'record')} written to {file}.",
        "On the other laptop: review screen import --bundle FILE. It is packed, not encrypted.",
    )


@click.command("import")
@click.argument("file", type=PATH)
@click.option("--bundle", is_flag=True, help="FILE is a bundle from another copy of this review folder.")
@click.option("--stage", type=click.Choice(_STAGES), help="The stage, where the file does not say it.")
@click.option("--list", "which", type=click.Choice(_LISTS), help="Which list the file is (Covidence, or one of yours).")
@click.option(
    "--person", "persons", multiple=True, metavar="THEIRS=OURS", help="Who a name in the file is; repeatable."
)
@click.option("--reason", "reasons", multiple=True, metavar="THEIRS=CODE", help="What a reason is here; repeatable.")
@common
def import_(
    call: Call,
    *,
    file: Path,
    bundle: bool,
    stage: Stage | None,
    which: str | None,
    persons: Sequence[str],
    reasons: Sequence[str],
) -> None:
    """Take decisions in from FILE: our own table, or what Rayyan, Covidence, ASReview or EPPI-Reviewer exported.

    Our columns: report (or file and position, doi, pmid, title and year), stage, verdict, reasons, note, person.
    A reason without a code ("their words=") is kept in the note; "=NAME" says whose the votes are where the file
    names nobody.
    """
    from review.cli.screening import joined

    call, stage = joined(call, stage)
    data = existing_file(file)
    if bundle:
        if which or persons or reasons:
            raise click.UsageError("a bundle says everything itself: leave out --list, --person and --reason")
        _import_bundle(call, data)
        return
    from screening.exchange import Reading, import_decisions
    from screening.foreign import Wanted

    wanted = Wanted(file.name, stage, which)
    reading = Reading(wanted, _pairs("--person", persons), _pairs("--reason", reasons))
    workspace = call.workspace()
    done = import_decisions(workspace.store, workspace.protocol, call.actor(workspace), data, reading)
    call.give(asdict(done))
    call.say(
        f"{many(done.read, 'row')} read: {many(done.kept, 'decision')} kept, {done.unchanged:,} there already, "
        f"{len(done.rejected):,} refused."
    )
    call.say(*(f"Note: {loss}" for loss in done.losses), *(f"  row {r.row}: {r.reason}" for r in done.rejected))


def _pairs(option: str, given: Sequence[str]) -> dict[str, str]:
    """Read ``THEIRS=OURS``; the last ``=`` divides, for codes and names hold none."""
    found: dict[str, str] = {}
    for pair in given:
        theirs, sign, ours = pair.rpartition("=")
        if not sign:
            raise click.UsageError(f"{option} needs the form THEIRS=OURS, not '{pair}'")
        if found.setdefault(theirs.strip(), ours.strip()) != ours.strip():
            raise click.UsageError(f"{option} says two things of '{theirs.strip()}'")
    return found


def _import_bundle(call: Call, data: bytes) -> None:
    from review.store.bundling import take_in
    from screening.bundles import read_bundle

    bundle = read_bundle(data)
    workspace = call.workspace()
    done = take_in(workspace.store, bundle, workspace.protocol.hash)
    call.give({"events": done.taken, "known": done.known, "votes": dict(done.votes), "twice": list(done.twice)})
    votes = ", ".join(f"{many(number, 'vote')} of {name}" for name, number in done.votes.items()) or "no votes"
    call.say(f"{many(done.taken, 'event')} taken ({votes}); {done.known:,} were here already.")
    call.say(*(f"Note: {sentence}" for sentence in done.twice))
