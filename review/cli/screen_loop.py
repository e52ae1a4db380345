"""``review screen`` without a subcommand: report after report, a key for each verdict. Works on plain stdin too."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING

import click

from review.errors import DecisionError

if TYPE_CHECKING:
    from review.protocol import Protocol, Stage, StageRules
    from review.store import Actor, Store
    from screening.worklist import Shown

_WIDTH = 88
_VERDICTS = {"i": "include", "m": "maybe", "e": "exclude"}
_CHOICES = "123456789abcdefghijklmnopqrstuvwxyz"
_HELP = "i include   m maybe   e exclude   u undo   s skip   q quit"
_ENTER = ("\r", "\n")


def describe(shown: Shown, left: int) -> list[str]:
    """Give the lines that show a report on a terminal."""
    record = shown.record
    names = "; ".join(record.authors[:3]) + (" and others" if len(record.authors) > 3 else "")
    where = ", ".join(part for part in (record.journal, str(record.year) if record.year else None) if part)
    lines = [f"Report {shown.report} · {left:,} left", "", *textwrap.wrap(record.title or "(no title)", _WIDTH)]
    lines += [line for line in (names, where, f"https://doi.org/{record.doi}" if record.doi else "") if line]
    lines += ["", *textwrap.wrap(record.abstract or "(no abstract)", _WIDTH), ""]
    if record.keywords:
        lines += textwrap.wrap(f"Keywords: {'; '.join(record.keywords)}", _WIDTH)
    lines.append(f"From: {', '.join(shown.sources)}" + (" · does not match the query" if shown.matched == "no" else ""))
    if shown.mine:
        lines.append(f"Your vote: {shown.mine.verdict}" + "".join(f" ({code})" for code in shown.mine.reasons))
    return lines


def loop(store: Store, protocol: Protocol, actor: Actor, stage: Stage) -> None:
    """Show report after report and take a key for each, until all are done or ``q``."""
    from screening import decisions, worklist

    report: int | None = None
    skipped: list[int] = []
    while True:
        if report is None:
            report = next(iter(worklist.hand_out(store, actor.person, stage, 1, holding=skipped)), None)
        if report is None and skipped:  # beyond the last one: back to those that were skipped
            skipped = []
            continue
        if report is None:
            click.echo(f"Nothing at {stage} needs your vote.")
            return
        with store.read() as connection:
            shown = worklist.show(connection, report, actor.person, stage)
            left = worklist.progress(connection, actor.person, stage).left
        click.echo("\n".join(["", *describe(shown, left), "", _HELP]))
        key = _key()
        if key in ("q", ""):
            click.echo("Stopped. Every vote so far is saved.")
            return
        if key == "u":
            report = decisions.undo(store, protocol, actor, stage) or report
        elif key == "s":
            skipped.append(report)
            report = None
        elif key in _VERDICTS and _voted(store, protocol, actor, stage, report=report, verdict=_VERDICTS[key]):
            report = None


def _voted(store: Store, protocol: Protocol, actor: Actor, stage: Stage, *, report: int, verdict: str) -> bool:
    from screening import decisions

    reasons = _reasons(protocol.rules(stage)) if verdict == "exclude" else ()
    if reasons is None:
        return False
    try:
        decisions.decide(store, protocol, actor, report=report, stage=stage, verdict=verdict, reasons=reasons)
    except DecisionError as error:
        click.echo(f"Not saved: {error.message}")
        return False
    click.echo(f"Report {report}: {verdict}" + "".join(f" ({code})" for code in reasons))
    return True


def _reasons(rules: StageRules) -> tuple[str, ...] | None:
    """Ask for the main reason; ``()`` is none, ``None`` means that the exclusion is called off."""
    if not rules.reasons:
        return ()
    choices = dict(zip(_CHOICES, rules.reasons, strict=False))
    none = () if rules.reason_required else ("  0  no reason",)
    click.echo(
        "\n".join([*(f"  {key}  {reason.text}" for key, reason in choices.items()), *none, "Any other key: back"])
    )
    key = _key(enter="0")
    if key in choices:
        return (choices[key].code,)
    return () if key == "0" else None


def _key(enter: str = "") -> str:
    """Read one key in lower case; ``""`` at the end of input. On plain stdin white space is passed over."""
    if sys.stdin.isatty():
        try:
            key = click.getchar()
        except EOFError:
            return ""
        return (enter or "?") if key in _ENTER else key.lower()
    key = " "
    while key.isspace():
        key = sys.stdin.read(1)
    return key.lower()
