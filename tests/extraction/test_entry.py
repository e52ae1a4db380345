"""What stands in the controls of an entry page: every type shown and read again; types that changed."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.datastructures import FormData

from extraction import entry
from extraction.entry import Cell, Typed
from extraction.entry_pages import pairs
from extraction.values import parse
from review.errors import DecisionError
from review.forms import Field, Option

CHOICES = (Option("yes", "Yes"), Option("no", "No"))
GROUP = Field("arms", "Groups", "group", fields=(
    Field("name", "Name"), Field("size", "Size", "number"), Field("roles", "Roles", "multiple", options=CHOICES),
))  # fmt: skip
TABLE = Field("outcomes", "Outcomes", "table", fields=GROUP.fields[:2],
              rows=(Option("burnout", "Burnout"), Option("health", "Health")))  # fmt: skip
VALUES: list[tuple[Field, Any]] = [
    (Field("aim", "Aim"), "To see\nwhat helps"),
    (Field("n", "N", "number"), 12.5),
    (Field("one", "One", "single", options=CHOICES), "no"),
    (Field("some", "Some", "multiple", options=CHOICES), ["yes", "no"]),
    (Field("until", "Until", "date"), "2014-05"),
    (Field("where", "Where", "country"), ["GB", "NO"]),
    (Field("survey", "Survey", "counts"), [{"label": "Agree", "score": 4, "n": 12},
                                           {"label": "Neutral", "score": None, "n": None}]),
    (GROUP, [{"name": "Mentors", "size": {"missing": "not_reported"}, "roles": ["yes", "no"]}, {"name": "Others"}]),
    (TABLE, [{"row": "health", "size": 3}]),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), VALUES, ids=lambda one: one.type if isinstance(one, Field) else "")
def test_what_the_controls_show_is_read_as_the_same_value(field: Field, value: Any) -> None:
    shown = entry.of_value(field, value)
    sent = FormData([*pairs(field, shown), ("v:aimless", "of another field")])
    typed = entry.of_form(field, sent)
    assert parse(field, entry.raw(field, typed)) == value
    assert entry.same(typed, shown)
    assert not entry.same(typed, Typed())


def test_a_value_of_another_type_than_the_field_has_now_is_not_shown_and_breaks_nothing() -> None:
    for field, _ in VALUES:
        for _, value in VALUES:
            entry.of_value(field, value)
    assert entry.of_value(GROUP, "three arms") == Typed()
    assert entry.of_value(Field("n", "N", "number"), ["GB"]) == Typed()


def test_a_cell_is_a_value_or_a_reason_and_a_count_needs_its_number() -> None:
    both = Typed(rows={"1": {"size": Cell(("3",), "unclear")}})
    with pytest.raises(DecisionError, match="Size: both a value and why there is none"):
        entry.raw(GROUP, both)
    with pytest.raises(DecisionError, match="Agree: how many is not said"):
        entry.raw(VALUES[6][0], Typed(rows={"1": {"label": Cell(("Agree",)), "n": Cell(("",))}}))


def test_rows_keep_the_order_in_which_they_were_sent() -> None:
    sent = FormData([("v:arms:7:name", "first"), ("v:arms:2:name", "second"), ("m:arms:2:size", "unclear")])
    found = entry.raw(GROUP, entry.of_form(GROUP, sent))
    assert found == [{"name": "first"}, {"name": "second", "size": {"missing": "unclear"}}]
