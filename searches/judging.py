"""Judge a possible duplicate, and take a judgement back: who sees what stood before, and what follows is said.

A judgement never overwrites another in silence: whoever judges says what stood there when they looked, and both stay in
the log. Values that a person chose for the merged report are noted in the transaction of the judgement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from review.errors import DecisionError
from review.store import Actor, Entry, Store, append_many
from review.store.chosen import chosen
from review.text import many
from searches import merge_rows
from searches import pair_rows as rows
from searches.merging import Clash, clashes, undoing, value_entries
from searches.pairs import FIELDS, STAGES, VERDICTS, known_roots, merged, text_of


@dataclass(frozen=True, slots=True)
class Done:
    """What a judgement did: the pair, the judgement before it if there was one, and what follows, in sentences."""

    left: int
    right: int
    verdict: str
    before: rows.Judged | None
    said: tuple[str, ...]


def judge(
    store: Store,
    actor: Actor,
    left: int,
    right: int,
    verdict: str,
    *,
    seen: str | None = None,
    values: Mapping[str, int] | None = None,
    client: str | None = None,
) -> Done:
    """Say what two reports are, and which values their merged report shows.

    Parameters
    ----------
    verdict : str
        ``same``, ``different`` or ``study``.
    seen : str, optional
        The judgement (its event, ``""`` for none) that the person saw; when another stands by now, nothing is written.
    values : mapping, optional
        Field to the record whose value is to be shown; looked at for ``same`` only.
    client : str, optional
        The sender's own id of this judgement: sent twice, it counts once.

    Raises
    ------
    DecisionError
        A report does not exist, there is no such verdict, somebody else judged the pair meanwhile, or a value is of a
        record of neither report.
    """
    if verdict not in VERDICTS:
        raise DecisionError(f"'{verdict}' is no verdict on a pair", hint=f"say one of: {', '.join(VERDICTS)}")
    with store.write() as connection:
        merge_rows.take_turns(connection)
        tops = known_roots(connection, left, right)
        pair = rows.pair(connection, left, right)
        if client and rows.holds(connection, client):
            return Done(*pair.ids, verdict, None, noted(pair))
        _not_overtaken(pair, seen)
        before, stood = pair.judged, merge_rows.standings(connection, tops.values())
        written = 0
        if before is None or before.verdict != verdict:
            append_many(store, connection, actor, undoing(connection, [pair.ids]) if before else ())
            written += len(append_many(store, connection, actor, _judgement(connection, pair, verdict, client)))
        now = rows.roots(connection, tops.values())
        if verdict == "same" and values:
            wanted = _wanted(connection, now[tops[left]], values)
            written += len(append_many(store, connection, actor, value_entries(connection, left, wanted)))
        clashed = clashes(connection, stood, now) if len(set(now.values())) < len(now) else ()
        return Done(*pair.ids, verdict, before, (*_said(pair, verdict, before, written), *map(_clash, clashed)))


def undo(store: Store, actor: Actor, left: int, right: int, *, seen: str | None = None) -> Done:
    """Take the judgement on a pair back, whoever made it; a merge that it made is split again.

    Raises
    ------
    DecisionError
        Nobody has judged the two, or another judgement than the one that was seen stands by now.
    """
    with store.write() as connection:
        merge_rows.take_turns(connection)
        known_roots(connection, left, right)
        pair = rows.pair(connection, left, right)
        if pair.judged is None:
            raise DecisionError(f"nobody has judged {pair.left} and {pair.right}", hint="see: review pairs list")
        _not_overtaken(pair, seen)
        append_many(store, connection, actor, undo_entries(connection, [pair]))
        return Done(*pair.ids, "undo", pair.judged, undone(connection, pair))


def undo_entries(connection: Connection, pairs: Sequence[rows.Pair]) -> list[Entry]:
    """Give the events that take judgements back, and with them the merges and splits that they made."""
    cleared = [Entry("pair", {"reports": list(pair.ids), "verdict": "cleared"}) for pair in pairs]
    return [*cleared, *undoing(connection, [pair.ids for pair in pairs])]


def merge_entry(left: int, right: int) -> Entry:
    """Give the event that makes two reports one because a person said so; it follows the judgement in the log."""
    return Entry("merge", {"reports": sorted((left, right)), "rule": "judged", "score": None})


def _judgement(connection: Connection, pair: rows.Pair, verdict: str, client: str | None) -> list[Entry]:
    tops = rows.roots(connection, pair.ids)
    together = tops[pair.left] == tops[pair.right]
    entries = [Entry("pair", {"reports": list(pair.ids), "verdict": verdict}, client)]
    if verdict == "same" and not together:
        entries.append(merge_entry(*pair.ids))
    elif verdict != "same" and together:
        entries.append(Entry("split", {"reports": [max(one for one in pair.ids if one != tops[one])]}))
    return entries


def _wanted(connection: Connection, report: int, values: Mapping[str, int]) -> dict[str, int | None]:
    """Keep the values that differ from what the report shows; one that the rule shows goes back to the rule."""
    members = rows.members(connection, [report])[report]
    records = {m.id: m.record for m in members}
    by_rule, _ = merged(members)
    shown, _ = merged(members, chosen(connection, {report: list(records)}).get(report))
    wanted: dict[str, int | None] = {}
    for field, record in values.items():
        if field not in FIELDS or record not in records:
            raise DecisionError(f"record {record} gives no {field} to these two", hint="look at the pair again")
        text = text_of(records[record], field)
        if text and text != text_of(shown, field):
            wanted[field] = None if text == text_of(by_rule, field) else record
    return wanted


def _clash(clash: Clash) -> str:
    return (
        f"Its parts had been decided differently on {STAGES.get(clash.stage, clash.stage)}: report {clash.report} is a "
        "conflict to resolve, with every vote."
    )


def _not_overtaken(pair: rows.Pair, seen: str | None) -> None:
    stands = pair.judged.event if pair.judged else ""
    if seen is None or seen == stands:
        return
    if pair.judged is None:
        raise DecisionError(
            f"the judgement on {pair.left} and {pair.right} was taken back meanwhile", hint="look at the pair again"
        )
    raise DecisionError(
        f"{pair.judged.name} judged {pair.left} and {pair.right} meanwhile: {VERDICTS[pair.judged.verdict]}",
        hint="look at the pair again; yours can replace it, and both stay in the log",
    )


def noted(pair: rows.Pair) -> tuple[str, ...]:
    """Say what judgement stands on a pair."""
    return (f"Noted: {pair.left} and {pair.right} are {VERDICTS[pair.judged.verdict]}.",) if pair.judged else ()


def _said(pair: rows.Pair, verdict: str, before: rows.Judged | None, written: int) -> tuple[str, ...]:
    now = f"{pair.left} and {pair.right} are {VERDICTS[verdict]}"
    if before is None:
        return (f"Noted: {now}.",)
    if before.verdict != verdict:
        former = f"{before.name} had judged on {before.at[:10]} that they are {VERDICTS[before.verdict]}"
        return (f"Noted: {now}.", f"{former}; that stays in the log.")
    if written:
        return (f"Noted: {now}, with the values that you chose.",)
    return (f"Nothing changed: {before.name} judged so on {before.at[:10]}.",)


def undone(connection: Connection, pair: rows.Pair) -> tuple[str, ...]:
    """Say where a judgement that was taken back leaves the two."""
    tops = rows.roots(connection, pair.ids)
    first = f"Taken back: the judgement on {pair.left} and {pair.right}."
    groups = rows.members(connection, tops.values())
    if tops[pair.left] == tops[pair.right]:
        count = len(groups[tops[pair.left]])
        return (
            first,
            f"They still are one report ({many(count, 'record')}): other merges join them. Judge them two reports to "
            "part them.",
        )
    beside = [
        f"{one} stays together with {' and '.join(str(m.id) for m in groups[tops[one]] if m.id != one)}"
        for one in pair.ids
        if len(groups[tops[one]]) > 1
    ]
    return (first, *(f"{sentence}." for sentence in beside))
