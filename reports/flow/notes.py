"""The footnotes of the flow diagram: what each says, the sign it hangs on, and texts of users made fit to be shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reports.clean import legal
from reports.flow.counts import Count, Flow, Footnote
from reports.words import counted, number, wording
from review.protocol.model import Reporting

_SIGNS = ("*", "†", "‡", "§", "¶")


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote in words; ``box`` is the key of the box or line that it is about."""

    box: str
    text: str


def notes(flow: Flow, reporting: Reporting) -> tuple[Note, ...]:
    """Give the footnotes of a flow: those of its counts, how duplicates were counted, then the team's own."""
    return tuple(_notes(flow, reporting))


def _notes(flow: Flow, reporting: Reporting) -> Iterator[Note]:
    drawn = [count for some in (flow.databases, flow.registers) if len(some) > 1 for count in some]
    if reporting.after_duplicates and any(count.after is not None for count in drawn):
        yield Note("identified", str(wording(reporting.language)["footnotes"]["after_duplicates"]))
    for note in flow.footnotes:
        yield Note(note.box, _said(note, flow, reporting))
    for remark in reporting.footnotes:
        yield Note(remark.box, isolated(remark.text))


def _said(note: Footnote, flow: Flow, reporting: Reporting) -> str:
    language = reporting.language
    more = {name: number(n, language) for name, n in note.more}
    text = str(wording(language)["footnotes"][note.key]).format(n=number(note.n, language), how=legal(note.how), **more)
    if note.key != "other_screened_out" or not (reporting.title_abstract_reasons and flow.other_title_abstract_reasons):
        return text
    reasons = (labelled(reason, language) for reason in flow.other_title_abstract_reasons)
    return f"{text.removesuffix('.')} – {'; '.join(reasons)}."


def labelled(count: Count, language: str, *, after: bool = False) -> str:
    """Write a source or a reason with its count; ``after`` as well how many were left without duplicates."""
    return counted(named(count, language), count.n, after=count.after if after else None, language=language)


def named(count: Count, language: str) -> str:
    """Give the name of a source or a reason; an exclusion without one says so."""
    return str(wording(language)["reasons"]["none"]) if count.code == "" else isolated(count.label)


def placed(some: Sequence[Note], drawn: Sequence[str]) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """Give the signs of each box or line, and the footnotes in the order in which a reader meets their signs.

    ``drawn`` are the keys of what is drawn, as it is read. A note about what is not drawn comes last, without a sign.
    """
    order = {key: i for i, key in reversed(list(enumerate(drawn)))}
    met = sorted((note for note in some if note.box in order), key=lambda note: order[note.box])
    signs: dict[str, str] = {}
    for i, note in enumerate(met):
        signs[note.box] = signs.get(note.box, "") + _sign(i)
    rest = (note.text for note in some if note.box not in order)
    return signs, (*(f"{_sign(i)} {note.text}" for i, note in enumerate(met)), *rest)


def _sign(i: int) -> str:
    """Give the sign of a footnote: each once, then doubled, then three times.

    >>> [_sign(i) for i in (0, 4, 5, 16)]
    ['*', '¶', '**', '††††']
    """
    return _SIGNS[i % len(_SIGNS)] * (1 + i // len(_SIGNS))


def isolated(text: str) -> str:
    """Clean a text of a user's; one that runs right to left is kept from turning the count behind it round."""
    text = " ".join(legal(text).split())
    rightward = any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)
    return f"\u2068{text}\u2069" if rightward else text
