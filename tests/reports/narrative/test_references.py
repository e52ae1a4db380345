"""Citations and references: numbers in order of citation, letters behind years, styles of the team."""

from __future__ import annotations

import pytest

from reports.narrative.references import STYLES, cited, item, mark, style_text
from review.errors import ReviewError
from review.record import Record

MANY = {
    f"r{n}": item(Record(title=f"Paper {n}", authors=("Bell, AB", "Cole, C"), date="2014", journal="J", kind="article"))
    for n in range(1, 6)
}
RAISED = """<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0"><info>
<title>t</title><id>t</id><updated>2026-01-01T00:00:00+00:00</updated></info>
<citation><layout vertical-align="sup" delimiter=","><text
variable="citation-number"/></layout></citation><bibliography><layout><text variable="title" font-style="italic"
suffix="."/></layout></bibliography></style>"""


def test_numbers_follow_the_text_and_runs_are_joined() -> None:
    style = style_text("vancouver", {})
    first, second = cited([f"A {mark(['r3'])}.", f"B {mark(['r1', 'r2', 'r3', 'r5'])}."], MANY, style)
    assert (first.text, second.text) == ("A [1].", "B [1–4].")
    assert first.references == ("1\\. Bell AB, Cole C. Paper 3. J. 2014.",)
    assert [line[:2] for line in second.every] == ["1\\", "2\\", "3\\", "4\\"]


def test_works_of_one_year_are_told_apart() -> None:
    (made,) = cited([f"{mark(['r2'])} {mark(['r1', 'r2'])}"], MANY, style_text("author-date", {}))
    assert made.text == "(Bell and Cole 2014a) (Bell and Cole 2014a; Bell and Cole 2014b)"
    assert made.references[0] == "Bell, A.B. and Cole, C. (2014a). Paper 2. *J*."


def test_after_z_comes_aa() -> None:
    works = {f"r{n}": item(Record(title=f"P{n:02d}", authors=("Bell, A",), date="2014")) for n in range(28)}
    (made,) = cited([" ".join(mark([key]) for key in works)], works, style_text("author-date", {}))
    assert made.text.endswith("(Bell 2014z) (Bell 2014aa) (Bell 2014ab)")


def test_a_style_of_the_team_raises_numbers_and_sets_italics() -> None:
    (made,) = cited([f"As said {mark(['r1', 'r2'])}."], MANY, style_text("own.csl", {"own.csl": RAISED}))
    assert made.text == "As said¹,²." and made.references == ("*Paper 1*.", "*Paper 2*.")


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("vancuver", None, "there is no citation style"),
        ("own.csl", None, "there is no citation style"),
        ("own.csl", "<style", "cannot be read"),
        ("own.csl", "<!DOCTYPE x [<!ENTITY a 'b'>]><style/>", "cannot be read"),
        ("own.csl", '<style><link rel="independent-parent"/></style>', "points at another"),
        ("own.csl", '<style class="note"><citation/></style>', "footnotes"),
    ],
)
def test_a_style_that_cannot_be_used_is_told(name: str, text: str | None, why: str) -> None:
    with pytest.raises(ReviewError, match=why):
        style_text(name, {name: text} if text else {})


def test_records_that_lack_nearly_everything_or_hold_markup_are_cited() -> None:
    works = {
        "none": item(Record()),
        "body": item(Record(authors=("World Health Organization",), title="Why? <sup>2</sup>", kind="report")),
        "amps": item(Record(title="R &amp; D", authors=("Bell, A",))),
        "dots": item(Record(authors=("Bell, A", "others"), title="One. ", date="2014-05", kind="article")),
        "hard": item(Record(title="*a* [b](c) <script> \ue000x\ue002", pages="1-2", journal="J_x_", date="2015")),
    }
    for style in STYLES:
        (made,) = cited([mark(list(works))], works, style_text(style, {}))
        text = "\n".join(made.references)
        assert len(made.references) == 5 and "World Health Organization" in text and "Why? 2" in text
        assert "\\[no title\\]" in text and "R & D" in text.replace("\\&", "&")
        assert "\\*a\\* \\[b\\](c) \\<script\\> x" in text and ".." not in text
