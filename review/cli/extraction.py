"""``review extract``, ``review appraise`` and ``review code``: status, tables out and in, checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.cli.exchange import read_in, write_out
from review.cli.kit import PATH, Call, common, existing_file
from review.errors import ReviewError, StageError
from review.text import many

if TYPE_CHECKING:
    from extraction.answers import Progress
    from review.forms import Instrument
    from review.stages import Workspace
    from review.store import Actor

_NONE = "No report is included at full text yet: review status says what is next."
_NAMED = 3
"""Up to so many open fields are named; of more only the number is said."""

_YES = click.option("--yes", is_flag=True, help="With 'in': save without asking (a terminal is asked).")
_PREVIEW = click.option("--preview", is_flag=True, help="With 'in': show what would change, save nothing.")
_FILE = click.argument("file", required=False, type=PATH)


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
            done = answers.progress(form, keys, rows.answers(connection, form.name))
        call.give({"form": form.id, "studies": [asdict(one) for one in done]})
        call.say(f"{form.label} ({form.id}), {many(len(done), 'study')}")
        call.say(*(f"  {one.study}: {one.answered} of {one.fields} fields{_still(one)}" for one in done))
        if not done:
            call.say(_NONE)
        elif not any(one.answered for one in done):
            call.say("Nothing is extracted yet. To write the form: review extract out answers.xlsx")
        return None
    file = _named(file)
    actor, keys = _begin(call, workspace)
    with workspace.store.read() as connection:
        mine = rows.answers(connection, form.name, actor.person)
    if action == "out":
        return write_out(call, "extract", file, sheets.answers_table(form, keys, mine))
    plan = sheets.answers_plan(form, keys, mine, existing_file(file))
    return read_in(call, workspace, actor, plan, file=file, yes=None if preview else yes)


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
    file = _named(file)
    actor, keys = _begin(call, workspace)
    with workspace.store.read() as connection:
        mine = {i.name: rows.judgements(connection, i.name, actor.person) for i in instruments}
    if action == "out":
        return write_out(call, "appraise", file, sheets.judgements_table(instruments, keys, mine, design))
    plan = sheets.judgements_plan(instruments, keys, mine, existing_file(file))
    return read_in(call, workspace, actor, plan, file=file, yes=None if preview else yes)


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
        statements = len({row["statement"] for row in current})
        call.say(f"{framework.label}: {many(len(current), 'coding')} of {many(statements, 'statement')}")
        for one in cover:
            counts = ", ".join(f"{polarity} {number}" for polarity, number in one.polarities.items() if number)
            call.say(f"  {one.component}: {len(one.studies)} of {many(len(keys), 'study')} ({counts or 'no codings'})")
        _list(call, gaps if action == "check" else ())
        return None
    file = _named(file)
    actor, keys = _begin(call, workspace)
    with workspace.store.read() as connection:
        mine = rows.codings(connection, actor.person)
    if action == "out":
        return write_out(call, "code", file, sheets.codings_table(framework, keys, mine))
    plan = sheets.codings_plan(framework, keys, mine, existing_file(file))
    return read_in(call, workspace, actor, plan, file=file, yes=None if preview else yes)


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
        call.say(f"  {one.study}, {one.instrument}: {one.judged} of {many(one.items, 'item')} judged{unsaid}")
    if not done:
        call.say("No study is there to appraise under the protocol's instruments yet.")


def _check_claims(call: Call, file: Path) -> None:
    from review.claims import check_claims, read_claims

    claims, studies = read_claims(existing_file(file))
    found = check_claims(claims, studies)
    call.give({"claims": len(claims), "findings": [asdict(one) for one in found]})
    call.say(f"{many(len(claims), 'claim')} checked against the values printed: {many(len(found), 'contradiction')}")
    _list(call, tuple(one.what for one in found))


def _studies(call: Call, workspace: Workspace, file: Path | None) -> None:
    from extraction import studies

    if file is not None:
        actor = call.actor(workspace, "extract")
        places = studies.read_places(existing_file(file))
        with workspace.store.read() as connection:
            groups = studies.at_positions(connection, places)
        studies.join(workspace.store, actor, groups)
    studies.name_new(workspace.store, workspace.software())
    with workspace.store.read() as connection:
        known = studies.studies(connection)
    call.give({"studies": [{"study": s.key, "reports": list(s.reports), "title": s.record.title} for s in known]})
    joined = many(sum(len(study.reports) for study in known), "report")
    if file is not None:
        call.say(f"{joined} of {many(len(known), 'study')}. To see them: review extract studies")
        return
    call.say(f"{many(len(known), 'study')}, {joined}")
    call.say(*([] if known else [_NONE]))
    for study in known:
        word = "report" if len(study.reports) == 1 else "reports"
        call.say(f"  {study.key}: {study.record.title or 'no title'} ({word} {', '.join(map(str, study.reports))})")


def _still(one: Progress) -> str:
    """Say what of a study's form is still open: names when they are few, else their number."""
    still = one.required_open
    if not still:
        return ""
    return f"; still required: {', '.join(still) if len(still) <= _NAMED else many(len(still), 'field')}"


def _begin(call: Call, workspace: Workspace) -> tuple[Actor, list[str]]:
    """Say who acts, and settle the keys of the studies before anything is written under them."""
    from extraction import studies

    actor = call.actor(workspace, "extract")
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
    return rows.answers(connection, library.form(name, workspace.folder).name) if name else []


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
