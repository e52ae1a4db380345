"""Whatever two extractors, a third and a change of the form do, in any order: nothing is lost, made up, seen early."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from two_extractors import protocol

from extraction import answers, comparison, fillings, final, library, rows, settling, versions
from extraction.answers import Answer
from extraction.settling import Ruling
from review.errors import DecisionError, RoleError
from review.forms import Final, Form
from review.store import Actor, Store
from review.store.events import enrol, read_events

FIELDS = ("aim", "n")
TEXT = """
name = "{name}"
version = "{version}"
label = "Two fields"
source = "made up for tests"

[[sections]]
title = "All"

[[sections.fields]]
id = "aim"
label = "Aim"

[[sections.fields]]
id = "n"
label = "Participants"
type = "number"
unit = "{unit}"
"""
PEOPLE = ("Ann", "Ben", "Cy", "Dee")
VALUES = st.integers(1, 3)
ACTS = st.one_of(
    st.tuples(st.just("answer"), st.sampled_from(PEOPLE[:3]), st.sampled_from(FIELDS), VALUES),
    st.tuples(st.just("answer"), st.sampled_from(PEOPLE[:2]), st.sampled_from(FIELDS), VALUES),
    st.tuples(st.sampled_from(("done", "done", "reopen", "leave")), st.sampled_from(PEOPLE[:3])),
    st.tuples(
        st.just("settle"), st.sampled_from(PEOPLE), st.sampled_from(FIELDS), st.sampled_from(("left", "right", "new"))
    ),
    st.tuples(st.just("change")),
)
NUMBERS = itertools.count()
BOTH = [("answer", "Ann", "n", 1), ("answer", "Ben", "n", 2), ("done", "Ann"), ("done", "Ben")]


@dataclass
class World:
    """What happened to one study under a form of its own, as the store took it."""

    store: Store
    folder: Path
    name: str
    people: dict[str, Actor]
    said: dict[tuple[str, str], tuple[Any, str]] = field(default_factory=dict)  # (person, field) -> value, version
    done: dict[str, bool] = field(default_factory=dict)  # whoever has a place
    ruled: dict[str, set[Any]] = field(default_factory=lambda: {one: set() for one in FIELDS})
    accepted: int = 0
    version: str = "1"

    rules = protocol()

    def adopt(self) -> Form:
        unit = "people" if self.version == "1" else "doctors"
        text = TEXT.format(name=self.name, version=self.version, unit=unit)
        (self.folder / f"{self.name}.toml").write_text(text, "utf-8")
        versions.adopt(self.store, self.people["Ann"], "form", f"{self.name}.toml", self.folder)
        return self.form

    @property
    def form(self) -> Form:
        return library.form(f"{self.name}.toml", self.folder)

    @property
    def both(self) -> bool:
        return len(self.done) == 2 and all(self.done.values())

    @property
    def again(self) -> bool:
        """Somebody who is done answered the field under the version before."""
        return any(self.said.get((one, "n"), ("", self.version))[1] != self.version for one in self.done)

    def act(self, what: str, *more: Any) -> None:
        with contextlib.suppress(DecisionError, RoleError):
            getattr(self, what)(*more)

    def answer(self, who: str, one: str, value: int) -> None:
        given = value if one == "n" else f"to see {value}"
        actor = self.people[who]
        answers.put(self.store, actor, self.rules, self.form, (self.name,), [Answer(self.name, one, given)])
        self.said[who, one] = given, self.version
        self.done.setdefault(who, False)
        self.accepted += 1

    def _move(self, who: str, what: str) -> None:
        move = getattr(fillings, what)
        move(self.store, self.people[who], self.rules, fillings.form_sheet(self.form), self.name, self.version)

    def finish(self, who: str) -> None:
        self._move(who, "done")
        self.done[who] = True

    def reopen(self, who: str) -> None:
        self._move(who, "reopen")
        self.done[who] = False

    def leave(self, who: str) -> None:
        self._move(who, "leave")
        del self.done[who]

    def settle(self, who: str, name: str, take: Any) -> None:
        with self.store.read() as connection:
            found = comparison.compare(connection, self.rules, self.form, self.name)
        assert self.both, "it was compared before both were done"
        one = next(each for each in found.fields if each.field == name)
        base = one.settled.event if one.settled else None
        new = 9 if name == "n" else "to see 9"
        ruling = Ruling(name, take, one.events, base, note="so", value=new)
        (made,) = settling.settle(self.store, self.people[who], self.rules, self.form, self.name, [ruling])
        assert made.payload["method"] == ("discussion" if who in self.done else "third")
        self.ruled[name].add(made.payload["value"])

    def change(self) -> None:
        self.version = "2"
        self.adopt()

    # -- what must hold

    def check(self) -> None:
        with self.store.read() as connection:
            current = rows.answers(connection, self.name)
            events = [e for e in read_events(connection, "answer") if e.payload["form"].startswith(f"{self.name}@")]
            found = {one.field: one for one in final.answers(connection, self.rules, self.form).values()}
            shown = {
                who: fillings.seen(connection, self.rules, fillings.form_sheet(self.form), current, actor.person)
                for who, actor in self.people.items()
            }
            standing = fillings.states(connection, self.rules, fillings.form_sheet(self.form), "nobody")
        names = {actor.person: who for who, actor in self.people.items()}
        assert len(events) == self.accepted
        assert {(names[r["person"]], r["field"]): (r["value"], r["version"]) for r in current} == self.said
        assert len(self.done) <= 2
        for who, some in shown.items():
            others = [row for row in some if names[row["person"]] != who]
            assert self.both or not others
            assert not (self.again and any(row["field"] == "n" for row in others))
        if self.done:
            assert standing[self.name].hidden == (not self.both)
            assert standing[self.name].others == (tuple(sorted(self.done)) if self.both else ())
        for one in found.values():
            self.counts(one)

    def counts(self, one: Final) -> None:
        sides = [self.said.get((who, one.field), (None, ""))[0] for who in self.done]
        if not self.both or (one.field == "n" and self.again):
            assert (one.method, one.value, one.quote, one.text) == ("open", None, None, None)
        elif one.method == "agreed":
            assert sides == [one.value, one.value]
        elif one.method == "open":
            assert one.value is None and (sides[0] != sides[1] or self.ruled[one.field])
        else:
            assert one.method in ("discussion", "third") and one.value in self.ruled[one.field]


def ran(store: Store, folder: Path, acts: list[tuple[Any, ...]]) -> Iterator[World]:
    with store.write() as connection:
        people = {name: Actor(enrol(store, connection, name), "0" * 64) for name in PEOPLE}
    world = World(store, folder, f"study{next(NUMBERS)}", people)
    world.adopt()
    for what, *more in acts:
        world.act("finish" if what == "done" else what, *more)
        yield world


SHARED = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@SHARED
@given(
    acts=st.tuples(st.sampled_from(([], BOTH)), st.lists(ACTS, min_size=4, max_size=12)).map(lambda t: [*t[0], *t[1]])
)
def test_any_history_keeps_all_answers_and_the_blind(
    any_filled: Store, tmp_path: Path, acts: list[tuple[Any, ...]]
) -> None:
    for world in ran(any_filled, tmp_path, acts):
        world.check()


@pytest.mark.parametrize("take", ["left", "right", "new"])
def test_a_settled_field_that_changes_is_answered_again_by_both_before_it_is_seen(
    any_filled: Store, tmp_path: Path, take: str
) -> None:
    acts = [*BOTH, ("settle", "Cy", "n", take), ("change",), ("answer", "Ann", "n", 3), ("answer", "Ann", "aim", 1)]
    world = list(ran(any_filled, tmp_path, acts))[-1]
    assert world.said[("Ann", "n")] == (3, "2") and ("Ann", "aim") not in world.said  # only what has changed is open
    world.check()
    with any_filled.read() as connection:
        (aim, n) = comparison.compare(connection, world.rules, world.form, world.name).fields
    assert (n.state, n.left, n.right) == ("again", None, None) and aim.state == "empty"
    world.act("answer", "Ann", "n", 2)  # Ben has not answered yet, so she may mend a slip
    world.act("answer", "Cy", "n", 2)
    world.act("answer", "Ben", "n", 1)
    world.act("answer", "Ben", "n", 2)
    assert (world.said["Ann", "n"][0], world.said["Ben", "n"][0]) == (2, 1) and "Cy" not in world.done
    world.check()
    with any_filled.read() as connection:
        (_, n) = comparison.compare(connection, world.rules, world.form, world.name).fields
    assert n.state == "open" and n.settled is not None and n.settled.stale
