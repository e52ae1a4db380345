"""Spellings that a search would miss. Pairs are those of dictionaries."""

import pytest

from review.query import Phrase, Term
from review.query.variants import plural, spellings

PAIRS = (
    "organisation/organization randomised/randomized organis*/organiz* analyse/analyze analysing/analyzing "
    "behaviour/behavior behavioural/behavioral colour/color tumours/tumors labour/labor neighbourhood/neighborhood "
    "centre/center centres/centers fibre/fiber counselling/counseling counsellor/counselor travelled/traveled "
    "enrolment/enrollment fulfilment/fulfillment ageing/aging judgement/judgment defence/defense "
    "paediatric/pediatric orthopaedic/orthopedic haemorrhage/hemorrhage haematology/hematology anaemia/anemia "
    "leukaemia/leukemia ischaemic/ischemic anaesthetist/anesthetist gynaecology/gynecology faecal/fecal "
    "aetiology/etiology caesarean/cesarean oedema/edema oesophagus/esophagus oestrogen/estrogen foetal/fetal "
    "diarrhoea/diarrhea sulphate/sulfate grey/gray programme/program utilise/utilize"
)


@pytest.mark.parametrize("pair", PAIRS.split())
def test_british_and_american_words_ask_for_each_other(pair: str) -> None:
    british, american = pair.split("/")
    assert [leaf.text for leaf in spellings(Term(british))] == [american]
    assert [leaf.text for leaf in spellings(Term(american))] == [british]


@pytest.mark.parametrize(
    "word",
    "exercise exercised laboratory laborious humoral pedestrian pedal hemisphere estranged travel literature parameter "
    "rigorous specialist analysis visit promise advise precise supervise doctor mentor reader randomi* wom?n",
)
def test_words_that_only_look_like_a_pair_stay(word: str) -> None:
    for each in word.split():
        assert list(spellings(Term(each))) == []


JOINED = [
    (Term("well-being*"), [Term("wellbeing*")]),
    (Term("wellbeing"), [Term("well-being")]),
    (Phrase("well being"), [Term("wellbeing")]),
    (Term("Healthcare"), [Term("health-care")]),
    (Phrase("behaviour programme"), [Phrase("behavior programme"), Phrase("behaviour program")]),
    (Phrase("peer support"), []),
]


@pytest.mark.parametrize(("leaf", "others"), JOINED)
def test_words_joined_and_apart(leaf: Term | Phrase, others: list[Term | Phrase]) -> None:
    assert list(spellings(leaf)) == others


PLURALS = [
    ("doctor", "doctors"),
    ("Physician", "physicians"),
    ("trainee", "trainees"),
    ("student", "students"),
    ("nurse", "nurses"),
    ("coach", "coaches"),
    ("woman", "women"),
    ("child", "children"),
    ("health", None),
    ("mentoring", None),
    ("doctors", None),
    ("doctor*", None),
    ("or", None),
]


@pytest.mark.parametrize(("word", "many"), PLURALS)
def test_plural_of_people_and_things(word: str, many: str | None) -> None:
    assert plural(Term(word)) == (None if many is None else Term(many))
    assert plural(Phrase(word)) is None
