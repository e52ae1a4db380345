"""Tables that people fill in, on their way out to a file and back in: what is said, and what is asked."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from review.cli.kit import Call, write_file
from review.errors import ReviewError
from review.text import many

if TYPE_CHECKING:
    from extraction.exchange import Table
    from extraction.plans import Change, Plan
    from review.stages import Workspace
    from review.store import Actor

_SHOWN = 8
"""Changed rows that are shown before it says how many more there are; ``--json`` gives all."""
_WIDTH = 100
"""Characters shown of what a row changes."""


def write_out(call: Call, command: str, path: Path, table: Table) -> None:
    """Write a table of a room as a file, and say what to do with it."""
    from extraction.exchange import write_csv, write_xlsx

    writers = {".xlsx": write_xlsx, ".csv": write_csv}
    if path.suffix.lower() not in writers:
        raise ReviewError(f"{path} is neither .xlsx nor .csv", hint="name the file so that its ending says the format")
    write_file(path, writers[path.suffix.lower()](table))
    call.give({"file": str(path), "rows": len(table.rows)})
    wrote = f"Wrote {many(len(table.rows), 'row')} to {path}"
    if not table.fixed:
        wrote = f"{wrote}; each" if table.rows else f"Wrote the headings to {path}: each"
        wrote += " finding is one row, new ones go below"
    call.say(f"{wrote}.", f"Next: fill it in, then: review {command} in {path}")


def read_in(call: Call, workspace: Workspace, actor: Actor, plan: Plan, *, file: Path, yes: bool | None) -> None:
    """Show and save what a filled table changes; ``yes``: without asking, ``None``: only show, save nothing."""
    from extraction.plans import carry_out

    call.say(*(f"Note: {note}" for note in plan.notes))
    if plan.faults:
        carry_out(workspace.store, actor, plan)  # raises, naming each of them
    save = yes is not None and bool(plan.changes)
    ask = save and not yes and not call.as_json and sys.stdin.isatty()
    if ask or yes is None:
        call.say(*(_line(change) for change in plan.changes[:_SHOWN]))
        call.say(*([f"  and {len(plan.changes) - _SHOWN:,} more"] if len(plan.changes) > _SHOWN else []))
    counts = {kind: plan.count(kind) for kind in ("new", "changed", "cleared")}
    kinds = {**counts, "the same as before": plan.same, "left empty": plan.empty}
    counted = ", ".join(f"{number:,} {kind}" for kind, number in kinds.items() if number) or "no rows"
    save = save and (not ask or click.confirm(f"{counted}. Save this?"))
    if save:
        carry_out(workspace.store, actor, plan)
    changes = [{"row": c.line, "kind": c.kind, "what": c.what, "text": c.text} for c in plan.changes]
    call.give({**counts, "same": plan.same, "empty": plan.empty, "saved": save, "changes": changes})
    ending = "Saved." if save else "Nothing was saved." if plan.changes else "There is nothing to save."
    call.say(f"{file.name}: {counted}. {ending}")


def _line(change: Change) -> str:
    text = textwrap.shorten(change.text, _WIDTH, placeholder=" …")
    return f"  row {change.line}, {change.kind}: {change.what}: {text}"
