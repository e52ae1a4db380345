"""What the events of extraction and synthesis say that is more than a row of their own (``kinds`` has the others)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select

from review.forms import EMERGENT
from review.store import schema
from review.store.event import Event
from review.store.writing import Handler, put, values


def _on_study(connection: Connection, events: Sequence[Event]) -> set[int]:
    rows = [{"report": r, "study": e.payload["study"], "event": e.id} for e in events for r in e.payload["reports"]]
    put(connection, schema.study, rows)
    return set()


def _answer(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Tell the form's name from its version: ``NAME@VERSION``."""
    name, _, version = payload["form"].partition("@")
    return {**payload, "form": name, "version": version}


def _on_theme(connection: Connection, events: Sequence[Event]) -> set[int]:
    """Name themes, merge one into another, put codings of one under another. The order of these events counts."""
    table, moved = schema.theme, schema.recoded
    themes = {row.key: dict(row._mapping) for row in connection.execute(select(table))}
    moves = {(r.key, r.coder, r._mapping["from"]): (r.into, r.event) for r in connection.execute(select(moved))}
    for event in events:
        said, key = event.payload, event.payload["theme"]
        made = {"person": event.person, "event": event.id}
        old = themes.get(key) or _unnamed(key)
        if said.get("cleared"):
            themes.pop(key, None)
        elif "merge" in said:
            into = said["merge"]
            if key not in _line(into, themes):  # two installations may have merged the two the other way round
                themes[key] = {**old, **made, "merged_into": into}
                moves = {at: to for at, to in moves.items() if (at[2], to[0]) != (into, key)}
        elif "split" in said:
            for coding, coder in said["codings"]:
                moves.pop((coding, coder, said["split"]), None)
                moves[coding, coder, key] = (said["split"], event.id)
        else:
            themes[key] = {**old, **made, "label": said["label"], "gloss": said.get("gloss"), "merged_into": None}
    connection.execute(delete(table))
    connection.execute(delete(moved))
    put(connection, table, [themes[key] for key in sorted(themes)])
    put(connection, moved, [
        {"key": key, "coder": coder, "from": name, "into": into, "event": event}
        for (key, coder, name), (into, event) in sorted(moves.items())
    ])  # fmt: skip
    return set()


def _unnamed(key: str) -> dict[str, Any]:
    """Give the theme that codings named without anybody having described it."""
    return {"key": key, "label": key.removeprefix(EMERGENT), "gloss": None, "merged_into": None}


def _line(key: str, themes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Give a theme and those that it was merged into, one after the other."""
    line = [key]
    while (into := themes.get(line[-1], {}).get("merged_into")) is not None:
        line.append(into)
    return line


EVIDENCE_HANDLERS: Mapping[str, Handler] = {
    "study": _on_study,
    "apart": values(schema.apart),
    "sheet": values(schema.sheet),
    "filling": values(schema.filling),
    "answer": values(schema.answer, _answer),
    "judgement": values(schema.judgement),
    "settled": values(schema.settled),
    "coding": values(schema.coding),
    "theme": _on_theme,
    "memo": values(schema.memo),
    "finding": values(schema.finding),
    "assent": values(schema.assent),
    "cmo": values(schema.cmo),
}
