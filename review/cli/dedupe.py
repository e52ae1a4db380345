"""``review dedupe``."""

from __future__ import annotations

import time
from pathlib import Path

import click

from review.cli.kit import PATH, Call, common, existing_file, write_file
from review.errors import ReviewError
from review.text import many


@click.command()
@click.argument("files", nargs=-1, type=PATH)
@click.option("-o", "out", type=PATH, help="With FILES: where the merged records go (.ris, .csv).")
@click.option("--clusters", type=PATH, help="With FILES: a CSV of the groups found.")
@click.option("--unsure", type=PATH, help="With FILES: a CSV of the pairs to look at.")
@common
def dedupe(call: Call, files: tuple[Path, ...], out: Path | None, clusters: Path | None, unsure: Path | None) -> None:
    """Merge duplicate records into reports; with FILES, on plain files without a review."""
    began = time.perf_counter()
    if files:
        from review.formats.registry import format_for
        from searches.plain_files import dedupe_files

        format = format_for(out.name) if out else "ris"
        named = [path for path in (out, clusters, unsure) if path is not None]
        if len(set(named)) < len(named):
            raise click.UsageError(
                "-o, --clusters and --unsure name one file twice: the second would replace the first"
            )
        done = dedupe_files([(path.name, existing_file(path)) for path in files], format)
        for path, content in ((out, done.merged), (clusters, done.clusters), (unsure, done.unsure)):
            if path is not None:
                write_file(path, content)
        counts = {"records": done.records, "reports": done.reports, "unsure": done.pairs}
        call.say(*(f"Note: {loss}" for loss in done.losses))
    else:
        if out or clusters or unsure:
            raise ReviewError("-o, --clusters and --unsure go with FILES", hint="name the files to deduplicate")
        from searches.merging import merge_duplicates

        workspace = call.workspace()
        result = merge_duplicates(workspace.store, workspace.protocol, workspace.software())
        counts = {"records": result.records, "reports": result.reports, "unsure": result.unsure}
    seconds = round(time.perf_counter() - began, 3)
    duplicates = counts["records"] - counts["reports"]
    call.give({**counts, "duplicates": duplicates, "seconds": seconds})
    call.say(
        f"{many(counts['records'], 'record')}, {many(duplicates, 'duplicate')} merged: "
        f"{many(counts['reports'], 'report')}; {many(counts['unsure'], 'pair')} to look at ({seconds:.1f} s)."
    )
    if files:
        written = [str(path) for path in (out, clusters, unsure) if path is not None]
        call.say(f"Written: {', '.join(written)}" if written else "Nothing was written; to keep it add: -o merged.ris")
    elif counts["unsure"]:
        call.say("Next: review pairs list")
