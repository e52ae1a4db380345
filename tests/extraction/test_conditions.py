"""Which fields apply: conditions of fields and of sections, along a chain, and what is wrong with them."""

from __future__ import annotations

from extraction import conditions
from review.forms import Field, Form, Option, Section, When

YES_NO = (Option("yes", "Yes"), Option("no", "No"))
KINDS = (Option("research", "Research"), Option("letter", "Letter"), Option("other", "Other"))


def form(*sections: Section) -> Form:
    return Form("f", "1", "F", "made up", sections)


CHAIN = form(
    Section("Always", (Field("kind", "Kind", "single", options=KINDS), Field("aim", "Aim"))),
    Section(
        "Research",
        (
            Field("tools", "Tools", "multiple", options=YES_NO),
            Field("deep", "Deep", when=When("tools", ("yes",))),
        ),
        When("kind", ("research", "other")),
    ),
)


def test_what_is_asked_follows_the_answers() -> None:
    always = {"kind", "aim"}
    assert conditions.asked(CHAIN, {}) == always
    assert conditions.asked(CHAIN, {"kind": "letter", "tools": ["yes"]}) == always  # its condition is not asked itself
    assert conditions.asked(CHAIN, {"kind": "other", "tools": ["no"]}) == always | {"tools"}
    assert conditions.asked(CHAIN, {"kind": "research", "tools": ["no", "yes"]}) == always | {"tools", "deep"}
    assert conditions.asked(CHAIN, {"kind": None, "tools": ["yes"]}) == always  # a missing code is no value


def test_a_condition_in_words() -> None:
    assert conditions.words(CHAIN, When("kind", ("research", "other"))) == "when Kind is Research or Other"
    assert conditions.words(CHAIN, When("tools", ("yes",))) == "when Tools has Yes"


def test_what_cannot_work_is_named_where_it_stands() -> None:
    faulty = form(
        Section(
            "One",
            (
                Field("kind", "Kind", "single", options=KINDS),
                Field("n", "N", "number"),
                Field("a", "A", when=When("kinds", ("research",))),
                Field("b", "B", when=When("kind", ("reserch",))),
                Field("c", "C", when=When("n", ("1",))),
            ),
        ),
        Section("Two", (Field("d", "D", "single", options=YES_NO),), When("e", ("yes",))),
        Section("Three", (Field("e", "E", "single", options=YES_NO, when=When("d", ("yes",))),)),
    )
    assert [str(fault) for fault in conditions.faults(faulty)] == [
        "sections[1].fields[3].when: 'a' waits for 'kinds', which is no field (did you mean 'kind'?)",
        "sections[1].fields[4].when: 'reserch' is no option of 'kind' (did you mean 'research'?)",
        "sections[1].fields[5].when: 'c' waits for 'n', which is number (name a field with options)",
        "sections[2].fields[1]: conditions go round in a ring: 'd' for 'e' for 'd' (take one of them out)",
    ]
    assert conditions.asked(faulty, {"d": "yes", "e": "yes"}) == {"kind", "n"}  # and a ring does not hang


def test_a_section_that_waits_for_one_of_its_own_fields_is_a_ring() -> None:
    own = form(Section("One", (Field("a", "A", "single", options=YES_NO),), When("a", ("yes",))))
    assert ["'a' for 'a'" in fault.what for fault in conditions.faults(own)] == [True]
