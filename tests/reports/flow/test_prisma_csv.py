"""The R package's CSV, both ways."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.flow.counts import BOXES, Count, Flow
from reports.flow.prisma_csv import COLUMNS, from_csv, to_csv
from review.errors import ReviewError

FLOW = Flow(
    database_results=12, register_results=0, duplicates=None, dbr_excluded=10, other_excluded=0, new_studies=3,
    databases=(Count("Ovid; all, of it", 9), Count("CINAHL", 3)),
    dbr_reasons=(Count("Wrong design, too small; pilot", 6), Count("Review", 4)),
)  # fmt: skip


def rows(flow: Flow) -> dict[str, dict[str, str]]:
    found = list(csv.DictReader(io.StringIO(to_csv(flow).decode())))
    return {row["data"] if row["data"] != "NA" else row["box"]: row for row in found}


def test_round_trip() -> None:
    assert from_csv(to_csv(FLOW)) == FLOW


def test_columns_and_keys_are_the_packages() -> None:
    assert COLUMNS == ("data", "node", "box", "description", "boxtext", "tooltips", "url", "n")
    keys = set(rows(FLOW))
    assert {*BOXES, "total_studies_ma", "total_reports_ma"} <= keys
    assert {"prevstud", "newstud", "othstud", "identification", "screening", "included"} <= keys
    assert rows(FLOW)["records_screened"]["node"] == "node9" and rows(FLOW)["other_excluded"]["box"] == "box15"


def test_an_update_with_a_meta_analysis_and_its_sources_round_trips() -> None:
    flow = replace(
        FLOW, previous_studies=4, previous_reports=None, total_studies=7, total_studies_ma=5, total_reports_ma=6,
        register_results=3, registers=(Count("ISRCTN", 2), Count("ANZCTR", 1)),
    )  # fmt: skip
    assert from_csv(to_csv(flow)) == flow


def test_what_the_package_has_no_place_for_is_left_out() -> None:
    more = replace(
        FLOW, title_abstract_reasons=(Count("Off topic", 9),), excluded_by_people=9, appraised=3,
        databases=tuple(replace(count, after=1) for count in FLOW.databases),
    )  # fmt: skip
    assert to_csv(more) == to_csv(FLOW)


def test_unknown_is_an_empty_cell_and_0_is_0() -> None:
    assert rows(FLOW)["duplicates"]["n"] == "" and rows(FLOW)["register_results"]["n"] == "0"


def test_reasons_split_as_the_package_splits_them() -> None:
    written = rows(FLOW)["dbr_excluded"]["n"]
    assert [part.split(",")[1].strip() for part in written.split(";")] == ["6", "4"]
    assert [part.count(",") for part in written.split(";")] == [1, 1]


def test_an_update_is_worded_as_one() -> None:
    assert rows(FLOW)["new_studies"]["boxtext"] == "Studies included in review"
    assert rows(replace(FLOW, previous_studies=1))["new_studies"]["boxtext"] == "New studies included in review"


def test_a_file_of_the_package_is_read() -> None:
    text = (
        "data,node,box,description,boxtext,tooltips,url,n\nNA,node4,prevstud,x,x,x,x,0\n"
        'database_results,node7,box2,x,x,x,x,120\ndbr_excluded,node14,box9,x,x,x,x,"Reason1, xxx; Reason2, 3"\n'
        "duplicates,node8,box3,x,x,x,x,NA\n"
    )
    flow = from_csv(text.encode())
    assert (flow.database_results, flow.duplicates, flow.dbr_excluded) == (120, None, None)
    assert flow.dbr_reasons == (Count("Reason1", None), Count("Reason2", 3))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a,b\n1,2\n", "no flow CSV"),
        (b"", "no flow CSV"),
        (b"data,n\nduplicates,many\n", "row duplicates: “many”"),
        (b"\xff\xfe\x00", "not UTF-8"),
    ],
)
def test_what_is_no_flow_is_said(data: bytes, said: str) -> None:
    with pytest.raises(ReviewError, match=said):
        from_csv(data)


LABELS = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Z"], exclude_characters="‚\u204f\ufffe\uffff"), min_size=1
)
NUMBERS = st.integers(0, 10**7)


@given(
    st.lists(st.tuples(LABELS, NUMBERS), min_size=1, max_size=4), st.lists(st.none() | NUMBERS, min_size=6, max_size=6)
)
def test_any_flow_round_trips(reasons: list[tuple[str, int]], numbers: list[int | None]) -> None:
    counts = tuple(Count(label, n) for label, n in reasons)
    boxes = dict(zip(("database_results", "duplicates", "records_screened", "other_results", "new_studies",
                      "total_reports"), numbers, strict=True))  # fmt: skip
    flow = Flow(**boxes, dbr_reasons=counts, dbr_excluded=sum(c.n or 0 for c in counts))  # type: ignore[arg-type]
    assert from_csv(to_csv(flow)) == flow
