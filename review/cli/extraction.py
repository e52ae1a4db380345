"""``review extract``: how far each study is, the form out and in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.cli.actions import Actions
from review.cli.exchange import read_in, write_out
from review.cli.extract_kit import FILE, NONE, PREVIEW, YES, begin, named, set_in_protocol, study_keys
from review.cli.kit import Call, common
from review.text import many

if TYPE_CHECKING:
    from extraction.answers import Progress
    from extraction.fillings import Standing
    from review.forms import Form
    from review.stages import Workspace

_BY = {
    "single": "",
    "checked": ", each extracted by one person and checked by another",
    "double": ", each extracted by two people",
}
_NAMED = 3
"""Up to so many open fields are named; of more only the number is said."""


EXTRACT: dict[str, tuple[str, str]] = {
    "status": ("extraction:status", "Say how far each study is."),
    "studies": ("extract_studies:studies", "List the studies with their reports, and what may belong together."),
    "join": ("extract_studies:join", "Join reports to one study."),
    "split": ("extract_studies:split", "Make a study of its own of reports of another one."),
    "apart": ("extract_studies:apart", "Note that two studies are different ones, so that nobody is asked again."),
    "rename": ("extract_studies:rename", "Give a study another key, before anything is written under it."),
    "preview": ("extract_forms:preview", "Show a form as it will be, or every fault of its file."),
    "versions": ("extract_forms:versions", "List the form's versions, and the studies to look at again."),
    "pilot": ("extract_forms:pilot", "Try the form on some studies before it is frozen."),
    "freeze": ("extract_forms:freeze", "Freeze the form: a change needs a new version from now on."),
    "out": ("extraction:out", "Write your form as a table (.xlsx, .csv)."),
    "in": ("extraction:in_", "Read a filled table back."),
    "done": ("extract_pairs:done", "Say that you are done with a study."),
    "reopen": ("extract_pairs:reopen", "Take back that you are done, as long as the others are not."),
    "leave": ("extract_pairs:leave", "Give up your place at a study, so that somebody else can take it."),
    "compare": ("extract_pairs:compare", "Show what two wrote side by side, once both are done."),
    "settle": ("extract_pairs:settle", "Say what a field shall be on which two differ."),
    "agreement": ("extract_pairs:agreement", "Say how well two agree, per field and over all."),
    "surveys": ("extract_forms:surveys", "Summarise survey results that studies report."),
}
"""Action -> (module:command inside review.cli, one line of help). A new action is a click command and a row here."""

extract = Actions(name="extract", table=EXTRACT, help="Extract data: studies, forms out and in, status.")


@click.command()
@common
def status(call: Call) -> None:
    """Say how far each study is. While two extract it who are not both done, nothing of it is counted."""
    from extraction import answers, comparison, fillings, rows

    workspace = call.workspace()
    form, protocol = _form(workspace), workspace.protocol
    keys = study_keys(workspace)
    with workspace.store.read() as connection:
        sheet = fillings.form_sheet(form)
        held = fillings.states(connection, protocol, sheet, "")
        shown = fillings.seen(connection, protocol, sheet, rows.answers(connection, form.name))
        laid = comparison.comparisons(connection, protocol, form)
        counting = {one.study: comparison.counting(one) for one in laid}
        shown = [row for row in shown if row["study"] not in counting]
        shown += [row for some in counting.values() for row in some]
        found = [(one, held.get(one.study)) for one in answers.progress(form, keys, shown)]
    to_settle = {one.study: one.count("open") for one in laid}
    by = fillings.by(protocol, sheet)
    call.give({"form": form.id, "by": by, "studies": [_given(*one, to_settle) for one in found]})
    call.say(f"{form.label} ({form.id}), {many(len(found), 'study')}{_BY[by]}")
    call.say(*(f"  {one.study}: {_far(one, standing, to_settle)}" for one, standing in found))
    if not found:
        call.say(NONE)
    elif not held:
        call.say("Nothing is extracted yet. In the browser: review serve. As a table: review extract out answers.xlsx")


@click.command()
@FILE
@common
def out(call: Call, file: Path | None) -> None:
    """Write your answers to the form as FILE (.xlsx, .csv), to be filled in."""
    workspace, file = call.workspace(), named(file)
    _form(workspace)
    actor, _ = begin(call, workspace)
    write_out(call, workspace, actor, "extract", file)


@click.command("in")
@FILE
@YES
@PREVIEW
@common
def in_(call: Call, file: Path | None, yes: bool, preview: bool) -> None:
    """Read FILE back: what would change is shown before it is saved."""
    workspace, file = call.workspace(), named(file)
    _form(workspace)
    actor, _ = begin(call, workspace)
    read_in(call, workspace, actor, "extract", file, yes=None if preview else yes)


def _form(workspace: Workspace) -> Form:
    from extraction import library

    return library.form(set_in_protocol(workspace.protocol.proforma, "proforma"), workspace.folder)


def _given(one: Progress, standing: Standing | None, to_settle: Mapping[str, int]) -> dict[str, Any]:
    """Give how far a study is as JSON; while it is hidden its numbers are not known."""
    hidden = standing is not None and standing.hidden
    unknown = dict.fromkeys(("answered", "fields", "required_open", "quotes_open")) if hidden else {}
    people, done = (standing.people, standing.others_done) if standing else (0, 0)
    told = {"people": people, "done": done, "hidden": hidden, "to_settle": to_settle.get(one.study)}
    return {**asdict(one), **unknown, **told}


def _far(one: Progress, standing: Standing | None, to_settle: Mapping[str, int]) -> str:
    if standing is None:
        return "nobody has begun"
    alone = "done" if standing.others_done else "not done"
    done = f"{standing.others_done} of {standing.people} done" if standing.people > 1 else alone
    if standing.hidden:
        return f"{done}; hidden until {'both are' if standing.people < 3 else 'one of them leaves'}"
    left = to_settle.get(one.study, 0)
    settle = f"; {many(left, 'field')} to settle" if left else ""
    return f"{one.answered} of {one.fields} fields{_still(one)}; {done}{settle}"


def _still(one: Progress) -> str:
    """Say what of a study's form is still open: names when they are few, else their number."""
    still = one.required_open
    if not still:
        return ""
    return f"; still required: {', '.join(still) if len(still) <= _NAMED else many(len(still), 'field')}"
