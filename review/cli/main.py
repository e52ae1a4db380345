"""The ``review`` command: a table of commands, each loaded when called, and what an error looks like."""

from __future__ import annotations

import errno
import json
import sys
from contextlib import suppress
from typing import NoReturn

import click

from review import __version__
from review.cli.actions import Lazy
from review.errors import ProtocolError, ReviewError, StageError

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("protocol:init", "Make a new review folder with a commented protocol."),
    "check": ("protocol:check", "Report all faults of the protocol at once, and lint the strategies."),
    "strategies": ("strategies:strategies", "Show the query as each source and platform takes it, with losses."),
    "count": ("asking:count", "Count the hits of each line of the strategies at each source, nothing downloaded."),
    "search": ("searches:search", "Run or resume the searches."),
    "import": ("imports:import_file", "Read an export file of a platform as a search."),
    "known": ("asking:known", "Say which known relevant papers each source found, and why the others were missed."),
    "dedupe": ("dedupe:dedupe", "Merge duplicate records into reports; or work on plain files."),
    "pairs": ("pairs:pairs", "Judge possible duplicates: list, same, different, undo."),
    "snowball": ("snowball:snowball", "Search backward and forward from the included reports."),
    "screen": ("screening:screen", "Screen: next, decide, undo, conflicts, resolve, export, import."),
    "simulate": ("simulate:simulate", "Say what the ranking would have saved on a labelled file."),
    "fulltext": ("fulltext:fulltext", "Note which full texts were got, and which could not be."),
    "retractions": ("retractions:retractions", "Ask whether reports were retracted or corrected since."),
    "serve": ("serve:serve", "Open the pages: screening, conflicts, progress."),
    "worker": ("worker:worker", "Do the work behind the pages: rank, and what pages ask for."),
    "team": ("team:team", "Let people in to a team's own server: invite, list, revoke, disable, reset."),
    "extract": ("extraction:extract", "Data extraction: forms out and in, status."),
    "appraise": ("appraise:appraise", "Critical appraisal: which instrument, tables out and in, status."),
    "code": ("coding:code", "Code findings, name themes, state findings, check what is open."),
    "report": ("reports:report", "Write flow diagram, tables and appendix to out/."),
    "audit": ("reports:audit", "Check a published set of flow numbers and claims."),
    "status": ("status:status", "Show where the review stands and what comes next."),
    "verify": ("status:verify", "Check the log's chains, the projections and the raw replies."),
    "archive": ("archive:archive", "Write the whole review, or what may be public of it, as one file."),
    "restore": ("archive:restore", "Make a review's folder of an archive again, and prove that it is the same."),
    "convert": ("formats:convert", "Turn any readable file of records into another format."),
}
"""Command -> (module:function inside review.cli, one line of help); docs/commands.md lists the same."""


@click.group(cls=Lazy, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="review")
def cli() -> None:
    """From a PICO protocol to the PRISMA flow diagram and the tables that a journal asks for."""


def main() -> NoReturn:
    """Run a command; every error of ours becomes a sentence and an exit code, never a traceback."""
    try:
        cli.main(prog_name="review", standalone_mode=False)
    except ReviewError as error:
        _show(error)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. What was saved is kept; run the same command again to go on.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    except OSError as error:
        ours = _sentence(error)
        _show(ours)
        sys.exit(ours.exit_code)
    sys.exit(0)


def _sentence(error: OSError) -> ReviewError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StageError(
            "the disk is full: what was saved before is kept",
            hint="free some space, then run the same command again",
        )
    where = f": {error.filename}" if error.filename else ""
    return ReviewError(
        f"{error.strerror or error}{where}", hint="check that it exists, is readable and that the disk is not full"
    )


def _show(error: ReviewError) -> None:
    if "--json" in sys.argv:
        body = {"error": error.message, "hint": error.hint, "exit_code": error.exit_code}
        if isinstance(error, ProtocolError):
            body["faults"] = [str(f) for f in error.faults]  # type: ignore[assignment]
        with suppress(OSError):  # standard output itself may be full: then it is said below
            click.echo(json.dumps(body, ensure_ascii=False))
            return
    click.echo(f"Error: {error.message}", err=True)
    if isinstance(error, ProtocolError):
        for fault in error.faults:
            click.echo(f"  {fault}", err=True)
    if error.hint:
        click.echo(f"What to do: {error.hint}", err=True)


if __name__ == "__main__":
    main()
