"""``review extract``, ``review appraise`` and ``review code``: status, tables out and in, checks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.cli.kit import Call, common, existing_file
from review.errors import ReviewError, StageError

if TYPE_CHECKING:
    from extraction.exchange import Table
    from extraction.plans import Plan
    from review.forms import Instrument
    from review.stages import Workspace
    from review.store import Actor

_SHOWN = 40

_YES = click.option("--yes", is_flag=True, help="With 'in': save without asking (a terminal is asked).")
_PREVIEW = click.option("--preview", is_flag=True, help="With 'in': show what would change, save nothing.")
_FILE = click.argument("file", required=False, type=click.Path(path_type=Path))


def _action(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.argument("action", type=click.Choice(names), default="status")


@click.command()
@_action("status", "studies", "join", "out", "in")
@_FILE
@_YES
@_PREVIEW
@common
def extract(call: Call, action: str, file: Path | None, yes: bool, preview: bool) -> None:
    """Extract data: 'out FILE' writes your form (.xlsx, .csv), 'in FILE' reads it back, 'studies' lists them.

    'join FILE' joins reports to studies: it takes a table with the columns file, position and study.
    """
    from extraction import answers, library, rows, sheets

    workspace = call.workspace()
    form = library.form(_set(workspace.protocol.proforma, "proforma"), workspace.folder)
    if action in ("studies", "join"):
        return _studies(call, workspace, _named(file) if action == "join" else None)
    if action == "status":
        keys = _keys(workspace)
        with workspace.store.read() as connection:
            done = answers.progress(form, keys, rows.answers(connection, form.id))
        call.give({"form": form.id, "studies": [asdict(one) for one in done]})
        call.say(f"{form.label} ({form.id}), {len(done)} studies")
        for one in done:
            still = f"; still required: {', '.join(one.required_open)}" if one.required_open else ""
            call.say(f"  {one.study}: {one.answered} of {one.fields} fields{still}")
        return None
    actor, keys = _begin(call, workspace)
    with workspace.store.read() as connection:
        mine = rows.answers(connection, form.id, actor.person)
    if action == "out":
        return _out(call, file, sheets.answers_table(form, keys, mine))
    plan = sheets.answers_plan(form, keys, mine, existing_file(_named(file)))
    return _in(call, workspace, actor, plan, preview, yes)


@click.command()
@_action("status", "out", "in")
@_FILE
@_YES
@_PREVIEW
@common
def appraise(call: Call, action: str, file: Path | None, yes: bool, preview: bool) -> None:
    """Appraise studies: 'out FILE' writes your judgements (.xlsx, .csv), 'in FILE' reads them back.

    No score is computed.
    """
    from extraction import appraisal, library, rows, sheets

    workspace = call.workspace()
    names = workspace.protocol.instruments
    if not names:
        _set(None, "instruments")
    instruments = [library.instrument(name, workspace.folder) for name in names]
    with workspace.store.read() as connection:
        design = appraisal.designs(_form_answers(workspace, connection))
    if action == "status":
        return _appraisal_status(call, workspace, instruments, design)
    actor, keys = _begin(call, workspace)
    with workspace.store.read() as connection:
        mine = {i.name: rows.judgements(connection, i.name, actor.person) for i in instruments}
    if action == "out":
        return _out(call, file, sheets.judgements_table(instruments, keys, mine, design))
    plan = sheets.judgements_plan(instruments, keys, mine, existing_file(_named(file)))
    return _in(call, workspace, actor, plan, preview, yes)


@click.command()
@_action("status", "out", "in", "check")
@_FILE
@_YES
@_PREVIEW
@common
def code(call: Call, action: str, file: Path | None, yes: bool, preview: bool) -> None:
    """Code findings: 'out FILE' writes your codings (.xlsx, .csv), 'in FILE' reads them back, 'check' shows gaps.

    'check FILE' takes the claims and values of a publication as printed (.toml).
    """
    from extraction import coding, library, rows, sheets

    if action == "check" and file is not None:
        return _check_claims(call, file)
    workspace = call.workspace()
    framework = library.framework(_set(workspace.protocol.framework, "framework"), workspace.folder)
    if action in ("status", "check"):
        keys = _keys(workspace)
        with workspace.store.read() as connection:
            current = rows.codings(connection)
        cover, gaps = coding.coverage(framework, current), coding.gaps(keys, current)
        call.give({"codings": len(current), "components": [asdict(one) for one in cover], "gaps": list(gaps)})
        call.say(
            f"{framework.label}: {len(current)} codings of {len({row['statement'] for row in current})} statements"
        )
        for one in cover:
            counts = ", ".join(f"{number} {polarity}" for polarity, number in one.polarities.items() if number)
            call.say(f"  {one.component}: {len(one.studies)} of {len(keys)} studies ({counts or 'no codings'})")
        _list(call, gaps if action == "check" else ())
        return None
    actor, keys = _begin(call, workspace)
    with workspace.store.read() as connection:
        mine = rows.codings(connection, actor.person)
    if action == "out":
        return _out(call, file, sheets.codings_table(framework, keys, mine))
    plan = sheets.codings_plan(framework, keys, mine, existing_file(_named(file)))
    return _in(call, workspace, actor, plan, preview, yes)


def _appraisal_status(call: Call, workspace: Workspace, instruments: list[Instrument], design: dict[str, str]) -> None:
    from extraction import appraisal, rows

    keys = _keys(workspace)
    with workspace.store.read() as connection:
        done = [
            one
            for instrument in instruments
            for one in appraisal.progress(instrument, keys, rows.judgements(connection, instrument.name), design)
        ]
    call.give({"appraisals": [asdict(one) for one in done]})
    for one in done:
        unsaid = f", {one.not_reported} of them not reported" if one.not_reported else ""
        call.say(f"  {one.study}, {one.instrument}: {one.judged} of {one.items} items judged{unsaid}")
    if not done:
        call.say("No study is there to appraise under the protocol's instruments yet.")


def _check_claims(call: Call, file: Path) -> None:
    from review.claims import check_claims, read_claims

    claims, studies = read_claims(existing_file(file))
    found = check_claims(claims, studies)
    call.give({"claims": len(claims), "findings": [asdict(one) for one in found]})
    call.say(f"{len(claims)} claims checked against the values printed: {len(found)} contradictions")
    _list(call, tuple(one.what for one in found))


def _studies(call: Call, workspace: Workspace, file: Path | None) -> None:
    from extraction import studies

    actor = call.actor(workspace)
    if file is not None:
        places = studies.read_places(existing_file(file))
        with workspace.store.read() as connection:
            groups = studies.at_positions(connection, places)
        studies.join(workspace.store, actor, groups)
    studies.name_new(workspace.store, workspace.software())
    with workspace.store.read() as connection:
        known = studies.studies(connection)
    call.give({"studies": [{"study": s.key, "reports": list(s.reports), "title": s.record.title} for s in known]})
    call.say(f"{len(known)} studies")
    for study in known:
        call.say(f"  {study.key}: {study.record.title or 'no title'} (reports {', '.join(map(str, study.reports))})")


def _out(call: Call, file: Path | None, table: Table) -> None:
    from extraction.exchange import write_csv, write_xlsx

    path = _named(file)
    writers = {".xlsx": write_xlsx, ".csv": write_csv}
    if path.suffix.lower() not in writers:
        raise ReviewError(f"{path} is neither .xlsx nor .csv", hint="name the file so that its ending says the format")
    path.write_bytes(writers[path.suffix.lower()](table))
    call.give({"file": str(path), "rows": len(table.rows)})
    call.say(f"Wrote {len(table.rows):,} rows to {path}.")


def _in(call: Call, workspace: Workspace, actor: Actor, plan: Plan, preview: bool, yes: bool) -> None:
    from extraction.plans import carry_out

    counts = {kind: plan.count(kind) for kind in ("new", "changed", "cleared")}
    ask = plan.changes and not plan.faults and not (preview or yes or call.as_json) and sys.stdin.isatty()
    if preview or ask:
        call.say(*(f"  row {c.line}, {c.kind}: {c.what}: {c.text}" for c in plan.changes[:_SHOWN]))
        call.say(*([f"  and {len(plan.changes) - _SHOWN:,} more"] if len(plan.changes) > _SHOWN else []))
    call.say(*(f"Note: {note}" for note in plan.notes))
    numbers = ", ".join(f"{number:,} {kind}" for kind, number in counts.items())
    call.say(f"{numbers}; {plan.same:,} the same as before, {plan.empty:,} rows left empty.")
    save = not preview and (not ask or click.confirm("Save this?"))
    if save or plan.faults:
        carry_out(workspace.store, actor, plan)
    changes = [{"row": c.line, "kind": c.kind, "what": c.what, "text": c.text} for c in plan.changes]
    call.give({**counts, "same": plan.same, "empty": plan.empty, "saved": save, "changes": changes})
    call.say("Saved." if save else "Nothing was saved.")


def _begin(call: Call, workspace: Workspace) -> tuple[Actor, list[str]]:
    """Say who acts, and settle the keys of the studies before anything is written under them."""
    from extraction import studies

    actor = call.actor(workspace)
    studies.name_new(workspace.store, workspace.software())
    keys = _keys(workspace)
    if not keys:
        raise StageError("no report is included at full text yet", hint="screen first: review status says what is next")
    return actor, keys


def _keys(workspace: Workspace) -> list[str]:
    from extraction import studies

    with workspace.store.read() as connection:
        return [study.key for study in studies.studies(connection)]


def _form_answers(workspace: Workspace, connection: Any) -> list[dict[str, Any]]:
    from extraction import library, rows

    name = workspace.protocol.proforma
    return rows.answers(connection, library.form(name, workspace.folder).id) if name else []


def _set(name: str | None, key: str) -> str:
    if name is None:
        raise StageError(f"the protocol names no {key}", hint=f"set {key} in protocol.toml")
    return name


def _named(file: Path | None) -> Path:
    if file is None:
        raise ReviewError("which file is meant?", hint="name it: review extract out answers.xlsx")
    return file


def _list(call: Call, sentences: tuple[str, ...]) -> None:
    for sentence in sentences:
        call.say(f"  - {sentence}")
