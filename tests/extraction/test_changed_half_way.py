"""A form that is changed while studies are extracted and settled: what stands, what is open again, what is listed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from two_extractors import STUDY, Pair, protocol

from extraction import answers, comparison, fillings, final, library, revisiting, rows, settling, versions
from extraction.comparison import Compared
from extraction.settling import Ruling
from review.errors import DecisionError
from review.forms import Final, Form
from review.store import Store

AIM = 'id = "aim", label = "Aim"'
N = 'id = "n", label = "Participants", type = "number"'
KIND = 'id = "kind", label = "Kind", type = "single", options = { a = "A", b = "B", c = "C" }'
Use = Callable[..., Form]


@pytest.fixture
def pair(filled: Store, include: Any) -> Pair:
    """Give two extractors of included studies."""
    pair = Pair(filled, protocol())
    include(filled, pair.person("Ann"), [1, 2])
    return pair


@pytest.fixture
def use(pair: Pair, tmp_path: Path) -> Use:
    """Give the function that takes a form with some fields into use."""

    def taken(version: str, *fields: str) -> Form:
        head = f'name = "small"\nversion = "{version}"\nlabel = "Small"\nsource = "made up for tests"\n'
        lines = "".join(f"  {{ {field} }},\n" for field in fields)
        (tmp_path / "small.toml").write_text(f'{head}\n[[sections]]\ntitle = "All"\nfields = [\n{lines}]\n', "utf-8")
        versions.adopt(pair.store, pair.person("Ann"), "form", "small.toml", tmp_path)
        return library.form("small.toml", tmp_path)

    return taken


def counts(pair: Pair, form: Form) -> dict[str, Final]:
    with pair.store.read() as connection:
        return {field: one for (_, field), one in final.answers(connection, pair.protocol, form).items()}


def warnings(pair: Pair, form: Form) -> tuple[str, ...]:
    with pair.store.read() as connection:
        return final.extracted(connection, pair.protocol, form, None, ()).warnings


def sides(pair: Pair, form: Form) -> dict[str, Compared]:
    with pair.store.read() as connection:
        found = comparison.compare(connection, pair.protocol, form, STUDY)
    return {one.field: one for one in found.fields}


def settle(pair: Pair, form: Form, field: str, take: Any, value: object = None) -> None:
    one = sides(pair, form)[field]
    base = one.settled.event if one.settled else None
    ruling = Ruling(field, take, one.events, base, note="as we said", value=value)
    settling.settle(pair.store, pair.person("Ann"), pair.protocol, form, STUDY, [ruling])


def differing(pair: Pair, form: Form) -> None:
    pair.answer("Ann", form, aim="To see", kind="a", n=0)
    pair.answer("Ben", form, aim="To look", kind="b", n=0)
    pair.done("Ann", "Ben", subject=form)
    settle(pair, form, "aim", "left")
    settle(pair, form, "kind", "new", "c")


def test_new_guidance_lists_a_settled_field_and_leaves_it_settled(pair: Pair, use: Use) -> None:
    differing(pair, use("1", AIM, KIND, N))
    form = use("2", f'{AIM}, guidance = "In one sentence."', KIND, N)
    assert (counts(pair, form)["aim"].value, warnings(pair, form)) == ("To see", ())
    with pair.store.read() as connection:
        listed = revisiting.revisits(connection, form)
    assert [field for field, _ in listed[STUDY]] == ["aim"]
    pair.answer("Ann", form, aim="To see")  # though she is done: "It is still right"
    assert counts(pair, form)["aim"].value == "To see"
    with pair.store.read() as connection:
        assert revisiting.revisits(connection, form, pair.person("Ann").person) == {}
    pair.answer("Ben", form, aim="To see what comes of it")  # that is another answer
    found = sides(pair, form)["aim"]
    assert (found.state, found.settled is not None and found.settled.stale) == ("open", True)
    assert counts(pair, form)["aim"].value is None


def test_what_was_settled_is_open_again_when_the_form_has_its_option_no_more(pair: Pair, use: Use) -> None:
    differing(pair, use("1", AIM, KIND, N))
    form = use("2", AIM, KIND.replace(', c = "C"', ""), N)
    assert sides(pair, form)["kind"].state == "open"  # neither side chose it: nobody has to answer again
    assert counts(pair, form)["kind"].value is None
    settle(pair, form, "kind", "right")
    assert (counts(pair, form)["kind"].value, counts(pair, form)["kind"].method) == ("b", "discussion")


def test_a_field_that_the_form_has_no_more_is_told_and_nobodys_new_field_can_be_settled(pair: Pair, use: Use) -> None:
    differing(pair, use("1", AIM, KIND, N))
    form = use("2", AIM, KIND, N.replace('"n"', '"size"'))
    assert any("has no field 'n' any more" in one for one in warnings(pair, form))
    with pytest.raises(DecisionError, match="are done"):
        pair.answer("Ann", form, size=12)
    settle(pair, form, "size", "new", "0")
    assert (counts(pair, form)["size"].value, counts(pair, form)["size"].text) == (0, "0")
    with pytest.raises(DecisionError, match="has no field 'n'"):
        settling.withdraw(pair.store, pair.person("Ann"), pair.protocol, form, STUDY, "n", "x")


def test_an_answer_of_another_type_that_one_person_gave_is_warned_of(pair: Pair, use: Use) -> None:
    alone = Pair(pair.store, protocol("single"))
    alone.answer("Ann", use("1", AIM, N.replace(', type = "number"', "")), n="about fifty")
    form = use("2", AIM, N)
    (warning,) = warnings(alone, form)
    assert warning.startswith(f"study {STUDY} was extracted before the form changed: 'n': it was a text")


def test_what_somebody_wrote_who_left_is_not_counted_among_what_is_seen(pair: Pair, use: Use) -> None:
    form, sheet = use("1", AIM, KIND, N), "form:small"
    pair.answer("Ann", form, aim="To see", kind="a")
    pair.answer("Ben", form, aim="To look")
    fillings.leave(pair.store, pair.person("Ann"), pair.protocol, sheet, STUDY, "1")
    pair.answer("Cy", form, aim="To look")
    pair.done("Ben", "Cy", subject=form)
    with pair.store.read() as connection:
        given = rows.answers(connection, "small")
        seen = fillings.seen(connection, pair.protocol, sheet, given)
        own = fillings.seen(connection, pair.protocol, sheet, given, pair.person("Ann").person)
    assert [row["value"] for row in seen] == ["To look", "To look"]
    assert {row["value"] for row in own} == {"To see", "a", "To look"}


def test_three_who_differ_where_one_does_it_are_told_that_one_has_to_leave(pair: Pair, use: Use) -> None:
    form, alone = use("1", AIM, KIND, N), Pair(pair.store, protocol("single"))
    for name, n in (("Ann", 0), ("Ben", 0), ("Cy", 1)):
        alone.answer(name, form, n=n)
    with pytest.raises(DecisionError) as caught:
        sides(alone, form)
    assert caught.value.hint == "3 people have done it, and two can be compared: the others leave it"
    fillings.leave(pair.store, pair.person("Cy"), alone.protocol, "form:small", STUDY, "1")
    assert (sides(alone, form)["n"].state, counts(alone, form)["n"].value) == ("agreed", 0)


def test_progress_is_counted_by_what_was_settled_and_not_by_who_wrote_last(pair: Pair, use: Use) -> None:
    form = use("1", KIND, 'id = "why", label = "Why", when = { kind = "a" }')
    pair.answer("Ann", form, kind="a")
    pair.answer("Ben", form, kind="b")
    pair.done("Ann", "Ben", subject=form)
    settle(pair, form, "kind", "left")
    with pair.store.read() as connection:
        (found,) = comparison.comparisons(connection, pair.protocol, form)
    (far,) = answers.progress(form, (STUDY,), comparison.counting(found))
    assert (far.answered, far.fields) == (1, 2)  # of kind a the form asks why, and nobody said it
