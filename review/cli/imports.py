"""``review import``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.cli.formats import columns
from review.cli.kit import PATH, Call, common, evaluate_again, existing_file
from review.cli.searches import flagged
from review.errors import ReviewError
from review.text import many

if TYPE_CHECKING:
    from review.protocol import ExportFile, Protocol
    from searches.imports import Imported, Ran

KINDS = ("database", "register", "website", "organisation", "citation", "other")


@click.command("import")
@click.argument("file", type=PATH, required=False)
@click.option("--source", help="The database: a [platforms] name of the protocol, or any name.")
@click.option("--platform", help="The platform that the file comes from [default: recognised from the file].")
@click.option("--kind", type=click.Choice(KINDS), default="database", show_default=True)
@click.option("--searched-on", metavar="DATE", help="The day of the search, as 2026-01-31.")
@click.option("--query-file", type=PATH, help="A text file with the query as it was run.")
@click.option("--hits", type=click.IntRange(min=0), help="The number of hits that the platform showed.")
@click.option("--column", "columns", multiple=True, metavar="NAME=FIELD", help="What a column means; repeatable.")
@common
def import_file(call: Call, file: Path | None, *, source: str | None, **facts: Any) -> None:
    """Read an export FILE of a platform as a search; without FILE, those listed in the protocol that are new."""
    from searches import rows
    from searches.imports import Ran, new_files
    from searches.imports import import_file as run

    if file is not None and not (source or "").strip():
        raise click.UsageError("say which database FILE comes from: --source NAME")
    workspace = call.workspace()
    named = tuple(columns(facts.pop("columns")).items())
    if file is not None:
        todo = [(file, replace(_ran(str(source), facts), columns=named))]
    else:
        listed = new_files(workspace.store, workspace.protocol)
        folder = workspace.folder / "imports"
        todo = [
            (
                folder / one.file,
                Ran(one.source, None, "database", one.searched_on, _query(folder, one), one.hits, one.columns),
            )
            for one in listed
        ]
    evaluate_again(call, workspace)
    done: dict[Path, Imported] = {}
    faults: list[ReviewError] = []
    for path, ran in todo:
        try:
            done[path] = run(workspace.store, workspace.protocol, workspace.folder, existing_file(path), path.name, ran)
        except ReviewError as fault:  # a listed file that cannot be read keeps none of the others out
            faults.append(fault)
    with workspace.store.read() as connection:
        retracted = {one.search: rows.count_retracted(connection, one.search) for one in done.values()}
    call.give({"searches": [{**_row(one), "retracted": retracted[one.search]} for one in done.values()]})
    if not todo:
        call.say("No file to import: the protocol lists none under [[imports]] that is not imported already.")
    call.say(*_strangers(workspace.protocol, [ran for path, ran in todo if path in done]))
    for path, one in done.items():
        with workspace.store.read() as connection:
            _tell(call, path.name, one, rows.count_records(connection, one.search))
        call.say(*([flagged(retracted[one.search])] if retracted[one.search] else ()))
    for told in faults[:-1]:
        click.echo(f"Error: {told.message}", err=True)
    if faults:
        raise faults[-1]


def _ran(source: str, facts: dict[str, Any]) -> Ran:
    from searches.imports import Ran

    day = facts["searched_on"]
    if day:
        try:
            day = date.fromisoformat(day).isoformat()
        except ValueError as error:
            raise ReviewError(f"'{day}' is no date", hint="write it as 2026-01-31") from error
    query = _text(facts["query_file"]) if facts["query_file"] else None
    return Ran(source.strip(), facts["platform"], facts["kind"], day, query, facts["hits"])


def _query(folder: Path, listed: ExportFile) -> str | None:
    return _text(folder / listed.query_file) if listed.query_file else None


def _text(path: Path) -> str:
    return existing_file(path).decode("utf-8", "replace").strip()


def _row(done: Imported) -> dict[str, Any]:
    return {
        "source": done.source,
        "status": done.status,
        "hits": done.hits,
        "retrieved": done.records + done.rejected,
        "records": done.records,
        "rejected": done.rejected,
        "matched_locally": done.matched,
        "losses": list(done.losses),
        "error": done.error,
        "format": done.format,
        "platform": done.platform,
    }


def _strangers(protocol: Protocol, done: list[Ran]) -> list[str]:
    """Say once per source that the protocol does not have it; what is no database or register need not be there."""
    from review.protocol.faults import meant

    known = [p.id for p in protocol.platforms] + [s.name for s in protocol.sources]
    labels = [p.label for p in protocol.platforms]
    strange = [r.source for r in done if r.kind in ("database", "register") and r.source not in (*known, *labels)]
    hints = {name: meant(name, known) or "kept under that name" for name in strange}
    return [f"Note: '{name}' is not among the protocol's platforms ({hint})" for name, hint in hints.items()]


def _tell(call: Call, name: str, done: Imported, matched: Mapping[str, int]) -> None:
    source = f" from {done.platform}" if done.platform else ""
    aside = f", {done.rejected:,} set aside" if done.rejected else ""
    call.say(f"{name}: {many(done.records, 'record')} read as {done.format}{source}{aside}.")
    if done.records:
        sorts = {"yes": "yes {:,}", "no": "no {:,}", "unknown": "not known {:,} (abstract or keywords are missing)"}
        said = ", ".join(text.format(matched[key]) for key, text in sorts.items() if matched[key])
        call.say(f"  Query and limits, evaluated here: {said}.")
    call.say(*(f"  Note: {loss}" for loss in done.losses))
    if done.error:
        call.say(f"  Incomplete: {done.error}. If the platform caps exports, export the rest and import it as well.")
