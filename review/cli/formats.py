"""``review convert``."""

from __future__ import annotations

from pathlib import Path

import click

from review.cli.kit import PATH, Call, common, existing_file, write_file
from review.text import many


@click.command()
@click.argument("source", metavar="IN", type=PATH)
@click.argument("target", metavar="OUT", type=PATH)
@common
def convert(call: Call, source: Path, target: Path) -> None:
    """Turn any readable file of records into another format, named by the ending of OUT."""
    from review.formats import read, write

    reading = read(existing_file(source), name=source.name)
    write_file(target, write(reading.records, target.suffix.lstrip(".").lower()))
    call.give(
        {
            "format": reading.format,
            "platform": reading.platform,
            "records": len(reading.records),
            "rejected": len(reading.rejected),
            "losses": list(reading.losses),
        }
    )
    call.say(
        f"{source.name} ({reading.format}{f', {reading.platform}' if reading.platform else ''}): "
        f"{many(len(reading.records), 'record')} written to {target}, {len(reading.rejected):,} set aside."
    )
    call.say(*(f"  Note: {loss}" for loss in reading.losses))
    call.say(*(f"  Set aside: record {one.position}: {one.reason}" for one in reading.rejected))
