"""Tables that people fill in, on their way out to a file and back in: what is said, and what is asked."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from review.cli.kit import Call, existing_file, write_file
from review.errors import ReviewError
from review.text import many

if TYPE_CHECKING:
    from extraction.tabular.exchange import Table
    from extraction.tabular.plans import Change, Plan
    from extraction.tabular.tables import Kind, Tables
    from review.stages import Workspace
    from review.store import Actor

_SHOWN = 8
"""Changed rows that are shown before it says how many more there are; ``--json`` gives all."""
_ROWS = {"cmo": "configuration", "themes": "theme", "memos": "memo"}
"""What one row of a table is, where it is no finding."""
_WIDTH = 100
"""Characters shown of what a row changes."""


def write_out(call: Call, workspace: Workspace, actor: Actor, kind: Kind, path: Path) -> None:
    """Write a person's table as a file, and say what to do with it."""
    give_out(call, path, _tables(workspace, actor).out(kind), f"review {kind} in {path}")


def give_out(call: Call, path: Path, table: Table, again: str) -> None:
    """Write any table as a file; ``again`` is the command that reads it back."""
    from extraction.tabular.exchange import write_csv
    from extraction.tabular.workbooks import write_xlsx

    writers = {".xlsx": write_xlsx, ".csv": write_csv}
    if path.suffix.lower() not in writers:
        raise ReviewError(f"{path} is neither .xlsx nor .csv", hint="name the file so that its ending says the format")
    write_file(path, writers[path.suffix.lower()](table))
    call.give({"file": str(path), "rows": len(table.rows)})
    wrote = f"Wrote {many(len(table.rows), 'row')} to {path}"
    if not table.fixed:
        wrote = f"{wrote}; each" if table.rows else f"Wrote the headings to {path}: each"
        wrote += f" {_ROWS.get(table.name, 'finding')} is one row, new ones go below"
    call.say(f"{wrote}.", f"Next: fill it in, then: {again}")


def read_in(call: Call, workspace: Workspace, actor: Actor, kind: Kind, file: Path, *, yes: bool | None) -> None:
    """Show and save what a filled table changes; ``yes``: without asking, ``None``: only show, save nothing."""
    tables = _tables(workspace, actor)
    take_in(call, file, tables.plan(kind, existing_file(file)), lambda plan: tables.save(kind, plan), yes=yes)


def take_in(call: Call, file: Path, plan: Plan, keep: Callable[[Plan], int], *, yes: bool | None) -> None:
    """Show what a plan of any table changes, and save it with ``keep``; ``yes`` as for ``read_in``."""
    call.say(*(f"Note: {note}" for note in plan.notes))
    if plan.faults:
        keep(plan)  # raises, naming each of them
    save = yes is not None and bool(plan.changes)
    ask = save and not yes and not call.as_json and sys.stdin.isatty()
    if ask or yes is None:
        call.say(*(_line(change) for change in plan.changes[:_SHOWN]))
        call.say(*([f"  and {len(plan.changes) - _SHOWN:,} more"] if len(plan.changes) > _SHOWN else []))
    counted = ", ".join(f"{number:,} {kind}" for kind, number in plan.counts() if number) or "no rows"
    save = save and (not ask or click.confirm(f"{counted}. Save this?"))
    if save:
        keep(plan)
    call.give(_given(plan, saved=save))
    ending = "Saved." if save else "Nothing was saved." if plan.changes else "There is nothing to save."
    call.say(f"{file.name}: {counted}. {ending}")


def _tables(workspace: Workspace, actor: Actor) -> Tables:
    from extraction.tabular.tables import Tables

    return Tables(workspace.store, workspace.protocol, workspace.folder, actor)


def _given(plan: Plan, *, saved: bool) -> dict[str, object]:
    counts = {kind: plan.count(kind) for kind in ("new", "changed", "cleared")}
    changes = [{"row": c.line, "kind": c.kind, "what": c.what, "text": c.text} for c in plan.changes]
    return {**counts, "same": plan.same, "empty": plan.empty, "saved": saved, "changes": changes}


def _line(change: Change) -> str:
    text = textwrap.shorten(change.text, _WIDTH, placeholder=" …")
    return f"  row {change.line}, {change.kind}: {change.what}: {text}"
