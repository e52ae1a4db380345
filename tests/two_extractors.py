"""Two extractors, a third person, and what they do: for the tests of comparing and settling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from extraction import answers, appraisal, comparison, fillings, settling
from extraction.answers import Answer
from extraction.appraisal import Judgement
from extraction.comparison import Compared, Subject
from extraction.settling import Ruling
from review.forms import Field, Form, Instrument, Item, Option, Section, When
from review.protocol import Member, Protocol
from review.protocol.model import By, Synthesis
from review.store import Actor, Event, Store
from review.store.events import enrol

STUDY = "maker2001"
KEYS = (STUDY, "maker2002")
DESIGN = (Option("qualitative", "Qualitative"), Option("mixed", "Mixed methods"))
FORM = Form(
    "small", "1", "Small form", "made up for tests", (
        Section("All", (
            Field("aim", "Aim", quote=True),
            Field("design", "Design", "single", options=DESIGN),
            Field("location", "Location", "country"),
            Field("n", "Participants", "number", unit="people"),
            Field("why", "Why mixed", when=When("design", ("mixed",))),
        )),
    ),
)  # fmt: skip
LIST = Instrument(
    "list", "2018", "Small list", "https://example.org", "free", ("qualitative",),
    (Option("yes", "Yes"), Option("no", "No"), Option("cant_tell", "Can't tell")),
    (Item("1", "Aims are clear", "A"), Item("2", "Design fits", "A")),
    overall=(Option("low", "Low"), Option("high", "High")),
)  # fmt: skip
TEAM = (Member("Ann"), Member("Ben"), Member("Cy", ("reviewer", "adjudicator")), Member("Dee"))


def protocol(by: By = "double") -> Protocol:
    rules = Synthesis(extraction=by, appraisal=by, coding=by)
    return Protocol("Mentoring", "What is known?", "0" * 64, "", team=TEAM, synthesis=rules)


@dataclass(frozen=True, slots=True)
class Pair:
    """A store, how the work is done, and what people do in it."""

    store: Store
    protocol: Protocol

    def person(self, name: str) -> Actor:
        with self.store.write() as connection:
            return Actor(enrol(self.store, connection, name), "0" * 64)

    def answer(self, name: str, form: Form = FORM, **given: Any) -> None:
        some = [Answer(STUDY, f, v.value, v.missing, v.quote, v.place) if isinstance(v, Answer) else Answer(STUDY, f, v)
                for f, v in given.items()]  # fmt: skip
        answers.put(self.store, self.person(name), self.protocol, form, KEYS, some)

    def judge(self, name: str, **given: str) -> None:
        some = [Judgement(STUDY, item.removeprefix("i"), response) for item, response in given.items()]
        appraisal.put(self.store, self.person(name), self.protocol, LIST, KEYS, some)

    def done(self, *names: str, subject: Subject = FORM) -> None:
        for name in names:
            settling.done(self.store, self.person(name), self.protocol, subject, STUDY, "1")

    def sides(self, subject: Subject = FORM) -> dict[str, Compared]:
        with self.store.read() as connection:
            found = comparison.compare(connection, self.protocol, subject, STUDY)
        return {one.field: one for one in found.fields}

    def states(self, subject: Subject = FORM) -> dict[str, str]:
        return {field: one.state for field, one in self.sides(subject).items()}

    def settle(self, name: str, field: str, take: Any, subject: Subject = FORM, **given: Any) -> Event:
        one = self.sides(subject)[field]
        seen = {"acts_on": one.events, "base": one.settled.event if one.settled else None}
        ruling = Ruling(field, take, **{**seen, **given})
        return settling.settle(self.store, self.person(name), self.protocol, subject, STUDY, [ruling])[0]

    def standing(self, name: str, subject: Subject = FORM) -> fillings.Standing:
        with self.store.read() as connection:
            sheet = fillings.sheet_of(subject)
            return fillings.state(connection, self.protocol, sheet, STUDY, self.person(name).person)
