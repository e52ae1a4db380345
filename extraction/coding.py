"""Codings: one finding of one study put under one component of the framework, with polarity, quote and place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extraction.values import choice, collect, text_of
from review.errors import DecisionError
from review.forms import EMERGENT, POLARITIES, Framework, Option
from review.protocol.faults import meant
from review.store import Actor, Entry, Event, Store, append_many

PERSPECTIVES = (Option("mentor", "Mentor"), Option("mentee", "Mentee"), Option("organisation", "Organisation"))
EVIDENCE = (Option("measured", "Measured"), Option("perceived", "Perceived"), Option("opinion", "Opinion"))
_POLARITY = tuple(Option(code, label) for code, label in POLARITIES.items())


@dataclass(frozen=True, slots=True)
class Coding:
    """One finding as a person coded it. ``key`` names the coding; without one it is ``statement:study``."""

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
    cleared: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """One component: the studies coded under it, sorted, and the number of codings per polarity."""

    component: str
    studies: tuple[str, ...]
    polarities: Mapping[str, int]


def put(
    store: Store, actor: Actor, framework: Framework, keys: Collection[str], given: Sequence[Coding]
) -> list[Event]:
    """Save codings, all or none; otherwise as ``answers.put``."""
    entries = collect(given, lambda coding: entry(framework, keys, coding))
    with store.write() as connection:
        return append_many(store, connection, actor, entries)


def entry(framework: Framework, keys: Collection[str], coding: Coding) -> Entry:
    """Check one coding against the framework and make its event.

    Raises
    ------
    DecisionError
        No such study, no such component (nor marked as emergent), no polarity, or no text.
    """
    key = coding.key or f"{coding.statement}:{coding.study}"
    if coding.study not in keys:
        raise DecisionError(f"{key}: there is no study '{coding.study}'", hint=meant(coding.study, keys))
    payload: dict[str, Any] = {"key": key, "study": coding.study, "statement": coding.statement}
    if coding.cleared:
        return Entry("coding", {**payload, "cleared": True})
    try:
        component = _component(framework, _must("component", coding.component))
        payload |= {
            "text": _must("text", coding.text),
            "component": component,
            "subelement": _subelement(framework, component, text_of(coding.subelement)),
            "polarity": choice(_must("polarity", coding.polarity), _POLARITY),
            "perspective": _optional(coding.perspective, PERSPECTIVES),
            "evidence": _optional(coding.evidence, EVIDENCE),
            "quote": text_of(coding.quote),
            "place": text_of(coding.place),
        }
    except DecisionError as error:
        raise DecisionError(f"{key}: {error.message}", hint=error.hint) from error
    if not coding.statement:
        raise DecisionError(f"{key}: the statement has no id", hint="give statements short ids such as H10")
    return Entry("coding", payload)


def coverage(framework: Framework, current: Iterable[Mapping[str, Any]]) -> tuple[Coverage, ...]:
    """Count codings per component: the framework's in its order, then emergent ones by name."""
    current = list(current)
    own = [component.id for component in framework.components]
    more = sorted({row["component"] for row in current} - set(own))
    result = []
    for name in (*own, *more):
        some = [row for row in current if row["component"] == name]
        counts = {polarity: sum(row["polarity"] == polarity for row in some) for polarity in POLARITIES}
        result.append(Coverage(name, tuple(sorted({row["study"] for row in some})), counts))
    return tuple(result)


def gaps(keys: Sequence[str], current: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Say what is left open between studies and codings, one sentence each."""
    current = list(current)
    coded = {row["study"] for row in current}
    return (
        *(f"study {key} is in no finding" for key in keys if key not in coded),
        *(f"coding {row['key']} is of {row['study']}, which is not an included study"
          for row in current if row["study"] not in keys),
        *(f"coding {row['key']} of {row['study']} has no quote"
          for row in current if row["quote"] is None and row["study"] in keys),
    )  # fmt: skip


def _component(framework: Framework, name: str) -> str:
    known = [component.id for component in framework.components]
    for component in framework.components:
        if name.casefold() in (component.id.casefold(), component.label.casefold()):
            return component.id
    if framework.allow_emergent and name.startswith(EMERGENT) and name.removeprefix(EMERGENT).strip():
        return name
    new = f"; write '{EMERGENT} {name}' for a theme of your own" if framework.allow_emergent else ""
    near = meant(name, known) or f"there are {', '.join(known)}"
    raise DecisionError(f"{framework.name} has no component '{name}'", hint=near + new)


def _subelement(framework: Framework, component: str, name: str | None) -> str | None:
    known = [s for c in framework.components if c.id == component for s in c.subelements]
    if name is None or name in known or component.startswith(EMERGENT):
        return name
    if framework.allow_emergent and name.startswith(EMERGENT):
        return name
    near = meant(name, known) or f"there are {', '.join(known) or 'none'}"
    raise DecisionError(f"'{component}' has no sub-element '{name}'", hint=near)


def _must(what: str, raw: object) -> str:
    text = text_of(raw)
    if text is None:
        raise DecisionError(f"has no {what}")
    return text


def _optional(raw: object, options: Sequence[Option]) -> str | None:
    text = text_of(raw)
    return None if text is None else choice(text, options)
