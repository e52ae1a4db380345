"""``done``, ``reopen``, ``leave``, ``compare``, ``settle``, ``agreement``: what two fill in, and what they come to.

The same commands for the form (``review extract``) and for an instrument (``review appraise``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from review.cli.extract_kit import set_in_protocol, study_keys
from review.cli.kit import Call, common
from review.errors import DecisionError, StageError
from review.protocol.faults import meant

if TYPE_CHECKING:
    from extraction.comparison import Compared, Comparison, Side, Subject
    from review.protocol.model import Protocol
    from review.stages import Workspace

_STUDY = click.argument("study")
_INSTRUMENT = click.option("--instrument", metavar="NAME", help="The instrument, not the form.")
_STATES = {
    "open": "differs", "agreed": "agreed", "settled": "settled", "again": "to be answered again",
    "waits": "does not apply so far",
}  # fmt: skip


def _moving(what: str, does: str, said: str) -> Callable[..., Any]:
    @click.command(what, help=does)
    @_STUDY
    @_INSTRUMENT
    @common
    def command(call: Call, study: str, instrument: str | None) -> None:
        from extraction import fillings, settling

        workspace = call.workspace()
        actor, subject = call.actor(workspace, "extract"), _subject(workspace, study, instrument)
        sheet, version = fillings.sheet_of(subject), _version(subject)
        if what == "done":
            settling.done(workspace.store, actor, workspace.protocol, subject, study, version)
        else:
            move = {"reopen": fillings.reopen, "leave": fillings.leave}[what]
            move(workspace.store, actor, workspace.protocol, sheet, study, version)
        with workspace.store.read() as connection:
            now = fillings.state(connection, workspace.protocol, sheet, study, actor.person)
        call.give({"study": study, "sheet": sheet, "state": now.mine, "comparable": now.comparable})
        call.say(f"{study}: {said}", *_next(now, workspace.protocol, sheet))

    return command


def _next(now: Any, protocol: Protocol, sheet: str) -> Iterator[str]:
    word, name = ("extract", "") if sheet.startswith("form:") else ("appraise", f" --instrument {_bare(sheet)}")
    if now.comparable and now.mine == "done" and now.by != "single" and now.role != "checker":
        start = "Next: " if now.by == "double" else "Another person checks it: "
        yield f"{start}review {word} compare {now.study}{name}"
    elif now.hidden and now.mine == "done":
        yield "What the other one writes is shown once both are done."


done = _moving("done", "Say that you are done with STUDY.", "done.")
reopen = _moving("reopen", "Take back that you are done, as long as the others are not.", "open again.")
leave = _moving("leave", "Give up your place at STUDY, so that somebody else can take it.", "left.")


@click.command()
@_STUDY
@_INSTRUMENT
@click.option("--all", "everything", is_flag=True, help="Show also what is agreed or settled.")
@common
def compare(call: Call, study: str, instrument: str | None, everything: bool) -> None:
    """Show what two wrote for STUDY side by side, once both are done."""
    from extraction import comparison

    workspace = call.workspace()
    subject = _subject(workspace, study, instrument)
    with workspace.store.read() as connection:
        found = comparison.compare(connection, workspace.protocol, subject, study)
    call.give({**_given(found), "fields": [_field(subject, one) for one in found.fields if one.state != "empty"]})
    still, settled = found.count("open", "again"), found.count("agreed", "settled")
    call.say(f"{study}, {found.sheet}: {settled} of {settled + still} settled")
    for one in found.fields:
        if one.state in ("open", "again") or (everything and one.state != "empty"):
            call.say(*_lines(subject, found, one))
    if any(one.state == "open" for one in found.fields):
        name = f" --instrument {_bare(found.sheet)}" if _word(subject) == "appraise" else ""
        call.say(f"Next: review {_word(subject)} settle {study} FIELD left|right|new{name}")


@click.command()
@_STUDY
@click.argument("field")
@click.argument("take", type=click.Choice(("left", "right", "new")))
@_INSTRUMENT
@click.option("--value", help="With 'new': the value.")
@click.option("--missing", help="With 'new': why there is no value.")
@click.option("--reason", help="With 'new': the reason of a judgement.")
@click.option("--quote", help="With 'new': the words of the paper.")
@click.option("--place", help="With 'new': page or section.")
@click.option("--note", help="Why it is so; with 'new' it has to be said.")
@common
def settle(
    call: Call, study: str, field: str, take: Any, instrument: str | None, note: str | None, **new: str | None
) -> None:
    """Say what FIELD of STUDY shall be: as the left or the right side says, or a new value."""
    from extraction import comparison, settling, versions

    workspace = call.workspace()
    actor, subject = call.actor(workspace), _subject(workspace, study, instrument)
    with workspace.store.read() as connection:
        found = comparison.compare(connection, workspace.protocol, subject, study)
    one = next((one for one in found.fields if one.field == field), None)
    if one is None:
        near = meant(field, comparison.ids(subject))
        raise DecisionError(f"{found.sheet} has no field '{field}'", hint=near)
    base = one.settled.event if one.settled else None
    given: dict[str, Any] = dict(new)
    if _word(subject) == "extract":  # what is settled is settled under the form as it is now
        versions.adopt(workspace.store, actor, "form", str(workspace.protocol.proforma), workspace.folder)
    ruling = settling.Ruling(field, take, one.events, base, note, **given)
    [made] = settling.settle(workspace.store, actor, workspace.protocol, subject, study, [ruling])
    with workspace.store.read() as connection:
        left = comparison.compare(connection, workspace.protocol, subject, study).count("open", "again")
    call.give({"study": study, **{n: made.payload[n] for n in ("sheet", "field", "value", "missing", "method")}})
    call.say(f"{study}, {field}: settled. {left} still open.")


@click.command()
@_INSTRUMENT
@common
def agreement(call: Call, instrument: str | None) -> None:
    """Say how well two agree, per field and over all: on what each wrote before anything was settled."""
    from extraction import agreeing, fillings

    workspace = call.workspace()
    subject = _named(workspace, instrument)
    with workspace.store.read() as connection:
        report = agreeing.agreement(connection, workspace.protocol, subject)
    call.give({"sheet": fillings.sheet_of(subject), **asdict(report)})
    if not report.fields:
        call.say("There is no study yet that two are done with, independently of each other.")
        return
    call.say(*(agreeing.sentence(one) for one in (report.overall, *report.fields)))


# -- parts


def _bare(sheet: str) -> str:
    """Give the name of what is filled in: ``instrument:mmat-2018`` is mmat-2018."""
    return sheet.partition(":")[2]


def _word(subject: Subject) -> str:
    from review.forms import Form

    return "extract" if isinstance(subject, Form) else "appraise"


def _version(subject: Subject) -> str:
    from review.forms import Form

    return subject.version if isinstance(subject, Form) else subject.edition


def _subject(workspace: Workspace, study: str, instrument: str | None) -> Subject:
    keys = study_keys(workspace)
    if study not in keys and not study.startswith("finding:"):
        raise DecisionError(f"there is no study '{study}'", hint=meant(study, keys))
    return _named(workspace, instrument)


def _named(workspace: Workspace, instrument: str | None) -> Subject:
    """Give the form, or under ``review appraise`` the instrument: the one named, or the only one."""
    from extraction import library

    protocol, folder = workspace.protocol, workspace.folder
    path = click.get_current_context().command_path.split()
    if instrument is None and "appraise" not in path:
        return library.form(set_in_protocol(protocol.proforma, "proforma"), folder)
    found = [library.instrument(one, folder) for one in protocol.instruments]
    known = {one.name: one for one in found}
    if instrument is None and len(known) == 1:
        return found[0]
    if instrument not in known:
        said = "which instrument is meant?" if instrument is None else f"the protocol names no {instrument}"
        raise StageError(said, hint=f"say --instrument, one of: {', '.join(known) or 'none is named'}")
    return known[instrument]


def _given(found: Comparison) -> dict[str, Any]:
    names = [found.left.name, *([found.right.name] if found.right else [])]
    return {"study": found.study, "sheet": found.sheet, "by": found.by, "people": names}


def _field(subject: Subject, one: Compared) -> dict[str, Any]:
    def side(given: Side | None) -> dict[str, Any] | None:
        names = ("value", "missing", "reason", "quote", "place")
        return {name: getattr(given, name) for name in names} if given else None

    settled = None
    if one.settled is not None:
        names = ("value", "missing", "reason", "quote", "place", "method", "note", "name", "at", "stale")
        settled = {name: getattr(one.settled, name) for name in names}
    sides = {"left": side(one.left), "right": side(one.right)}
    return {"field": one.field, "state": one.state, **sides, "settled": settled}


def _lines(subject: Subject, found: Comparison, one: Compared) -> Iterator[str]:
    from extraction.settling import in_words

    state = "not checked" if found.by == "checked" and one.state == "open" else _STATES[one.state]
    yield f"  {one.field}: {state}"
    if one.state == "again":
        return
    for held, side in ((found.left, one.left), (found.right, one.right)):
        if held is not None:
            quote = f" “{side.quote}”" if side and side.quote else ""
            place = f" ({side.place})" if side and side.place else ""
            yield f"    {held.name}: {in_words(subject, one.field, side)}{quote}{place}"
    if one.settled is not None:
        stale = ", open again: an answer, or the form, has changed since" if one.settled.stale else ""
        note = f": {one.settled.note}" if one.settled.note else ""
        who = f"{one.settled.method}, {one.settled.name}{note}"
        yield f"    settled: {in_words(subject, one.field, one.settled)} ({who}){stale}"
