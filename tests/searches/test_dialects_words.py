"""Wildcards where a platform has none: the words that the protocol lists for them."""

import pytest

from review.errors import NotExpressible
from review.protocol.model import Limits
from review.query import parse
from searches.dialects import DIALECTS, PASTED, translate
from searches.source import Loss

LISTED = Limits(
    words=(
        ("ment*", ("mentor", "mentors", "mentoring")),
        ("teach*", ("teacher", "teaching")),
        ("wom?n", ("woman", "women")),
        ("me*", ("mentor",)),
    )
)
THREE = Loss("Ment* is asked as 3 words of the protocol's list", "narrower")

TEXTS = [
    ("sciencedirect", "Ment* AND doctor", "(mentor OR mentors OR mentoring) AND (doctor)"),
    ("sciencedirect", "Ment* OR mentor OR coach", "mentor OR mentors OR mentoring OR coach"),
    ("sciencedirect", '"clinical teach*"', '"clinical teacher" OR "clinical teaching"'),
    ("sciencedirect", "peer-teach*", '"peer-teacher" OR "peer-teaching"'),
    ("sciencedirect", "a NOT (b OR teach*)", "(a) NOT (b OR teacher OR teaching)"),
    ("sciencedirect", "wom?n", "woman OR women"),
    ("sciencedirect", "me*", "mentor"),
    ("pubmed", "me* OR ment*", "mentor[tiab] OR ment*[tiab]"),
    ("pubmed", "wom?n", "woman[tiab] OR women[tiab]"),
    ("europepmc", '"clinical teach*"', 'TITLE_ABS:("clinical teacher" OR "clinical teaching") OR '
     'KW:("clinical teacher" OR "clinical teaching")'),
    ("crossref", "Ment* AND teach*", "mentor mentors mentoring teacher teaching"),
    ("embase", "ment* NEAR/2 teach*", "(ment* NEAR/3 teach*):ti,ab,kw"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "query", "text"), TEXTS)
def test_listed_words_stand_for_a_wildcard_that_is_not_read(name: str, query: str, text: str) -> None:
    assert translate(parse(query), LISTED, DIALECTS[name]).text == text


def test_words_of_the_list_are_a_loss_by_name() -> None:
    assert THREE in translate(parse("Ment* AND doctor"), LISTED, DIALECTS["doaj"]).losses
    away = translate(parse("doctor NOT Ment*"), LISTED, DIALECTS["doaj"]).losses
    assert [loss.effect for loss in away if loss.what == THREE.what] == ["broader"]


def test_nothing_is_listed_where_the_wildcard_is_read() -> None:
    for name in ("pubmed", "europepmc", "openalex", "semanticscholar", "scopus", "ovid", "ebscohost"):
        translation = translate(parse("Ment*"), LISTED, PASTED[name])
        assert "mentoring" not in translation.text
        assert THREE not in translation.losses


def test_a_stem_without_a_list_is_asked_bare_or_refused() -> None:
    assert translate(parse("coach*"), LISTED, DIALECTS["doaj"]).losses[0] == Loss(
        "there is no truncation: coach* is asked as coach", "narrower"
    )
    with pytest.raises(NotExpressible, match="at least 4 letters"):
        translate(parse("coa*"), LISTED, DIALECTS["pubmed"])
    empty = Limits(words=(("ment*", ()),))
    assert "there is no truncation" in translate(parse("ment*"), empty, DIALECTS["doaj"]).losses[0].what
