"""``review archive`` and ``review restore``."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from review.cli.kit import PATH, Call, common, evaluate_again
from review.text import many

_KINDS = {
    "raw_files": "raw replies and imported files", "full_texts": "full texts", "abstracts": "abstracts",
    "rejected": "unreadable parts of replies", "protocols": "protocols with names replaced",
    "events": "events with names replaced",
}  # fmt: skip


@contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGTERM stop the work as Ctrl-C does, so that nothing half-made stays."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@click.command()
@click.argument("file", type=PATH)
@click.option("--public", is_flag=True, help="For everybody: names hidden, other people's texts left out.")
@common
def archive(call: Call, file: Path, public: bool) -> None:
    """Write the whole review, or what may be public of it, as one file (ZIP, an RO-Crate)."""
    from review.archiving import archive as write

    workspace = call.workspace()
    evaluate_again(call, workspace)
    with call.progress() as notify, stoppable():
        done = write(workspace, file, public=public, notify=notify)
    call.give({"file": str(file), "public": public, **asdict(done)})
    call.say(
        f"{many(done.files, 'file')} in {file}, {done.size / 1e6:,.1f} MB",
        f"  SHA-256 {done.sha256}",
        *left_out(done.withheld),
        *(f"To look at: {warning}" for warning in done.warnings),
    )


@click.command()
@click.argument("file", type=PATH)
@click.argument("folder", type=PATH)
@common
def restore(call: Call, file: Path, folder: Path) -> None:
    """Make a review's folder of an archive again, and prove that it is the same."""
    from review.restoring import restore as make

    with call.progress() as notify, stoppable():
        done = make(file, folder, url=os.environ.get("REVIEW_DATABASE"), notify=notify)
    call.give({"folder": str(folder), **asdict(done)})
    call.say(
        f"{many(done.files, 'file')} as they were archived. {many(done.events, 'event')} in {many(done.logs, 'log')}: "
        "every chain is whole, every table follows from them.",
        f"{many(done.raw, 'raw reply')} and {many(done.full_texts, 'full text')} as saved.",
        *left_out(done.withheld),
        *(f"  missing in the review already: {path}" for path in done.missing),
        f"Next: review status -C {folder}",
    )


def left_out(withheld: Mapping[str, int]) -> list[str]:
    """Say in a line what a public copy does not hold on purpose; no line for a whole review."""
    told = ", ".join(f"{number:,} {_KINDS[kind]}" for kind, number in withheld.items() if number)
    return [f"  left out on purpose: {told}"] if told else []
