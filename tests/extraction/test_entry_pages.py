"""The entry and overview pages over HTTP: saving field by field and whole, refusals, both sides, being done, rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Served, Visitor, served, visitors
from entry_review import extracting

from extraction import answers, fillings, library
from review.store import Store
from screening import quotes

PAGE = "/extract/maker2001"
JSON = {"Accept": "application/json"}
Sign = Callable[..., Visitor]


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    with served(extracting(tmp_path, store, team=("Ann", "Ben", "Cid"), by="double")) as running:
        yield running


@pytest.fixture
def sign(site: Served) -> Iterator[Sign]:
    with visitors(site) as visitor:
        yield visitor


def rows(site: Served) -> dict[str, tuple[Any, Any, Any, Any]]:
    with site.workspace.store.read() as connection:
        found = answers.rows.answers(connection, "everything")
    return {row["field"]: (row["value"], row["missing"], row["quote"], row["origin"]) for row in found}


def send(who: Visitor, field: str, **given: Any) -> Any:
    return who.post(f"{PAGE}/field", {"field": field, **{f"{k}:{field}": v for k, v in given.items()}}, **JSON)


def test_a_field_is_saved_refused_with_a_sentence_and_never_written_over(site: Served, sign: Sign) -> None:
    ann = sign("Ann")
    first = send(ann, "n", v="12")
    assert (first.status_code, first.json()["answered"], rows(site)["n"][0]) == (200, True, 12)
    wrong = send(ann, "n", v="forty", base=first.json()["base"])
    assert (wrong.status_code, wrong.json()["error"]) == (
        422, "'forty' is not a number. Write digits only, such as 49 or 12.5."
    )  # fmt: skip
    again = send(ann, "n", v="12")  # the reply was lost: it is the same answer, and no conflict
    assert (again.status_code, again.json()["base"]) == (200, first.json()["base"])
    other = send(ann, "n", v="13")  # a second window that saw nothing there
    assert (other.status_code, other.json()["conflict"], other.json()["base"]) == (
        409,
        "12 people",
        first.json()["base"],
    )
    assert 'value="12"' in other.json()["html"]
    assert rows(site)["n"][0] == 12
    assert send(ann, "n", v="13", base=other.json()["base"]).status_code == 200
    assert send(ann, "aim", quote="Only a quote", place="2").json()["error"].startswith("There is no answer yet.")
    far = send(ann, "aim", v="x", quote="Elsewhere", file="0" * 64)
    assert far.json()["error"] == "The quote is from no file of this study. Take it again from the full text."
    assert send(ann, "arms:1", v="x").json()["error"].endswith("has no such field any more")


def test_without_script_the_page_is_saved_whole_and_what_cannot_stand_is_shown_again(site: Served, sign: Sign) -> None:
    ann = sign("Ann")
    sent = {"v:kind": "research", "v:aim": "To see", "quote:aim": "We\nask", "place:aim": "1", "v:n": "forty",
            "v:arms:1:name": "Mentors", "v:arms:1:size": "", "missing:until": "not_reported"}  # fmt: skip
    page = ann.post(PAGE, sent)
    assert page.status_code == 422
    assert "Not saved: 1 field" in page.text
    assert 'value="forty"' in page.text
    assert rows(site) == {
        "kind": ("research", None, None, None), "aim": ("To see", None, "We\nask", None),
        "until": (None, "not_reported", None, None), "arms": ([{"name": "Mentors"}], None, None, None),
    }  # fmt: skip
    assert "From the record:" in ann.get(PAGE).text
    ann.post(PAGE, {"take": "*"})
    assert rows(site)["title"] == ("Mentoring study 1", None, None, "record")


def test_being_done_asks_for_what_is_open_and_others_stay_hidden_until_both_are(site: Served, sign: Sign) -> None:
    ann, ben, cid = sign("Ann"), sign("Ben"), sign("Cid")
    send(ann, "kind", v="opinion")
    asked = ann.post(f"{PAGE}/filling", {"do": "done"})
    assert "Done all the same" in asked.text
    send(ann, "aim", v="Annes aim")
    assert "You are done with maker2001." in ann.post(f"{PAGE}/filling", {"do": "done"}).text
    assert send(ann, "aim", v="late").status_code == 409  # it had been answered
    assert "Reopen" in ann.get(PAGE).text
    shown = ben.get(PAGE).text
    assert "Somebody else is done with this study" in shown
    assert "Annes aim" not in shown + ben.get("/extract").text
    send(ben, "aim", v="Bens aim")
    assert "Ann and Ben extract it" in cid.get(PAGE).text
    assert "disabled>" in cid.get(PAGE).text
    assert "Waiting for others" in cid.get("/extract").text
    ben.post(f"{PAGE}/filling", {"do": "done", "anyway": "yes"})
    assert "Compare and settle" in ben.get(PAGE).text
    assert f"{PAGE}/compare" in ann.get("/extract?show=compare").text


def test_an_instrument_is_filled_in_by_items_with_its_reason(site: Served, sign: Sign) -> None:
    ann = sign("Ann")
    send(ann, "kind", v="research")
    assert "the design of the study is not extracted yet" in ann.get("/appraise/maker2001").text
    address = "/appraise/maker2001/casp-qualitative-2018"
    page = ann.get(address).text
    assert page.index("Screening") < page.index("A Validity")
    assert "Official form: Critical Appraisal Skills Programme" in page
    given = {"field": "1", "v:1": "no", "reason:1": "nothing is said", "quote:1": "We asked", "place:1": "2"}
    assert ann.post(f"{address}/field", given, **JSON).status_code == 200
    with site.workspace.store.read() as connection:
        (row,) = answers.rows.judgements(connection, "casp-qualitative-2018")
    assert (row["response"], row["reason"], row["place"]) == ("no", "nothing is said", "2")
    assert "Begun by you" in ann.get("/appraise?show=mine").text
    assert ann.get("/appraise/maker2001/unknown").status_code == 409
    assert ann.get("/extract/nobody").status_code == 422


def test_what_a_person_kept_at_screening_is_offered_to_that_person_only(site: Served, sign: Sign) -> None:
    ann = site.workspace.actor("Ann")
    quotes.keep(site.workspace.store, ann, key="k", report=1, page="2", text="We interviewed forty physicians")
    assert "We interviewed forty physicians" in sign("Ann").get(PAGE).text
    assert "We interviewed" not in sign("Ben").get(PAGE).text


def test_a_form_changed_half_way_keeps_the_page_and_says_what_was_answered(site: Served, sign: Sign) -> None:
    ann = sign("Ann")
    send(ann, "aim", v="three aims")
    path = site.workspace.folder / "everything.toml"
    text = path.read_text().replace('id = "aim"\nlabel = "Aim"', 'id = "aim"\nlabel = "Aim"\ntype = "number"')
    path.write_text(text)
    assert library.form("everything.toml", site.workspace.folder).fields[2].type == "number"
    page = ann.get(PAGE)
    assert page.status_code == 200
    assert "three aims" in page.text
    assert "Look at this again" in page.text
    assert "To look at again" in ann.get("/extract").text
    assert rows(site)["aim"][0] == "three aims"
    assert fillings.form_sheet(library.form("everything.toml", site.workspace.folder)) == "form:everything"


def test_answers_to_a_field_that_is_gone_are_shown_as_no_longer_asked(site: Served, sign: Sign) -> None:
    ann = sign("Ann")
    send(ann, "kind", v="research")
    send(ann, "n", v="4711")
    path = site.workspace.folder / "everything.toml"
    gone = '[[sections.fields]]\nid = "n"\nlabel = "Participants"\ntype = "number"\nunit = "people"\n'
    path.write_text(path.read_text().replace(gone, "").replace('version = "1"', 'version = "2"', 1))
    page = ann.get(PAGE).text
    assert "No longer asked" in page
    assert "4711 people" in page
    assert "No longer asked" not in ann.get("/extract/maker2002").text + sign("Ben").get(PAGE).text


def test_where_one_person_extracts_and_two_have_done_so_the_pages_lead_to_their_comparison(
    tmp_path: Path, store: Store
) -> None:
    with served(extracting(tmp_path, store, team=("Ann", "Ben"))) as site, visitors(site) as sign:
        for name in ("Ann", "Ben"):
            send(sign(name), "aim", v=f"Aim of {name}")
        ann = sign("Ann")
        assert "Two people filled this in." in ann.get(PAGE).text
        assert f'href="{PAGE}/compare"' in ann.get(PAGE).text
        assert f'href="{PAGE}/compare"' in ann.get("/extract").text
        assert "Aim of Ben" in ann.get(f"{PAGE}/compare").text
        assert "/extract/agreement" not in ann.get("/extract").text  # nobody works independently


def test_every_page_of_the_room_marks_where_one_is_and_leads_to_the_others(sign: Sign) -> None:
    ann = sign("Ann")
    pages = ("/extract", "/appraise", "/extract/agreement", "/extract/table", "/extract/preview", "/studies")
    for page in pages:
        text = ann.get(page).text
        assert '<a href="/extract" aria-current="true">Extract</a>' in text  # in the header
        assert f'<a href="{page}" aria-current="page">' in text
        assert all(f'<a href="{other}"' in text for other in pages)
