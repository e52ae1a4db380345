"""What two say side by side, what is settled and how, when it is open again; and what counts for the reports."""

from __future__ import annotations

from typing import Any

import pytest
from two_extractors import FORM, LIST, STUDY, Pair, protocol

from extraction import agreeing, comparison, fillings, final, settling
from extraction.answers import Answer
from extraction.settling import Ruling
from review.errors import DecisionError, RoleError
from review.forms import Field, Final, Form, Option, Section
from review.protocol.model import By
from review.store import Store, append
from review.store.verify import verify


@pytest.fixture
def pair(any_filled: Store) -> Pair:
    return Pair(any_filled, protocol())


def counts(pair: Pair, form: Form = FORM) -> dict[str, Final]:
    with pair.store.read() as connection:
        verify(connection)
        return {field: one for (_, field), one in final.answers(connection, pair.protocol, form).items()}


def both(pair: Pair) -> None:
    pair.answer("Ann", aim=Answer(STUDY, "aim", "To see"), design="mixed", n=49, location="GB; US")
    pair.answer("Ben", aim=Answer(STUDY, "aim", "To see", quote="We saw", place="2"), design="qualitative", n=49,
                location="US; GB", why="Both kinds")  # fmt: skip
    pair.done("Ann", "Ben")


def test_nothing_is_compared_or_counted_before_both_are_done(pair: Pair, include: Any) -> None:
    pair.answer("Ann", n=49)
    pair.done("Ann")
    pair.answer("Ben", n=50)
    with pytest.raises(DecisionError, match="cannot be compared yet"):
        pair.sides()
    found = counts(pair)
    assert {one.method for one in found.values()} == {"open"} and set(found) == set(comparison.ids(FORM))
    assert {(one.value, one.quote, one.text) for one in found.values()} == {(None, None, None)}
    with pair.store.read() as connection:
        assert final.extracted(connection, pair.protocol, FORM, None, ()).warnings == ()  # it is not included
    include(pair.store, pair.person("Ann"), [1])
    with pair.store.read() as connection:
        (warning,) = final.extracted(connection, pair.protocol, FORM, None, ()).warnings
    assert warning == (
        f"study {STUDY}: 'aim', 'design', 'location', 'n', 'why' of small are not settled, and not shown:"
        f" review extract compare {STUDY}"
    )


def test_what_both_say_is_agreed_and_the_rest_is_settled_with_its_answers_named(pair: Pair) -> None:
    both(pair)
    assert pair.states() == {"aim": "agreed", "design": "open", "location": "agreed", "n": "agreed", "why": "waits"}
    found = counts(pair)
    assert (found["n"].value, found["n"].method, found["design"].method) == (49, "agreed", "open")
    assert found["aim"].quote == "We saw"
    assert "why" not in found
    pair.settle("Ben", "design", "left", note="It has interviews too")
    assert pair.states()["why"] == "open"  # it applies now, and Ann did not answer it
    pair.settle("Cy", "why", "right")
    found = counts(pair)
    assert [(f, found[f].value, found[f].method) for f in ("design", "why")] == [
        ("design", "mixed", "discussion"), ("why", "Both kinds", "third"),
    ]  # fmt: skip
    settled = pair.sides()["design"].settled
    assert settled is not None and (settled.name, settled.note) == ("Ben", "It has interviews too")
    assert settled.acts_on == pair.sides()["design"].events and len(settled.acts_on) == 2


def test_a_value_of_neither_side_needs_a_reason_and_is_checked(pair: Pair) -> None:
    both(pair)
    with pytest.raises(DecisionError, match="say why it is neither side's"):
        pair.settle("Ann", "n", "new", value=50)
    with pytest.raises(DecisionError, match="'many' is not a number"):
        pair.settle("Ann", "n", "new", value="many", note="Table 2")
    pair.settle("Ann", "n", "new", value="50", quote="fifty", place="3", note="Table 2")
    assert (counts(pair)["n"].value, counts(pair)["n"].quote, counts(pair)["n"].text) == (50, "fifty", "50 people")
    with pytest.raises(DecisionError, match="there is no answer on that side"):
        pair.settle("Ann", "design", "left")
        pair.settle("Ann", "why", "left")


def test_only_the_two_and_who_may_resolve_settle(pair: Pair) -> None:
    both(pair)
    with pytest.raises(RoleError, match="Dee"):
        pair.settle("Dee", "design", "left")
    pair.settle("Cy", "design", "left")
    assert counts(pair)["design"].method == "third"


def test_what_somebody_else_settled_meanwhile_is_not_overwritten(pair: Pair) -> None:
    both(pair)
    first = pair.settle("Ann", "design", "left")
    for base in (None, "somewhere"):
        with pytest.raises(DecisionError, match=r"by Ann meanwhile: Mixed methods"):
            pair.settle("Ben", "design", "right", base=base)
    with pytest.raises(DecisionError, match="an answer has changed since you looked"):
        pair.settle("Ben", "design", "right", acts_on=frozenset({"other"}))
    with pair.store.read() as connection:
        verify(connection)
    settling.withdraw(pair.store, pair.person("Ben"), pair.protocol, FORM, STUDY, "design", first.id)
    assert (pair.states()["design"], pair.sides()["design"].settled) == ("open", None)


def test_where_one_fills_in_another_checks_every_field(any_filled: Store) -> None:
    pair = Pair(any_filled, protocol("checked"))
    pair.answer("Ann", aim="To see", n=49)
    assert {one.method for one in counts(pair).values()} == {"open"}
    pair.done("Ann")
    assert pair.states()["n"] == "open"
    with pytest.raises(DecisionError, match="you filled in maker2001 yourself"):
        pair.settle("Ann", "n", "left")
    pair.settle("Ben", "n", "new", value=50, note="Table 2")
    with pytest.raises(DecisionError, match="not checked yet: 1"):
        pair.done("Ben")
    assert (counts(pair)["n"].value, counts(pair)["aim"].method) == (50, "open")
    fillings.reopen(pair.store, pair.person("Ann"), pair.protocol, "form:small", STUDY, "1")
    pair.answer("Ann", n=51)
    pair.done("Ann")
    stale = pair.sides()["n"]
    assert (stale.state, stale.settled is not None and stale.settled.stale) == ("open", True)
    pair.settle("Ben", "n", "left")
    pair.settle("Ben", "aim", "left")
    pair.done("Ben")
    assert {(f, one.value, one.method) for f, one in counts(pair).items()} == {
        ("aim", "To see", "checked"), ("n", 51, "checked"),
    }  # fmt: skip
    with pytest.raises(DecisionError, match="your check of maker2001 is done"):
        pair.settle("Ben", "n", "left")


def test_judgements_are_settled_like_answers_the_overall_one_too(pair: Pair) -> None:
    pair.judge("Ann", i1="yes", i2="no", overall="low")
    pair.judge("Ben", i1="yes", i2="yes", overall="high")
    pair.done("Ann", "Ben", subject=LIST)
    assert pair.states(LIST) == {"1": "agreed", "2": "open", "overall": "open"}
    pair.settle("Ann", "2", "right", LIST)
    pair.settle("Cy", "overall", "new", LIST, value="high", reason="Both are sure", note="Nobody blinded")
    with pytest.raises(DecisionError, match="maybe"):
        pair.settle("Cy", "1", "new", LIST, value="maybe", note="so")
    with pair.store.read() as connection:
        found = final.judgements(connection, pair.protocol, [LIST], {})
    assert {item: (one.value, one.method) for (_, _, item), one in found.items()} == {
        "1": ("yes", "agreed"), "2": ("yes", "discussion"), "overall": ("high", "third"),
    }  # fmt: skip
    assert found[STUDY, "list", "overall"].reason == "Both are sure"


@pytest.mark.parametrize(("by", "shown"), [("single", True), ("double", False)])
def test_where_one_person_does_it_two_who_did_are_open_only_where_they_differ(
    any_filled: Store, by: By, shown: bool
) -> None:
    pair = Pair(any_filled, protocol(by))
    pair.answer("Ann", aim="To see", n=49)
    pair.answer("Ben", n=50, location="GB")
    found = counts(pair)
    assert (found["aim"].method, found["location"].method) == (("single", "single") if shown else ("open", "open"))
    assert (found["n"].method, found["n"].value) == ("open", None)


def test_agreement_is_of_what_each_wrote_before_it_was_settled(pair: Pair, include: Any) -> None:
    include(pair.store, pair.person("Ann"), [1])
    both(pair)
    pair.settle("Ben", "design", "left")
    with pair.store.read() as connection:
        report = agreeing.agreement(connection, pair.protocol, FORM)
        single = agreeing.agreement(connection, protocol("single"), FORM)
    rows = {one.field: (one.n, one.agreed, one.kappa, one.ac1) for one in report.fields}
    assert rows["design"][:2] == (1, 0) and rows["design"][3] == -1.0  # AC1: (0 - 0.5) / (1 - 0.5)
    assert rows["aim"] == (1, 1, None, None) and rows["why"] == (1, 0, None, None)
    assert (report.studies, report.overall.n, report.overall.agreed) == (1, 5, 3)
    assert (single.studies, single.fields) == (0, ())
    vote = {"report": 1, "stage": "full-text", "verdict": "exclude", "reasons": ["not_medics"], "note": None}
    append(pair.store, pair.person("Ann"), "decision", vote)
    with pair.store.read() as connection:
        excluded = agreeing.agreement(connection, pair.protocol, FORM)
    assert (excluded.studies, excluded.overall.n) == (0, 0)  # what is no included study any more is not counted


def test_nobody_settles_what_is_not_there(pair: Pair) -> None:
    both(pair)
    with pytest.raises(DecisionError, match="no field 'size'"):
        ruling = Ruling("size", "left", frozenset())
        settling.settle(pair.store, pair.person("Ann"), pair.protocol, FORM, STUDY, [ruling])
    with pytest.raises(DecisionError, match="does not apply"):
        pair.settle("Ann", "why", "right")


def test_three_of_two_copies_that_were_brought_together_are_not_compared_before_one_leaves(pair: Pair) -> None:
    both(pair)
    cy = pair.person("Cy")
    said = {"study": STUDY, "sheet": "form:small", "role": "extractor", "state": "done", "version": "1"}
    append(pair.store, cy, "filling", said)
    with pytest.raises(DecisionError, match="cannot be compared yet") as caught:
        pair.sides()
    assert "3 people have done it" in str(caught.value.hint)
    assert {one.method for one in counts(pair).values()} == {"open"}
    fillings.leave(pair.store, cy, pair.protocol, "form:small", STUDY, "1")
    assert counts(pair)["n"].value == 49


def test_codes_in_another_order_are_the_same_answer_for_kappa_too(pair: Pair, include: Any) -> None:
    include(pair.store, pair.person("Ann"), [1])
    options = tuple(Option(code, code) for code in ("mentors", "mentees", "peers"))
    form = Form(
        "small", "1", "Small", "made up", (Section("All", (Field("who", "Who", "multiple", options=options),)),)
    )
    pair.answer("Ann", form, who=["mentors", "mentees"])
    pair.answer("Ben", form, who=["mentors", "mentees"])
    turned = {"study": STUDY, "form": "small@1", "field": "who", "value": ["mentees", "mentors"], "missing": None,
              "quote": None, "place": None, "file": None, "origin": None}  # fmt: skip
    append(pair.store, pair.person("Ben"), "answer", turned)  # as an older program wrote it
    pair.done("Ann", "Ben", subject=form)
    with pair.store.read() as connection:
        (one,) = agreeing.agreement(connection, pair.protocol, form).fields
    assert (one.n, one.agreed, one.ac1) == (1, 1, 1.0)
