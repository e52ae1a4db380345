"""Rounds: what is handed out to whom, as an event each, and how far their people have come.

A plan says beforehand what would be handed out, and why the other reports of the stage would not; making the round
plans anew in its own transaction. The planning itself: ``screening.round_plans``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from review.errors import DecisionError
from review.protocol import Protocol, Stage
from review.store import Actor, Entry, Store, append_many
from review.store.events import enrol
from screening import round_rows, rows
from screening.round_plans import KINDS, LEFT, Asked, Kind, Plan, make_plan

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Round:
    """A round and how far its people have come: name -> (done, total), in alphabetical order.

    ``how`` is what was asked for, with people by name. A report that was settled otherwise counts for nobody who has
    not voted on it; ``reports`` counts all that were handed out. It is complete when nobody has anything left to do.
    """

    name: str
    kind: str
    seed: int | None
    how: Mapping[str, Any]
    made_by: str
    at: str
    reports: int
    people: Mapping[str, tuple[int, int]]

    @property
    def complete(self) -> bool:
        """Whether everybody is done."""
        return all(done == total for done, total in self.people.values())


def status(connection: Connection, stage: Stage, *kinds: Kind) -> list[Round]:
    """Give the rounds of a stage, of all kinds or of some, in the order in which they were made."""
    people, kinds = rows.people(connection), kinds or tuple(KINDS)
    counted, sizes = round_rows.counts(connection, stage, *kinds), round_rows.sizes(connection, stage, *kinds)

    def progress(name: str) -> dict[str, tuple[int, int]]:
        found = {people[who]: (done, done + left) for who, (done, left) in counted.get(name, {}).items()}
        return dict(sorted(found.items()))

    return [
        Round(
            made.name, made.kind, made.seed, renamed(made.how, people), people[made.person], made.at,
            sizes.get(made.name, 0), progress(made.name),
        )
        for made in round_rows.rounds(connection, stage)
        if made.kind in kinds
    ]  # fmt: skip


def own(found: Iterable[Round], name: str) -> list[Round]:
    """Give the rounds in which a person has something, with that person's progress and nobody else's."""
    return [replace(one, people={name: one.people[name]}) for one in found if name in one.people]


def plan(
    connection: Connection, protocol: Protocol, stage: Stage, asked: Asked, *, seed: int, name: str | None = None
) -> Plan:
    """Say what would be handed out; nothing is changed.

    Raises
    ------
    DecisionError
        What was asked for contradicts itself or the protocol, a person may not vote, or the name is taken.
    """
    return make_plan(connection, protocol, stage, asked, seed=seed, name=_free(connection, stage, asked, name))


def make(
    store: Store,
    protocol: Protocol,
    actor: Actor,
    stage: Stage,
    asked: Asked,
    *,
    seed: int,
    name: str | None = None,
) -> Plan:
    """Hand out what ``plan`` says, as one event; give that plan.

    Raises
    ------
    DecisionError
        As ``plan``; or there is nothing to hand out.
    """
    with store.write() as connection:
        made = plan(connection, protocol, stage, asked, seed=seed, name=name)
        if not made.reports:
            why = "; ".join(f"{number:,} {LEFT[code]}" for code, number in made.left.items())
            raise DecisionError("there is nothing to hand out", hint=f"of the reports at this stage {why or 'none'}")
        people = sorted({*made.given, *made.has, *(member.name for member in protocol.team)})
        ids = {one: enrol(store, connection, one) for one in people}
        about = {"name": made.name, "kind": made.kind, "seed": made.seed, "how": renamed(made.how, ids)}
        add = {ids[one]: sorted({*made.given.get(one, ()), *made.has.get(one, ())}) for one in people}
        payload = {"stage": stage, "round": about, "add": {who: some for who, some in add.items() if some}}
        append_many(store, connection, actor, (Entry("assignment", payload),))
    return made


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Put ids in the place of names, or names in that of ids, wherever they stand: what is hashed holds no name."""
    if isinstance(value, Mapping):
        return {names.get(key, key): renamed(one, names) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [renamed(one, names) for one in value]
    return names.get(value, value) if isinstance(value, str) else value


def _free(connection: Connection, stage: Stage, asked: Asked, name: str | None) -> str:
    """Give the name of a round to be: the wanted one, else its kind and a number."""
    taken = {made.name for made in round_rows.rounds(connection, stage)}
    if name is None:
        label = KINDS[asked.kind]
        return next(one for one in (f"{label} {n}" for n in range(1, len(taken) + 2)) if one not in taken)
    if name in taken:
        raise DecisionError(f"there is a round '{name}' at {stage} already", hint="give this one another name")
    if not name.isprintable() or not name.strip() or len(name) > LONGEST_NAME:
        raise DecisionError(
            "this is no name for a round", hint=f"use up to {LONGEST_NAME} letters, digits and spaces, on one line"
        )
    return name
