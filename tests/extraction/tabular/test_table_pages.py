"""The page of tables without a browser: shown before it is saved, never another's, never over a later change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from browser import Visitor, review, served, visitors
from lxml import html

from extraction import answers, library, rows
from extraction.answers import Answer
from review.record import Record
from review.stages import Workspace
from review.store import Store

FORM = """
name = "small"
version = "1"
label = "Small form"
source = "made up for tests"

[[sections]]
title = "All"
fields = [{ id = "aim", label = "Aim" }, { id = "n", label = "Participants", type = "number" }]
"""
HEADER = "study,field,value,missing,quote,place,clear\n"


@pytest.fixture
def workspace(tmp_path: Path, store: Store, include: Any) -> Workspace:
    made = review(tmp_path, store, [Record(title="Report 1", authors=("Maker, A",), date="2001")], team=("Ann", "Ben"))
    include(store, made.actor("Ann"), [1])
    (tmp_path / "small.toml").write_text(FORM, "utf-8")
    return Workspace(tmp_path, replace(made.protocol, proforma="small.toml", framework="bitc-workwell"), store, {})


@pytest.fixture
def visitor(workspace: Workspace) -> Iterator[Callable[..., Visitor]]:
    with served(workspace) as site, visitors(site) as sign_in:
        yield sign_in


def bring(who: Visitor, text: str, kind: str = "extract") -> requests.Response:
    files = {"file": ("answers.csv", text.encode(), "text/csv")}
    return who.http.post(f"{who.site.url}/extract/table/back", data={"kind": kind}, files=files)


def hidden(reply: requests.Response) -> dict[str, str]:
    return {
        one.name: one.value for one in html.fromstring(reply.text).xpath("//form[contains(@action, 'answer')]//input")
    }


def said(reply: requests.Response) -> str:
    return " ".join(html.fromstring(reply.text).xpath("//main")[0].text_content().split())


def held(workspace: Workspace, name: str) -> dict[str, Any]:
    with workspace.store.read() as connection:
        return {row["field"]: row["value"] for row in rows.answers(connection, "small", workspace.actor(name).person)}


def write(workspace: Workspace, name: str, n: int) -> None:
    form = library.form("small.toml", workspace.folder)
    given = [Answer("maker2001", "n", n)]
    answers.put(workspace.store, workspace.actor(name), workspace.protocol, form, ("maker2001",), given)


def test_a_table_goes_out_and_comes_back_by_a_second_button(
    workspace: Workspace, visitor: Callable[..., Visitor]
) -> None:
    ann = visitor("Ann")
    write(workspace, "Ann", 49)
    out = ann.get("/extract/table/out?kind=extract&as=csv")
    assert out.content.decode("utf-8-sig").splitlines()[2].startswith("maker2001,n,Participants,number,49,")
    assert ann.get("/extract/table/out?kind=code").content.startswith(b"PK")
    shown = bring(ann, HEADER + "maker2001,n,94,,,,\nmaker2001,aim,To see,,,,\n")
    assert "1 new1 changed" in said(shown) and "value 49" in said(shown) and "value 94" in said(shown)
    assert held(workspace, "Ann") == {"n": 49}
    saved = ann.post("/extract/table/answer", {**hidden(shown), "do": "save"})
    assert "Saved 2 changes." in said(saved)
    assert held(workspace, "Ann") == {"n": 94, "aim": "To see"}
    again = ann.post("/extract/table/answer", {**hidden(shown), "do": "save"})
    assert again.status_code == 422 and "did not wait so long" in again.text


def test_what_changed_meanwhile_is_shown_again_and_never_written_over(
    workspace: Workspace, visitor: Callable[..., Visitor]
) -> None:
    ann, ben = visitor("Ann"), visitor("Ben")
    write(workspace, "Ann", 49)
    shown = bring(ann, HEADER + "maker2001,n,94,,,,\n")
    assert ben.post("/extract/table/answer", {**hidden(shown), "do": "save"}).status_code == 422
    write(workspace, "Ann", 50)
    again = ann.post("/extract/table/answer", {**hidden(shown), "do": "save"})
    assert "Something changed while you looked" in said(again) and "value 50" in said(again)
    assert held(workspace, "Ann") == {"n": 50}
    assert "Saved 1 change." in said(ann.post("/extract/table/answer", {**hidden(again), "do": "save"}))
    assert (held(workspace, "Ann"), held(workspace, "Ben")) == ({"n": 94}, {})


def test_faults_are_listed_with_their_rows_and_nothing_can_be_saved(visitor: Callable[..., Visitor]) -> None:
    ann = visitor("Ann")
    shown = bring(ann, HEADER + 'maker2001,n,"12,5",,,,\nmaker2001,aim,To see,,,,\n')
    assert shown.status_code == 422 and hidden(shown) == {}
    row = html.fromstring(shown.text).xpath("//table[1]//tbody/tr/*")
    assert [row[0].text, row[1].text] == ["2", "maker2001, n: '12,5' is not a number"]
    assert "lacks the column value" in said(bring(ann, "study,field,answer,missing,quote,place\n"))
    assert "No file was chosen" in said(ann.post("/extract/table/back", {"kind": "extract"}))
    assert "names no instruments yet" in said(ann.get("/extract/table?kind=appraise"))
