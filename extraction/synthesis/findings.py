"""Findings of the synthesis: a statement, the codings that support it and those that contradict it, and who agrees."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from extraction.filling_rows import alone
from extraction.shared import line, must, name_of, unchanged
from extraction.synthesis import coding_rows
from extraction.synthesis.coding import emergent
from extraction.synthesis.coding_rows import Row
from extraction.synthesis.resolving import Ref, Resolver
from extraction.values import text_of
from review.errors import DecisionError
from review.forms import EMERGENT, Framework
from review.protocol.faults import meant
from review.store import Actor, Entry, Event, Store, append_many


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding as a person gives it; ``supporting`` and ``contradicting`` are codings: (key, coder's id)."""

    key: str
    theme: object = None
    statement: object = None
    supporting: Sequence[Sequence[str]] = ()
    contradicting: Sequence[Sequence[str]] = ()
    note: object = None
    cleared: bool = False


def save(store: Store, actor: Actor, framework: Framework, finding: Finding, base: str | None) -> Event:
    """Save a finding, which the team shares. Who agreed with it as it stood is asked again.

    Parameters
    ----------
    base : str or None
        The event of the finding that the person saw; ``None`` for a new one.

    Raises
    ------
    DecisionError
        It cannot stand, or somebody else changed it meanwhile: who, and what stands there now. Nothing was saved.
    """
    with store.write() as connection:
        alone(connection)
        made = entry(known(connection, framework), finding)
        key = made.payload["key"]
        now = next((row for row in coding_rows.findings(connection) if row["key"] == key), None)
        unchanged(f"finding {key}", now, base, lambda row: f"“{row['statement']}”")
        return append_many(store, connection, actor, [made])[0]


@dataclass(frozen=True, slots=True)
class Known:
    """What findings and memos may name: the framework's components, the emergent themes, the codings there are."""

    framework: Framework
    codings: frozenset[Ref]
    emergent: Mapping[str, str]
    now: Resolver


def known(connection: Connection, framework: Framework) -> Known:
    """Read what may be named."""
    there = coding_rows.refs(connection)
    return Known(framework, there, coding_rows.emergent(connection), coding_rows.resolver(connection))


def entry(there: Known, finding: Finding) -> Entry:
    """Check a finding and make its event.

    Raises
    ------
    DecisionError
        No key, theme or statement; a coding that is not there, or that both supports and contradicts.
    """
    key = name_of("key", finding.key)
    if finding.cleared:
        return Entry("finding", {"key": key, "cleared": True})
    try:
        said: dict[str, Any] = {"key": key, "theme": theme_of(there, line("theme", finding.theme))}
        said |= {"statement": must("statement", finding.statement), "note": text_of(finding.note)}
        said |= {side: refs(getattr(finding, side), there.codings) for side in ("supporting", "contradicting")}
        apart(said["supporting"], said["contradicting"], "contradicts")
    except DecisionError as error:
        raise DecisionError(f"finding {key}: {error.message}", hint=error.hint) from error
    return Entry("finding", said)


def assent(store: Store, actor: Actor, key: str, agrees: bool, *, note: object = None, acts_on: str) -> Event:
    """Note that a person agrees, or does not, with a finding as it stands.

    Parameters
    ----------
    acts_on : str
        The event of the finding that the person read.

    Raises
    ------
    DecisionError
        There is no such finding, or it reads otherwise by now: agree with what it says now.
    """
    with store.write() as connection:
        alone(connection)
        now = next((row for row in coding_rows.findings(connection) if row["key"] == key), None)
        if now is None:
            raise DecisionError(f"there is no finding {key}", hint="it may have been taken away meanwhile")
        unchanged(f"finding {key}", now, acts_on, lambda row: f"“{row['statement']}”")
        said = {"finding": key, "agrees": agrees, "note": text_of(note), "acts_on": acts_on}
        return append_many(store, connection, actor, [Entry("assent", said)])[0]


def all(connection: Connection) -> list[Row]:
    """Give the findings, by key, under the theme that each stands under now.

    ``assents`` are who agreed and who did not (rows of the table, with ``name``), ``current`` when it was with the
    finding as it reads now; ``gone`` are codings that it names and that are not there any more.
    """
    now = coding_rows.resolver(connection)
    there = coding_rows.refs(connection)
    said: dict[str, list[Row]] = {}
    for row in coding_rows.assents(connection):
        said.setdefault(row["finding"], []).append(row)
    return [
        {
            **row,
            "theme": now.living(row["theme"]),
            "supporting": pairs(row["supporting"]),
            "contradicting": pairs(row["contradicting"]),
            "gone": [one for one in pairs([*row["supporting"], *row["contradicting"]]) if one not in there],
            "assents": [{**one, "current": one["acts_on"] == row["event"]} for one in said.get(row["key"], ())],
        }
        for row in coding_rows.findings(connection)
    ]


def theme_of(there: Known, name: str) -> str:
    """Give the component, or the living theme, that a name means.

    Raises
    ------
    DecisionError
        There is none.
    """
    for component in there.framework.components:
        if name.casefold() in (component.id.casefold(), component.label.casefold()):
            return component.id
    if name.casefold().startswith(EMERGENT):
        key = emergent(name, there.emergent)
        if key in there.emergent.values():
            return there.now.living(key)
    ids = [component.id for component in there.framework.components]
    told = ", ".join([*ids, *sorted(set(there.now.labels) - set(there.now.merged))])
    near = meant(name, [*ids, *sorted(there.emergent.values())])
    raise DecisionError(f"there is no theme '{name}'", hint=near or f"there are {told}")


def refs(given: Iterable[Sequence[str]], there: Collection[Ref]) -> list[list[str]]:
    """Give codings once each, in the order given.

    Raises
    ------
    DecisionError
        Some are not there: all are named.
    """
    wanted = list(dict.fromkeys((one[0], one[1]) for one in given))
    lacking = [key for key, person in wanted if (key, person) not in there]
    if lacking:
        hint = "it may have been taken back: leave it out"
        raise DecisionError(f"there is no coding {', '.join(lacking)}", hint=hint)
    return [list(one) for one in wanted]


def apart(supporting: Sequence[list[str]], against: Sequence[list[str]], does: str) -> None:
    """Refuse a coding that is named on both sides."""
    both = [one[0] for one in supporting if one in against]
    if both:
        raise DecisionError(f"the coding {', '.join(both)} both supports and {does} it", hint="say which")


def pairs(stored: Iterable[Sequence[str]]) -> list[Ref]:
    """Give the codings that a row names as (key, coder)."""
    return [(one[0], one[1]) for one in stored]


def studies(finding: Mapping[str, Any], codings: Mapping[Ref, Row], side: str = "supporting") -> list[str]:
    """Give the studies of the codings on one side of a finding, sorted."""
    return sorted({codings[one]["study"] for one in finding[side] if one in codings})
