"""Memos: what a person thinks of a theme or component while coding; one text per theme and person."""

from __future__ import annotations

from sqlalchemy import Connection

from extraction.synthesis import coding_rows
from extraction.synthesis.coding_rows import Row
from extraction.synthesis.findings import known, theme_of
from extraction.values import text_of
from review.forms import Framework
from review.store import Actor, Entry, Event, Store, append_many


def save(store: Store, actor: Actor, framework: Framework, theme: str, text: object) -> Event:
    """Save the person's memo on a theme or component; an empty text takes it back.

    Raises
    ------
    DecisionError
        There is no such theme or component, or the text is too long.
    """
    with store.write() as connection:
        said = {"theme": theme_of(known(connection, framework), theme), "text": text_of(text)}
        entry = Entry("memo", said if said["text"] else {"theme": said["theme"], "cleared": True})
        return append_many(store, connection, actor, [entry])[0]


def all(connection: Connection, theme: str | None = None) -> list[Row]:
    """Give the memos under the theme that each stands under now, of one theme or of all; older ones first."""
    now = coding_rows.resolver(connection)
    rows = [{**row, "theme": now.living(row["theme"])} for row in coding_rows.memos(connection)]
    return [row for row in rows if theme is None or row["theme"] == theme]
