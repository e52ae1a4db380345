"""Codings: one finding of one study put under one component of the framework, with polarity, quote and place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from extraction import fillings
from extraction.shared import line, must, name_of, unchanged
from extraction.synthesis import coding_rows
from extraction.values import choice, collect, text_of
from review.errors import DecisionError
from review.forms import EMERGENT, POLARITIES, Framework, Option, themes_of
from review.protocol import Protocol
from review.protocol.faults import meant
from review.store import Actor, Entry, Event, Store, append_many
from review.store.events import take_turn

PERSPECTIVES = (Option("mentor", "Mentor"), Option("mentee", "Mentee"), Option("organisation", "Organisation"))
EVIDENCE = (Option("measured", "Measured"), Option("perceived", "Perceived"), Option("opinion", "Opinion"))
_POLARITY = tuple(Option(code, label) for code, label in POLARITIES.items())


@dataclass(frozen=True, slots=True)
class Coding:
    """One finding as a person coded it. ``key`` names the coding; without one it is ``statement:study``.

    ``file`` is the SHA-256 of the stored full text that the quote was taken from.
    """

    study: str
    statement: str
    text: object = None
    component: object = None
    polarity: object = None
    key: str | None = None
    subelement: object = None
    perspective: object = None
    evidence: object = None
    quote: object = None
    place: object = None
    file: str | None = None
    cleared: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """One component: the studies coded under it, sorted, and the number of codings per polarity."""

    component: str
    studies: tuple[str, ...]
    polarities: Mapping[str, int]


def put(
    store: Store,
    actor: Actor,
    protocol: Protocol,
    framework: Framework,
    keys: Collection[str],
    given: Sequence[Coding],
) -> list[Event]:
    """Save codings, all or none; a person's earlier coding of the same key is superseded.

    Parameters
    ----------
    keys : collection of str
        The keys of the review's studies.

    Raises
    ------
    DecisionError
        With one line per coding that cannot stand, or naming the studies that the person may not code now.
    """
    with store.write() as connection:
        take_turn(connection, actor)
        known = coding_rows.emergent(connection)
        entries = collect(given, lambda coding: entry(framework, keys, coding, known))
        guard(store, connection, actor, protocol, framework, entries)
        return append_many(store, connection, actor, entries)


def save(
    store: Store,
    actor: Actor,
    protocol: Protocol,
    framework: Framework,
    keys: Collection[str],
    coding: Coding,
    base: str | None,
) -> Event:
    """Save one coding from a page.

    Parameters
    ----------
    base : str or None
        The event of the coding that the page showed; ``None`` for a new one. A new one without a key gets a free key.

    Raises
    ------
    DecisionError
        It cannot stand, or was changed in another window: what stands there is in the message.
    """
    with store.write() as connection:
        take_turn(connection, actor)
        if coding.key is None and base is None:
            taken = coding_rows.keys(connection, actor.person, f"{coding.statement}:{coding.study}")
            coding = replace(coding, key=free_key(taken, coding.statement, coding.study))
        made = entry(framework, keys, coding, coding_rows.emergent(connection))
        unchanged(f"coding {made.payload['key']}", _mine(connection, actor, made.payload["key"]), base, _said)
        guard(store, connection, actor, protocol, framework, [made])
        return append_many(store, connection, actor, [made])[0]


def remove(store: Store, actor: Actor, protocol: Protocol, framework: Framework, key: str, base: str | None) -> Event:
    """Take a coding of one's own back; otherwise as ``save``. Its history stays in the log."""
    with store.write() as connection:
        take_turn(connection, actor)
        now = _mine(connection, actor, key)
        if now is None:
            raise DecisionError(f"you have no coding {key}", hint="look at the codings again: it may be gone already")
        unchanged(f"coding {key}", now, base, _said)
        made = Entry("coding", {"key": key, "study": now["study"], "cleared": True})
        guard(store, connection, actor, protocol, framework, [made])
        return append_many(store, connection, actor, [made])[0]


def guard(
    store: Store,
    connection: Connection,
    actor: Actor,
    protocol: Protocol,
    framework: Framework,
    entries: Iterable[Entry],
) -> None:
    """Refuse codings that the person may not make now; put one that was moved back under the theme it now names.

    Inside the transaction that saves the codings, before they are saved.
    """
    entries = list(entries)
    sheet = fillings.framework_sheet(framework)
    studies = dict.fromkeys(entry.payload["study"] for entry in entries)
    fillings.guard(store, connection, actor, protocol, sheet, tuple(studies), framework.version)
    now, moves = coding_rows.resolver(connection), []
    for one in entries:
        key, said = one.payload["key"], (one.payload.get("component"), one.payload.get("subelement"))
        for name in (name for name in said if name is not None and name not in now.merged):
            if (stands := now.of(key, actor.person, name)) != name:
                moves.append(Entry("theme", {"theme": stands, "split": name, "codings": [[key, actor.person]]}))
    append_many(store, connection, actor, moves)


def entry(framework: Framework, keys: Collection[str], coding: Coding, known: Mapping[str, str] | None = None) -> Entry:
    """Check one coding against the framework and make its event.

    Parameters
    ----------
    known : mapping of folded to written name, optional
        The emergent themes there are (``coding_rows.emergent``): another spelling of one is that one.

    Raises
    ------
    DecisionError
        No such study, no such component (nor marked as emergent), no polarity, or no text.
    """
    key = coding.key or f"{coding.statement}:{coding.study}"
    if coding.study not in keys:
        raise DecisionError(f"{key}: there is no study '{coding.study}'", hint=meant(coding.study, keys))
    if not coding.statement:
        raise DecisionError(f"{key}: the statement has no id", hint="give statements short ids such as H10")
    try:
        key = name_of("key", key)
        payload: dict[str, Any] = {"key": key, "study": coding.study}
        if coding.cleared:
            return Entry("coding", {**payload, "cleared": True})
        component = _component(framework, must("component", coding.component), known or {})
        payload |= {
            "statement": name_of("statement", coding.statement),
            "text": must("text", coding.text),
            "component": component,
            "subelement": _subelement(framework, component, text_of(coding.subelement), known or {}),
            "polarity": choice(must("polarity", coding.polarity), _POLARITY),
            "perspective": _optional(coding.perspective, PERSPECTIVES),
            "evidence": _optional(coding.evidence, EVIDENCE),
            "quote": text_of(coding.quote),
            "place": text_of(coding.place),
            "file": coding.file,
            "framework": f"{framework.name}@{framework.version}",
        }
    except DecisionError as error:
        raise DecisionError(f"{key}: {error.message}", hint=error.hint) from error
    return Entry("coding", payload)


def free_key(taken: Collection[str], statement: str, study: str) -> str:
    """Give a key for another coding of one statement and study.

    >>> free_key({"H1:a2014", "H1:a2014.2"}, "H1", "a2014")
    'H1:a2014.3'
    """
    first = f"{statement}:{study}"
    return next(key for key in (first, *(f"{first}.{n}" for n in range(2, len(taken) + 3))) if key not in taken)


def coverage(framework: Framework, current: Iterable[Mapping[str, Any]]) -> tuple[Coverage, ...]:
    """Count codings per component: the framework's in its order, then emergent ones by name."""
    current = list(current)
    own = [component.id for component in framework.components]
    under = [(row, themes_of(row)) for row in current]
    more = sorted({name for _, names in under for name in names} - set(own))
    result = []
    for name in (*own, *more):
        some = [row for row, names in under if name in names]
        counts = {polarity: sum(row["polarity"] == polarity for row in some) for polarity in POLARITIES}
        result.append(Coverage(name, tuple(sorted({row["study"] for row in some})), counts))
    return tuple(result)


def _component(framework: Framework, name: str, known: Mapping[str, str]) -> str:
    ids = [component.id for component in framework.components]
    for component in framework.components:
        if name.casefold() in (component.id.casefold(), component.label.casefold()):
            return component.id
    if framework.allow_emergent and name.casefold().startswith(EMERGENT):
        return emergent(name, known)
    new = f"; write '{EMERGENT} {name}' for a theme of your own" if framework.allow_emergent else ""
    near = meant(name, ids) or f"there are {', '.join(ids)}"
    raise DecisionError(f"{framework.name} has no component '{name}'", hint=near + new)


def emergent(name: str, known: Mapping[str, str]) -> str:
    """Give the key of an emergent theme: one line, and of several spellings the one that is in use.

    >>> emergent("Emergent: Family\n leave", {}), emergent("emergent:BURDEN", {"emergent:burden": "emergent:Burden"})
    ('emergent:Family leave', 'emergent:Burden')
    """
    key = EMERGENT + line("name of a theme", name.strip()[len(EMERGENT) :])
    return known.get(key.casefold(), key)


def _subelement(framework: Framework, component: str, name: str | None, known: Mapping[str, str]) -> str | None:
    if name is None:
        return None
    names = [s for c in framework.components if c.id == component for s in c.subelements]
    for one in names:
        if one.casefold() == name.casefold():
            return one
    if framework.allow_emergent and name.casefold().startswith(EMERGENT):
        return emergent(name, known)
    if component.startswith(EMERGENT):
        return line("sub-element", name)
    near = meant(name, names) or f"there are {', '.join(names) or 'none'}"
    raise DecisionError(f"'{component}' has no sub-element '{name}'", hint=near)


def _mine(connection: Connection, actor: Actor, key: str) -> coding_rows.Row | None:
    return next(iter(coding_rows.codings(connection, person=actor.person, keys=[key])), None)


def _said(row: Mapping[str, Any]) -> str:
    return f"“{row['text']}” under {row['component']} ({row['polarity']})"


def _optional(raw: object, options: Sequence[Option]) -> str | None:
    text = text_of(raw)
    return None if text is None else choice(text, options)
