"""Themes: every coding stands under one living theme whatever is done to them, and all of it is told again."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction import library
from extraction.synthesis import coding_rows, findings, memos, themes
from extraction.synthesis.codebook import codebook
from extraction.synthesis.resolving import Resolver
from review.errors import DecisionError
from review.forms import EMERGENT
from review.store import Actor, Entry, Store, append_many, open_store
from review.store.events import enrol
from review.store.verify import verify

WORKWELL = library.framework("bitc-workwell")
NAMES = ("a", "b", "c", "d", "e")


def code(store: Store, actor: Actor, key: str, component: str, subelement: str | None = None) -> None:
    said = {
        "key": key, "study": "maker2001", "statement": key, "text": f"Text of {key}", "component": component,
        "subelement": subelement, "polarity": "+", "perspective": None, "evidence": None, "quote": None, "place": None,
        "file": None, "framework": "bitc-workwell@2013",
    }  # fmt: skip
    with store.write() as connection:
        append_many(store, connection, actor, [Entry("coding", said)])


def stands(store: Store) -> dict[str, str]:
    with store.read() as connection:
        return {row["key"]: row["component"] for row in coding_rows.codings(connection)}


def in_ring(merged: Mapping[str, str], moved: Mapping[tuple[str, str, str], str]) -> list[str]:
    now = Resolver(merged, moved)
    return [now.of("k", "p", name) for name in ("x", "y", "z")]


steps = st.lists(
    st.tuples(
        st.sampled_from(["merge", "split", "rename", "make", "drop"]),
        st.sampled_from(NAMES),
        st.sampled_from([*NAMES, "work"]),
        st.sets(st.integers(0, 7), min_size=1),
    ),
    max_size=14,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Actor, Iterator[int]]]:
    """Give one store for all histories: each has themes and codings of its own, by a number."""
    ticks = itertools.count()
    folder: Path = tmp_path_factory.mktemp("themes")
    store = open_store(folder, clock=lambda: f"2026-11-22T00:00:{next(ticks) / 10_000:09.6f}Z")
    with store.write() as connection:
        ann = Actor(enrol(store, connection, "Ann"), "0" * 64)
    yield store, ann, itertools.count()
    store.close()


@settings(max_examples=30)
@given(history=steps)
def test_whatever_is_done_every_coding_stands_under_one_living_theme_where_it_was_put(
    shared: tuple[Store, Actor, Iterator[int]], history: list[tuple[str, str, str, set[int]]]
) -> None:
    store, ann, numbers = shared
    own = f"{next(numbers)}-"
    expected = {f"{own}k{n}": f"{EMERGENT}{own}{NAMES[n % 4]}" for n in range(8)}
    for key, name in expected.items():
        code(store, ann, key, name)
    for act, one, other, some in history:
        theme, into = f"{EMERGENT}{own}{one}", other if other == "work" else f"{EMERGENT}{own}{other}"
        try:
            if act == "merge":
                themes.merge(store, ann, theme, into)
                expected = {key: into if name == theme else name for key, name in expected.items()}
            elif act == "split":
                chosen = [(f"{own}k{n}", ann.person) for n in sorted(some) if expected[f"{own}k{n}"] == theme]
                themes.split(store, ann, WORKWELL, theme, into, chosen)
                expected |= {key: into for key, _ in chosen}
            elif act == "rename":
                with store.read() as connection:
                    row = next((row for row in coding_rows.themes(connection) if row["key"] == theme), None)
                themes.rename(store, ann, theme, label=f"{one} {other}", gloss=None, base=row and row["event"])
            elif act == "make":
                themes.make(store, ann, own + one)
            else:
                themes.drop(store, ann, theme)
        except DecisionError:
            pass
        assert {key: name for key, name in stands(store).items() if key in expected} == expected
    with store.read() as connection:
        now = coding_rows.resolver(connection)
        assert not set(expected.values()) & set(now.merged)
        verify(connection)  # the projections follow from the log alone


def test_what_a_merge_joined_a_split_puts_back(two_studies: Store, ann: Actor) -> None:
    for key, name in (("k1", "burden"), ("k2", "load"), ("k3", "load")):
        code(two_studies, ann, key, EMERGENT + name)
    before = stands(two_studies)
    assert themes.merge(two_studies, ann, "emergent:load", "emergent:burden", note="the same") == (
        ("k2", ann.person), ("k3", ann.person),
    )  # fmt: skip
    assert set(stands(two_studies).values()) == {"emergent:burden"}
    back = [("k2", ann.person), ("k3", ann.person)]
    assert themes.split(two_studies, ann, WORKWELL, "emergent:burden", "emergent:load", back) == "emergent:load"
    assert stands(two_studies) == before


def test_a_sub_element_that_emerged_moves_too_and_no_component_becomes_one(two_studies: Store, ann: Actor) -> None:
    code(two_studies, ann, "k1", "health", "emergent:burden")
    themes.split(two_studies, ann, WORKWELL, "emergent:burden", "load", [("k1", ann.person)])
    with two_studies.read() as connection:
        (row,) = coding_rows.codings(connection, theme="emergent:load")
    assert (row["component"], row["subelement"], row["coded"]) == (
        "health", "emergent:load", ("health", "emergent:burden"),
    )  # fmt: skip
    with pytest.raises(DecisionError, match="which no component can be"):
        themes.split(two_studies, ann, WORKWELL, "emergent:load", "work", [("k1", ann.person)])


@pytest.mark.parametrize(
    ("theme", "into", "words"),
    [
        ("emergent:load", "emergent:LOAD", "cannot be merged into itself"),
        ("emergent:burden", "emergent:load", "was merged into load"),
        ("emergent:load", "emergent:burden", "was merged into load"),
        ("emergent:lod", "emergent:load", "there is no theme lod"),
        ("emergent:load", "work", "there is no theme work"),
    ],
)
def test_merges_that_cannot_be(two_studies: Store, ann: Actor, theme: str, into: str, words: str) -> None:
    code(two_studies, ann, "k1", "emergent:load")
    code(two_studies, ann, "k2", "emergent:burden")
    themes.merge(two_studies, ann, "emergent:burden", "emergent:load")
    with pytest.raises(DecisionError, match=words):
        themes.merge(two_studies, ann, theme, into)


def test_what_stands_under_a_component_that_was_removed_stays_in_view_and_can_be_moved(
    two_studies: Store, ann: Actor
) -> None:
    """A framework changed half-way: codebook and pages of themes had lost the codings of the component removed."""
    code(two_studies, ann, "k1", "work")
    less = replace(WORKWELL, components=tuple(one for one in WORKWELL.components if one.id != "work"))
    with two_studies.read() as connection:
        last = codebook(connection, less)[-1]
        assert (last.id, last.kind, last.codings, last.studies) == ("work", "component", 1, ("maker2001",))
    themes.split(two_studies, ann, less, "work", "health", [("k1", ann.person)])
    assert stands(two_studies) == {"k1": "health"}


def test_a_theme_in_use_is_not_dropped(two_studies: Store, ann: Actor) -> None:
    key = themes.make(two_studies, ann, "Burden", gloss="What it costs")
    memos.save(two_studies, ann, WORKWELL, key, "Think of time")
    code(two_studies, ann, "k1", key)
    given = findings.Finding("F1", key, "It costs time", [("k1", ann.person)])
    findings.save(two_studies, ann, WORKWELL, given, None)
    with pytest.raises(DecisionError, match="Burden is in use by 1 coding and 1 finding and 1 memo"):
        themes.drop(two_studies, ann, key)
    spare = themes.make(two_studies, ann, "Spare")
    themes.drop(two_studies, ann, spare, note="nothing came")
    with two_studies.read() as connection:
        assert [(one.act, one.name, one.note) for one in themes.history(connection, spare)] == [
            ("named", "Ann", None), ("dropped", "Ann", "nothing came"),
        ]  # fmt: skip


def test_the_history_says_who_did_what_when_and_why(two_studies: Store, ann: Actor, ben: Actor) -> None:
    code(two_studies, ann, "k1", "emergent:load")
    code(two_studies, ann, "k2", "emergent:burden")
    themes.rename(two_studies, ann, "emergent:load", label="Workload", gloss="Hours", base=None)
    themes.merge(two_studies, ben, "emergent:burden", "emergent:load", note="one idea")
    themes.split(two_studies, ann, WORKWELL, "emergent:load", "nights", [("k2", ann.person)], note="nights differ")
    with two_studies.read() as connection:
        told = themes.history(connection, "emergent:load")
    assert [(one.act, one.name, one.other, one.note) for one in told] == [
        ("named", "Ann", None, None),
        ("received", "Ben", "emergent:burden", "one idea"),
        ("split", "Ann", "emergent:nights", "nights differ"),
    ]
    assert told[2].codings == (("k2", ann.person),)
    assert [one.at for one in told] == sorted(one.at for one in told)


def test_two_who_rename_one_theme_at_once_do_not_overwrite_each_other(
    two_studies: Store, ann: Actor, ben: Actor
) -> None:
    key = themes.make(two_studies, ann, "Load")
    with two_studies.read() as connection:
        seen = coding_rows.themes(connection)[0]["event"]
    themes.rename(two_studies, ben, key, label="Workload", gloss=None, base=seen)
    with pytest.raises(DecisionError, match="changed by Ben meanwhile: “Workload”"):
        themes.rename(two_studies, ann, key, label="Burden", gloss=None, base=seen)


def test_names_of_themes_are_one_short_line_and_one_spelling_each(two_studies: Store, ann: Actor) -> None:
    key = themes.make(two_studies, ann, "  Family\x00\r\n leave\u2028and <b>care</b> ")
    assert key == "emergent:Family leave and <b>care</b>"
    with pytest.raises(DecisionError, match="already"):
        themes.make(two_studies, ann, "family LEAVE and <B>care</B>")
    with pytest.raises(DecisionError, match="more than 200"):
        themes.make(two_studies, ann, "x" * 201)
    with pytest.raises(DecisionError, match="has no name of a theme"):
        themes.make(two_studies, ann, " \x07 ")


def test_people_who_worked_apart_may_make_a_ring_and_it_ends_in_the_living_theme() -> None:
    assert in_ring({"y": "z", "z": "x"}, {("k", "p", "x"): "y"}) == ["x", "x", "x"]
    assert in_ring({"x": "y", "y": "x"}, {}) == ["x", "x", "z"]
