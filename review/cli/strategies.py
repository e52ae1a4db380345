"""``review strategies``, and what ``review check`` says of a strategy: how it was read, and the words that it finds."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.cli.kit import PATH, Call, common, existing_file
from review.errors import Fault, ProtocolError, QueryError
from review.query.syntaxes import SYNTAXES
from review.text import many

if TYPE_CHECKING:
    from review.protocol import Protocol, Strategy
    from review.query import Stem
    from review.query.pieces import Lost
    from searches.strategies import Spelling
    from searches.vocabulary import Vocabulary

SHOWN = 12
"""Words of a truncated term that are shown to a person; ``--json`` gives all."""
FAMILIES = 4
"""Families of words that are named in a finding."""
NOT_ASKED = "not asked: [limits] is"
_WIDTH = 100
_KEPT = "\u00a0"
"""A space where no line is broken, until the lines are."""


@click.command()
@click.option("--source", "sources", multiple=True, metavar="S", help="Only this source or platform; repeatable.")
@click.option("--query-file", "file", type=PATH, help="Translate the strategy in this file instead; needs no folder.")
@click.option("--syntax", type=click.Choice(list(SYNTAXES)), help="What the file is written in [default: our own].")
@common
def strategies(call: Call, sources: tuple[str, ...], file: Path | None, syntax: str | None) -> None:
    """Show the query as each source and platform takes it, with losses."""
    from searches.strategies import spell, spell_everywhere

    if file is None:
        if syntax:
            raise click.UsageError("--syntax says what --query-file is written in: name the file too")
        protocol = call.workspace().protocol
        read, found = protocol.strategies, spell(protocol, sources)
        for one in read:
            call.say(*(_read(one, NOT_ASKED) if one.syntax else ()))
    else:
        brought = _from_file(file, syntax)
        read, found = (brought,), spell_everywhere(brought, sources)
        call.say(*_read(brought, "printed with each translation"))
    for spelling in found:
        call.say(*_printed(spelling, _HERE if file is None else _ANYWHERE), "")
    call.give({"sources": [_row(one) for one in found], "strategies": [_reading_row(one) for one in read]})


def _from_file(file: Path, syntax: str | None) -> Strategy:
    """Read the strategy in a file, whatever the file is encoded in.

    Raises
    ------
    ProtocolError
        It cannot be read in this syntax.
    """
    from review.formats.decode import decode
    from review.formats.losses import Losses
    from review.protocol.strategies import bring, excerpt

    losses = Losses()
    text = decode(existing_file(file), losses).decode("utf-8")
    try:
        strategy = bring(file.stem, file.name, text if syntax else " ".join(text.split()), syntax)
    except QueryError as error:
        what = f"{file} cannot be read" + (f" as {SYNTAXES[syntax].label} writes it" if syntax else "")
        hint = None if syntax else "if it was written for a platform, say which one: --syntax ovid, pubmed, …"
        raise ProtocolError(what, (Fault(file.name, excerpt(error), error.hint),), hint=hint) from error
    said: tuple[Lost, ...] = tuple((what, "none") for what in losses.sentences())
    return replace(strategy, losses=said + strategy.losses)


def _read(strategy: Strategy, limits_are: str) -> Iterator[str]:
    """Say how a strategy was read, and what to look at in it."""
    yield from reading(strategy, limits_are)
    yield from (f"  to look at: {fault}" for fault in strategy.faults)
    yield ""


def reading(strategy: Strategy, limits_are: str) -> Iterator[str]:
    """Say how a strategy was read: the query in our own words, its limits, what was lost."""
    from review.protocol.strategies import described
    from review.query import show

    of = f", written for {SYNTAXES[strategy.syntax].label}" if strategy.syntax else ""
    yield f"{strategy.id}{of}, is read as"
    yield from ("", f"    {show(strategy.query)}", "")
    if limits := described(strategy.limits):
        yield f"  limits in it ({limits_are}): {limits}"
    yield from (f"  loss ({effect}): {what}" for what, effect in strategy.losses)


_HERE = {"api": "asked by review search", "platform": "paste it there, then review import its export"}
_ANYWHERE = {"api": "as its API takes it", "platform": "to paste there"}


def _printed(one: Spelling, how: Mapping[str, str]) -> Iterator[str]:
    """Lay out one translation; what is to be pasted stands further in than what is said about it."""
    yield f"{one.label} ({one.source}), strategy {one.strategy}: {how[one.kind]}"
    texts = one.parts or (one.query or "cannot be asked",)
    for number, text in enumerate(texts, start=1):
        yield from ("", *([f"  part {number} of {len(texts)}:"] if one.parts else []))
        yield from (f"    {line}" for line in text.splitlines())
    if one.lines and one.lines != tuple(texts[0].splitlines()):
        yield from ("", "  or line by line:", *(f"    {line}" for line in one.lines))
    if one.losses:
        yield from ("", *(f"  loss ({loss.effect}): {loss.what}" for loss in one.losses))


def _row(one: Spelling) -> dict[str, Any]:
    """Give the keys of docs/json.md."""
    return {
        "source": one.source, "label": one.label, "kind": one.kind, "strategy": one.strategy, "query": one.query,
        "parts": list(one.parts), "lines": list(one.lines),
        "losses": [{"what": loss.what, "effect": loss.effect} for loss in one.losses],
    }  # fmt: skip


def _reading_row(one: Strategy) -> dict[str, Any]:
    """Give the keys of docs/json.md."""
    from review.query import show

    limits = {"from": one.limits.start, "to": one.limits.end, "languages": list(one.limits.languages)}
    return {
        "strategy": one.id, "syntax": one.syntax, "read_as": show(one.query), "limits": limits,
        "losses": [{"what": what, "effect": effect} for what, effect in one.losses],
        "faults": [str(fault) for fault in one.faults],
    }  # fmt: skip


def words_met(call: Call, protocol: Protocol) -> Vocabulary:
    """Look for the truncated terms in the records of the folder; one without a database has none."""
    from review.store import open_store
    from review.store.engine import holds_review
    from searches.vocabulary import Vocabulary, vocabulary

    url = os.environ.get("REVIEW_DATABASE") or None
    if not holds_review(call.folder, url):
        return Vocabulary(0, 0)
    store = open_store(call.folder, url=url)
    try:
        return vocabulary(store, protocol)
    finally:
        store.close()


def findings(met: Vocabulary) -> Iterator[Fault]:
    """Name the terms that find words of several families, each family by its word in the most records."""
    for stem, names in _by_stem(met).items():
        if stem.suspicious:
            counts = dict(stem.words)
            heads = [f"{family[0]} ({many(counts[family[0]], 'record')})" for family in stem.families]
            more = f" and {len(heads) - FAMILIES:,} more" if len(heads) > FAMILIES else ""
            found = f"it finds {', '.join(heads[:FAMILIES])}{more}, which are words of {len(heads)} families"
            hint = "if not all are meant, write those that are, joined by OR"
            yield Fault(f"strategies.{', '.join(names)}", f"{stem.text}: {found}", hint)


def words_table(met: Vocabulary) -> Iterator[str]:
    """Lay out the words that each truncated term found, most records first."""
    if not met.stems:
        return
    of = f"the first {met.records:,} of {met.records + met.more:,} records" if met.more else many(met.records, "record")
    yield f"What the truncated terms find in {of} kept here, with the number of records that hold each word:"
    wide = max(len(stem.text) for _, stem in met.stems)
    for stem in _by_stem(met):
        start = f"  {stem.text:<{wide}}  "
        lines = textwrap.wrap(_words(stem), _WIDTH, initial_indent=start, subsequent_indent=" " * len(start))
        yield from (line.replace(_KEPT, " ") for line in lines)


def _by_stem(met: Vocabulary) -> dict[Stem, list[str]]:
    """Give each term once, with the strategies in which it found the same words."""
    found: dict[Stem, list[str]] = {}
    for strategy, stem in met.stems:
        found.setdefault(stem, []).append(strategy)
    return found


def _words(stem: Stem) -> str:
    shown = ", ".join(f"{word} {n:,}".replace(" ", _KEPT) for word, n in stem.words[:SHOWN])
    more = len(stem.words) - SHOWN
    return (shown or "no word") + (f" … and {many(more, 'word')} more" if more > 0 else "")


def stem_rows(met: Vocabulary) -> Sequence[dict[str, Any]]:
    """Give the keys of docs/json.md."""
    return [
        {"strategy": strategy, "term": stem.text, "words": dict(stem.words), "suspicious": stem.suspicious}
        for strategy, stem in met.stems
    ]
