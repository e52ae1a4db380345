"""``review screen background``, ``repair`` and ``repairs``: what is useful, and what the records lacked."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from review.cli.kit import PATH, Call, common, existing_file, write_file
from review.errors import ReviewError
from review.text import many

_FIELDS = ("title", "abstract", "authors", "date", "journal", "keywords", "language", "doi")


@click.command()
@click.argument("file", type=PATH)
@common
def background(call: Call, *, file: Path) -> None:
    """Write the useful background to FILE, in the format that its ending says: .ris, .csv, .bib, ...

    That is what you tagged so, and what others tagged so once all is decided about it.
    """
    from review.cli.screening import joined
    from review.formats import registry
    from screening.lists import background as tagged

    call, _ = joined(call)
    form = registry.format_for(file.name)
    workspace = call.workspace()
    actor = call.actor(workspace)
    with workspace.store.read() as connection:
        found = tagged(connection, actor.person)
    write_file(file, registry.write([one.record for one in found], form))
    call.give({"file": str(file), "records": len(found)})
    call.say(f"{many(len(found), 'record')} written to {file}.")


@click.command()
@click.argument("report", type=int)
@click.option("--field", required=True, type=click.Choice(_FIELDS), help="What is repaired.")
@click.option("--text", help="What is to be shown; authors and keywords one on each line.")
@click.option("--text-file", type=PATH, help="A file (UTF-8) that holds the text.")
@click.option("--source", metavar="TEXT", help="Where the text was taken from.")
@click.option("--undo", is_flag=True, help="Show again what the records say.")
@common
def repair(
    call: Call, *, report: int, field: str, text: str | None, text_file: Path | None, source: str | None, undo: bool
) -> None:
    """Give a text for a field of REPORT that its records lack or have wrong; the records stay as they came."""
    from review.cli.screening import joined
    from screening import repairs

    call, _ = joined(call)
    if undo and (text is not None or text_file or source):
        raise click.UsageError("--undo takes the repair back: leave out the text and --source")
    if not undo and ((text is None) == (text_file is None) or source is None):
        raise click.UsageError("say --text or --text-file, and --source; or --undo")
    given = _read(text_file) if text_file else text or ""
    workspace = call.workspace()
    actor = call.actor(workspace, "vote")
    if undo:
        root = repairs.take_back(workspace.store, actor, report=report, field=field)
        call.give({"report": root, "field": field, "text": None})
        call.say(f"Report {root} shows again what its records say: {field}.")
        return
    made = repairs.put(workspace.store, actor, report=report, field=field, text=given, source=source or "")
    call.give(asdict(made))
    call.say(f"Report {made.report}: {field} {'corrected' if made.before else 'added'}.")


def _read(file: Path) -> str:
    try:
        return existing_file(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReviewError(f"{file} is no text in UTF-8", hint="save it as plain text in UTF-8") from error


@click.command()
@click.argument("file", type=PATH, required=False)
@common
def repairs(call: Call, *, file: Path | None) -> None:
    """List what was repaired by hand: report, field, text, where from, who and when; FILE.csv takes it as a table."""
    from review.cli.screening import joined
    from screening.exports import write_csv
    from screening.repairs import Repair, all_repairs

    call, _ = joined(call)
    if file and file.suffix.casefold() != ".csv":
        raise click.UsageError("the table is written as CSV: end the file's name in .csv")
    workspace = call.workspace()
    with workspace.store.read() as connection:
        found = all_repairs(connection)
    if file:
        write_file(file, write_csv(found, Repair))
    call.give({"repairs": [asdict(one) for one in found]})
    call.say(
        *(f"{r.report}  {r.field}: {r.text.replace(chr(10), ' / ')[:80]}  [{r.person}, from {r.source}]" for r in found)
    )
    call.say(f"{many(len(found), 'repair')}{f' written to {file}' if file else ''}.")


COMMANDS = (background, repair, repairs)
