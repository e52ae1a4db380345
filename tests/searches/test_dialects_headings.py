"""Subject headings, and the fields that only a platform has. The expected texts are written by hand."""

import pytest

from review.errors import NotExpressible
from review.protocol.model import Limits
from review.query import FIELDS, And, Field, Node, Not, Or, Phrase, Term
from review.query.tree import FURTHER, Heading
from searches.dialects import DIALECTS, PASTED, translate
from searches.dialects.headings import as_words

MENTORS = Heading("Mentors", "mesh")
TRAINING = Heading("Education, Medical", "mesh")
NO_LIMITS = Limits()


def text_of(name: str, query: Node) -> str:
    return translate(query, NO_LIMITS, DIALECTS[name]).text


def losses_of(name: str, query: Node) -> list[tuple[str, str]]:
    return [(loss.what, loss.effect) for loss in translate(query, NO_LIMITS, DIALECTS[name]).losses]


FORMS = [
    ("pubmed", '"Mentors"[mh]', '"Mentors"[mh:noexp]', '"Mentors"[majr]', '"Mentors"[majr:noexp]'),
    ("ovid", "1. exp Mentors/", "1. Mentors/", "1. exp *Mentors/", "1. *Mentors/"),
    ("ebscohost", '(MH "Mentors+")', '(MH "Mentors")', '(MM "Mentors+")', '(MM "Mentors")'),
    ("embase", "'Mentors'/exp", "'Mentors'/de", "'Mentors'/exp/mj", "'Mentors'/mj"),
    ("cochrane", '#1 [mh "Mentors"]', '#1 [mh ^"Mentors"]', '#1 [mh "Mentors"[mj]]', '#1 [mh ^"Mentors"[mj]]'),
    (
        "proquest",
        'MESH.EXACT.EXPLODE("Mentors")', 'MESH.EXACT("Mentors")',
        'MJMESH.EXACT.EXPLODE("Mentors")', 'MJMESH.EXACT("Mentors")',
    ),
    ("scopus", *['INDEXTERMS("Mentors")'] * 4),
]  # fmt: skip


@pytest.mark.parametrize(("name", "exploded", "plain", "major_exploded", "major"), FORMS)
def test_a_heading_is_asked_as_the_platform_writes_it(
    name: str, exploded: str, plain: str, major_exploded: str, major: str
) -> None:
    assert text_of(name, MENTORS) == exploded
    assert text_of(name, Heading("Mentors", "mesh", explode=False)) == plain
    assert text_of(name, Heading("Mentors", "mesh", major=True)) == major_exploded
    assert text_of(name, Heading("Mentors", "mesh", explode=False, major=True)) == major


OTHERS = [
    ("ebscohost", Heading("Mentor", "psycinfo"), '(DE "Mentor")'),
    ("ebscohost", Heading("Mentor", "psycinfo", major=True), '(MM "Mentor")'),
    ("ebscohost", Heading("Mentorship", "cinahl"), '(MH "Mentorship+")'),
    ("proquest", Heading("Mentor"), 'MAINSUBJECT.EXACT.EXPLODE("Mentor")'),
    ("proquest", Heading("mentoring", "emtree"), 'EMB.EXACT.EXPLODE("mentoring")'),
    ("ovid", Heading("medical education", "emtree"), '1. exp "medical education"/'),
    ("ovid", Heading("Wounds and Injuries", "mesh", explode=False), '1. "Wounds and Injuries"/'),
    ("eric", Heading("Mentors", "eric", explode=False), 'subject:"Mentors"'),
    ("pubmed", Heading('the "X" factor', "mesh"), '"the X factor"[mh]'),
]


@pytest.mark.parametrize(("name", "heading", "text"), OTHERS)
def test_each_vocabulary_has_its_form(name: str, heading: Heading, text: str) -> None:
    assert text_of(name, heading) == text


QUALIFIED = [
    ("pubmed", '"Mentors/psychology"[mh] OR "Mentors/education"[mh]'),
    ("ovid", "1. exp Mentors/px or exp Mentors/ed"),
    ("ebscohost", '(MH "Mentors+/PX") OR (MH "Mentors+/ED")'),
    ("cochrane", '#1 [mh "Mentors"/PX] OR [mh "Mentors"/ED]'),
]


@pytest.mark.parametrize(("name", "text"), QUALIFIED)
@pytest.mark.parametrize("qualifiers", [("psychology", "education"), ("px", "ED")])
def test_subheadings_are_names_or_codes_as_the_platform_wants(
    name: str, text: str, qualifiers: tuple[str, ...]
) -> None:
    heading = Heading("Mentors", "mesh", qualifiers=qualifiers)
    assert text_of(name, heading) == text
    assert losses_of(name, heading) == losses_of(name, MENTORS)


FLOATING = [
    ("pubmed", '"drug therapy"[sh]'),
    ("ovid", '1. "drug therapy".fs.'),
    ("ebscohost", '(MW "drug therapy")'),
    ("embase", '"drug therapy":lnk'),
    ("cochrane", "#1 [mh /DT]"),
    ("scopus", 'INDEXTERMS("drug therapy")'),
    ("proquest", 'SU("drug therapy")'),
    ("web_of_science", 'TI=("drug therapy") OR AB=("drug therapy") OR AK=("drug therapy")'),
]


@pytest.mark.parametrize(("name", "text"), FLOATING)
def test_a_subheading_behind_any_heading_is_asked_as_one_or_as_words_of_headings(name: str, text: str) -> None:
    floating = Heading("", "mesh", qualifiers=("drug therapy",))
    assert text_of(name, floating) == text
    said = ("subheadings are looked for among the words of subject headings", "broader") in losses_of(name, floating)
    assert said == (name not in ("pubmed", "ovid", "embase", "cochrane"))
    assert "'drug therapy' is a subheading of MeSH" in losses_of("embase", floating)[0][0]


def test_headings_whose_vocabulary_is_not_said_are_to_be_looked_up_where_they_go_elsewhere() -> None:
    what = "whose subject headings these are is not said: look whether the database has them under these names"
    assert losses_of("embase", Heading("Mentor")) == [(what, "narrower")]
    assert losses_of("ovid", Heading("Mentor")) == [(what, "none")]
    assert losses_of("proquest", Heading("Mentor")) == [(what, "narrower")]


def test_an_apostrophe_does_not_close_the_quotes_of_a_heading() -> None:
    assert text_of("embase", Heading("Women's Health", "emtree")) == "'Women`s Health'/exp"
    assert text_of("cochrane", Heading("Women's Health", "mesh")) == '#1 [mh "Women\'s Health"]'


def test_a_subheading_that_cannot_be_asked_is_a_loss() -> None:
    what = "the subheading 'psychology' of 'Mentors' is not asked"
    assert (what, "broader") in losses_of("embase", Heading("Mentors", "emtree", qualifiers=("psychology",)))
    unknown = Heading("Mentors", "mesh", qualifiers=("no such thing",))
    assert text_of("pubmed", unknown) == '"Mentors"[mh]'
    assert losses_of("pubmed", unknown) == [("the subheading 'no such thing' of 'Mentors' is not asked", "broader")]


def test_a_heading_of_another_vocabulary_is_to_be_looked_up() -> None:
    what = "'Mentors' is a heading of MeSH: look whether Embase.com has it under this name"
    assert losses_of("embase", MENTORS) == [(what, "narrower")]
    assert losses_of("pubmed", MENTORS) == []


def test_what_a_platform_cannot_say_of_a_heading_is_a_loss() -> None:
    below, topic = (
        "the headings below 'Mentors' are not asked: add them by OR",
        "'Mentors' is asked whether it is a main",
    )
    assert losses_of("scopus", MENTORS) == [(below, "narrower")]
    both = losses_of("scopus", Heading("Mentors", "mesh", major=True))
    assert [effect for _, effect in both] == ["narrower", "broader"]
    assert both[1][0].startswith(topic)


NONE_THERE = [name for name, dialect in DIALECTS.items() if not dialect.headings]


@pytest.mark.parametrize("name", NONE_THERE)
def test_without_headings_the_words_are_asked_in_the_order_of_speech(name: str) -> None:
    what = "there are no subject headings: 'Education, Medical' is asked as the words 'Medical Education'"
    assert (what, "narrower") in losses_of(name, TRAINING)
    assert text_of(name, TRAINING) == text_of(name, Phrase("Medical Education"))
    assert (what, "broader") in losses_of(name, And((Term("mentor"), Not(TRAINING))))


def test_inverted_headings_are_turned() -> None:
    assert as_words("Students, Health Occupations") == "Health Occupations Students"
    assert as_words("Mentors") == "Mentors"


MIXED = Or((Term("mentor*"), MENTORS, Phrase("peer support")))
BESIDE = [
    ("pubmed", 'mentor*[tiab] OR "Mentors"[mh] OR "peer support"[tiab]'),
    ("ovid", '1. ((mentor* or "peer support").ti,ab,kf.) or exp Mentors/'),
    ("embase", "((mentor* OR \"peer support\"):ti,ab,kw) OR 'Mentors'/exp"),
    ("web_of_science", 'TI=(mentor* OR "Mentors" OR "peer support") OR AB=(mentor* OR "Mentors" OR "peer support") OR '
     'AK=(mentor* OR "Mentors" OR "peer support")'),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), BESIDE)
def test_words_beside_a_heading_share_their_field(name: str, text: str) -> None:
    assert text_of(name, MIXED) == text


FURTHER_TEXTS = [
    ("pubmed", ("subjects",), "a[mh]"),
    ("pubmed", ("authors",), "a[au]"),
    ("pubmed", ("substances",), "a[nm]"),
    ("ovid", ("substances",), "1. (a).nm."),
    ("scopus", ("substances",), "CHEM(a)"),
    ("embase", ("substances",), "(a):de"),
    ("doaj", ("substances",), "bibjson.title:(a) OR bibjson.abstract:(a) OR bibjson.keywords:(a)"),
    ("pubmed", ("journal",), "a[ta]"),
    ("pubmed", ("type",), "a[pt]"),
    ("pubmed", ("anywhere",), "a[all]"),
    ("pubmed", (*FIELDS, "subjects"), "a[tw]"),
    ("pubmed", ("title", "authors"), "a[ti] OR a[au]"),
    ("ovid", ("subjects",), "1. (a).hw."),
    ("ovid", ("type",), "1. (a).pt."),
    ("ovid", (*FIELDS, "subjects"), "1. (a).mp."),
    ("ovid", (*FIELDS, "subjects", "authors"), "1. (a).mp. or (a).au."),
    ("ebscohost", ("journal",), "SO (a)"),
    ("proquest", ("anywhere",), "NOFT(a)"),
    ("scopus", ("subjects",), "INDEXTERMS(a)"),
    ("scopus", ("keywords", "subjects"), "KEY(a)"),
    ("ebscohost", ("keywords", "subjects"), "KW (a) OR SU (a)"),
    ("scopus", (*FIELDS, "subjects"), "TITLE-ABS-KEY(a)"),
    ("embase", ("journal",), "(a):jt"),
    ("cochrane", ("type",), "#1 (a):pt"),
    ("web_of_science", ("authors",), "AU=(a)"),
    ("wos_starter", ("journal",), "SO=(a)"),
    ("doaj", ("authors",), "bibjson.author.name:(a)"),
    ("arxiv", ("anywhere",), "all:a"),
    ("openalex", ("anywhere",), "title_and_abstract.search.exact:(a)"),
    ("core", ("subjects",), "title:(a) OR abstract:(a)"),
]


@pytest.mark.parametrize(("name", "fields", "text"), FURTHER_TEXTS)
def test_further_fields(name: str, fields: tuple[str, ...], text: str) -> None:
    assert text_of(name, Field(fields, Term("a"))) == text


def test_what_stands_in_for_a_field_is_a_loss() -> None:
    what = "subject headings cannot be searched: title, abstract and keywords are"
    assert losses_of("web_of_science", Field(("subjects",), Term("a")))[0] == (what, "narrower")
    assert losses_of("web_of_science", Field((*FIELDS, "subjects"), Term("a")))[0] == (what, "narrower")
    substances = "names of substances are looked for among the words of subject headings"
    assert losses_of("embase", Field(("substances",), Term("a"))) == [(substances, "broader")]
    types = "types of publication have other names there: look them up"
    assert (types, "narrower") in losses_of("embase", Field(("type",), Term("a")))
    taken_away = And((Term("b"), Not(Field(("subjects",), Term("a")))))
    assert (what, "broader") in losses_of("web_of_science", taken_away)
    names = "subject headings are found by whole names, not by single words"
    assert losses_of("pubmed", Field(("subjects",), Term("a"))) == [(names, "narrower")]


@pytest.mark.parametrize(
    ("name", "field"), [("openalex", "authors"), ("google_scholar", "journal"), ("core", "authors"), ("doaj", "type")]
)
def test_a_field_that_nothing_stands_in_for_is_refused(name: str, field: str) -> None:
    with pytest.raises(NotExpressible, match=f"in {field} only"):
        translate(And((Term("b"), Field((field,), Term("a")))), NO_LIMITS, DIALECTS[name])


@pytest.mark.parametrize("name", list(PASTED))
@pytest.mark.parametrize("field", FURTHER)
def test_every_field_is_asked_or_refused_in_every_dialect(name: str, field: str) -> None:
    try:
        assert "zz" in translate(Field((field,), Term("zz")), NO_LIMITS, PASTED[name]).text
    except NotExpressible as error:
        assert field in error.message
