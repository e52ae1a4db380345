"""Filled tables of a form: what they change is shown first, all or nothing; nothing is lost by what is not there."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime

import pytest
from openpyxl import load_workbook

from extraction import answers, rows
from extraction.answers import Answer
from extraction.tabular import form_sheets, plans
from extraction.tabular.exchange import write_csv
from extraction.tabular.plans import Plan
from extraction.tabular.workbooks import write_xlsx
from review.errors import DecisionError
from review.forms import Form
from review.protocol import Protocol
from review.store import Actor, Store
from review.store.events import read_events

KEYS = ("maker2001", "maker2002")
PROTOCOL = Protocol("Mentoring", "What is known?", "0" * 64, "")
HEADER = "study,field,value,missing,quote,place,clear\n"


@pytest.fixture
def begun(two_studies: Store, ann: Actor, form: Form) -> Store:
    """Give a store where Ann has answered three fields of one study."""
    given = [
        Answer("maker2001", "aim", "To see", quote="We aimed", place="3-5"),
        Answer("maker2001", "roles", "mentors; mentees"),
        Answer("maker2001", "n", 49),
    ]
    answers.put(two_studies, ann, PROTOCOL, form, KEYS, given)
    return two_studies


def mine(store: Store, form: Form, actor: Actor) -> list[dict[str, object]]:
    with store.read() as connection:
        return rows.answers(connection, form.name, actor.person)


def plan(store: Store, form: Form, actor: Actor, data: bytes) -> Plan:
    return form_sheets.answers_plan(form, KEYS, mine(store, form, actor), data)


def save(store: Store, form: Form, actor: Actor, result: Plan) -> int:
    return plans.carry_out(
        store,
        actor,
        result,
        lambda connection, entries: answers.guard(store, connection, actor, PROTOCOL, form, entries),
        lambda connection: rows.answers(connection, form.name, actor.person),
    )


def changes(result: Plan) -> list[tuple[str, str, str]]:
    return [(change.kind, change.what, change.text) for change in result.changes]


def events(store: Store) -> int:
    with store.read() as connection:
        return len(list(read_events(connection, "answer")))


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_a_form_written_and_read_back_changes_nothing(
    begun: Store, form: Form, ann: Actor, write: Callable[..., bytes]
) -> None:
    table = form_sheets.answers_table(form, KEYS, mine(begun, form, ann))
    assert len(table.rows) == 12
    result = plan(begun, form, ann, write(table))
    assert (result.changes, result.faults, result.same, result.empty, result.notes) == ((), (), 3, 9, ())


def test_what_a_filled_form_changes_is_shown_and_then_saved(begun: Store, form: Form, ann: Actor) -> None:
    text = HEADER + (
        "maker2001,n,94,,,p. 3,\n"
        "maker2001,aim,,,,,yes\n"
        "maker2002,design,Mixed methods,,,,\n"
        "maker2002,n,,not_reported,,,\n"
        "maker2002,aim,,,,,\n"
    )
    result = plan(begun, form, ann, text.encode())
    assert changes(result) == [
        ("changed", "maker2001, n", "value: 49 → 94; place: nothing → p. 3"),
        ("cleared", "maker2001, aim", "taken back"),
        ("new", "maker2002, design", "value: mixed"),
        ("new", "maker2002, n", "missing: not_reported"),
    ]
    assert [change.line for change in result.changes] == [2, 3, 4, 5]
    assert (result.empty, events(begun)) == (1, 3)
    assert save(begun, form, ann, result) == 4
    kept = {(r["study"], r["field"]): r["value"] for r in mine(begun, form, ann)}
    assert kept == {
        ("maker2001", "roles"): ["mentors", "mentees"],
        ("maker2001", "n"): 94,
        ("maker2002", "design"): "mixed",
        ("maker2002", "n"): None,
    }


def test_rows_that_were_deleted_or_emptied_change_nothing(begun: Store, form: Form, ann: Actor) -> None:
    result = plan(begun, form, ann, (HEADER + "maker2001,aim,,,,,\n").encode())
    assert (result.changes, result.faults) == ((), ())
    assert save(begun, form, ann, result) == 0
    assert len(mine(begun, form, ann)) == 3


def test_one_fault_in_a_table_and_nothing_is_saved_and_all_are_told(begun: Store, form: Form, ann: Actor) -> None:
    text = HEADER + (
        "maker2001,n,94,,,,\n"
        "maker2009,n,94,,,,\n"
        "maker2001,m,94,,,,\n"
        "maker2001,design,both,,,,\n"
        "maker2001,n,95,,,,\n"
        ",n,95,,,,\n"
        "maker2002,n,95,,,,perhaps\n"
        "maker2002,aim,,,only a quote,,\n"
    )
    result = plan(begun, form, ann, text.encode())
    assert [fault.where for fault in result.faults] == [f"row {n}" for n in (3, 4, 5, 6, 7, 8, 9)]
    assert "is about the same as row 2" in result.faults[3].what
    with pytest.raises(DecisionError) as caught:
        save(begun, form, ann, result)
    assert "row 5: maker2001, design: 'both' is not one of: qualitative, mixed" in caught.value.message
    assert "row 7: the row has no study" in caught.value.message
    assert events(begun) == 3


def test_dates_and_numbers_that_a_spreadsheet_made_are_told_in_words(begun: Store, form: Form, ann: Actor) -> None:
    book = load_workbook(io.BytesIO(write_xlsx(form_sheets.answers_table(form, KEYS, mine(begun, form, ann)))))
    sheet = book["answers"]
    at = {(sheet.cell(n, 1).value, sheet.cell(n, 2).value): n for n in range(2, sheet.max_row + 1)}
    columns = {sheet.cell(1, n).value: n for n in range(1, sheet.max_column + 1)}
    aim, until = at["maker2001", "aim"], at["maker2001", "until"]
    sheet.cell(aim, columns["place"]).value = datetime(2026, 5, 3)
    sheet.cell(until, columns["value"]).value = 41640
    sheet.cell(until, columns["value"]).number_format = "General"
    out = io.BytesIO()
    book.save(out)
    result = plan(begun, form, ann, out.getvalue())
    told = {fault.where: str(fault) for fault in result.faults}
    assert "turned this into a date (2026-05-03)" in told[f"row {aim}"]
    assert "spreadsheet's number for 2014-01-01" in told[f"row {until}"]
    assert result.changes == ()


def test_another_person_gets_an_empty_form_and_changes_nothing_of_mine(
    begun: Store, form: Form, ann: Actor, ben: Actor
) -> None:
    table = form_sheets.answers_table(form, KEYS, mine(begun, form, ben))
    assert all(cell is None for row in table.rows for cell in row[4:-1])
    result = plan(begun, form, ben, (HEADER + "maker2001,n,50,,,,\n").encode())
    assert save(begun, form, ben, result) == 1
    assert [r["value"] for r in mine(begun, form, ann) if r["field"] == "n"] == [49]


def test_hints_tell_what_a_field_takes(form: Form) -> None:
    hints = {row[1]: row[3] for row in form_sheets.answers_table(form, KEYS[:1], []).rows}
    assert hints == {
        "aim": "required · with quote and place",
        "design": "one of qualitative, mixed · required",
        "roles": "one or more of, separated by ; mentors, mentees, controls",
        "location": "ISO codes or names, separated by ;",
        "n": "number, people",
        "until": "2014, 2014-05 or 2014-05-31",
    }
