"""``review appraise``: which instrument fits each study, how far its appraisal is, tables out and in."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.cli.actions import Actions
from review.cli.exchange import read_in, write_out
from review.cli.extract_kit import FILE, NONE, PREVIEW, YES, begin, named, set_in_protocol, study_keys
from review.cli.kit import Call, common
from review.errors import ProtocolError
from review.forms import FINDING
from review.text import many

if TYPE_CHECKING:
    from extraction.appraisal import Appraised, Suggestion
    from extraction.fillings import Standing
    from review.forms import Instrument
    from review.stages import Workspace

APPRAISE: dict[str, tuple[str, str]] = {
    "status": ("appraise:status", "Say which instrument fits each study, and how far its appraisal is."),
    "out": ("appraise:out", "Write your judgements as a table (.xlsx, .csv)."),
    "in": ("appraise:in_", "Read a filled table back."),
    "done": ("extract_pairs:done", "Say that you are done with a study."),
    "reopen": ("extract_pairs:reopen", "Take back that you are done, as long as the others are not."),
    "leave": ("extract_pairs:leave", "Give up your place at a study, so that somebody else can take it."),
    "compare": ("extract_pairs:compare", "Show what two wrote side by side, once both are done."),
    "settle": ("extract_pairs:settle", "Say what a field shall be on which two differ."),
    "agreement": ("extract_pairs:agreement", "Say how well two agree, per field and over all."),
}
"""Action -> (module:command inside review.cli, one line of help)."""

appraise = Actions(
    name="appraise", table=APPRAISE, help="Critical appraisal: which instrument, tables out and in, status. No score."
)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the status is told from: instruments, what counts of designs and kinds, the keys of findings."""

    workspace: Workspace
    instruments: tuple[Instrument, ...]
    design: dict[str, str]
    kind: dict[str, str]
    findings: list[str]


@click.command()
@common
def status(call: Call) -> None:
    """Say which instrument fits each study, and how far its appraisal is. While it is hidden, nothing is counted."""
    from extraction import appraisal, fillings, rows

    desk = _desk(call)
    keys = study_keys(desk.workspace)
    done: list[tuple[Appraised, Standing | None]] = []
    with desk.workspace.store.read() as connection:
        for one in desk.instruments:
            sheet, protocol = fillings.instrument_sheet(one), desk.workspace.protocol
            held = fillings.states(connection, protocol, sheet, "")
            current = fillings.seen(connection, protocol, sheet, rows.judgements(connection, one.name))
            found = appraisal.progress(one, [*keys, *desk.findings], current, desk.design, also=held)
            done += [(far, held.get(far.study)) for far in found]
    suggested = {key: appraisal.suggest(desk.instruments, desk.design.get(key), desk.kind.get(key)) for key in keys}
    warnings = _misfits(desk, done)
    call.give(
        {
            "appraisals": [_given(far, standing) for far, standing in done],
            "suggestions": [{"study": key, **asdict(one)} for key, one in suggested.items()],
            "warnings": warnings,
        }
    )
    for key in (*keys, *desk.findings):
        choice = suggested.get(key)
        call.say(f"{key}: {_suggested(choice)}" if choice else f"{key}:")
        call.say(*(f"  {_far(*far)}" for far in done if far[0].study == key and _told(*far, choice)))
    call.say(*(f"Note: {warning}" for warning in warnings), *([] if keys else [NONE]))


@click.command()
@FILE
@common
def out(call: Call, file: Path | None) -> None:
    """Write your judgements as FILE (.xlsx, .csv), to be filled in: per study the instruments that fit its design."""
    workspace, file = call.workspace(), named(file)
    actor, _ = begin(call, workspace)
    write_out(call, workspace, actor, "appraise", file)


@click.command("in")
@FILE
@YES
@PREVIEW
@common
def in_(call: Call, file: Path | None, yes: bool, preview: bool) -> None:
    """Read FILE back: what would change is shown before it is saved."""
    workspace, file = call.workspace(), named(file)
    actor, _ = begin(call, workspace)
    read_in(call, workspace, actor, "appraise", file, yes=None if preview else yes)


def _desk(call: Call) -> _Desk:
    """Open the review and read its instruments, with official wording and rule of levels; every fault is told."""
    from extraction import appraisal, final, library, official
    from extraction.synthesis import coding_rows
    from review.protocol.levels import faults

    workspace = call.workspace()
    protocol, folder = workspace.protocol, workspace.folder
    names = protocol.instruments or (set_in_protocol(None, "instruments"),)
    instruments = tuple(library.instrument(name, folder) for name in names)
    for one in instruments:
        official.texts(one, folder)
    wrong = faults(protocol.synthesis.levels, sorted({option.code for one in instruments for option in one.responses}))
    if wrong:
        raise ProtocolError("the team's rule of appraisal cannot be used", wrong)
    form = library.form(protocol.proforma, folder) if protocol.proforma else None
    with workspace.store.read() as connection:
        counted = final.answers(connection, protocol, form).values() if form else ()
        every = coding_rows.findings(connection) if any(one.of == "finding" for one in instruments) else []
    said, findings = [asdict(one) for one in counted], [FINDING + row["key"] for row in every]
    return _Desk(workspace, instruments, appraisal.designs(said), appraisal.kinds(said), findings)


def _misfits(desk: _Desk, done: list[tuple[Appraised, Standing | None]]) -> list[str]:
    """Name the studies that were begun under an instrument that is not made for them."""
    from extraction import appraisal

    known = {one.name: one for one in desk.instruments}
    found = []
    for far, standing in done:
        wrong = appraisal.misfit(known[far.instrument], desk.design.get(far.study), desk.kind.get(far.study))
        if wrong and (far.judged or standing):
            found.append(f"{far.study}: {wrong}")
    return found


def _given(far: Appraised, standing: Standing | None) -> dict[str, Any]:
    """Give how far an appraisal is as JSON; while it is hidden its numbers are not known."""
    hidden = standing is not None and standing.hidden
    unknown = dict.fromkeys(("judged", "not_reported", "screening_no")) if hidden else {}
    people = {"people": standing.people, "done": standing.others_done} if standing else {"people": 0, "done": 0}
    return {**asdict(far), **unknown, **people, "hidden": hidden}


def _told(far: Appraised, standing: Standing | None, choice: Suggestion | None) -> bool:
    """Say whether an instrument is worth a line: it was begun, it is suggested, or it is for findings."""
    return bool(far.judged) or standing is not None or choice is None or far.instrument == choice.instrument


def _suggested(one: Suggestion) -> str:
    if one.instrument is None:
        return one.why
    others = f"; {', '.join(one.others)} would fit too" if one.others else ""
    return f"take {one.instrument}, {one.why}{others}"


def _far(far: Appraised, standing: Standing | None) -> str:
    if standing is not None and standing.hidden:
        people = f"{standing.people} of 2 people appraise it, {standing.others_done} done"
        return f"{far.instrument}: {people}; hidden until both are"
    unsaid = f", {far.not_reported} of them not reported" if far.not_reported else ""
    stopped = "; a screening item got a no" if far.screening_no else ""
    return f"{far.instrument}: {far.judged} of {many(far.items, 'item')} judged{unsaid}{stopped}"
