"""``review import``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from review.cli.kit import Call, common, existing_file
from review.errors import ReviewError

KINDS = ("database", "register", "website", "organisation", "citation", "other")


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", required=True, help="The database: a [platforms] name of the protocol, or any name.")
@click.option("--platform", help="The platform that the file comes from [default: recognised from the file].")
@click.option("--kind", type=click.Choice(KINDS), default="database", show_default=True)
@click.option("--searched-on", metavar="DATE", help="The day of the search, as 2026-01-31.")
@click.option("--query-file", type=click.Path(path_type=Path), help="A text file with the query as it was run.")
@click.option("--hits", type=click.IntRange(min=0), help="The number of hits that the platform showed.")
@common
def import_file(
    call: Call,
    file: Path,
    *,
    source: str,
    platform: str | None,
    kind: str,
    searched_on: str | None,
    query_file: Path | None,
    hits: int | None,
) -> None:
    """Read an export FILE of a platform as a search."""
    from searches.imports import Ran
    from searches.imports import import_file as run

    if searched_on:
        try:
            date.fromisoformat(searched_on)
        except ValueError as error:
            raise ReviewError(f"'{searched_on}' is no date", hint="write it as 2026-01-31") from error
    query = existing_file(query_file).decode("utf-8", "replace").strip() if query_file else None
    data = existing_file(file)
    workspace = call.workspace()
    ran = Ran(source, platform, kind, searched_on, query, hits)  # type: ignore[arg-type]
    done = run(workspace.store, workspace.protocol, workspace.folder, data, file.name, ran)
    call.give(
        {
            "searches": [
                {
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
            ]
        }
    )
    call.say(
        f"{file.name}: {done.records:,} records read as {done.format}"
        + (f" from {done.platform}" if done.platform else "")
        + f", {done.rejected:,} set aside; {done.matched:,} match the query when it is evaluated here."
    )
    call.say(*(f"  Note: {loss}" for loss in done.losses))
    if done.error:
        call.say(f"  Incomplete: {done.error}. If the platform caps exports, export the rest and import it as well.")
