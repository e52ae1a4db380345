"""Projections of extraction and synthesis: answers outlive a version, themes merge and split, the log rebuilds all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, create_engine, insert, select, text

from review.store import Actor, Store, append, open_store, schema
from review.store.event import Event, as_row, digest
from review.store.events import enrol
from review.store.verify import verify


@pytest.fixture
def ann(any_filled: Store) -> Actor:
    with any_filled.write() as connection:
        return Actor(enrol(any_filled, connection, "Ann"), "0" * 64)


def rows(store: Store, table: Table) -> list[dict[str, Any]]:
    with store.read() as connection:
        verify(connection)
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def test_an_answer_takes_the_place_of_one_that_was_given_under_an_older_version(any_filled: Store, ann: Actor) -> None:
    for version, value in (("1", 3), ("2", 4)):
        said = {"study": "a2001", "form": f"small@{version}", "field": "n", "value": value}
        append(any_filled, ann, "answer", said)
    assert [(r["form"], r["version"], r["value"]) for r in rows(any_filled, schema.answer)] == [("small", "2", 4)]
    append(any_filled, ann, "answer", {"study": "a2001", "form": "small@2", "field": "n", "cleared": True})
    assert rows(any_filled, schema.answer) == []


def test_themes_are_renamed_and_merged_and_their_codings_split(any_filled: Store, ann: Actor) -> None:
    def theme(key: str, **said: Any) -> None:
        append(any_filled, ann, "theme", {"theme": f"emergent:{key}", **said})

    theme("trust", label="Trust", gloss="in each other")
    theme("trust", label="Mutual trust")
    theme("trusting", merge="emergent:trust")  # nobody had described it
    theme("trust", merge="emergent:trusting")  # would make a ring: two installations merged both ways
    found = {r["key"]: (r["label"], r["merged_into"]) for r in rows(any_filled, schema.theme)}
    assert found == {"emergent:trust": ("Mutual trust", None), "emergent:trusting": ("trusting", "emergent:trust")}
    theme("candour", label="Candour")
    theme("trust", split="emergent:candour", codings=[["S1:a2001", ann.person]])
    moved = rows(any_filled, schema.recoded)
    assert [(r["from"], r["into"]) for r in moved] == [("emergent:trust", "emergent:candour")]
    theme("candour", split="emergent:trust", codings=[["S1:a2001", ann.person]])  # and back
    assert [(r["from"], r["into"]) for r in rows(any_filled, schema.recoded)] == [
        ("emergent:candour", "emergent:trust")
    ]
    theme("trust", merge="emergent:candour")
    assert rows(any_filled, schema.recoded) == []


def test_answers_of_an_older_database_are_kept_under_the_name_of_their_form(tmp_path: Path) -> None:
    from importlib.resources import files

    from alembic import command
    from alembic.config import Config

    engine = create_engine(f"sqlite:///{tmp_path}/review.sqlite")
    config = Config()
    config.set_main_option("script_location", str(files("review.store") / "migrations"))
    config.attributes["engine"] = engine
    command.upgrade(config, "0006")
    events: list[Event] = []
    with engine.begin() as connection:
        connection.execute(insert(schema.person).values(id="p1", name="Ann"))
        for n, (version, value) in enumerate((("1", 3), ("2", [1, 2])), 1):
            said = {"study": "a2001", "form": f"small@{version}", "field": "n", "value": value, "missing": None}
            at, before = f"2026-01-02T03:04:0{n}.000006Z", events[-1].id if events else None
            bare = Event("", "p1@x", n, before, "p1", at, "answer", None, "h", {**said, "quote": "q", "place": "7"})
            events.append(Event(digest(bare), *[getattr(bare, name) for name in tuple(bare.__slots__)[1:]]))
            connection.execute(insert(schema.event), [as_row(events[-1])])
            old = "INSERT INTO answer (study, form, field, person, value, quote, place, event)"
            told = {"f": f"small@{version}", "v": "3" if version == "1" else "[1, 2]", "e": events[-1].id}
            connection.execute(text(old + " VALUES ('a2001', :f, 'n', 'p1', :v, 'q', '7', :e)"), told)
    engine.dispose()
    store = open_store(tmp_path)
    [kept] = rows(store, schema.answer)
    store.close()
    assert (kept["form"], kept["version"], kept["value"], kept["event"]) == ("small", "2", [1, 2], events[1].id)
