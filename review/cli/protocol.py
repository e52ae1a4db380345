"""``review init`` and ``review check``."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from review.cli.kit import PATH, Call, common
from review.errors import Fault, ProtocolError, SourceChanged, StageError
from review.text import many

if TYPE_CHECKING:
    from review.protocol import Protocol
    from searches.probing import Probe

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
@click.option("--live", is_flag=True, help="Also ask each source whether it still answers as documented.")
@common
def check(call: Call, live: bool) -> None:
    """Report all faults of the protocol at once, and lint the strategies."""
    from review.cli.kit import existing_file
    from review.cli.strategies import NOT_ASKED, findings, reading, stem_rows, words_met, words_table
    from review.protocol import read_protocol
    from review.protocol.strategies import advice
    from review.stages import PROTOCOL_FILE, effect_of, names_not_known
    from screening import rule_changes

    protocol = read_protocol(existing_file(call.folder / PROTOCOL_FILE))
    faults = names_not_known(protocol, call.folder)
    if faults:
        raise ProtocolError(f"the protocol has {many(len(faults), 'fault')}", faults)
    met = words_met(call, protocol)
    warnings = [*_unwritten(protocol), *advice(protocol), *findings(met)]
    probes = _probed(call, protocol) if live else ()
    answered = {"live": [{key: getattr(one, key) for key in _PROBE} for one in probes]} if live else {}
    moves, looks = effect_of(protocol, call.folder, dict(os.environ))
    effect = {"moves": [asdict(one) for one in moves], "again": list(looks)}
    call.give(
        {"faults": [], "warnings": [str(w) for w in warnings], "stems": stem_rows(met), "effect": effect, **answered}
    )
    strategies, concepts = many(len(protocol.strategies), "strategy"), many(len(protocol.concepts), "concept")
    call.say(f"The protocol can be used: {strategies} over {concepts}.")
    for strategy in protocol.strategies:
        own = [f"{strategy.id}: {strategy.text}"]
        call.say(*(f"  {line}".rstrip() for line in (reading(strategy, NOT_ASKED) if strategy.syntax else own)))
    call.say(*words_table(met))
    if warnings:
        call.say("Worth a look:", *(f"  {w}" for w in warnings))
    if moves or looks:
        call.say("It is not in force yet: the next other command puts it in force. Votes stay as they are. Then:")
        call.say(*(f"  {line}" for line in (*rule_changes.moves(moves), *looks)))
    call.say(*map(_answer, probes))
    if any(one.status == "changed" for one in probes):
        sys.exit(SourceChanged.exit_code)


_PROBE = ("source", "status", "hits", "seconds", "error")


def _probed(call: Call, protocol: Protocol) -> tuple[Probe, ...]:
    """Ask every source of the protocol for one small answer."""
    from searches.probing import probe
    from searches.registry import access

    probes: list[Probe] = []
    with call.progress() as notify:
        for number, choice in enumerate(protocol.sources, start=1):
            probes.append(probe(access(choice, os.environ), time.monotonic))
            notify("sources", number, len(protocol.sources))
    return tuple(probes)


def _answer(one: Probe) -> str:
    told = one.error or f"as documented, {'hits not told' if one.hits is None else many(one.hits, 'hit')}"
    return f"{one.label}: {one.status}: {told}" + (f" ({one.seconds:.2f} s)" if one.seconds is not None else "")


def _unwritten(protocol: Protocol) -> Iterator[Fault]:
    """Name what still stands there as the blank template has it."""
    written = [("review.title", protocol.title), ("review.question", protocol.question)]
    written += [("team", member.name) for member in protocol.team]
    for where, text in written:
        if text in PLACEHOLDERS:
            yield Fault(where, f"'{text}' still stands there", "write your own")
