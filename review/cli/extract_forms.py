"""``review extract preview``, ``versions``, ``pilot``, ``freeze``, ``surveys``: forms, versions, survey results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from review.cli.extract_kit import begin, set_in_protocol
from review.cli.kit import Call, common
from review.text import many

if TYPE_CHECKING:
    from extraction.sheet_rows import Taken
    from extraction.surveys import Summary
    from extraction.versions import Adopted
    from review.forms import Field, Form, When
    from review.stages import Workspace
    from review.store import Actor


@click.command()
@click.argument("file")
@click.option("--text", is_flag=True, help="Print the file itself, to be saved under another name and changed.")
@common
def preview(call: Call, file: str, text: bool) -> None:
    """Show FILE (.toml, of the review's folder) or a shipped form: sections, fields, conditions, or every fault."""
    from extraction import library

    if text:
        whole = library.text("forms", file, call.folder)
        call.give({"file": file, "text": whole})
        call.say(whole.removesuffix("\n"))
        return
    form = library.form(file, call.folder)
    sections = [
        {"title": s.title, "when": _when(form, s.when), "fields": [_plain(form, field) for field in s.fields]}
        for s in form.sections
    ]
    call.give({"form": form.id, "sections": sections})
    call.say(f"{form.label} ({form.id}): {many(len(form.fields), 'field')}. Source: {form.source}")
    for section in form.sections:
        call.say(section.title + (f" ({when})" if (when := _when(form, section.when)) else ""))
        for field in section.fields:
            call.say(*_field(form, field))


def _when(form: Form, when: When | None) -> str | None:
    from extraction import conditions

    return conditions.words(form, when) if when else None


def _plain(form: Form, field: Field) -> dict[str, Any]:
    names = ("id", "label", "type", "required", "quote", "guidance", "unit", "prefill")
    codes = {name: [option.code for option in getattr(field, name)] for name in ("options", "rows")}
    subs = [f"{sub.id} [{', '.join(_about(sub))}]" for sub in field.fields]
    return {**{n: getattr(field, n) for n in names}, **codes, "fields": subs, "when": _when(form, field.when)}


def _field(form: Form, field: Field) -> Iterator[str]:
    yield f"  {field.id}: {field.label} [{', '.join(_about(field))}]"
    if when := _when(form, field.when):
        yield f"      asked {when}"
    if field.options:
        yield f"      options: {', '.join(option.code for option in field.options)}"
    if field.rows:
        yield f"      rows: {', '.join(row.code for row in field.rows)}"
    for sub in field.fields:
        codes = f": {', '.join(option.code for option in sub.options)}" if sub.options else ""
        yield f"      - {sub.id}: {sub.label} [{', '.join(_about(sub))}]{codes}"


def _about(field: Field) -> Iterator[str]:
    yield field.type
    if field.unit:
        yield f"in {field.unit}"
    if field.required:
        yield "required"
    if field.quote:
        yield "with quote"
    if field.prefill:
        yield f"offered from the record: {field.prefill}"


# -- versions


@click.command()
@common
def versions(call: Call) -> None:
    """List the versions of the form that were in use, and the studies to look at again after a change."""
    from extraction import fillings, sheet_rows
    from extraction import versions as room
    from extraction.values import said

    workspace = call.workspace()
    form = _form(workspace)
    hidden = fillings.by(workspace.protocol, f"form:{form.name}") == "double"  # what others wrote is not told
    person = call.actor(workspace).person if hidden else None
    with workspace.store.read() as connection:
        taken = sheet_rows.history(connection, f"form:{form.name}")
        pending = room.pending(connection, form)
        again = room.revisits(connection, form, person)
        left = room.gone(connection, form, person)
    gone: dict[str, list[str]] = {}
    for _, row in left:
        gone.setdefault(row["study"], []).append(row["field"])
    call.give(
        {
            "form": form.id,
            "versions": [
                {"version": t.version, "state": t.state, "pilot": t.pilot, "note": t.note, "at": t.at} for t in taken
            ],
            "changes": pending,
            "revisit": {study: dict(some) for study, some in again.items()},
            "gone": gone,
        }
    )
    call.say(f"{form.label} ({form.id})")
    call.say(*([] if taken else ["Not in use yet: its first answer takes it into use."]), *map(_taken, taken))
    if pending:
        call.say("The file has changed since. Its next answer takes this into use:", *(f"  {one}" for one in pending))
    if again:
        whose = "your answers" if hidden else "answers"
        call.say(f"{many(len(again), 'study')} to look at again; saving {whose} anew confirms them:")
    for study, fields in again.items():
        call.say(f"  {study}", *(f"    {field}: {why}" for field, why in fields))
    if left:
        call.say(f"Kept, though the form has no such field any more: {many(len(left), 'answer')}")
    for field, row in left:
        call.say(f"  {row['study']}, {field.label}: {said(field, row['value'], row['missing'])}")


def _taken(one: Taken) -> str:
    tried = f" on {', '.join(one.pilot)}" if one.state == "pilot" else ""
    note = f" ({one.note})" if one.note else ""
    return f"  {one.at[:16].replace('T', ' ')}  version {one.version}: {one.state}{tried}{note}"


@click.command()
@click.argument("studies", nargs=-1, metavar="[STUDY]...")
@click.option("--size", type=int, help="Draw so many studies instead of naming them.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draw: the same seed draws the same.")
@common
def pilot(call: Call, studies: Sequence[str], size: int | None, seed: int) -> None:
    """Try the form on some studies before it is frozen: STUDY keys, or --size N drawn at random."""
    from extraction import versions as room

    if (size is None) == (not studies):
        raise click.UsageError("Name studies, or say --size N to have some drawn.")
    workspace = call.workspace()
    actor, keys = begin(call, workspace, "rules")
    adopted = _adopt(workspace, actor)
    chosen = studies if size is None else room.draw(keys, size, seed)
    note = None if size is None else f"drawn at random, seed {seed}"
    now = room.pilot(workspace.store, actor, adopted.sheet, keys, chosen, note=note)
    call.give(asdict(now))
    call.say(f"{now.sheet} {now.version} is tried on {many(len(now.pilot), 'study')}: {', '.join(now.pilot)}")
    call.say("When these are done: review extract freeze")


@click.command()
@click.option("--note", metavar="TEXT", help="Why it is frozen without a pilot, or before the pilot is done.")
@common
def freeze(call: Call, note: str | None) -> None:
    """Freeze the form: from now on a change needs a new version."""
    from extraction import fillings
    from extraction import versions as room

    workspace = call.workspace()
    actor, _ = begin(call, workspace, "rules")
    adopted = _adopt(workspace, actor)
    people = 2 if fillings.by(workspace.protocol, adopted.sheet) == "double" else 1
    now = room.freeze(workspace.store, actor, adopted.sheet, people=people, note=note)
    call.give(asdict(now))
    call.say(f"{now.sheet} {now.version} is frozen. To change it, give its file a new version.")


def _form(workspace: Workspace) -> Form:
    from extraction import library

    return library.form(set_in_protocol(workspace.protocol.proforma, "proforma"), workspace.folder)


def _adopt(workspace: Workspace, actor: Actor) -> Adopted:
    from extraction import versions as room

    name = set_in_protocol(workspace.protocol.proforma, "proforma")
    return room.adopt(workspace.store, actor, "form", name, workspace.folder)


# -- survey results


@click.command()
@common
def surveys(call: Call) -> None:
    """Summarise survey results: numbers, shares of those who answered, means; who skipped a question is kept apart."""
    from extraction import final
    from extraction import surveys as room

    workspace = call.workspace()
    form = _form(workspace)
    with workspace.store.read() as connection:
        given = final.answers(connection, workspace.protocol, form)
    found = room.summaries(form, ((one.study, one.field, one.value) for one in given.values()))
    call.give({"form": form.id, "summaries": [asdict(one) for one in found]})
    if not found:
        names = [field.id for field in form.fields if room.is_survey(field)]
        where = f"they are entered under {', '.join(names)}" if names else "the form has no field for them"
        call.say(f"No survey results are extracted: {where}.")
    for one in found:
        call.say(*_summary(one))


def _summary(one: Summary) -> Iterator[str]:
    who = f", {one.who}" if one.who else ""
    yield f"{one.study}{who}: {one.item}"
    for response in one.responses:
        score = "" if response.score is None else f" [{response.score:g}]"
        share = "" if response.percent is None else f" ({response.percent:.1f}%)"
        yield f"  {response.label}{score}: {'not reported' if response.n is None else f'{response.n:,}'}{share}"
    people = [
        f"{word} {'not reported' if n is None else f'{n:,}'}"
        for word, n in (("answered", one.answered), ("skipped", one.skipped), ("asked", one.asked))
    ]
    yield f"  {', '.join(people)}; percentages are of those who answered"
    if one.mean is not None:
        spread = "" if one.sd is None else f", standard deviation {one.sd:.2f}"
        yield f"  mean score {one.mean:.2f}{spread}"
    yield from (f"  Look: {note}" for note in one.notes)
