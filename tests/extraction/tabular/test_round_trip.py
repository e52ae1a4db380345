"""What goes out as a table and comes back is the same, for forms and answers of every type, as XLSX and as CSV."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from extraction.tabular.exchange import Table, write_csv
from extraction.tabular.form_sheets import answers_plan, answers_table
from extraction.tabular.workbooks import write_xlsx
from extraction.values import parse, text_of
from review.forms import COMPOUND, MISSING, Field, FieldType, Form, Option, Section

KEYS = ("maker2001", "may2001", "0123")
_PHASES = (Phase.explicit, Phase.generate)  # a form is slow to shrink
SIMPLE: tuple[FieldType, ...] = ("text", "number", "single", "multiple", "date", "country", "counts")
SLUG = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True).filter(lambda name: name not in ("row", "missing"))
TRICKY = st.sampled_from([
    "=1+1", "＝1", "'-5", "-", "'", "3-5", "007", "1e5", "12,5", "_x0041_", "a;b", 'say "x"', "a\nb", "TRUE", "#N/A",
    "http://x.example", "5-Mar", "yes",
])  # fmt: skip
TEXT = (st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30) | TRICKY).map(text_of)
WORDS = st.from_regex(r"[A-Z][a-z]{0,6}( [a-z]{1,4})?", fullmatch=True)
NUMBER = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False, width=64)
COUNT = st.fixed_dictionaries({
    "label": WORDS, "score": st.none() | st.integers(-2, 7), "n": st.none() | st.integers(0, 999),
})  # fmt: skip


@st.composite
def field_of(draw: st.DrawFn, name: str, types: tuple[FieldType, ...]) -> Field:
    type_ = draw(st.sampled_from(types))
    codes = draw(st.lists(SLUG, min_size=1, max_size=3, unique=True))
    options = tuple(Option(code, code.upper()) for code in codes)
    subs: tuple[Field, ...] = ()
    if type_ in COMPOUND:
        names = draw(st.lists(SLUG, min_size=1, max_size=3, unique=True))
        subs = tuple(draw(field_of(sub, SIMPLE)) for sub in names)
    return Field(
        name,
        draw(WORDS),
        type_,
        options=options if type_ in ("single", "multiple") else (),
        fields=subs,
        rows=options if type_ == "table" else (),
    )


def raw(draw: st.DrawFn, one: Field) -> Any:
    codes = [option.code for option in one.options]
    if one.type in COMPOUND:
        rows = one.rows or range(draw(st.integers(1, 3)))
        cells = [{sub.id: cell(draw, sub) for sub in one.fields} for _ in rows]
        return [{"row": row.code, **c} for row, c in zip(one.rows, cells, strict=True)] if one.rows else cells
    simple: dict[str, Callable[[], Any]] = {
        "text": lambda: draw(TEXT),
        "number": lambda: draw(NUMBER),
        "single": lambda: draw(st.sampled_from(codes)),
        "multiple": lambda: draw(st.lists(st.sampled_from(codes), min_size=1)),
        "date": lambda: draw(st.dates()).isoformat()[: draw(st.sampled_from((4, 7, 10)))],
        "country": lambda: draw(st.lists(st.sampled_from(["NO", "GB", "US"]), min_size=1, unique=True)),
        "counts": lambda: draw(st.lists(COUNT, min_size=1, max_size=3, unique_by=lambda row: row["label"])),
    }
    return simple[one.type]()


def cell(draw: st.DrawFn, sub: Field) -> Any:
    kind = draw(st.integers(0, 3))
    return None if kind == 0 else {"missing": draw(st.sampled_from(sorted(MISSING)))} if kind == 1 else raw(draw, sub)


@st.composite
def reviews(draw: st.DrawFn) -> tuple[Form, list[dict[str, Any]]]:
    names = draw(st.lists(SLUG, min_size=1, max_size=4, unique=True))
    fields = tuple(draw(field_of(name, (*SIMPLE, *COMPOUND))) for name in names)
    form = Form("small", "1", "Small", "made up", (Section("All", fields),))
    rows = []
    for key in KEYS:
        for one in fields:
            if draw(st.booleans()):
                value = parse(one, raw(draw, one)) if draw(st.integers(0, 4)) else None
                ends = {"quote": draw(st.none() | TEXT), "place": draw(st.none() | TEXT), "file": "f" * 64}
                missing = None if value is not None else draw(st.sampled_from(sorted(MISSING)))
                about = {"study": key, "form": "small", "version": "1", "field": one.id, "event": f"{key} {one.id}"}
                rows.append({**about, "value": value, "missing": missing, "origin": None, **ends})
    return form, rows


@pytest.mark.parametrize("write", [write_xlsx, write_csv])
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=50, phases=_PHASES)
@given(review=reviews())
def test_out_and_in_is_loss_free(write: Callable[[Table], bytes], review: tuple[Form, list[dict[str, Any]]]) -> None:
    form, rows = review
    data = write(answers_table(form, KEYS, rows))
    back = answers_plan(form, KEYS, rows, data)
    assert (back.changes, back.faults, back.same) == ((), (), len(rows))
    fresh = answers_plan(form, KEYS, [], data)
    assert fresh.faults == ()
    names = ("study", "field", "value", "missing", "quote", "place")
    said = [tuple(change.entry.payload[name] for name in names) for change in fresh.changes]
    assert sorted(map(repr, said)) == sorted(repr(tuple(row[name] for name in names)) for row in rows)
