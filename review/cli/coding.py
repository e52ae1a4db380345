"""``review code``: coding under a framework, what is open, two coders compared; tables out and in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.cli.actions import Actions
from review.cli.exchange import give_out, read_in, take_in, write_out
from review.cli.extract_kit import FILE, NONE, PREVIEW, YES, begin, named, set_in_protocol, study_keys
from review.cli.kit import PATH, Call, common, existing_file
from review.text import many

if TYPE_CHECKING:
    from review.agreement import TwoRaters
    from review.forms import Framework
    from review.stages import Workspace
    from review.store import Actor

CODE: dict[str, tuple[str, str]] = {
    "status": ("coding:status", "Say what is coded under each component."),
    "out": ("coding:out", "Write a table: your codings, or findings, themes, memos, configurations."),
    "in": ("coding:in_", "Read a filled table back."),
    "done": ("coding_done:done", "Say that you are done with coding a study."),
    "reopen": ("coding_done:reopen", "Take back that you are done."),
    "leave": ("coding_done:leave", "Give up your place at a study."),
    "check": ("coding:check", "Say what is open or cannot be right; or check a publication's claims."),
    "compare": ("coding:compare", "Compare two coders, study by study and component by component."),
    "codebook": ("coding:codebook", "Print the codebook: components, sub-elements, themes, memos, versions."),
    "themes": ("coding_themes:themes", "List the themes that emerged, or tell the history of one."),
    "rename": ("coding_themes:rename", "Give a theme another label or gloss."),
    "merge": ("coding_themes:merge", "Merge a theme into another."),
    "split": ("coding_themes:split", "Put some codings of a theme under another one."),
    "drop": ("coding_themes:drop", "Take a theme away that nothing stands under."),
    "findings": ("coding_findings:findings", "List the findings with their studies, and who agrees."),
    "agree": ("coding_findings:agree", "Say that you agree with a finding as it stands, or do not."),
    "cmo": ("coding_findings:cmo", "List the context-mechanism-outcome configurations."),
}
"""Action -> (module:command inside review.cli, one line of help)."""

code = Actions(name="code", table=CODE, help="Code findings, name themes, state findings, check what is open.")

_TABLE = click.option(
    "--table",
    type=click.Choice(("codings", "findings", "themes", "cmo", "memos")),
    default="codings",
    show_default=True,
    help="Which table.",
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A review opened to be coded: its framework, taken into use when somebody acts."""

    workspace: Workspace
    framework: Framework

    def adopt(self, actor: Actor) -> None:
        """Note the text of the framework before anything is written under it."""
        from extraction import versions

        name = self.workspace.protocol.framework or ""
        versions.adopt(self.workspace.store, actor, "framework", name, self.workspace.folder)


def opened(call: Call) -> Opened:
    """Open the review and read its framework."""
    from extraction import library

    workspace = call.workspace()
    name = set_in_protocol(workspace.protocol.framework, "framework")
    return Opened(workspace, library.framework(name, workspace.folder))


def seen(at: Opened, connection: Any, person: str | None = None) -> list[dict[str, Any]]:
    """Give the codings of included studies that a person may see; without one those that anybody may."""
    from extraction import fillings, studies
    from extraction.synthesis import coding_rows

    sheet, known = fillings.framework_sheet(at.framework), {one.key for one in studies.studies(connection)}
    rows = [row for row in coding_rows.codings(connection) if row["study"] in known]
    return fillings.seen(connection, at.workspace.protocol, sheet, rows, person)


@click.command()
@common
def status(call: Call) -> None:
    """Say what is coded under each component. What two code and are not both done with is not counted."""
    from extraction import fillings
    from extraction.synthesis import coding, coding_rows

    at = opened(call)
    keys = study_keys(at.workspace)
    with at.workspace.store.read() as connection:
        current = seen(at, connection)
        hidden = fillings.hidden(connection, at.workspace.protocol, fillings.framework_sheet(at.framework))
        now = coding_rows.resolver(connection)
        outside = sorted({row["study"] for row in coding_rows.placed(connection)} - set(keys))
    cover, hidden = coding.coverage(at.framework, current), hidden & set(keys)
    call.give({
        "codings": len(current), "components": [asdict(one) for one in cover], "hidden": sorted(hidden),
        "outside": outside,
    })  # fmt: skip
    statements = len({row["statement"] for row in current})
    call.say(f"{at.framework.label}: {many(len(current), 'coding')} of {many(statements, 'statement')}")
    for one in cover:
        counts = ", ".join(f"{polarity} {number}" for polarity, number in one.polarities.items() if number)
        said = f"{len(one.studies)} of {many(len(keys), 'study')} ({counts or 'no codings'})"
        call.say(f"  {now.label(one.component)}: {said}")
    if hidden:
        call.say(f"Not counted, as not both coders are done: {', '.join(sorted(hidden))}")
    if outside:
        call.say(f"Not counted, as no included study (any more): {', '.join(outside)}")
    call.say(*([] if keys else [NONE]))


@click.command()
@FILE
@_TABLE
@common
def out(call: Call, file: Path | None, table: str) -> None:
    """Write a table as FILE (.xlsx, .csv), to be filled in: your codings, or what the team shares."""
    at, file = opened(call), named(file)
    actor, _ = begin(call, at.workspace)
    if table == "codings":
        return write_out(call, at.workspace, actor, "code", file)
    from extraction.synthesis import coding_tables

    return give_out(
        call, file, coding_tables.table(table, _desk(at, actor)), f"review code in {file} --table {table}"
    )  # fmt: skip


@click.command("in")
@FILE
@_TABLE
@YES
@PREVIEW
@common
def in_(call: Call, file: Path | None, table: str, yes: bool, preview: bool) -> None:
    """Read FILE back: what would change is shown before it is saved."""
    at, file = opened(call), named(file)
    actor, _ = begin(call, at.workspace)
    asked = None if preview else yes
    if table == "codings":
        return read_in(call, at.workspace, actor, "code", file, yes=asked)
    from extraction.synthesis import coding_tables

    at.adopt(actor)
    plan = coding_tables.plan(table, _desk(at, actor), existing_file(file))
    store = at.workspace.store
    return take_in(
        call, file, plan, lambda plan: coding_tables.save(store, actor, at.framework, table, plan), yes=asked
    )  # fmt: skip


def _desk(at: Opened, actor: Actor) -> Any:
    from extraction.synthesis import coding_tables, findings

    with at.workspace.store.read() as connection:
        known = findings.known(connection, at.framework)
        return coding_tables.desk(connection, known, actor.person, seen(at, connection, actor.person))


@click.command()
@click.argument("file", required=False, type=PATH)
@common
def check(call: Call, file: Path | None) -> None:
    """Say what is open or cannot be right: one sentence each.

    With FILE (.toml) it checks the claims and values that a publication prints against each other instead.
    """
    if file is not None:
        return _check_claims(call, file)
    from extraction import library
    from extraction.synthesis import checking, checks

    at = opened(call)
    protocol, folder = at.workspace.protocol, at.workspace.folder
    form = library.form(protocol.proforma, folder) if protocol.proforma else None
    instruments = tuple(library.instrument(name, folder) for name in protocol.instruments)
    with at.workspace.store.read() as connection:
        known = checking.known(connection, protocol, at.framework, form=form, instruments=instruments)
    found = checks.gaps(known)
    codings = sum(row["study"] in known.keys for row in known.codings)
    call.give({"codings": codings, "findings": len(known.findings), "gaps": [asdict(one) for one in found]})
    looked = f"{many(codings, 'coding')}, {many(len(known.findings), 'finding')}"
    call.say(f"{looked}, {many(len(known.keys), 'study')}: {many(len(found), 'gap') if found else 'no gaps'}")
    say_each(call, (one.what for one in found))
    return None


def _check_claims(call: Call, file: Path) -> None:
    from review.claims import check_claims, read_claims

    claims, studies = read_claims(existing_file(file))
    found = check_claims(claims, studies)
    call.give({"claims": len(claims), "findings": [asdict(one) for one in found]})
    call.say(f"{many(len(claims), 'claim')} checked against the values printed: {many(len(found), 'contradiction')}")
    say_each(call, (one.what for one in found))


@click.command()
@click.argument("coders", nargs=-1, metavar="[NAME NAME]")
@common
def compare(call: Call, coders: tuple[str, ...]) -> None:
    """Compare two coders: by name, or the two who share most studies. Only studies that both are done with."""
    from extraction.synthesis import coding_rows
    from extraction.synthesis.coders import compare as compared

    at = opened(call)
    with at.workspace.store.read() as connection:
        label = coding_rows.resolver(connection).label
        first, second = _two(at, connection, coders)
        found = compared(connection, at.workspace.protocol, at.framework, first, second)
    call.give({
        "coders": list(found.names), "studies": list(found.studies), "waiting": list(found.waiting),
        "cells": [asdict(one) for one in found.cells], "overall": asdict(found.overall),
        "components": [{"component": name, **asdict(one)} for name, one in found.components],
    })  # fmt: skip
    call.say(f"{' and '.join(found.names)}, {many(len(found.studies), 'study')} that both coded")
    call.say(*(f"  {label(name)}: {_agreement(one)}" for name, one in found.components))
    call.say(f"  all: {_agreement(found.overall)}")
    for one in found.cells:
        if one.by in ("first", "second"):
            who = found.names[one.by == "second"]
            call.say(f"  - {one.study}, {label(one.component)}: only {who} coded it")
        elif one.differs:
            said = f"{found.names[0]} {'/'.join(one.first)}, {found.names[1]} {'/'.join(one.second)}"
            call.say(f"  - {one.study}, {label(one.component)}: {said}")
    if found.waiting:
        call.say(f"Not compared, as not both are done: {', '.join(found.waiting)}")


def _two(at: Opened, connection: Any, coders: tuple[str, ...]) -> tuple[str, str]:
    from extraction import filling_rows
    from extraction.synthesis import coders as pairs
    from review.errors import DecisionError

    if len(coders) == 2:
        ids = {name: person for person, name in filling_rows.names(connection).items()}
        unknown = [name for name in coders if name not in ids]
        if unknown:
            raise DecisionError(f"nobody called {unknown[0]} coded here", hint="give names as in the team")
        return ids[coders[0]], ids[coders[1]]
    if coders:
        raise click.UsageError("name two coders, or none")
    found = pairs.pairs(connection, at.workspace.protocol, at.framework)
    if not found:
        hint = "a study is compared once two people said that they are done with it"
        raise DecisionError("no study is coded by two people yet", hint=hint)
    return found[0]


def _agreement(one: TwoRaters) -> str:
    if one.observed is None:
        return "nothing to compare"
    kappa = "not defined" if one.kappa is None else f"{one.kappa:.2f}"
    ac1 = "not defined" if one.ac1 is None else f"{one.ac1:.2f}"
    return f"{one.observed:.0%} of {many(one.n, 'cell')} the same, kappa {kappa}, AC1 {ac1}"


@click.command()
@common
def codebook(call: Call) -> None:
    """Print the codebook: what every component, sub-element and theme means, what is under it, and its versions."""
    from extraction import sheet_rows
    from extraction.synthesis.codebook import codebook as book

    at = opened(call)
    with at.workspace.store.read() as connection:
        shown = seen(at, connection)
        codes = book(connection, at.framework, lambda rows: shown)
        versions = sheet_rows.history(connection, f"framework:{at.framework.name}")
    noted = [[{"by": memo["name"], "text": memo["text"]} for memo in one.memos] for one in codes]
    call.give({
        "framework": f"{at.framework.name}@{at.framework.version}", "source": at.framework.source,
        "versions": [{"version": one.version, "at": one.at, "state": one.state} for one in versions],
        "codes": [{**asdict(one), "memos": some} for one, some in zip(codes, noted, strict=True)],
    })  # fmt: skip
    call.say(f"{at.framework.label} ({at.framework.name}@{at.framework.version}). {at.framework.source}")
    for one in (one for one in codes if one.kind != "sub-element"):
        count = f"{many(one.codings, 'coding')} of {many(len(one.studies), 'study')}" if one.codings else "no codings"
        call.say(f"  {one.label}{' (theme)' if one.kind == 'theme' else ''}: {count}")
        call.say(*([f"    {one.gloss}"] if one.gloss else []))
        under = [f"{sub.label} ({sub.codings})" if sub.codings else sub.label for sub in codes if sub.under == one.id]
        call.say(*([f"    Sub-elements: {', '.join(under)}"] if under else []))
        call.say(*(f"    Memo of {memo['name']}: {memo['text']}" for memo in one.memos))
        call.say(*([f"    Merged into it: {', '.join(one.merged)}"] if one.merged else []))


def say_each(call: Call, sentences: Iterable[str]) -> None:
    """Print sentences, one a line."""
    for sentence in sentences:
        call.say(f"  - {sentence}")
