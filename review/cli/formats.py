"""``review convert``."""

from __future__ import annotations

from pathlib import Path

import click

from review.cli.kit import PATH, Call, common, existing_file, write_file
from review.errors import ReviewError
from review.text import many


@click.command()
@click.argument("source", metavar="IN", type=PATH)
@click.argument("target", metavar="OUT", type=PATH)
@click.option("--from", "read_as", metavar="FORMAT", help="The format of IN [default: recognised from the file].")
@click.option("--to", "write_as", metavar="FORMAT", help="The format of OUT [default: from its ending].")
@click.option(
    "--column", "named", metavar="NAME=FIELD", multiple=True, help="What a column of a table means; repeatable."
)
@common
def convert(
    call: Call, source: Path, target: Path, *, read_as: str | None, write_as: str | None, named: tuple[str, ...]
) -> None:
    """Turn any readable file of records into another format, or into the file that a tool imports.

    The ending of OUT says the format (.ris, .nbib, .bib, .json for CSL-JSON, .csv, .xlsx …); a tool is named instead:
    --to rayyan, covidence, asreview, eppi or zotero.
    """
    from review.formats import lost, read, write
    from review.formats.registry import format_for
    from review.formats.tools import exceeded

    format = write_as or format_for(target.name)
    reading = read(existing_file(source), name=source.name, format=read_as, columns=columns(named))
    data = write(reading.records, format)
    write_file(target, data)
    losses = (
        *reading.losses,
        *lost(reading.records, data, format),
        *exceeded(format, len(reading.records), len(data)),
    )
    call.give(
        {
            "format": reading.format,
            "platform": reading.platform,
            "records": len(reading.records),
            "rejected": len(reading.rejected),
            "losses": list(losses),
        }
    )
    call.say(
        f"{source.name} ({reading.format}{f', {reading.platform}' if reading.platform else ''}): "
        f"{many(len(reading.records), 'record')} written to {target} as {format}, {len(reading.rejected):,} set aside."
    )
    call.say(*(f"  Note: {loss}" for loss in losses))
    call.say(*(f"  Set aside: record {one.position}: {one.reason}" for one in reading.rejected))


def columns(named: tuple[str, ...]) -> dict[str, str]:
    """Read what ``--column`` says: names of columns to fields.

    Raises
    ------
    ReviewError
        One is not of the form ``NAME=FIELD``.
    """
    found = {}
    for one in named:
        name, equals, field = one.rpartition("=")
        if not equals or not name.strip() or not field.strip():
            raise ReviewError(f"--column {one}: this is not NAME=FIELD.", hint='Write it as --column "Titel=title".')
        found[name.strip()] = field.strip()
    return found
