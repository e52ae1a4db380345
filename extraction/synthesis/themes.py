"""Themes that emerge in coding: named, renamed, merged, split, dropped; what was done, by whom and why, stays.

A theme is there as soon as a coding names it. No coding is written anew when themes change: what it stands under now
follows from what was done to themes (``extraction.synthesis.resolving``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Connection

from extraction import filling_rows
from extraction.shared import line, unchanged
from extraction.synthesis import coding_rows
from extraction.synthesis.coding import emergent
from extraction.synthesis.coding_rows import Row
from extraction.synthesis.resolving import Ref, Resolver
from extraction.values import text_of
from review.errors import DecisionError
from review.forms import EMERGENT, Framework
from review.protocol.faults import meant
from review.store import Actor, Entry, Event, Store, append_many
from review.text import many

Act = Literal["named", "renamed", "merged", "received", "split", "gained", "dropped"]


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done to a theme: when, by whom (name) and why; ``other`` is the other theme of it."""

    at: str
    name: str
    act: Act
    other: str | None
    label: str | None
    gloss: str | None
    codings: tuple[Ref, ...]
    note: str | None


def resolve(connection: Connection) -> Resolver:
    """Give what says where every coding stands now."""
    return coding_rows.resolver(connection)


def make(store: Store, actor: Actor, name: object, *, label: object = None, gloss: object = None) -> str:
    """Name a theme before anything is coded under it; give its key (``emergent:NAME``).

    Raises
    ------
    DecisionError
        There is such a theme already, whatever its case.
    """
    with store.write() as connection:
        filling_rows.alone(connection)
        known = coding_rows.emergent(connection)
        key = key_of(name, known)
        used = {name for row in coding_rows.placed(connection) for name in _names(row)}
        if key in used or _row(connection, key):
            now = coding_rows.resolver(connection)
            into = f": it was merged into {now.label(now.living(key))}" if key in now.merged else ""
            raise DecisionError(f"there is a theme {now.label(key)} already{into}", hint="choose another name")
        append_many(store, connection, actor, [described(key, label, gloss)])
    return key


def rename(
    store: Store, actor: Actor, theme: str, *, label: object, gloss: object, base: str | None, note: object = None
) -> Event:
    """Give a theme another label and gloss; its key, and what is coded under it, stay.

    Parameters
    ----------
    base : str or None
        The event of the theme's row that was seen; ``None`` when nobody had described it yet.

    Raises
    ------
    DecisionError
        There is no such theme, it was merged, or somebody else changed it meanwhile.
    """
    with store.write() as connection:
        filling_rows.alone(connection)
        key = _living(connection, theme)
        row = _row(connection, key)
        unchanged(f"the theme {key}", row, base, lambda now: f"“{now['label']}”")
        made = described(key, label, gloss, note)
        if row and (row["label"], row["gloss"]) == (made.payload["label"], made.payload["gloss"]):
            raise DecisionError(f"the theme {key} has that label and gloss already")
        return append_many(store, connection, actor, [made])[0]


def merge(store: Store, actor: Actor, theme: str, into: str, *, note: object = None) -> tuple[Ref, ...]:
    """Merge a theme into another: what stood under it stands under the other; give the codings that were moved.

    Raises
    ------
    DecisionError
        One of them is no living theme, or both are the same.
    """
    with store.write() as connection:
        filling_rows.alone(connection)
        key, target = _living(connection, theme), _living(connection, into)
        if key == target:
            raise DecisionError(f"{theme} and {into} are one theme: it cannot be merged into itself")
        now, codings = coding_rows.resolver(connection), coding_rows.placed(connection)
        moved = [ref(row) for row in codings if key in _names(row)]
        # What a split once took out of the other theme, and now comes back to it, would go round in a ring.
        back = [one for one in moved if now.of(*one, target) == key]
        entries = [_split(key, target, back, None)] if back else []
        append_many(
            store, connection, actor, [*entries, Entry("theme", {"theme": key, "merge": target, "note": text_of(note)})]
        )
    return tuple(moved)


def split(
    store: Store,
    actor: Actor,
    framework: Framework,
    theme: str,
    into: object,
    codings: Collection[Ref],
    *,
    label: object = None,
    note: object = None,
) -> str:
    """Put some codings of a theme or component under another one; give its key.

    ``into`` is a component, a living theme, a new name, or a theme that was merged: it is there again then.

    Raises
    ------
    DecisionError
        A coding does not stand there, or nothing is chosen, or both are the same: nothing was changed.
    """
    with store.write() as connection:
        filling_rows.alone(connection)
        known = coding_rows.emergent(connection)
        components = {component.id for component in framework.components}
        target = str(into) if into in components else key_of(into, known)
        rows = {ref(row): row for row in coding_rows.placed(connection)}
        # A component that the framework has no more can be emptied as long as something stands under it.
        coded = components | {row["component"] for row in rows.values() if not row["component"].startswith(EMERGENT)}
        source = theme if theme in coded else _living(connection, theme)
        chosen = _chosen(rows, source, target, codings, components)
        now = coding_rows.resolver(connection)
        entries = []
        if target not in components and (target in now.merged or target not in known.values()):
            said = _row(connection, target) or {"label": _bare(target), "gloss": None}
            entries.append(described(target, text_of(label) or said["label"], said["gloss"]))
            now = replace(now, merged={a: b for a, b in now.merged.items() if a != target})
        entries += _moves(now, rows, chosen, source, target, text_of(note))
        append_many(store, connection, actor, entries)
    return target


def drop(store: Store, actor: Actor, theme: str, *, note: object = None) -> None:
    """Take a theme away that nothing stands under.

    Raises
    ------
    DecisionError
        It is in use: by what, and how often, is in the message.
    """
    with store.write() as connection:
        filling_rows.alone(connection)
        key = _living(connection, theme)
        now = coding_rows.resolver(connection)
        uses = (
            (sum(key in _names(row) for row in coding_rows.placed(connection)), "coding"),
            (sum(now.living(row["theme"]) == key for row in coding_rows.findings(connection)), "finding"),
            (sum(now.living(row["theme"]) == key for row in coding_rows.memos(connection)), "memo"),
        )
        said = " and ".join(many(n, what) for n, what in uses if n)
        if said:
            hint = "merge it into another theme, or move what stands under it first"
            raise DecisionError(f"the theme {now.label(key)} is in use by {said}", hint=hint)
        append_many(store, connection, actor, [Entry("theme", {"theme": key, "cleared": True, "note": text_of(note)})])


def history(connection: Connection, theme: str) -> tuple[Done, ...]:
    """Give what was done to a theme or component, oldest first."""
    names, seen = filling_rows.names(connection), False
    found = []
    for event in coding_rows.theme_events(connection):
        act, other = _act(event.payload, theme, seen)
        seen = seen or event.payload["theme"] == theme
        if act is not None:
            said = event.payload
            found.append(Done(
                event.at, names[event.person], act, other, said.get("label"), said.get("gloss"),
                tuple((key, person) for key, person in said.get("codings", ())), said.get("note"),
            ))  # fmt: skip
    return tuple(found)


def key_of(name: object, known: Mapping[str, str]) -> str:
    """Give the key of a theme by its name, with ``emergent:`` or without; of several spellings the one in use."""
    text = line("name of a theme", name)
    return emergent(text if text.casefold().startswith(EMERGENT) else EMERGENT + text, known)


def described(key: str, label: object, gloss: object, note: object = None) -> Entry:
    """Make the event that names a theme; without a label it is called as its key says."""
    said = {"label": line("label", text_of(label) or _bare(key)), "gloss": text_of(gloss), "note": text_of(note)}
    return Entry("theme", {"theme": key, **said})


def ref(row: Mapping[str, Any]) -> Ref:
    """Name a coding: its key and its coder."""
    return row["key"], row["person"]


def _act(said: Mapping[str, Any], theme: str, seen: bool) -> tuple[Act | None, str | None]:
    key = said["theme"]
    if "merge" in said and theme in (key, said["merge"]):
        return ("merged", said["merge"]) if theme == key else ("received", key)
    if "split" in said and theme in (key, said["split"]):
        return ("split", said["split"]) if theme == key else ("gained", key)
    if theme != key or "merge" in said or "split" in said:
        return None, None
    return ("dropped" if said.get("cleared") else "renamed" if seen else "named"), None


def _chosen(
    rows: Mapping[Ref, Row], source: str, target: str, codings: Iterable[Sequence[str]], components: Collection[str]
) -> set[Ref]:
    if source == target:
        raise DecisionError(f"{source} cannot be split into itself")
    chosen = {(key, person) for key, person in codings}
    if not chosen:
        raise DecisionError("no coding is chosen", hint=f"say which codings of {source} go to {target}")
    for one in sorted(chosen):
        if one not in rows or source not in _names(rows[one]):
            raise DecisionError(f"the coding {one[0]} does not stand under {source}", hint="look at the theme again")
        if target in components and rows[one]["subelement"] == source:
            raise DecisionError(
                f"the coding {one[0]} has {source} as its sub-element, which no component can be",
                hint="code it again under the component",
            )
    return chosen


def _moves(
    now: Resolver, rows: Mapping[Ref, Row], chosen: Collection[Ref], source: str, target: str, note: str | None
) -> Iterator[Entry]:
    """Make the events after which the chosen codings stand under the target, and every other one where it stood."""
    leaving: dict[tuple[str, str], list[Ref]] = {}
    for one in sorted(rows):
        row = rows[one]
        for stood, name in zip((row["component"], row["subelement"]), row["coded"], strict=True):
            if name is None:
                continue
            wanted, stands = stood, now.of(*one, name)
            if one in chosen and stood == source:
                wanted = target
            if stands != wanted:
                leaving.setdefault((stands, wanted), []).append(one)
    for (stands, wanted), some in sorted(leaving.items()):
        yield _split(stands, wanted, some, note)


def _split(theme: str, into: str, codings: Sequence[Ref], note: str | None) -> Entry:
    return Entry("theme", {"theme": theme, "split": into, "codings": [list(one) for one in codings], "note": note})


def _names(row: Mapping[str, Any]) -> tuple[str | None, str | None]:
    return row["component"], row["subelement"]


def _bare(key: str) -> str:
    return key.removeprefix(EMERGENT).strip()


def _row(connection: Connection, key: str) -> Row | None:
    return next((row for row in coding_rows.themes(connection) if row["key"] == key), None)


def _living(connection: Connection, name: str) -> str:
    """Give the key of a theme that is there and was not merged."""
    known, now = coding_rows.emergent(connection), coding_rows.resolver(connection)
    key = key_of(name, known)
    if key not in known.values():
        near = meant(key, known.values())
        raise DecisionError(f"there is no theme {_bare(key)}", hint=near or "its name as the codebook gives it")
    if key in now.merged:
        raise DecisionError(f"the theme {now.label(key)} was merged into {now.label(now.living(key))}")
    return key
