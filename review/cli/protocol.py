"""``review init`` and ``review check``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from review.cli.kit import PATH, Call, common
from review.errors import Fault, ProtocolError, StageError
from review.text import many

if TYPE_CHECKING:
    from review.protocol import Protocol

PLACEHOLDERS = ("TITLE OF YOUR REVIEW", "THE QUESTION IT ANSWERS", "YOUR NAME")
"""What stands in the blank template for a person to write over."""
SYNCED = ("dropbox", "onedrive", "google drive", "googledrive", "icloud", "mobile documents", "nextcloud", "box sync")


@click.command()
@click.argument("place", metavar="DIR", type=PATH)
@click.option(
    "--template", "name", type=click.Choice(["blank", "mentoring"]), default="blank", help="The protocol to start from."
)
@common
def init(call: Call, place: Path, name: str) -> None:
    """Make a new review folder DIR with a commented protocol."""
    from review.protocol import template

    path = place / "protocol.toml"
    if path.exists():
        raise StageError(f"{path} is there already", hint="choose another folder; nothing was changed")
    for part in ("imports", "pdfs"):
        (place / part).mkdir(parents=True, exist_ok=True)
    path.write_text(template(name), encoding="utf-8")
    synced = [p for p in place.resolve().parts if any(mark in p.lower() for mark in SYNCED)]
    warnings = [
        f"{place} lies in a synced drive ({p}): SQLite and sync clients do not mix; move the folder elsewhere"
        for p in synced[:1]
    ]
    call.give({"folder": str(place), "protocol": str(path), "warnings": warnings})
    call.say(f"Made {place}. Next: write {path}, then run: review check -C {place}")
    call.say(*(f"Warning: {w}" for w in warnings))


@click.command()
@common
def check(call: Call) -> None:
    """Report all faults of the protocol at once, and lint the strategies."""
    from review.cli.kit import existing_file
    from review.protocol import read_protocol
    from review.query import lint
    from review.stages import PROTOCOL_FILE, names_not_known

    protocol = read_protocol(existing_file(call.folder / PROTOCOL_FILE))
    faults = names_not_known(protocol)
    if faults:
        raise ProtocolError(f"the protocol has {many(len(faults), 'fault')}", faults)
    warnings = [
        *_unwritten(protocol),
        *(Fault(f"strategies.{s.id}", f.what, f.hint) for s in protocol.strategies for f in lint(s.query)),
    ]
    call.give({"faults": [], "warnings": [str(w) for w in warnings]})
    strategies, concepts = many(len(protocol.strategies), "strategy"), many(len(protocol.concepts), "concept")
    call.say(f"The protocol can be used: {strategies} over {concepts}.")
    for strategy in protocol.strategies:
        call.say(f"  {strategy.id}: {strategy.text}")
    if warnings:
        call.say("Worth a look:", *(f"  {w}" for w in warnings))


def _unwritten(protocol: Protocol) -> Iterator[Fault]:
    """Name what still stands there as the blank template has it."""
    written = [("review.title", protocol.title), ("review.question", protocol.question)]
    written += [("team", member.name) for member in protocol.team]
    for where, text in written:
        if text in PLACEHOLDERS:
            yield Fault(where, f"'{text}' still stands there", "write your own")
