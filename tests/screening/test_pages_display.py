"""What the page makes of a record: marked words, an abstract's parts, notices, a forecast."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from review.protocol import Concept
from review.protocol.model import Highlights
from review.record import Record
from screening.display import authors, card, chips, links, paragraphs
from screening.highlight import highlighter
from screening.pace import forecast, pace
from screening.worklist import MyVote, Shown

DOCTORS = Concept("P", "Doctors", "population", ("doctor*", "general practice", '"house officer"', "wom?n"))
WELL_BEING = Concept("O", "Well-being", "outcome", ("well-being", "doctor* health"))


def marked(text: str, *concepts: Concept) -> list[str]:
    html = highlighter(concepts or (DOCTORS, WELL_BEING))(text)
    return [part.split('"')[1] + ":" + part.split(">")[1].split("<")[0] for part in html.split("<mark ")[1:]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Doctors and DOCTOR’s", ["c1:Doctors", "c1:DOCTOR"]),
        ("a documented case", []),
        ("Well-being, well being, wellbeing", ["c2:Well-being", "c2:well being"]),
        ("in general practice", ["c1:general practice"]),
        ("a house-officer", ["c1:house-officer"]),
        ("women, woman, womeen", ["c1:women", "c1:woman"]),
        ("médecin Dóctors", ["c1:Dóctors"]),
        ("doctors health", ["c1:doctors"]),
        ("general, — practice; x² ‘doctors’", ["c1:general, — practice", "c1:doctors"]),
        ("Größe ﬁt: Dóctors, general  practice", ["c1:Dóctors", "c1:general  practice"]),  # ß and ﬁ fold to two letters
        ("", []),
        ("رفاهية الأطباء", []),
    ],
)
def test_words_of_the_concepts_are_marked(text: str, found: list[str]) -> None:
    assert marked(text) == found


def test_marked_text_is_escaped() -> None:
    hostile = Concept("P", 'A "label" <b>', "population", ("doctor*",))
    html = highlighter([hostile])("<script>doctor()</script> & doctors")
    assert html == Markup(
        '&lt;script&gt;<mark class="c1" title="A &#34;label&#34; &lt;b&gt;">doctor</mark>()&lt;/script&gt; &amp; '
        '<mark class="c1" title="A &#34;label&#34; &lt;b&gt;">doctors</mark>'
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A case report on doctors", ["against:case report", "c1:doctors"]),
        ("Mentors mentored; a mentoring scheme", ["for:Mentors", "for:mentored", "for:mentoring"]),
        ("Tormentors and case reports", []),
        ("not sure", ["against:not sure"]),
        ("Coach, COACH’s, coaches", ["for:Coach", "for:COACH"]),
    ],
)
def test_words_for_and_against_are_whole_words_and_phrases(text: str, found: list[str]) -> None:
    words = Highlights(("mentor*", '"coach"', "*", "<i>"), ("case report", "not sure", "mentors"))
    html = highlighter([DOCTORS], words)(text)
    assert [part.split('"')[1] + ":" + part.split(">")[1].split("<")[0] for part in html.split("<mark ")[1:]] == found


def test_hostile_words_and_texts_are_escaped() -> None:
    html = highlighter([], Highlights(("<script>",), ('"><img src=x>',)))("<script>alert(1)</script> img src x")
    assert html == Markup(
        '&lt;<mark class="for" title="Speaks for inclusion">script</mark>&gt;alert(1)&lt;/'
        '<mark class="for" title="Speaks for inclusion">script</mark>&gt; '
        '<mark class="against" title="Speaks for exclusion">img src x</mark>'
    )


def test_the_longest_term_of_a_concept_wins() -> None:
    assert marked("burnout risk score", Concept("O", "O", "o", ("burnout", "burnout risk"))) == ["c1:burnout risk"]


def test_styles_begin_again_after_the_sixth_concept() -> None:
    seven = [Concept(letter, letter, "x", (f"{letter}word",)) for letter in "abcdefg"]
    assert marked("aword gword", *seven) == ["c1:aword", "c1:gword"]


@pytest.mark.parametrize(
    ("abstract", "parts"),
    [
        ("BACKGROUND: One. METHODS: Two.", [("Background", "One."), ("Methods", "Two.")]),
        ("Background: One. Conclusions and interpretation: Two.",
         [("Background", "One."), ("Conclusions and interpretation", "Two.")]),
        ("We used these methods: asking.", [(None, "We used these methods: asking.")]),
        ("DATA SOURCES: One. REVIEW METHODS: Two.", [("Data sources", "One."), ("Review methods", "Two.")]),
        ("<jats:sec><jats:title>Aims</jats:title><jats:p>One.</jats:p></jats:sec>", [("Aims", "One.")]),
        ("<h4>Aim</h4><p>One.</p><p>Two.</p>", [("Aim", "One."), (None, "Two.")]),
        ("One.\r\n\r\nTwo.", [(None, "One."), (None, "Two.")]),
        ("p < 0.05 and CO<sub>2</sub>", [(None, "p < 0.05 and CO2")]),
        ("   ", []),
    ],
)  # fmt: skip
def test_an_abstract_keeps_its_structure(abstract: str, parts: list[tuple[str | None, str]]) -> None:
    assert [(part.label, part.text) for part in paragraphs(abstract)] == parts


def shown(record: Record, *, matched: str = "yes", mine: MyVote | None = None) -> Shown:
    return Shown(7, record, ("PubMed",), (7,), matched, mine, "waiting")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("record", "matched", "expected"),
    [
        (Record(abstract="Text.", language="eng"), "yes", ()),
        (Record(), "unknown", ("No abstract", "Query match unknown")),
        (Record(abstract="<p> </p>"), "no", ("No abstract", "Outside query or limits")),
        (Record(abstract="T", language="ger", kind="preprint"), "yes", ("Preprint", "German")),
        (Record(abstract="T", flags=("expression_of_concern", "retracted")), "yes",
         ("Retracted", "Expression of concern")),
        (Record(abstract="T", language="Klingon"), "yes", ("Klingon",)),
    ],
)  # fmt: skip
def test_notices_say_what_to_beware_of(record: Record, matched: str, expected: tuple[str, ...]) -> None:
    assert chips(shown(record, matched=matched)) == expected


def test_a_card_shows_ones_own_vote_and_escapes_everything() -> None:
    made = card(
        shown(Record(title="A <i>b</i> & c", keywords=("<b>", "k & l")), mine=MyVote("exclude", ("x",), "so")),
        highlighter(()),
    )
    assert (made.title, made.keywords) == ("A b &amp; c", ("k &amp; l",))
    assert (made.verdict, made.reasons, made.note) == ("exclude", ("x",), "so")
    assert card(shown(Record()), highlighter(())).title is None


def test_formulas_are_read_as_text() -> None:
    formula = '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:mi>β</mml:mi><mml:mo>=</mml:mo></mml:math>'
    record = Record(title=f"Effect {formula}2", abstract=f"At <math><mi>p</mi></math> &lt; 0.05, {formula}3.")
    made = card(shown(record), highlighter(()))
    assert (made.title, made.abstract[0][1]) == ("Effect β=2", "At p &lt; 0.05, β=3.")


def test_what_the_protocol_hides_is_not_on_the_card() -> None:
    record = Record(title="A", authors=("Smith, Ann",), journal="BMJ", date="2020", doi="10.5555/a")
    made = card(shown(record), highlighter(()), ("authors", "journal", "year"))
    assert (made.authors, made.journal, made.year) == ("", None, None)
    assert made.links == (("doi:10.5555/a", "https://doi.org/10.5555/a"),)
    assert card(shown(record), highlighter(()), ("journal",)).authors == "Smith, Ann"


def test_only_addresses_made_here_become_links() -> None:
    record = Record(doi="10.5555/a", pmid="javascript:1", url="javascript:alert(1)")
    assert links(record) == (("doi:10.5555/a", "https://doi.org/10.5555/a"),)
    assert links(Record(pmid="12")) == (("PMID 12", "https://pubmed.ncbi.nlm.nih.gov/12/"),)


def test_many_authors_are_cut() -> None:
    assert authors(tuple("ABCDEFGH")) == "A; B; C; D; E; F and 2 more"


def at(*seconds: int) -> list[str]:
    return [f"2026-11-22T10:{second // 60:02d}:{second % 60:02d}.000000Z" for second in seconds]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (at(0, 10, 20, 30, 40, 50), 10.0),
        (at(50, 40, 30, 20, 10, 0), 10.0),
        (at(0, 10, 20, 30, 40), None),
        (at(0, 10, 20, 30, 40, 50, 1000, 1020), 10.0),
        (at(0, 0, 10, 20, 30, 40, 50), 10.0),
        ([], None),
    ],
)
def test_the_pace_is_the_median_without_breaks(times: list[str], expected: float | None) -> None:
    assert pace(times) == expected


@pytest.mark.parametrize(
    ("left", "seconds", "text"),
    [
        (300, 12.0, "about 1 h at your pace"),
        (200, 12.0, "about 40 min at your pace"),
        (10_000, 12.0, "about 33 h at your pace"),
        (150, 20.0, "about 1 h at your pace"),
        (450, 12.0, "about 1½ h at your pace"),
    ],
)
def test_a_forecast_is_rough(left: int, seconds: float, text: str) -> None:
    assert forecast(left, seconds) == text
